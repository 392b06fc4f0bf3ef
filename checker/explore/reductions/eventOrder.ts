/**
 * What a lifecycle's table says of the order of events. Events are columns, states rows; `ends` is the set of states in which a cell is assumed
 * not to be.
 */
import type { LifecycleTable } from '../../../models/lifecycles/lifecycle.js';
import { outOfBounds } from '../../../models/lifecycles/lifecycle.js';

/** What an event does in a state. */
export interface Applied {
  readonly state: number;
  readonly result: number;
  readonly breaks: boolean;
  /** It passes the bound of the lifecycle, of which the search tells: nothing is known of what would follow. */
  readonly isBeyond: boolean;
}

/** Null where the event waits. */
export function apply(table: LifecycleTable, state: number, column: number): Applied | null {
  const at = state * table.events.length + column;
  const next = table.next[at]!;
  if (next === outOfBounds) return { state, result: 0, breaks: false, isBeyond: true };
  if (next < 0) return null;
  return { state: next, result: table.result[at]!, breaks: table.violates[at] !== null, isBeyond: false };
}

/**
 * Whether nothing is lost if `b` after `a` is never seen, but `a` after `b` is: both orders end alike, or something is broken in
 * the order that is seen, by `b` alone unless `seesSecond`. What is broken in the order that is not seen must be. An order that passes
 * a bound is one that the search cannot follow anyway, and a bound that is passed in the order that is seen is told.
 */
export function canSwap(table: LifecycleTable, state: number, a: number, b: number, seesSecond: boolean): boolean {
  const first = apply(table, state, a);
  const then = first && apply(table, first.state, b);
  if (!first || !then || first.isBeyond || then.isBeyond) return true;
  const early = apply(table, state, b);
  if (!early) return false;
  if (early.breaks || early.isBeyond) return true;
  const late = apply(table, early.state, a);
  if (!late) return false;
  if (late.isBeyond) return true;
  if (late.breaks) return seesSecond;
  if (first.breaks || then.breaks) return false;
  return late.state === then.state && late.result === first.result && early.result === then.result;
}

/** Whether one event, which never waits, can take back what another one did, which never does. */
export function canMakeUp(table: LifecycleTable): boolean {
  let known = makesUp.get(table);
  if (known === undefined) makesUp.set(table, (known = hasInverseEvents(table)));
  return known;
}

/** What `canMakeUp` says: many cells have the same table. */
const makesUp = new WeakMap<LifecycleTable, boolean>();

function hasInverseEvents(table: LifecycleTable): boolean {
  const states = [...table.states.keys()];
  const free = [...table.events.keys()].filter((column) =>
    states.every((state) => apply(table, state, column) !== null),
  );
  return free.some((one) =>
    free.some((other) =>
      states.some((state) => {
        const after = apply(table, state, one)!;
        return after.state !== state && apply(table, after.state, other)!.state === state;
      }),
    ),
  );
}

/** Whether `a`, or `b` after it, brings a cell to its end, or breaks something before it could. */
export function endsWith(table: LifecycleTable, ends: Uint8Array, state: number, a: number, b: number): boolean {
  const first = apply(table, state, a);
  if (!first || first.breaks || first.isBeyond) return false;
  if (ends[first.state] === 1) return true;
  const then = apply(table, first.state, b);
  return then !== null && !then.breaks && !then.isBeyond && ends[then.state] === 1;
}

/** Something is broken, or a cell comes to an end that nobody expects, or to a bound, behind which nothing is known. */
function goesWrong({ breaks, isBeyond, state }: Applied, ends: Uint8Array): boolean {
  return breaks || isBeyond || ends[state] === 1;
}

/** Whether an event leaves a cell better than it was in some state, by `noBetter`, which is what `noBetterStates` gives. */
export function improves(table: LifecycleTable, noBetter: Uint8Array, ends: Uint8Array, column: number): boolean {
  return table.states.some((_, state) => {
    const after = ends[state] === 1 ? null : apply(table, state, column);
    return after !== null && !goesWrong(after, ends) && noBetter[state * table.states.length + after.state] === 0;
  });
}

/**
 * By two states, 1 if the second is no better: whatever goes wrong from the first one with some of these events, in any order, goes wrong from
 * the second one with them as well, there or before; until then their results are the same and none waits that does not from the first. A bound that
 * is passed from the first one only does not count.
 * This is the greatest such relation, a simulation.
 */
export function noBetterStates(table: LifecycleTable, columns: readonly number[], ends: Uint8Array): Uint8Array {
  const count = table.states.length;
  const related = new Uint8Array(count * count).fill(1);
  const holds = (state: number, other: number): boolean =>
    columns.every((column) => {
      const first = apply(table, state, column);
      if (!first || first.isBeyond) return true;
      const second = apply(table, other, column);
      if (!second) return false;
      if (goesWrong(second, ends)) return true;
      if (goesWrong(first, ends) || first.result !== second.result) return false;
      return related[first.state * count + second.state] === 1;
    });
  for (let changed = true; changed;) {
    changed = false;
    for (const [at, isRelated] of related.entries()) {
      if (isRelated === 0 || holds(Math.floor(at / count), at % count)) continue;
      related[at] = 0;
      changed = true;
    }
  }
  return related;
}
