import { describe, expect, it } from 'vitest';
import { exampleRevision, exampleScenario } from '../../checker/testing/exampleSystem.js';
import { replay, showsFinding } from '../../checker/replay/replay.js';
import { resolveRevision } from '../../checker/resolveRevision.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import { link } from '../../checker/system/link.js';
import { defaultOptions } from '../../checker/system/linkedSystem.js';
import { runScenario } from '../../checker/scenarioRun.js';
import { toyPairs } from '../../checker/testing/toys/index.js';
import { toySystem } from '../../checker/testing/toySystem.js';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { countSwitches, minimizeSwitches } from './minimizeSwitches.js';

const limits = { maxStates: 50_000, timeout: Infinity, now: () => 0 };

/** Every schedule of a search, minimised, with what it was. */
const minimizeAll = (revision: ResolvedRevision, scenario: Scenario, reduction = true) => {
  const system = link(revision, scenario);
  const run = runScenario(revision, scenario, defaultOptions, { ...limits, reduction });
  return (
    run.findings
      // A run without an end is left as it is.
      .filter(({ schedule, cycle }) => schedule.length > 0 && !cycle)
      .map(({ id, via, schedule, property }) => {
        const shown = { schedule, unstableFields: run.unstableFields, id, via: property === 'lock-order' ? null : via };
        const minimized = minimizeSwitches(system, shown);
        const told = replay(system, minimized.schedule, run.unstableFields);
        return {
          id,
          schedule,
          minimized,
          stillShown: told.ok && showsFinding(told.value, id),
          again: minimizeSwitches(system, shown),
        };
      })
  );
};

const keepsTheFinding = (all: ReturnType<typeof minimizeAll>) => {
  for (const { id, schedule, minimized, stillShown, again } of all) {
    expect(stillShown, id).toBe(true);
    expect(minimized.complete, id).toBe(true);
    expect(minimized.schedule.length, id).toBeLessThanOrEqual(schedule.length);
    expect(minimized.switches, id).toBe(countSwitches(minimized.schedule));
    expect(minimized.switches, id).toBeLessThanOrEqual(countSwitches(schedule));
    expect(again, id).toEqual(minimized);
  }
};

describe('minimizeSwitches', () => {
  it('takes away the switches that the finding does not need', () => {
    const system = link(exampleRevision('bare'), exampleScenario);
    const run = runScenario(exampleRevision('bare'), exampleScenario, defaultOptions, { ...limits, reduction: false });
    const { id, via, schedule } = run.findings.find(({ property }) => property === 'use-after-free')!;
    // The same moves with needless switches: while the remover works, the user waits, so only the order of the first moves is free.
    const own = schedule.filter(({ thread }) => thread === 0);
    const other = schedule.filter(({ thread }) => thread === 1);
    const mixed = [other[0]!, own[0]!, ...other.slice(1), ...own.slice(1)];
    const minimized = minimizeSwitches(system, { schedule: mixed, unstableFields: run.unstableFields, id, via });
    expect(countSwitches(mixed)).toBe(3);
    expect(minimized.switches).toBe(2);
    expect(minimized.schedule.map(({ thread }) => thread).join('')).toBe('011110');
  });

  it('stops at its limit, and says so', () => {
    const system = link(exampleRevision('bare'), exampleScenario);
    const run = runScenario(exampleRevision('bare'), exampleScenario, defaultOptions, limits);
    const { id, via, schedule } = run.findings.find(({ property }) => property === 'use-after-free')!;
    expect(minimizeSwitches(system, { schedule, unstableFields: run.unstableFields, id, via }, 1)).toEqual({
      schedule,
      switches: countSwitches(schedule),
      complete: false,
    });
  });

  it.each(toyPairs)('keeps the finding: $property, $reports', ({ broken }) => {
    const { revision, scenario } = toySystem(broken);
    for (const reduction of [true, false]) keepsTheFinding(minimizeAll(revision, scenario, reduction));
  });

  it('keeps the findings of v4', () => {
    const all = minimizeAll(resolveRevision(revisionById('v4')!, revisionById), scenarioById('allocate-close')!);
    expect(all.length).toBeGreaterThan(3);
    keepsTheFinding(all);
  });
});
