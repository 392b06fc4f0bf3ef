import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../checker/check.js';
import type * as RunJobsModule from '../checker/parallel/runJobs.js';
import { defaultEngine } from '../checker/explore/engineSettings.js';
import type { Engine } from '../checker/parallel/jobMessages.js';
import type { JobProgress, RunJobsOptions } from '../checker/parallel/runJobs.js';
import { resolveRevision } from '../checker/resolveRevision.js';
import type { ScenarioRun } from '../checker/scenarioRun.js';
import { defaultOptions } from '../checker/system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../checker/testing/exampleSystem.js';
import { revisionById } from '../models/revisions/index.js';
import { scenarioById } from '../models/scenarios/index.js';

// The module of the build, as only there is a file that a worker thread can start with.
const built = fileURLToPath(new URL('../dist/checker/parallel/runJobs.js', import.meta.url));
const limits = { maxStates: Infinity, timeout: Infinity };
let runJobsWith: typeof RunJobsModule.runJobsWith;

const job = (variant: Parameters<typeof exampleRevision>[0], id: string): Job => ({
  revision: exampleRevision(variant),
  scenario: { ...exampleScenario, id },
  options: defaultOptions,
});

beforeAll(async () => {
  expect(existsSync(built)).toBe(true);
  ({ runJobsWith } = (await import(built)) as typeof RunJobsModule);
});

