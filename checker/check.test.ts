import { describe, expect, it } from 'vitest';
import type { LaterJobs, RunJobs } from './check.js';
import { check } from './check.js';
import { checkRevision } from './checkRevision.js';
import {
  endedUnexpectedly,
  interrupted,
  outOfMemory,
  outOfTime,
  tooManyStates,
  withoutRoom,
} from './explore/stopped.js';
import { failedRun } from './parallel/runJob.js';
import { runJobsWith } from './parallel/runJobs.js';
import type { ScenarioRun } from './scenarioRun.js';
import { defaultOptions } from './system/linkedSystem.js';
import { exampleRevision, exampleScenario } from './testing/exampleSystem.js';

const limits = { maxStates: Infinity, timeout: Infinity };

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
    limits,
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

  it('is not searched for notes', async () => {
    const made: string[] = [];
    const { verdict, findings } = await checkRevision('v4-pin-device', {
      scenarios: ['open-close'],
      workers: 0,
      onProgress: (event) => event.kind === 'started' && made.push(event.job.revision.revision.id),
    });
    expect({ verdict, made }).toEqual({ verdict: 'holds', made: ['v4-pin-device'] });
    expect([...new Set(findings.map(({ severity, origin }) => `${severity} ${origin}`))]).toEqual(['note unknown']);
  });

  it.each([
    interrupted,
    `${interrupted}; --resume file goes on`,
    `runs without an end: ${interrupted}`,
    tooManyStates(7, 6),
    outOfTime(1000),
    outOfMemory(7, '8 MB'),
    withoutRoom('8 MB'),
    endedUnexpectedly('one of the threads', 'no reason'),
  ])('leaves open what is introduced if its search ended so: %s', async (limit) => {
    const stop = (run: ScenarioRun) => ({ ...run, limits: [limit] });
    expect((await checkAgainst('bare', 'locked', null, stop)).origins).toEqual(['unknown']);
    expect((await checkAgainst('bare', 'bare', null, stop)).origins).toEqual(['inherited']);
  });

  it('leaves open what is introduced if it was not searched, or could not be', async () => {
    expect((await checkAgainst('bare', 'locked', null, () => null)).origins).toEqual(['unknown']);
    const failed = () => failedRun(exampleScenario, 'it cannot be linked');
    expect((await checkAgainst('bare', 'locked', null, failed)).origins).toEqual(['unknown']);
  });

  it('tells what is introduced although it has code that is not represented', async () => {
    const opaque = (run: ScenarioRun) => ({ ...run, limits: ['file.c:1: assembly is not represented'] });
    expect((await checkAgainst('bare', 'locked', null, opaque)).origins).toEqual(['introduced']);
  });

  it('has to be asked for by who runs jobs in a way of their own', async () => {
    const scenarios = [exampleScenario];
    const [revision, base] = [exampleRevision('bare'), exampleRevision('locked')];
    const runJobs: RunJobs = (jobs) => runJobsWith({ limits, workers: 0 })(jobs);
    const request = { revision, base, scenarios, options: defaultOptions, properties: null, runJobs };
    await expect(check(request)).rejects.toThrow('runJobs gave 1 results for 1 jobs and 1 later ones');
  });
});
