import { expect, it } from 'vitest';
import { check } from '../../checker/check.js';
import { exampleRevision, exampleScenario } from '../../checker/testing/exampleSystem.js';
import { link } from '../../checker/system/link.js';
import { defaultOptions } from '../../checker/system/linkedSystem.js';
import { runScenario } from '../../checker/scenarioRun.js';
import { countSwitches } from './minimizeSwitches.js';
import { minimizeWitnesses } from './minimizeWitnesses.js';

it('gives every witness its best schedule and changes nothing else', async () => {
  const revision = exampleRevision('bare');
  const result = await check({
    revision,
    base: null,
    scenarios: [exampleScenario],
    options: defaultOptions,
    properties: null,
    runJobs: async (jobs) =>
      jobs.map((job) =>
        runScenario(job.revision, job.scenario, job.options, { maxStates: 10_000, timeout: Infinity, now: () => 0 }),
      ),
  });
  const minimized = minimizeWitnesses(result, () => link(revision, exampleScenario));
  const withoutSchedules = ({ findings, ...rest }: typeof result) => ({
    ...rest,
    findings: findings.map((finding) => ({
      ...finding,
      witnesses: finding.witnesses.map(({ scenario, via }) => ({ scenario, via })),
    })),
  });
  expect(withoutSchedules(minimized)).toEqual(withoutSchedules(result));
  for (const [index, finding] of minimized.findings.entries()) {
    for (const [at, witness] of finding.witnesses.entries()) {
      const before = result.findings[index]!.witnesses[at]!;
      expect(witness.switches).toBe(countSwitches(witness.schedule));
      expect(witness.steps).toBe(witness.schedule.length);
      expect(witness.switches).toBeLessThanOrEqual(before.switches);
    }
  }
});
