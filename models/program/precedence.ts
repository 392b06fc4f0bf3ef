import type { BinaryOperator } from './expression.js';

/** Binding strength of C's binary operators, weakest first. */
const strengths: Record<BinaryOperator, number> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};

const byText: ReadonlyMap<string, number> = new Map(Object.entries(strengths));

/** How tightly a binary operator of C binds, from 1 for `||`; undefined for a text that is none. */
export function bindingStrength(operator: string): number | undefined {
  return byText.get(operator);
}
