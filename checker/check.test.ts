import { describe, expect, it } from 'vitest';
import type { LaterJobs, RunJobs } from './check.js';
import { check } from './check.js';
import { runJobsWith } from './parallel/runJobs.js';
import type { ScenarioRun } from './scenarioRun.js';
import { defaultOptions } from './system/linkedSystem.js';
import { exampleRevision, exampleScenario } from './testing/exampleSystem.js';

type Variant = Parameters<typeof exampleRevision>[0];

/** Checks one variant of the example against another one, with its runs of the base changed; gives which searches were made too. */
async function checkAgainst(
  variant: Variant,
  base: Variant,
  properties: Parameters<typeof check>[0]['properties'] = null,
  change: (run: ScenarioRun) => ScenarioRun | null = (run) => run,
) {
  const made: string[] = [];
  const inline = runJobsWith({
    limits: { maxStates: Infinity, timeout: Infinity },
    workers: 0,
    onProgress: (event) => event.kind === 'started' && made.push(event.job.revision.revision.id),
  });
  const runJobs: RunJobs = async (jobs, later?: LaterJobs) =>
    (await inline(jobs, later)).map((run, index) => (run && index >= jobs.length ? change(run) : run));
  const [revision, onto] = [exampleRevision(variant), exampleRevision(base)];
  const request = { revision, base: onto, scenarios: [exampleScenario], options: defaultOptions, properties, runJobs };
  const { findings, verdict } = await check(request);
  return { made, verdict, origins: [...new Set(findings.map(({ origin }) => origin))] };
}

describe('the base of a revision', () => {
  it('is not searched if nothing is found', async () => {
    expect(await checkAgainst('locked', 'bare')).toEqual({ made: ['example-locked'], verdict: 'holds', origins: [] });
  });

  it('is not searched if nothing is found that was asked for', async () => {
    const { made, origins } = await checkAgainst('leaky', 'locked', ['deadlock']);
    expect({ made, origins }).toEqual({ made: ['example-leaky'], origins: [] });
  });

  it('tells what is introduced from what is inherited', async () => {
    const made = ['example-bare', 'example-locked'];
    expect(await checkAgainst('bare', 'locked')).toEqual({ made, verdict: 'violated', origins: ['introduced'] });
    expect((await checkAgainst('bare', 'bare')).origins).toEqual(['inherited']);
  });

  it('leaves open what is introduced if it was not searched, or not to the end for an interruption', async () => {
    expect((await checkAgainst('bare', 'locked', null, () => null)).origins).toEqual(['unknown']);
    const interrupted = (run: ScenarioRun) => ({ ...run, limits: ['interrupted'] });
    expect((await checkAgainst('bare', 'locked', null, interrupted)).origins).toEqual(['unknown']);
    expect((await checkAgainst('bare', 'bare', null, interrupted)).origins).toEqual(['inherited']);
  });
});
