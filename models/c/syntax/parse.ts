import type { Expression, Item, Statement, SyntaxProblem, TranslationUnit, TypeName } from './ast.js';
import { matchBrackets } from './brackets.js';
import { Conditionals } from './conditionals.js';
import type { Configuration } from './configuration.js';
import { SyntaxFailure } from './cursor.js';
import { lex } from './lex.js';
import { ItemParser } from './parseItem.js';
import type { LexicalProblem } from './token.js';

/** What the parser is told beside the text. */
export interface ParseOptions {
  /** Path shown in messages. */
  readonly file: string;
  /** Decides `#if`s; see `configuration.ts`. */
  readonly configuration: Configuration;
  /** Names known to be types beyond `u32`, `x_t`, what the file itself defines: `typedef`s of headers. */
  readonly isTypeName?: (name: string) => boolean;
}

/**
 * Parses one file of kernel C. Never throws on any input, and takes time linear in its length; nesting deeper than a few
 * hundred levels becomes one `bad` node.
 */
export function parseTranslationUnit(text: string, options: ParseOptions): TranslationUnit {
  const { file, configuration, isTypeName = () => false } = options;
  const conditionals = new Conditionals(file, configuration);
  const lexed = lex(text, conditionals);
  conditionals.end();
  const matched = matchBrackets(lexed.tokens);
  const parser = new ItemParser({ file, text, tokens: matched.tokens, isTypeName });
  const items = parser.items();
  const early = [...lexed.problems, ...conditionals.problems, ...matched.problems];
  const problems = [...located(early, file, items), ...parser.problems];
  return {
    file,
    items,
    problems: problems.sort((a, b) => a.line - b.line || a.column - b.column),
    conditionals: conditionals.decisions,
    macros: conditionals.macros,
    redefined: conditionals.redefined,
    includes: conditionals.includes,
  };
}

/** Adds file and function to problems that were found before there were functions. */
function located(problems: readonly LexicalProblem[], file: string, items: readonly Item[]): SyntaxProblem[] {
  const functions = items.filter((item) => item.kind === 'function');
  let next = 0;
  return problems
    .toSorted((a, b) => a.line - b.line)
    .map((problem) => {
      while (next < functions.length && functions[next]!.endLine < problem.line) next++;
      const around = functions[next];
      const isInside = around !== undefined && around.line <= problem.line;
      return { file, ...problem, function: isInside ? around.name : null };
    });
}

/** A piece of C that came out of a macro: every node gets `line`. */
export interface FragmentOptions extends ParseOptions {
  readonly line: number;
}

type Fragment<T> = { readonly tree: T } | { readonly tree: null; readonly message: string };

/** Parses an expanded macro as an expression, statements (any number), or a type name; `null` with the reason if it is none. */
export function parseFragment(text: string, as: 'expression', options: FragmentOptions): Fragment<Expression>;
export function parseFragment(text: string, as: 'statements', options: FragmentOptions): Fragment<readonly Statement[]>;
export function parseFragment(text: string, as: 'type', options: FragmentOptions): Fragment<TypeName>;
export function parseFragment(
  text: string,
  as: 'expression' | 'statements' | 'type',
  options: FragmentOptions,
): Fragment<Expression | readonly Statement[] | TypeName> {
  const { file, line, isTypeName = () => false } = options;
  const lexed = lex(text, null, line);
  const matched = matchBrackets(lexed.tokens);
  const early = [...lexed.problems, ...matched.problems][0];
  if (early) return { tree: null, message: early.message };
  const parser = new ItemParser({ file, text, tokens: matched.tokens, isTypeName });
  try {
    const tree =
      as === 'expression' ? parser.wholeExpression() : as === 'type' ? parser.wholeType() : parser.wholeStatements();
    const error = parser.problems.find((problem) => problem.severity === 'error');
    return error ? { tree: null, message: error.message } : { tree };
  } catch (failure) {
    if (!(failure instanceof SyntaxFailure)) throw failure;
    return { tree: null, message: failure.message };
  }
}

export type { Configuration } from './configuration.js';
export { expandMacro } from './expandMacro.js';
