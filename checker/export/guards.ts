import type { Block, ExportModel, Expr, Stmt } from './exportModel.js';
import { firstWaiting } from './exportModel.js';
import { integer } from '../system/word.js';

/** How a language writes a test. */
interface Tests {
  /** `on` has this value. */
  test(on: Expr, value: number): string;
}

/**
 * When a thread can make a step: it has not ended, and it does not stand before a block that would wait. What decides whether a
 * block waits is read off the way to that in its code; registers are 0 there.
 */
export function guardOf(model: ExportModel, thread: number, entries: readonly Block[], tests: Tests): string {
  const { base } = model.system.threads[thread]!;
  const pc: Expr = { kind: 'variable', at: base };
  const stops = new Set(model.variables.find(({ at }) => at === base)?.values ?? []);
  const blocked = entries.flatMap((block) => {
    if (!stops.has(integer(block.id)) || !block.code) return [];
    const ways = waysToWait(model, block.code, []);
    if (ways.length === 0) return [];
    const conditions = ways.map(
      (way) => way.map(({ on, value }) => `(${tests.test(on, value)})`).join(' && ') || 'true',
    );
    return [`(${tests.test(pc, integer(block.id))}) && (${conditions.map((one) => `(${one})`).join(' || ')})`];
  });
  const begun = `!(${tests.test(pc, 0)})`;
  if (!stops.has(0) && blocked.length === 0) return 'true';
  return [...(stops.has(0) ? [begun] : []), ...blocked.map((one) => `!(${one})`)].join(' && ');
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
      return waysToWait(model, arm, stmt.arms.size === 1 ? way : [...way, { on, value }]);
    });
  }
  return [];
}
