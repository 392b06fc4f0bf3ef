/** Searches by several threads, which need the build: only there is a file that a thread can start with. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { cachedBreadthFirst } from '../checker/explore/cached/cachedBreadthFirst.js';
import type { SearchResult } from '../checker/explore/search.js';
import type * as SharedModule from '../checker/explore/shared/sharedBreadthFirst.js';
import { resolveRevision } from '../checker/resolveRevision.js';
import { link } from '../checker/system/link.js';
import { anyGeneratedSystem, sourceOfGenerated } from '../checker/testing/generatedSystem.js';
import { revisionById } from '../models/revisions/index.js';
import { scenarioById } from '../models/scenarios/index.js';

const built = fileURLToPath(new URL('../dist/checker/explore/shared/sharedBreadthFirst.js', import.meta.url));
let sharedBreadthFirst: typeof SharedModule.sharedBreadthFirst;

const options = { maxStates: 1_000_000, timeout: Infinity, now: () => 0, workers: 2, alone: 0 };
const revision = resolveRevision(revisionById('v4')!, revisionById);

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

beforeAll(async () => {
  expect(existsSync(built)).toBe(true);
  ({ sharedBreadthFirst } = (await import(built)) as typeof SharedModule);
});

/** Does something to each thread that is started meanwhile. */
async function withThreads<T>(each: (thread: Worker) => void, run: () => Promise<T>): Promise<T> {
  process.on('worker', each);
  try {
    return await run();
  } finally {
    process.off('worker', each);
  }
}

describe('a search by several threads from the first state on', () => {
  it.each([
    ['allocate-close', 2, false],
    ['allocate-close', 3, true],
    ['two-allocators', 2, true],
  ])('is the search by one thread: %s, %i threads, accesses reduced: %s', async (name, workers, reduction) => {
    const system = link(revision, scenarioById(name)!);
    const how = { ...options, workers, reduction };
    const one = cachedBreadthFirst(system, how);
    expect(one.discoveries.length).toBeGreaterThan(0);
    let threads = 0;
    const result = await withThreads(
      () => (threads += 1),
      () => sharedBreadthFirst(system, revision, how),
    );
    expect(comparable(result)).toEqual(comparable(one));
    expect(threads).toBeGreaterThanOrEqual(workers - 1);
  });

  it('is the search by one thread on generated systems', async () => {
    await fc.assert(
      fc.asyncProperty(anyGeneratedSystem, fc.boolean(), fc.boolean(), async (system, reduction, transactions) => {
        const { revision: made, scenario, options: systemOptions } = sourceOfGenerated(system);
        const linked = link(made, scenario, systemOptions);
        const how = { ...options, reduction, ownership: transactions, transactions };
        const one = cachedBreadthFirst(linked, how);
        for (const webAssembly of ['always', 'never'] as const)
          expect(comparable(await sharedBreadthFirst(linked, made, { ...how, webAssembly }))).toEqual(comparable(one));
      }),
      { numRuns: Number(process.env['INTERLEAF_SHARED_SYSTEMS'] ?? 15), seed: 5 },
    );
  });

  it('ends with the reason when a thread dies, at any moment', async () => {
    const system = link(revision, scenarioById('two-allocators')!);
    for (const after of [0, 600, 1000, 1500]) {
      const kill = (thread: Worker) => void setTimeout(() => void thread.terminate(), after);
      const how = { ...options, reduction: false, workers: 3 };
      const { limits, discoveries, states } = await withThreads(kill, () => sharedBreadthFirst(system, revision, how));
      // The last one may come too late.
      if (limits.length === 0) expect(states).toBe(480_123);
      else {
        expect(limits).toHaveLength(1);
        expect(limits[0]).toMatch(
          /^one of the threads of the search ended unexpectedly: its thread exited with code \d/,
        );
        expect(discoveries).toEqual([]);
      }
    }
  });

  it('ends with the reason when a thread cannot begin', async () => {
    const system = link(revision, scenarioById('allocate-close')!);
    const misfit = { ...revision, functions: new Map() };
    const { limits } = await sharedBreadthFirst(system, misfit, options);
    expect(limits).toHaveLength(1);
    expect(limits[0]).toMatch(/^one of the threads of the search ended unexpectedly: .*nobody defines/);
  });

  it('stops when it is told to, while all threads search', async () => {
    const system = link(revision, scenarioById('two-allocators')!);
    let told = 0;
    const how = { ...options, reduction: false, progress: () => (told += 1) < 5 };
    const { limits, states } = await sharedBreadthFirst(system, revision, how);
    expect(limits).toEqual(['interrupted']);
    expect(states).toBeLessThan(480_123);
  });
});
