import type { TranslationUnit } from '../ast.js';
import { Conditionals } from '../conditionals.js';
import { defaultConfiguration } from '../configuration.js';
import { lex } from '../lex.js';
import { functionsOf, parse, sameTree, visitNodes } from './parse.js';

/** What became of one deletion. */
export interface MutantOutcome {
  /** `file line:column 'x'` of the deleted character, and the line's text. */
  readonly place: string;
  readonly character: string;
  /** A problem of severity `error` that the original does not have. */
  readonly hasError: boolean;
  /** Any problem that the original does not have. */
  readonly hasProblem: boolean;
  /** Functions whose tree is not the original's any more, or that are gone. */
  readonly changedFunctions: readonly string[];
  /** Names of `macroLoop`s that the original does not have. */
  readonly newLoops: readonly string[];
  /** The items are the same in everything. */
  readonly isSame: boolean;
}

/**
 * Deletes, one at a time, every `{ } ( ) ;` that is a token of code which is compiled: not in comments, strings, directives and
 * branches that are not taken.
 */
export function deletionMutants(file: string, text: string): MutantOutcome[] {
  const original = parse(text);
  const originalFunctions = new Map(functionsOf(original).map((item) => [item.name, item]));
  const lines = text.split('\n');
  const { tokens } = lex(text, new Conditionals(file, defaultConfiguration()));
  return tokens
    .filter((token) => /^[{}();]$/.test(token.text))
    .map((token) => {
      const mutant = parse(text.slice(0, token.start) + text.slice(token.end));
      const functions = new Map(functionsOf(mutant).map((item) => [item.name, item]));
      const changed = [...originalFunctions].filter(([name, item]) => !sameTree(item, functions.get(name)));
      return {
        place: `${file} ${token.line}:${token.column} '${token.text}' in '${lines[token.line - 1]!.trim()}'`,
        character: token.text,
        hasError: errors(mutant) > errors(original),
        hasProblem: mutant.problems.length > original.problems.length,
        changedFunctions: changed.map(([name]) => name),
        newLoops: newNames(loopNames(original), loopNames(mutant)),
        isSame: changed.length === 0 && sameTree(original.items, mutant.items),
      };
    });
}

function errors(unit: TranslationUnit): number {
  return unit.problems.filter(({ severity }) => severity === 'error').length;
}

function loopNames(unit: TranslationUnit): string[] {
  const names: string[] = [];
  visitNodes(unit.items, (node) => {
    if (node.kind === 'macroLoop') names.push((node as unknown as { readonly name: string }).name);
  });
  return names;
}

/** What is in `after` more often than in `before`. */
function newNames(before: readonly string[], after: readonly string[]): string[] {
  const left = [...before];
  return after.filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
