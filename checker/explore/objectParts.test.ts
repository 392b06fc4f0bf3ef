/**
 * Steps say which parts of objects they depend on, and which they change. Here each word of an object is a part of its own, so whatever
 * a step forgets to say makes some search of some system wrong.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from '../system/link.js';
import { segmentsOf } from '../system/segments.js';
import { expectAgreement } from '../testing/agreement.js';
import { anyGeneratedSystem, linkGenerated } from '../testing/generatedSystem.js';
import { pinnedFullRuns } from '../testing/pinnedFullRuns.js';
import { soundnessCases, soundnessSystem } from '../testing/soundnessCases.js';
import { cachedBreadthFirst } from './cached/cachedBreadthFirst.js';
import { RandomWalks } from './randomWalks.js';

vi.mock('../system/segments.js', async (importOriginal) => {
  const { everyWord } = await import('../testing/everyWord.js');
  return everyWord(await importOriginal());
});
afterEach(() => void vi.restoreAllMocks());

describe('objects of which each word is a part', () => {
  it('give the same answer with every engine in generated systems', () => {
    let broken = 0;
    fc.assert(
      fc.property(anyGeneratedSystem, (generated) => {
        const system = linkGenerated(generated);
        expect(segmentsOf(system).length).toBeGreaterThan(2 * system.objects.length);
        broken += expectAgreement(system).ids.length;
      }),
      { numRuns: 60, seed: 11 },
    );
    expect(broken).toBeGreaterThan(20);
  }, 120_000);

  it.each(['allocate-close', 'look-up-close', 'two-putters', 'two-shm-putters', 'close-context-client'])(
    'make the same states of %s as whole ones',
    (scenario) => {
      const system = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById(scenario)!);
      const options = { maxStates: Infinity, timeout: Infinity, now: () => 0, reduction: false };
      const { states, transitions, depth, cuts } = cachedBreadthFirst(system, options);
      expect([states, transitions, depth, cuts]).toEqual(pinnedFullRuns['v4']![scenario]);
    },
    60_000,
  );

  it.each(soundnessCases)('agree on $title', (one) => {
    vi.spyOn(RandomWalks.prototype, 'walk').mockImplementation(() => undefined);
    expect(expectAgreement(soundnessSystem(one).system).ids).toHaveLength(one.findings.length);
  });
});
