import { describe, expect, it } from 'vitest';
import { compileLifecycle } from '../../../models/lifecycles/compile/compileLifecycle.js';
import { completion } from '../../../models/lifecycles/completion.js';
import { lifecycles } from '../../../models/lifecycles/index.js';
import type { LifecycleTable } from '../../../models/lifecycles/lifecycle.js';
import { moduleRef } from '../../../models/lifecycles/moduleRef.js';
import { mutex } from '../../../models/lifecycles/mutex.js';
import { refcount } from '../../../models/lifecycles/refcount.js';
import { canMakeUp, canSwap, improves, noBetterStates } from './eventOrder.js';

/** `isNoBetter(one, other)`: whether the second state is no better, if events of these types are used and the states in `ends` are ends. */
function orderOf(table: LifecycleTable, types: readonly string[], ends: readonly string[] = []) {
  const columns = [...table.events.keys()].filter((column) => types.includes(table.events[column]!.type));
  const isEnd = Uint8Array.from(table.states, (state) => (ends.includes(state) ? 1 : 0));
  const related = noBetterStates(table, columns, isEnd);
  return (one: string, other: string) => {
    const [from, to] = [one, other].map((name) => table.states.indexOf(name)) as [number, number];
    expect(Math.min(from, to)).toBeGreaterThanOrEqual(0);
    return related[from * table.states.length + to] === 1;
  };
}

describe('a count that nobody expects to end', () => {
  const table = compileLifecycle(refcount, { threads: 2 });
  const live = (count: number) => `live(count=${count})`;

  it('is no better with fewer references, and better with more', () => {
    const isNoBetter = orderOf(table, ['inc', 'decAndTest'], ['zero']);
    expect(isNoBetter(live(3), live(2))).toBe(true);
    expect(isNoBetter(live(7), live(1))).toBe(true);
    expect(isNoBetter(live(2), live(2))).toBe(true);
    expect(isNoBetter(live(2), live(3))).toBe(false);
    // No number of puts brings it to its end any more.
    expect(isNoBetter(live(1), 'saturated')).toBe(false);
  });

  it('cannot be told from another one by what nobody uses', () => {
    expect(orderOf(table, ['inc'], ['zero'])(live(2), live(3))).toBe(true);
    expect(orderOf(table, [], ['zero'])('saturated', live(3))).toBe(true);
  });

  it('is another one for who reads it', () => {
    expect(orderOf(table, ['inc', 'decAndTest', 'read'], ['zero'])(live(3), live(2))).toBe(false);
  });

  it('tells by the result of the last put, where that is no end', () => {
    expect(orderOf(table, ['inc', 'decAndTest'])(live(3), live(2))).toBe(false);
  });
});

describe('a count of which nothing but underflow goes wrong', () => {
  const table = compileLifecycle(moduleRef, { threads: 2 });
  const used = ['get', 'put'];

  it('is no better with fewer references', () => {
    const isNoBetter = orderOf(table, used);
    for (let count = 0; count < 6; count += 1) {
      const [fewer, more] = [`live(count=${count})`, `live(count=${count + 1})`];
      expect([count, isNoBetter(more, fewer), isNoBetter(fewer, more)]).toEqual([count, true, false]);
    }
  });
});

describe('what somebody waits for', () => {
  it('is worse where it comes later', () => {
    const table = compileLifecycle(completion, { threads: 2 });
    const isNoBetter = orderOf(table, ['complete', 'wait']);
    // Who waits for two goes on from the one and not from the other.
    expect(isNoBetter('done(count=2)', 'done(count=1)')).toBe(false);
    expect(isNoBetter('done(count=1)', 'done(count=2)')).toBe(true);
  });

  it('is not there where a lock is held', () => {
    const table = compileLifecycle(mutex, { threads: 2 });
    const [free, held] = ['unlocked', 'locked(owner=1)'];
    expect(orderOf(table, ['lock'])(free, held)).toBe(false);
    expect(orderOf(table, [])(free, held)).toBe(true);
  });
});

describe('what goes wrong some events later', () => {
  it('is followed to its end', () => {
    const states = ['far', 'near', 'broken soon', 'safe'];
    const table: LifecycleTable = {
      ...compileLifecycle(refcount, { threads: 2 }),
      states,
      events: [{ type: 'go', value: null }],
      next: Int32Array.of(1, 2, 2, 3),
      result: new Int32Array(4),
      violates: [null, null, 'refcount-underflow', null],
    };
    const isNoBetter = orderOf(table, ['go']);
    expect(isNoBetter('far', 'safe')).toBe(false);
    expect(isNoBetter('far', 'near')).toBe(true);
    expect(isNoBetter('near', 'far')).toBe(false);
    expect(isNoBetter('safe', 'far')).toBe(true);
  });
});

describe('a bound on a count', () => {
  const threads = { threads: 2 };
  const bounded = lifecycles.flatMap((lifecycle) => {
    if (lifecycle.countBound === undefined) return [];
    const larger = { ...lifecycle, countBound: lifecycle.countBound + 4 };
    return [
      { id: lifecycle.id, small: compileLifecycle(lifecycle, threads), large: compileLifecycle(larger, threads) },
    ];
  });
  const columnsOf = (table: LifecycleTable) => [...table.events.keys()];

  it('is one of these', () => {
    expect(bounded.map(({ id }) => id)).toContain('refcount');
  });

  // So what holds although another order of the same events passes the bound holds with a larger bound too.
  it.each(bounded)('does not change which events of $id can change places', ({ small, large }) => {
    const swap = (table: LifecycleTable, seesSecond: boolean) =>
      columnsOf(table).map((a) =>
        columnsOf(table).map((b) => table.states.every((_, state) => canSwap(table, state, a, b, seesSecond))),
      );
    expect(canMakeUp(small)).toBe(canMakeUp(large));
    for (const seesSecond of [false, true]) {
      const found = swap(small, seesSecond);
      expect(found).toEqual(swap(large, seesSecond));
      expect(found.flat()).toContain(false);
    }
  });

  it.each(bounded)('does not change what can make a cell of $id better', ({ small, large }) => {
    const types = [...new Set(small.events.map(({ type }) => type))];
    const improving = (table: LifecycleTable, used: readonly number[], end: string | null) => {
      const isEnd = Uint8Array.from(table.states, (state) => (state === end ? 1 : 0));
      const noBetter = noBetterStates(table, used, isEnd);
      return used.filter((column) => improves(table, noBetter, isEnd, column));
    };
    let improved = 0;
    for (let chosen = 1; chosen < 1 << types.length; chosen += 1) {
      const used = columnsOf(small).filter(
        (column) => (chosen & (1 << types.indexOf(small.events[column]!.type))) !== 0,
      );
      for (const end of [null, small.states[0]!]) {
        const found = improving(small, used, end);
        expect(found).toEqual(improving(large, used, end));
        improved += found.length;
      }
    }
    expect(improved).toBeGreaterThan(0);
  });
});
