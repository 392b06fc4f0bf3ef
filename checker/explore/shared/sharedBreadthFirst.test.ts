import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revisionById } from '../../../models/revisions/index.js';
import { scenarioById } from '../../../models/scenarios/index.js';
import { resolveRevision } from '../../resolveRevision.js';
import { link } from '../../system/link.js';
import { anyGeneratedSystem, sourceOfGenerated } from '../../testing/generatedSystem.js';
import { cachedBreadthFirst } from '../cached/cachedBreadthFirst.js';
import type { SearchResult } from '../search.js';
import type { SharedSearchOptions } from './sharedBreadthFirst.js';
import { sharedBreadthFirst } from './sharedBreadthFirst.js';

// Other threads need built files: cli/sharedSearch.e2e.test.ts has the same expectations of several.
const options: SharedSearchOptions = { maxStates: 200_000, timeout: Infinity, now: () => 0, workers: 4, alone: 0 };
const resolved = (id: string) => resolveRevision(revisionById(id)!, revisionById);

/** All that must be the same, whoever searches. */
const comparable = ({ states, transitions, depth, cuts, coverage, limits, discoveries, ...rest }: SearchResult) => ({
  states,
  transitions,
  depth,
  cuts,
  coverage: [...coverage],
  limits: [...limits].sort(),
  discoveries,
  unstableFields: rest.unstableFields,
});

describe('a search that can be shared, alone', () => {
  it.each([
    ['allocate-close', true, false],
    ['allocate-close', false, false],
    ['two-allocators', true, false],
    ['two-allocators', true, true],
  ])(
    'is the search by one thread: %s, accesses reduced: %s, transactions and symmetry: %s',
    async (name, reduction, more) => {
      const revision = resolved('v4');
      const system = link(revision, scenarioById(name)!);
      const how = { ...options, reduction, ownership: more, transactions: more, symmetry: more };
      const one = cachedBreadthFirst(system, how);
      expect(one.discoveries.length).toBeGreaterThan(0);
      const shared = await sharedBreadthFirst(system, revision, { ...how, webAssembly: 'always' });
      expect(comparable(shared)).toEqual(comparable(one));
      expect(shared.reductions).toEqual(one.reductions);
      // No second search for runs without an end, then; where threads are alike, their moves count under all names.
      expect(one.isAcyclic).toBe(true);
      expect(shared.isAcyclic).toBe(true);
    },
  );

  it('is the search by one thread on generated systems', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(anyGeneratedSystem, fc.boolean(), fc.boolean(), async (system, reduction, transactions) => {
        const { revision, scenario, options: systemOptions } = sourceOfGenerated(system);
        const linked = link(revision, scenario, systemOptions);
        const how = { ...options, reduction, ownership: transactions, transactions };
        const one = cachedBreadthFirst(linked, how);
        found += one.discoveries.length;
        for (const webAssembly of ['always', 'never'] as const)
          expect(comparable(await sharedBreadthFirst(linked, revision, { ...how, webAssembly }))).toEqual(
            comparable(one),
          );
      }),
      { numRuns: 100, seed: 3 },
    );
    expect(found).toBeGreaterThan(20);
  });
});

describe('a shared search that is stopped', () => {
  const revision = resolved('v4');
  const system = link(revision, scenarioById('two-allocators')!);
  const stopped = async (how: Partial<SharedSearchOptions>) =>
    sharedBreadthFirst(system, revision, { ...options, reduction: false, ...how });

  it('says after how many states', async () => {
    const { limits, states } = await stopped({ maxStates: 5000 });
    expect(limits).toEqual([`stopped after ${states} states (--max-states 5000)`]);
    expect(states).toBeLessThan(6000);
  });

  it('says after how much time', async () => {
    let time = 0;
    const { limits } = await stopped({ timeout: 2000, now: () => (time += 1500) });
    expect(limits).toEqual(['stopped after 2 s (--timeout)']);
  });

  it('says that it was interrupted, and what it found until then', async () => {
    const told: number[] = [];
    const all = await stopped({ maxStates: 1e6 });
    const { limits, states, discoveries } = await stopped({
      progress: ({ states: so }) => told.push(so) < 40,
    });
    expect(limits).toEqual(['interrupted']);
    expect(states).toBe(told[39]);
    for (const discovery of discoveries) expect(all.discoveries).toContainEqual(discovery);
  });

  it('says how much memory it would need more than', async () => {
    const memory = 3 << 20;
    const { limits, states, bytes } = await stopped({ memory });
    expect(limits).toEqual([`stopped after ${states} states: they need more than the 3 MB that it may use (--memory)`]);
    expect(states).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(memory * 1.1);
  });
});
