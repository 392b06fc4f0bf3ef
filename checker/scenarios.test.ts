/**
 * Every default scenario on the v4 revision and on its base: state counts, depth and findings, pinned. A silent loss of coverage,
 * a reduction that stops working or works too well, a model that changes its behaviour: each shows here.
 */
import { describe, expect, it } from 'vitest';
import { revisionById } from '../models/revisions/index.js';
import { v4Branches } from '../models/revisions/v4Branches.js';
import { scenarios } from '../models/scenarios/index.js';
import { resolveRevision, scenarioApplies } from './resolveRevision.js';
import type { ScenarioRun } from './scenarioRun.js';
import { runScenario } from './scenarioRun.js';
import { defaultOptions } from './system/linkedSystem.js';
import { pinnedFindings, pinnedRuns } from './testing/pinnedRuns.js';

/** Lines of the patch that nothing reaches: a device without users (A0) and an id that cannot be published (A5). */
const unreachable = [
  'drivers/tee/tee_rstmem.c:136 tee_rstmem_alloc',
  'drivers/tee/tee_rstmem.c:173 tee_rstmem_alloc',
  'drivers/tee/tee_rstmem.c:191 tee_rstmem_alloc',
];

const minutes = 60_000;

describe.each(['v4', 'v6.12'])('the default scenarios of %s', (id) => {
  const revision = resolveRevision(revisionById(id)!, revisionById);
  const applicable = scenarios.filter((scenario) => scenario.size === 'default' && scenarioApplies(scenario, revision));
  const runs: ScenarioRun[] = [];

  it('are the pinned ones', () => {
    expect(applicable.map((scenario) => scenario.id).sort()).toEqual(Object.keys(pinnedRuns[id]!).sort());
  });

  it.each(applicable.map((scenario) => [scenario.id, scenario] as const))(
    '%s',
    (name, scenario) => {
      const run = runScenario(revision, scenario, defaultOptions, { maxStates: 3e6, timeout: Infinity, now: () => 0 });
      runs.push(run);
      const [states, transitions, depth, found] = pinnedRuns[id]![name]!;
      expect(run.limits).toEqual([]);
      expect([run.states, run.transitions, run.depth]).toEqual([states, transitions, depth]);
      expect([...new Set(run.findings.map((finding) => finding.id))].sort()).toEqual(pinnedFindings(found));
    },
    10 * minutes,
  );

  it('together reach every line of the patch but those that cannot be reached, and leave no property vacuous', () => {
    expect(runs).toHaveLength(applicable.length);
    const [first, ...others] = runs.map((run) => new Set(run.coverage.untouched));
    const never = [...first!].filter((place) => others.every((places) => places.has(place))).sort();
    if (id === 'v6.12') return expect(never).toEqual([]);
    expect(never).toEqual(unreachable);
    for (const branch of v4Branches) {
      const file = branch.function === 'tee_rstmem_alloc' ? 'tee_rstmem.c' : 'tee_core.c';
      const missed = never.includes(`drivers/tee/${file}:${branch.next} ${branch.function}`);
      expect(missed, branch.id).toBe(branch.id === 'A0' || branch.id === 'A5');
    }
    expect(runs[0]!.vacuous.filter((property) => runs.every((run) => run.vacuous.includes(property)))).toEqual([]);
  });
});
