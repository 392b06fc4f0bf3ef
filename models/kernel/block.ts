import type { Statement } from '../program/statement.js';

/** Several statements in the place of one, for helpers that stand for a C expression with an effect. */
export function block(...body: readonly Statement[]): Statement {
  return { kind: 'block', body };
}