describe('jobs in worker threads', () => {
  it('give what they give in the calling thread, in their order', async () => {
    const jobs = [job('bare', 'one'), job('locked', 'two'), job('leaky', 'three')];
    const timeless = async (workers: number) =>
      (await runJobsWith({ limits, workers })(jobs)).map((run) => ({ ...run, milliseconds: 0 }));
    const inline = await timeless(0);
    expect(inline.map(({ scenario }) => scenario)).toEqual(['one', 'two', 'three']);
    expect(await timeless(1)).toEqual(inline);
    expect(await timeless(2)).toEqual(inline);
  });

  it('do not take the others with them when they die', async () => {
    // A limit on the heap that no search can keep to would be one way; a job that is no job is a quicker one.
    const fatal = { ...job('bare', 'fatal'), revision: null } as unknown as Job;
    const [dead, alive] = await runJobsWith({ limits, workers: 1 })([fatal, job('locked', 'alive')]);
    expect(dead).toMatchObject({ scenario: 'fatal', limits: [expect.stringMatching(/unexpectedly|internal error/)] });
    expect(alive).toMatchObject({ scenario: 'alive', limits: [] });
  });

  describe.each([1, 2, 4])('that are later, with %i threads', (workers) => {
    const jobs = [job('locked', 'one'), job('bare', 'two'), job('locked', 'three')];
    const laterJobs = [job('leaky', 'four'), job('locked', 'five')];
    const ids = async (
      expected: number,
      isCalledForBy: (run: ScenarioRun) => boolean,
      more: Partial<RunJobsOptions> = {},
    ) => {
      const planned: number[] = [];
      const onProgress = (event: JobProgress) => event.kind === 'finished' && planned.push(event.jobs);
      const runs = await runJobsWith({ limits, workers, onProgress, ...more })(jobs, {
        jobs: laterJobs,
        isCalledForBy,
      });
      expect(planned).toHaveLength(runs.filter((run) => run !== null).length);
      expect(planned.at(-1)).toBe(expected);
      return runs.map((run) => run?.scenario ?? null);
    };
    const all = ['one', 'two', 'three', 'four', 'five'];

    it('are run if one of those before calls for them', async () => {
      expect(await ids(5, ({ findings }) => findings.length > 0)).toEqual(all);
      expect(await ids(5, ({ scenario }) => scenario === 'three')).toEqual(all);
      // The later ones would call for themselves, which does not count.
      const asked: string[] = [];
      await ids(5, ({ scenario }) => asked.push(scenario) > 2);
      expect(asked.sort()).toEqual(['one', 'three', 'two']);
    });

    it('are left out if none does', async () => {
      expect(await ids(3, () => false)).toEqual(['one', 'two', 'three', null, null]);
    });

    it('are not begun once the signal is aborted', async () => {
      const controller = new AbortController();
      const isCalledForBy = () => {
        controller.abort();
        return true;
      };
      const runs = await runJobsWith({ limits, workers, signal: controller.signal })(jobs, {
        jobs: laterJobs,
        isCalledForBy,
      });
      expect(runs.slice(3)).toEqual([null, null]);
    });

    it.each([
      ['first', ['sick', 'one'], ['later']],
      ['last', ['one', 'two', 'sick'], ['later']],
      ['later', ['one', 'two'], ['later', 'sick']],
    ])('are not waited for where the %s job cannot be sent', async (_, first, last) => {
      const options = { ...defaultOptions, cannotBeSent: () => {} };
      const made = (ids: readonly string[]) =>
        ids.map((id) => (id === 'sick' ? { ...job('locked', id), options } : job('locked', id)));
      const running = runJobsWith({ limits, workers })(made(first), { jobs: made(last), isCalledForBy: () => true });
      await expect(running).rejects.toThrow(/could not be cloned/);
    });

    it('are not waited for where nobody can say whether they are called for', async () => {
      const isCalledForBy = () => {
        throw new Error('cannot say');
      };
      const running = runJobsWith({ limits, workers })(jobs, { jobs: laterJobs, isCalledForBy });
      await expect(running).rejects.toThrow('cannot say');
    });
  });

  it('stop when the signal is aborted, and those that have not begun do not begin', async () => {
    const signal = AbortSignal.abort();
    expect(await runJobsWith({ limits, workers: 2, signal })([job('bare', 'one')])).toEqual([null]);
  });

  describe('that are tried in the calling thread first', () => {
    const registered = (id: string): Job => ({
      revision: resolveRevision(revisionById('v4')!, revisionById),
      scenario: scenarioById(id)!,
      options: defaultOptions,
    });
    /** What cannot be sent to a thread, so that a job with it shows where it ran. */
    const unsendable = { ...defaultOptions, cannotBeSent: () => {} };
    const timeless = (runs: readonly (ScenarioRun | null)[]) =>
      runs.map((run) => run && { ...run, milliseconds: 0, bytes: 0 });

    it('stay there if they are short', async () => {
      const jobs = [registered('pool-life'), registered('no-rstmem-free')].map((one) => ({
        ...one,
        options: unsendable,
      }));
      const runs = await runJobsWith({ limits, workers: 1, tryHere: 60_000 })(jobs);
      expect(runs.map((run) => run?.states)).toEqual([2, 195]);
      await expect(runJobsWith({ limits, workers: 1 })(jobs)).rejects.toThrow(/could not be cloned/);
    });

    it('go on there if they are long, while those that wait get threads', async () => {
      const long = { ...registered('look-up-close'), options: unsendable };
      const short = registered('pool-life');
      const runs = await runJobsWith({ limits, workers: 2, tryHere: 0.001 })([long, short]);
      expect(timeless(runs)).toEqual(
        timeless(await runJobsWith({ limits, workers: 1 })([registered('look-up-close'), short])),
      );
      const waiting = runJobsWith({ limits, workers: 2, tryHere: 0.001 })([long, { ...short, options: unsendable }]);
      await expect(waiting).rejects.toThrow(/could not be cloned/);
    });

    it('let timers and signals have their turn', async () => {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), 200);
      const jobs = [registered('general-client')];
      const [run] = await runJobsWith({ limits, workers: 1, tryHere: 1, signal: controller.signal })(jobs);
      clearTimeout(timer);
      expect(run).toMatchObject({ limits: ['interrupted'] });
    });

    it('begin again in a thread if they are long and no threads can share them, with the same result', async () => {
      const started: string[] = [];
      const engine: Engine = { kind: 'exhaustive', settings: { ...defaultEngine, search: 'depth' } };
      const jobs = [registered('look-up-close'), registered('pool-life')];
      const onProgress = (event: JobProgress) => {
        if (event.kind === 'started') started.push(event.job.scenario.id);
      };
      const tried = await runJobsWith({ limits, engine, workers: 1, tryHere: 0.001, onProgress })(jobs);
      expect(started.sort()).toEqual(['look-up-close', 'look-up-close', 'pool-life']);
      expect(timeless(tried)).toEqual(timeless(await runJobsWith({ limits, engine, workers: 1 })(jobs)));
    });

    it('are started in threads at once if they are many', async () => {
      const jobs = ['pool-life', 'no-rstmem-free', 'close-context-file'].map(registered);
      const many = jobs.map((one) => ({ ...one, options: unsendable }));
      await expect(runJobsWith({ limits, workers: 1, tryHere: 60_000 })(many)).rejects.toThrow(/could not be cloned/);
    });
  });
});
