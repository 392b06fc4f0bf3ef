/**
 * Every known-bad revision shows its bug with every combination of settings: engine, order, store, and each set of reductions. The combinations
 * are dealt out to the revisions; with `INTERLEAF_ALL_COMBINATIONS=1` each revision meets all of them, which takes many minutes.
 */
import { describe, expect, it } from 'vitest';
import { revisionById } from '../models/revisions/index.js';
import { historicScenarios } from '../models/scenarios/historic.js';
import { scenarioById } from '../models/scenarios/index.js';
import { storeNames } from './explore/cached/visitedStates.js';
import type { EngineSettings } from './explore/engineSettings.js';
import { conflictIn, reductionNames, searchWith } from './explore/engineSettings.js';
import { resolveRevision } from './resolveRevision.js';
import { runScenario } from './scenarioRun.js';
import { defaultOptions } from './system/linkedSystem.js';

/** tee_device_put() completes before it unlocks, in its three appearances. */
const completesBeforeUnlock = ['use-after-free-ce1ab3ad', 'lock-destroyed-held-7157bbf4', 'uninitialised-7ab49243'];

/** Of each bug what a search may find first; where paths are cut, it need not find all. */
const cases: readonly (readonly [revision: string, scenario: string, bug: readonly string[]])[] = [
  ['tee-shm-lookup-5.15', 'shm-close-look-up-5.15', ['refcount-from-zero-be893ed4']],
  ['tee-close-context-5.16', 'close-context-client', ['use-after-free-ca5b4651', 'null-dereference-0864560d']],
  ['tee-close-context-5.16', 'close-context-file', ['null-dereference-0864560d', 'data-race-4e130b3c']],
  ['tee-shm-get-fd-4.15', 'shm-alloc-close-4.15', ['refcount-from-zero-be893ed4']],
  ['protmem-6.18', 'protmem-last-free-alloc', ['refcount-from-zero-643ec5bb']],
  ['protmem-half-fixed', 'protmem-last-free-two-alloc', ['refcount-from-zero-643ec5bb']],
  ['v4', 'close-context-client', completesBeforeUnlock],
  ['v4', 'release-with-message', completesBeforeUnlock],
];

const subsets = reductionNames.reduce<(readonly (typeof reductionNames)[number][])[]>(
  (known, name) => [...known, ...known.map((names) => [...names, name])],
  [[]],
);

const combinations = (['webassembly', 'javascript', 'interpreter'] as const)
  .flatMap((engine) =>
    (['breadth', 'depth', 'failures', 'switches'] as const).flatMap((search) =>
      storeNames.flatMap((store) =>
        subsets.map((reductions): EngineSettings => ({ engine, search, store, reductions, checkpoint: null })),
      ),
    ),
  )
  .filter((settings) => conflictIn(settings) === null);

function idsWith(revision: string, scenario: string, settings: EngineSettings): string[] {
  const found = scenarioById(scenario) ?? historicScenarios.find(({ id }) => id === scenario)!;
  const limits = { maxStates: 300_000, timeout: Infinity, now: () => 0 };
  const resolved = resolveRevision(revisionById(revision)!, revisionById);
  const run = runScenario(resolved, found, defaultOptions, limits, searchWith(settings));
  expect(run.limits).toEqual([]);
  return run.findings.map(({ id }) => id);
}

const minutes = 60_000;
const all = process.env['INTERLEAF_ALL_COMBINATIONS'] === '1';

it('there are so many combinations', () => {
  expect(combinations).toHaveLength(2 * 6 * 16 + 4);
});

describe.each(cases)('%s in %s', (revision, scenario, bug) => {
  const own = cases.findIndex(([other, place]) => other === revision && place === scenario);

  it(
    'shows its bug however it is searched, and nothing that is not there',
    () => {
      const full = new Set(
        idsWith(revision, scenario, {
          engine: 'interpreter',
          search: 'breadth',
          store: 'exact',
          reductions: [],
          checkpoint: null,
        }),
      );
      for (const id of bug) expect(full).toContain(id);
      for (const [number, settings] of combinations.entries()) {
        if (!all && number % cases.length !== own) continue;
        const ids = idsWith(revision, scenario, settings);
        const how = JSON.stringify(settings);
        expect(ids.filter((id) => bug.includes(id)).length, how).toBeGreaterThan(0);
        expect(
          ids.filter((id) => !full.has(id)),
          how,
        ).toEqual([]);
      }
    },
    60 * minutes,
  );
});
