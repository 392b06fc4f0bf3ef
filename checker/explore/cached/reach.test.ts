import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findingId } from '../../finding/findingId.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import { anyGeneratedSystem, linkGenerated } from '../../testing/generatedSystem.js';
import { soundnessCases, soundnessSystem } from '../../testing/soundnessCases.js';
import { cachedBreadthFirst } from './cachedBreadthFirst.js';
import { Reach } from './reach.js';

// Each word of an object is a part of its own, so that names are in all parts.
vi.mock('../../system/segments.js', async (importOriginal) => {
  const { everyWord } = await import('../../testing/everyWord.js');
  return everyWord(await importOriginal());
});
afterEach(() => void vi.restoreAllMocks());

/** What a search with ownership comes to, and one that does without. */
const outcomesOf = (system: LinkedSystem) =>
  [true, false].map((ownership) => {
    const options = { maxStates: 20_000, timeout: Infinity, now: () => 0, ownership, transactions: ownership };
    const { states, transitions, discoveries, unstableFields } = cachedBreadthFirst(system, options);
    return { states, transitions, unstableFields, found: discoveries.map(({ violation }) => findingId(violation)) };
  });

/** There is another way for systems of more objects than any test has: it gives the same where there are few. Gives how often it was gone. */
const expectBothWaysAgree = (system: LinkedSystem): number => {
  const expected = outcomesOf(system);
  const few = vi.spyOn(Reach.prototype as unknown as { fitsInTwoWords: boolean }, 'fitsInTwoWords', 'get');
  few.mockReturnValue(false);
  expect(outcomesOf(system)).toEqual(expected);
  const calls = few.mock.calls.length;
  few.mockRestore();
  return calls;
};

describe('what names reach', () => {
  it('is the same for any number of objects in systems in which it matters', () => {
    const calls = soundnessCases.map((one) => expectBothWaysAgree(soundnessSystem(one).system));
    expect(calls.filter((count) => count > 0).length).toBeGreaterThan(15);
  }, 60_000);

  it('is the same for any number of objects in generated systems', () => {
    let calls = 0;
    fc.assert(
      fc.property(anyGeneratedSystem, (generated) => void (calls += expectBothWaysAgree(linkGenerated(generated)))),
      { numRuns: 40, seed: 5 },
    );
    expect(calls).toBeGreaterThan(1000);
  }, 60_000);
});
