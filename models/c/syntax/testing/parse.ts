import type { Expression, FunctionItem, Statement, TranslationUnit } from '../ast.js';
import { defaultConfiguration } from '../configuration.js';
import { parseTranslationUnit } from '../parse.js';

/** Parses a text with the default configuration. */
export function parse(text: string, isTypeName?: (name: string) => boolean): TranslationUnit {
  const options = { file: 'test.c', configuration: defaultConfiguration() };
  return parseTranslationUnit(text, isTypeName ? { ...options, isTypeName } : options);
}

export function functionsOf(unit: TranslationUnit): FunctionItem[] {
  return unit.items.filter((item) => item.kind === 'function');
}

/** The statements of a function with this body; `a`, `b`, `p` and `n` are its parameters. */
export function statements(body: string): { readonly body: readonly Statement[]; readonly unit: TranslationUnit } {
  const unit = parse(`int f(int a, int b, struct s *p, long n)\n{\n${body}\n}\n`);
  return { body: functionsOf(unit)[0]?.body.body ?? [], unit };
}

/** The expression of the only statement. */
export function expressionOf(text: string): { readonly expression: Expression; readonly unit: TranslationUnit } {
  const { body, unit } = statements(`\t${text};`);
  const [only] = body;
  if (only?.kind !== 'expression' || body.length !== 1) throw new Error(`'${text}' is no single expression`);
  return { expression: only.expression, unit };
}

/** `error 3: message`, one for each problem. */
export function problemTexts(unit: TranslationUnit): string[] {
  return unit.problems.map(({ severity, line, message }) => `${severity} ${line}: ${message}`);
}

/** Calls `visit` for every node of a tree (objects with a `kind`), outer ones first; without recursion, since trees are deep. */
export function visitNodes(tree: unknown, visit: (node: { readonly kind: string }) => void): void {
  const pending: unknown[] = [tree];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ('kind' in node && typeof node.kind === 'string') visit(node as { readonly kind: string });
    pending.push(...(Object.values(node) as unknown[]).reverse());
  }
}

/** Whether two trees are the same in everything, lines included. */
export function sameTree(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => sameTree((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
