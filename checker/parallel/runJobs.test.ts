import { describe, expect, it } from 'vitest';
import type { Job } from '../check.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import type { ScenarioRun } from '../scenarioRun.js';
import type { JobProgress } from './runJobs.js';
import { runJobsWith } from './runJobs.js';

const limits = { maxStates: Infinity, timeout: Infinity };
const job = (variant: Parameters<typeof exampleRevision>[0], id: string): Job => ({
  revision: exampleRevision(variant),
  scenario: { ...exampleScenario, id },
  options: defaultOptions,
});

// Worker threads need built files; cli/parallel.e2e.test.ts has the same expectations of them.
describe('jobs in the calling thread', () => {
  it('give their results in order, and say how they come along', async () => {
    const events: string[] = [];
    const onProgress = (event: JobProgress) => {
      if (event.kind !== 'progress') events.push(`${event.kind} ${event.job.scenario.id}`);
    };
    const runs = await runJobsWith({ limits, workers: 0, onProgress })([job('bare', 'one'), job('locked', 'two')]);
    expect(runs.map((run) => [run?.scenario, (run?.findings.length ?? 0) > 0])).toEqual([
      ['one', true],
      ['two', false],
    ]);
    expect(events).toEqual(['started one', 'finished one', 'started two', 'finished two']);
  });

  it.each([
    ['are run if one of those before calls for them', 'bare', ['one', 'two', 'later']],
    ['are left out if none does', 'locked', ['one', 'two', null]],
  ] as const)('that are later %s', async (_, variant, expected) => {
    const events: string[] = [];
    const onProgress = (event: JobProgress) => {
      if (event.kind !== 'progress') events.push(`${event.kind} ${event.job.scenario.id} of ${event.jobs}`);
    };
    const later = { jobs: [job('bare', 'later')], isCalledForBy: ({ findings }: ScenarioRun) => findings.length > 0 };
    const runs = await runJobsWith({ limits, workers: 0, onProgress })(
      [job(variant, 'one'), job('locked', 'two')],
      later,
    );
    expect(runs.map((run) => run?.scenario ?? null)).toEqual(expected);
    expect(events.slice(0, 4)).toEqual([
      'started one of 2',
      'finished one of 2',
      'started two of 2',
      'finished two of 2',
    ]);
    expect(events.slice(4)).toEqual(expected[2] === null ? [] : ['started later of 3', 'finished later of 3']);
  });

  it('do not begin once the signal is aborted', async () => {
    const controller = new AbortController();
    const onProgress = ({ kind }: JobProgress) => kind === 'finished' && controller.abort();
    const runJobs = runJobsWith({ limits, workers: 0, signal: controller.signal, onProgress });
    const runs = await runJobs([job('bare', 'one'), job('bare', 'two')]);
    expect(runs.map((run) => run?.scenario ?? null)).toEqual(['one', null]);
  });

  it('are inconclusive, with the reason, where revision and scenario do not fit', async () => {
    const misfit: Job = {
      ...job('bare', 'misfit'),
      scenario: { ...exampleScenario, id: 'misfit', capacities: { box: 0 } },
    };
    const unknown: Job = { ...job('bare', 'unknown'), scenario: { ...exampleScenario, id: 'unknown', functions: [] } };
    const runs = await runJobsWith({ limits, workers: 0 })([misfit, unknown, job('locked', 'fine')]);
    expect(runs[0]?.limits).toEqual([expect.stringContaining('more than 0 objects of struct box')]);
    expect(runs[1]?.limits).toEqual([expect.stringContaining("'setup' is called, but nobody defines it")]);
    expect(runs[2]).toMatchObject({ scenario: 'fine', limits: [] });
  });
});
