import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Job, RunJobs } from '../check.js';
import { canBeShared, defaultEngine } from '../explore/engineSettings.js';
import type { SearchProgress } from '../explore/search.js';
import type { ScenarioRun } from '../scenarioRun.js';
import type { Engine, JobMessage, JobResult, SearchLimits, WorkerData, WorkerMessage } from './jobMessages.js';
import { failedRun, runJob } from './runJob.js';

/** Where jobs run, how far, and whom they tell. */
export interface RunJobsOptions {
  readonly limits: SearchLimits;
  /** Exhaustive if it is not said. */
  readonly engine?: Engine;
  /** Worker threads. 0 runs everything in the calling thread, which then does nothing else until it is done. */
  readonly workers: number;
  /**
   * Milliseconds (default 0) for which one or two jobs are run in the calling thread before other threads are started for them. Most
   * searches are over then, without a worker thread that begins as cold as this one did. A search that several threads can share goes on here,
   * and gets partners when it is large; others are begun again in a thread.
   */
  readonly tryHere?: number;
  /** Stops the searches, which then give what they have; jobs that have not begun give null. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: JobProgress) => void;
}

/** What happens to one job. */
export type JobProgress =
  | { readonly kind: 'started'; readonly job: Job; readonly jobs: number }
  | { readonly kind: 'progress'; readonly job: Job; readonly progress: SearchProgress }
  | { readonly kind: 'finished'; readonly job: Job; readonly result: JobResult };

/** More jobs than this keep several threads busy, so they are started at once. */
const mostTried = 2;

const exhaustive: Engine = { kind: 'exhaustive', settings: defaultEngine };

/** Exists in the build only: run from its TypeScript sources, the library has no file a worker could start with. */
const workerFile = new URL('./worker.js', import.meta.url);

/**
 * A `RunJobs` that uses worker threads, one job at a time in each, the biggest first; fewer jobs than workers share them. Results stand in the order of the jobs
 * and do not depend on the number of workers. Without built files it runs in the calling thread.
 */
export function runJobsWith(options: RunJobsOptions): RunJobs {
  const { tryHere = 0, engine = exhaustive } = options;
  const workers = existsSync(workerFile) ? options.workers : 0;
  return async (jobs) => {
    if (workers === 0) return runInline(jobs, options, Infinity);
    if (tryHere <= 0 || jobs.length > mostTried) return runInWorkers(jobs, workers, options);
    if (engine.kind === 'exhaustive' && canBeShared(engine.settings)) return runHere(jobs, workers, tryHere, options);
    const tried = await runInline(jobs, options, tryHere);
    const left = jobs.filter((_, index) => tried[index] === null);
    const rest = left.length === 0 ? [] : await runInWorkers(left, workers, options);
    return tried.map((run, index) => run ?? rest[left.indexOf(jobs[index]!)] ?? null);
  };
}

/**
 * Runs jobs here, in order, each for at most `time` milliseconds, or twice as long where its frontier shrinks: it is nearly
 * done then. Null for the first that takes longer, and for all after it.
 */
async function runInline(jobs: readonly Job[], options: RunJobsOptions, time: number): Promise<(ScenarioRun | null)[]> {
  const { limits, engine = exhaustive, signal, onProgress } = options;
  const results: (ScenarioRun | null)[] = [];
  let isOver = false;
  for (const job of jobs) {
    if (signal?.aborted || isOver) {
      results.push(null);
      continue;
    }
    onProgress?.({ kind: 'started', job, jobs: jobs.length });
    const started = performance.now();
    const result = await runJob(job, engine, limits, (progress) => {
      onProgress?.({ kind: 'progress', job, progress });
      isOver = performance.now() - started > (progress.remaining === undefined ? time : 2 * time);
      return !isOver && !signal?.aborted;
    });
    if (!isOver) onProgress?.({ kind: 'finished', job, result });
    results.push(isOver ? null : result.run);
    // Lets timers and signals in between two searches.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return results;
}

/**
 * Runs jobs in the calling thread, in order, with breaks. Those that have waited for longer than `time` get threads of their own meanwhile, if
 * there may be more than one.
 */
async function runHere(
  jobs: readonly Job[],
  workers: number,
  time: number,
  options: RunJobsOptions,
): Promise<(ScenarioRun | null)[]> {
  const { limits, engine = exhaustive, signal, onProgress } = options;
  const started = performance.now();
  const results: (ScenarioRun | null)[] = [];
  let elsewhere: Promise<readonly (ScenarioRun | null)[]> = Promise.resolve([]);
  let waiting = [...jobs];
  for (let job = waiting.shift(); job && !signal?.aborted; job = waiting.shift()) {
    onProgress?.({ kind: 'started', job, jobs: jobs.length });
    const threads = Math.max(1, workers - waiting.length);
    const goOn = (progress: SearchProgress) => {
      onProgress?.({ kind: 'progress', job, progress });
      if (waiting.length > 0 && workers > 1 && performance.now() - started > time) {
        elsewhere = runInWorkers(waiting, workers - 1, options);
        // It is waited for in the end.
        elsewhere.catch(() => undefined);
        waiting = [];
      }
      return !signal?.aborted;
    };
    const result = await runJob(job, engine, limits, goOn, threads, true);
    onProgress?.({ kind: 'finished', job, result });
    results.push(result.run);
  }
  results.push(...(await elsewhere));
  return jobs.map((_, index) => results[index] ?? null);
}

async function runInWorkers(
  jobs: readonly Job[],
  count: number,
  options: RunJobsOptions,
): Promise<(ScenarioRun | null)[]> {
  const pool = new WorkerPool(jobs, Math.max(1, Math.floor(count / jobs.length)), options);
  const onAbort = () => pool.stop();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();
  try {
    await Promise.all(Array.from({ length: Math.min(count, jobs.length) }, () => pool.work()));
    return pool.results;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** The jobs of one run and what became of them. */
class WorkerPool {
  readonly results: (ScenarioRun | null)[];
  private readonly jobs: readonly Job[];
  /** Threads that each job may use. */
  private readonly threads: number;
  private readonly options: RunJobsOptions;
  /** Numbers of the jobs that nobody has taken, the next one last. */
  private readonly waiting: number[];
  private readonly stopBuffer = new SharedArrayBuffer(4);

  constructor(jobs: readonly Job[], threads: number, options: RunJobsOptions) {
    this.jobs = jobs;
    this.threads = threads;
    this.options = options;
    this.results = jobs.map(() => null);
    this.waiting = jobs.map((_, number) => number).sort((a, b) => costOf(jobs[a]!) - costOf(jobs[b]!) || b - a);
  }

  /** Tells running searches to end, and starts no new ones. */
  stop(): void {
    this.waiting.length = 0;
    Atomics.store(new Int32Array(this.stopBuffer), 0, 1);
  }

  /** Works until no job is left, in one thread after another: a thread that dies takes only its job with it. */
  async work(): Promise<void> {
    while (this.waiting.length > 0) await this.workInOneThread();
  }

  private workInOneThread(): Promise<void> {
    return new Promise((resolve) => {
      const workerData: WorkerData = { stop: this.stopBuffer };
      // Options of the process, such as --input-type, are not about this file.
      const worker = new Worker(workerFile, { workerData, execArgv: [] });
      let current: number | null = null;
      let death: string | null = null;

      const takeNext = () => {
        const number = this.waiting.pop();
        current = number ?? null;
        if (number === undefined) {
          void worker.terminate();
          return;
        }
        const job = this.jobs[number]!;
        this.options.onProgress?.({ kind: 'started', job, jobs: this.jobs.length });
        const { engine = exhaustive, limits } = this.options;
        const message: JobMessage = { number, job, engine, limits, threads: this.threads };
        worker.postMessage(message);
      };

      worker.on('message', (message: WorkerMessage) => {
        const job = this.jobs[message.number]!;
        if (message.kind === 'progress') {
          this.options.onProgress?.({ kind: 'progress', job, progress: message.progress });
          return;
        }
        this.finish(message.number, message.result);
        takeNext();
      });
      worker.on('error', (error: Error) => (death = error.message));
      worker.on('exit', (code) => {
        if (current !== null) {
          const reason = `the search ended unexpectedly: ${death ?? `its thread exited with code ${code}`}`;
          this.finish(current, { run: failedRun(this.jobs[current]!.scenario, reason), samples: [] });
        }
        resolve();
      });
      takeNext();
    });
  }

  private finish(number: number, result: JobResult): void {
    this.results[number] = result.run;
    this.options.onProgress?.({ kind: 'finished', job: this.jobs[number]!, result });
  }
}

/**
 * A guess at how long a job takes, only to be compared: more threads that do more things. With big jobs first the worker
 * threads end at about the same time.
 */
function costOf({ scenario }: Job): number {
  return scenario.threads.length * Math.max(1, scenario.activities.length);
}
