import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Segment } from '../system/segments.js';
import { StateStore } from './stateStore.js';

/** 40 segments of two kinds: enough for three levels of groups. */
const segments: Segment[] = Array.from({ length: 40 }, (_, index) => ({
  kind: index % 2 === 0 ? 'even' : 'odd',
  start: 5 + index * 3,
  length: 3,
  object: -1,
}));
const width = 5 + 40 * 3;
const everything = Int32Array.from(segments.keys());

describe('the state store', () => {
  it('keeps every state exactly, in order of insertion, and tells known states from new ones', () => {
    const change = fc.array(fc.tuple(fc.nat(39), fc.nat(2), fc.integer({ min: -3, max: 3 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), change), { maxLength: 60 }), (steps) => {
        const store = new StateStore(segments);
        const states: Int32Array[] = [];
        const known = new Map<string, number>();
        const first = new Int32Array(width);
        first[7] = 9;
        expect(store.insert(first, everything, 0)).toBe(0);
        states.push(first);
        known.set(first.join(), 0);
        const loaded = new Int32Array(width);
        for (const [from, changes] of steps) {
          const parent = from % states.length;
          store.load(parent, loaded);
          expect([...loaded]).toEqual([...states[parent]!]);
          const next = loaded.slice();
          for (const [segment, word, value] of changes) next[segments[segment]!.start + word] = value;
          const changed = Int32Array.from(new Set(changes.map(([segment]) => segment)));
          const expected = known.get(next.join());
          const number = store.insert(next, changed, changed.length);
          if (expected !== undefined) expect(number).toBe(-1 - expected);
          else {
            expect(number).toBe(states.length);
            known.set(next.join(), number);
            states.push(next);
          }
        }
        expect(store.size).toBe(states.length);
        const other = new Int32Array(width);
        states.forEach((state, number) => {
          store.load(number, other);
          expect([...other]).toEqual([...state]);
        });
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it('finds states again after its tables have grown', () => {
    const store = new StateStore(segments);
    const words = new Int32Array(width);
    const insert = (n: number) => {
      words[5] = n;
      words[width - 1] = n % 7;
      return store.insert(words, everything, everything.length);
    };
    for (let n = 0; n < 20_000; n += 1) expect(insert(n)).toBe(n);
    for (let n = 0; n < 20_000; n += 997) expect(insert(n)).toBe(-1 - n);
    expect(store.bytes).toBeGreaterThan(20_000 * 4);
  });
});
