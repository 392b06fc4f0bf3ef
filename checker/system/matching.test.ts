import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Matching } from './matching.js';

const someone = fc.integer({ min: 0, max: 4 });

describe('a matching', () => {
  it('has as many pairs as there can be, of those that are allowed, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(someone, someone)), fc.nat(), (allowed, asked) => {
        const matching = new Matching<string>();
        for (const [index, [one, other]] of allowed.entries()) {
          matching.allow(`one ${one}`, `other ${other}`);
          if (index === asked) matching.pairs();
        }
        const pairs = matching.pairs();
        for (const side of [0, 1]) expect(new Set(pairs.map((pair) => pair[side])).size).toBe(pairs.length);
        const names = new Set(allowed.map(([one, other]) => `one ${one}, other ${other}`));
        expect(matching.allowed).toBe(names.size);
        for (const pair of pairs) expect(names).toContain(pair.join(', '));
        expect(pairs).toHaveLength(most(allowed));
      }),
    );
  });
});

/** How many pairs there can be: all choices, one after the other. */
function most(allowed: readonly (readonly [number, number])[]): number {
  const [first, ...rest] = allowed;
  if (!first) return 0;
  const apart = rest.filter(([one, other]) => one !== first[0] && other !== first[1]);
  return Math.max(most(rest), 1 + most(apart));
}
