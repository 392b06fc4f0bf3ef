/**
 * Generated systems: two to four threads that do a few things to shared objects, some of them wrong. Every engine has to agree
 * with the full search on each of them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectAgreement } from '../testing/agreement.js';
import { rightActs, wrongActs } from '../testing/generatedActs.js';
import type { GeneratedSystem } from '../testing/generatedSystem.js';
import { anyGeneratedSystem, generatedOf, generatedSystems, linkGenerated } from '../testing/generatedSystem.js';

/** How many systems are made; 10,000 take about an hour. */
const runs = Number(process.env['INTERLEAF_GENERATED_SYSTEMS'] ?? 150);
const minutes = 60_000;
const seed = 7;

const agree = (system: GeneratedSystem) => expectAgreement(linkGenerated(system));

describe('generated systems', () => {
  it(
    'give the same answer with every engine',
    () => {
      const seen = { right: 0, broken: 0, cut: 0, large: 0, most: 0 };
      fc.assert(
        fc.property(anyGeneratedSystem, (system) => {
          const { isComplete, ids, cuts, states } = agree(system);
          if (!isComplete) seen.large += 1;
          else if (ids.length > 0) seen.broken += 1;
          else seen.right += 1;
          if (cuts > 0) seen.cut += 1;
          seen.most = Math.max(seen.most, states);
        }),
        { numRuns: runs, seed },
      );
      // The generator is worth something only if it makes right systems as well as wrong ones, and few that are too large.
      expect(seen.right).toBeGreaterThan(runs / 3);
      expect(seen.broken).toBeGreaterThan(runs / 4);
      expect(seen.cut).toBeGreaterThan(runs / 20);
      expect(seen.broken - seen.cut).toBeGreaterThan(0);
      expect(seen.large).toBeLessThan(runs / 30);
    },
    5 * minutes + runs * 1000,
  );

  it('are right if they are made of right acts', () => {
    fc.assert(
      fc.property(generatedSystems('right'), (system) => {
        expect(agree(system).ids).toEqual([]);
      }),
      { numRuns: 30, seed },
    );
  });

  it('trust no lock that another thread gives back to guard what is written under it', () => {
    const acts = ['write b', 'unlock other', 'unpublish the box', 'get the box', 'spin on other', 'write the box'];
    const { ids } = agree(generatedOf(acts, acts));
    expect(ids.some((id) => id.startsWith('data-race-'))).toBe(true);
  });

  it('tell of what is left behind in memory that setup used for something else', () => {
    // Nobody frees the new box, which has the slot of the old one.
    const { isComplete, ids } = agree(
      generatedOf(['take the box away', 'forget to empty the slot'], ['use the box without a reference']),
    );
    expect(isComplete).toBe(true);
    expect(ids.some((id) => id.startsWith('memory-leak-'))).toBe(true);
  });

  it.each(Object.keys(rightActs))('may %s, twice at once', (name) => {
    const { isComplete, ids } = agree(generatedOf([name], [name]));
    expect(isComplete).toBe(true);
    expect(ids).toEqual([]);
  });

  it.each(Object.entries(wrongActs).map(([name, act]) => [name, act] as const))(
    'must not %s',
    (name, { breaks, beside }) => {
      const other = beside ?? 'work in private';
      const { isComplete, ids } = agree(generatedOf([name], [other]));
      expect(isComplete).toBe(true);
      expect(ids.map((id) => id.replace(/-[0-9a-f]{8}$/, ''))).toContain(breaks);
    },
  );
});
