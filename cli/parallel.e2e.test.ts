import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../checker/check.js';
import type * as RunJobsModule from '../checker/parallel/runJobs.js';
import { defaultOptions } from '../checker/system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../checker/testing/exampleSystem.js';

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

  it('stop when the signal is aborted, and those that have not begun do not begin', async () => {
    const signal = AbortSignal.abort();
    expect(await runJobsWith({ limits, workers: 2, signal })([job('bare', 'one')])).toEqual([null]);
  });
});
