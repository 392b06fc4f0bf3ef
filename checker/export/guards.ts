import type { Block, ExportModel, Expr, Stmt } from './exportModel.js';
import type { ExpressionPrinter } from './expressionPrinter.js';
import { firstWaiting } from './exportModel.js';
import { integer } from '../system/word.js';

interface Connectives {
  readonly and: string;
  readonly or: string;
  readonly not: string;
  readonly yes: string;
}

/**
 * When a thread can make a step: it has not ended, and it does not stand before a block that would wait. What decides whether a
 * block waits is read off the way to that in its code; registers are 0 there.
 */
export function guardOf(
  model: ExportModel,
  thread: number,
  entries: readonly Block[],
  expressions: ExpressionPrinter,
  { and, or, not, yes }: Connectives,
): string {
  const { base } = model.system.threads[thread]!;
  const pc: Expr = { kind: 'variable', at: base };
  const stops = new Set(model.variables.find(({ at }) => at === base)?.values ?? []);
  const test = (on: Expr, value: number) => `(${expressions.test(on, value)})`;
  const conditions = stops.has(0) ? [`${not}${test(pc, 0)}`] : [];
  for (const block of entries) {
    if (!stops.has(integer(block.id)) || !block.code) continue;
    const ways = waysToWait(model, block.code, []);
    if (ways.length === 0) continue;
    const some = ways.map((way) => way.map(({ on, value }) => test(on, value)).join(` ${and} `) || yes);
    conditions.push(`${not}(${test(pc, integer(block.id))} ${and} (${some.map((one) => `(${one})`).join(` ${or} `)}))`);
  }
  return conditions.join(` ${and} `) || yes;
}

interface Condition {
  readonly on: Expr;
  readonly value: number;
}

function waysToWait(model: ExportModel, code: readonly Stmt[], way: readonly Condition[]): (readonly Condition[])[] {
  for (const stmt of code) {
    if (stmt.kind === 'wait') return [way];
    if (stmt.kind !== 'match') continue;
    const { on } = stmt;
    const isRegister =
      on.kind === 'variable' && on.at >= model.system.width && on.at < model.system.width + firstWaiting;
    return [...stmt.arms].flatMap(([value, arm]) => {
      if (isRegister) return value === 0 ? waysToWait(model, arm, way) : [];
      return waysToWait(model, arm, stmt.arms.size === 1 && model.complete ? way : [...way, { on, value }]);
    });
  }
  return [];
}
