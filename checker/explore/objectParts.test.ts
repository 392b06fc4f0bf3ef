/**
 * Steps say which parts of objects they depend on, and which they change. Here each word of an object is a part of its own, so whatever
 * a step forgets to say makes some search of some system wrong.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import type { Segment } from '../system/segments.js';
import { segmentsOf } from '../system/segments.js';
import { expectAgreement } from '../testing/agreement.js';
import { anyGeneratedSystem, linkGenerated } from '../testing/generatedSystem.js';
import { pinnedFullRuns } from '../testing/pinnedFullRuns.js';
import { cachedBreadthFirst } from './cached/cachedBreadthFirst.js';

vi.mock('../system/segments.js', async (importOriginal) => {
  const original = await importOriginal<{ segmentsOf: (system: LinkedSystem) => readonly Segment[] }>();
  const known = new WeakMap<LinkedSystem, readonly Segment[]>();
  const everyWord = (system: LinkedSystem): readonly Segment[] => {
    const segments = original.segmentsOf(system);
    if (system.options.assumeFixed.length > 0) return segments;
    const isTheirs = (tag: string) => tag === 'task_struct' || tag === 'files_struct';
    const objects = system.objects.map(({ index, header, layout, tag }) => {
      const length = isTheirs(tag) ? layout.size + 1 : 1;
      return { kind: `${tag} 0 ${length}`, start: header, length, object: index };
    });
    const words = system.objects.flatMap(({ index, header, layout, tag }) =>
      Array.from({ length: isTheirs(tag) ? 0 : layout.size }, (_, at) => {
        return { kind: `${tag} ${at + 1}`, start: header + 1 + at, length: 1, object: index };
      }),
    );
    return [...objects, ...words, ...segments.slice(-1 - system.threads.length)];
  };
  return {
    ...original,
    segmentsOf: (system: LinkedSystem) => {
      const segments = known.get(system) ?? everyWord(system);
      known.set(system, segments);
      return segments;
    },
  };
});

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
});
