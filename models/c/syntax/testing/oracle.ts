import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';
import { annotations, annotationsWithArguments } from '../attributes.js';
import { matchBrackets } from '../brackets.js';
import { Conditionals } from '../conditionals.js';
import { defaultConfiguration } from '../configuration.js';
import { lex } from '../lex.js';
import { functionsOf, parse, visitNodes } from './parse.js';

const require = createRequire(import.meta.url);

/** What is counted in each function; a loop macro counts as the call it looks like. */
export const countedKinds = ['return', 'goto', 'label', 'case', 'call', 'if', 'for', 'while', 'do', 'switch'] as const;
export type Counts = Record<(typeof countedKinds)[number], number>;

function noCounts(): Counts {
  return { return: 0, goto: 0, label: 0, case: 0, call: 0, if: 0, for: 0, while: 0, do: 0, switch: 0 };
}

const ownKinds: Readonly<Record<string, keyof Counts>> = {
  return: 'return',
  goto: 'goto',
  label: 'label',
  case: 'case',
  default: 'case',
  call: 'call',
  macroLoop: 'call',
  if: 'if',
  for: 'for',
  while: 'while',
  do: 'do',
  switch: 'switch',
};

const oracleKinds: Readonly<Record<string, keyof Counts>> = {
  return_statement: 'return',
  goto_statement: 'goto',
  labeled_statement: 'label',
  case_statement: 'case',
  call_expression: 'call',
  if_statement: 'if',
  for_statement: 'for',
  while_statement: 'while',
  do_statement: 'do',
  switch_statement: 'switch',
};

/** Counts by the name of the function, from this parser. */
export function ownCounts(text: string): Map<string, Counts> {
  const result = new Map<string, Counts>();
  for (const item of functionsOf(parse(text))) {
    const counts = noCounts();
    visitNodes(item.body, ({ kind }) => {
      const counted = ownKinds[kind];
      if (counted) counts[counted]++;
    });
    result.set(item.name, counts);
  }
  return result;
}

export type Oracle = (text: string) => Map<string, Counts>;

/** Counts from tree-sitter's C grammar. */
export async function openOracle(): Promise<Oracle> {
  await Parser.init();
  const wasm = require.resolve('tree-sitter-c/tree-sitter-c.wasm');
  const parser = new Parser();
  parser.setLanguage(await Language.load(wasm));
  return (text) => {
    const tree = parser.parse(forOracle(text));
    if (!tree) throw new Error('tree-sitter gave no tree');
    const result = new Map<string, Counts>();
    for (const definition of tree.rootNode.descendantsOfType('function_definition')) {
      const counts = noCounts();
      count(definition.childForFieldName('body'), counts);
      result.set(nameOf(definition), counts);
    }
    tree.delete();
    return result;
  };
}

function count(node: Node | null, counts: Counts): void {
  if (!node) return;
  const counted = oracleKinds[node.type];
  if (counted) counts[counted]++;
  for (const child of node.children) count(child, counts);
}

function nameOf(definition: Node): string {
  let node: Node | null = definition;
  while (node && node.type !== 'identifier') node = node.childForFieldName('declarator');
  return node?.text ?? '?';
}

/**
 * What the grammar can read: directives and the branches that are not taken are blank, and so are annotation macros, which
 * it does not know. Lines stay.
 */
function forOracle(text: string): string {
  const { tokens } = matchBrackets(lex(text, new Conditionals('oracle.c', defaultConfiguration())).tokens);
  let result = '';
  let line = 1;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (annotations.has(token.text)) {
      const opening = tokens[index + 1]!;
      if (annotationsWithArguments.has(token.text) && opening.text === '(') index = opening.match;
      continue;
    }
    result += token.line > line ? '\n'.repeat(token.line - line) : ' ';
    line = token.line;
    result += token.text;
  }
  return result;
}
