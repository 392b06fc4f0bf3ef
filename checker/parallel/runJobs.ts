import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Job, LaterJobs, RunJobs } from '../check.js';
import { canBeShared, defaultEngine } from '../explore/engineSettings.js';
import type { SearchProgress } from '../explore/search.js';
import { endedUnexpectedly } from '../explore/stopped.js';
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

/** What happens to one job; `jobs` is how many have been asked for by then, in all calls, and are called for. */
export type JobProgress = JobEvent & { readonly jobs: number };

type JobEvent =
  | { readonly kind: 'started'; readonly job: Job }
  | { readonly kind: 'progress'; readonly job: Job; readonly progress: SearchProgress }
  | { readonly kind: 'finished'; readonly job: Job; readonly result: JobResult };

/** What running jobs needs beside the jobs. */
type Setting = Omit<RunJobsOptions, 'onProgress'> & {
  readonly tell: (event: JobEvent) => void;
  /** So many later jobs are called for. */
  readonly add: (jobs: number) => void;
};

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
  const { tryHere = 0, engine = exhaustive, onProgress } = options;
  const workers = existsSync(workerFile) ? options.workers : 0;
  let planned = 0;
  const setting: Setting = {
    ...options,
    tell: (event) => onProgress?.({ ...event, jobs: planned }),
    add: (jobs) => (planned += jobs),
  };
  const runOnly = async (jobs: readonly Job[]): Promise<readonly (ScenarioRun | null)[]> => {
    if (workers === 0) return runInline(jobs, setting, Infinity);
    if (engine.kind === 'exhaustive' && canBeShared(engine.settings)) return runHere(jobs, workers, tryHere, setting);
    const tried = await runInline(jobs, setting, tryHere);
    const left = jobs.filter((_, index) => tried[index] === null);
    const rest = left.length === 0 ? [] : await runInWorkers(left, noJobs, workers, setting);
    return tried.map((run, index) => run ?? rest[left.indexOf(jobs[index]!)] ?? null);
  };
  return async (jobs, later = noJobs) => {
    setting.add(jobs.length);
    if (workers > 0 && (tryHere <= 0 || jobs.length > mostTried)) return runInWorkers(jobs, later, workers, setting);
    const runs = await runOnly(jobs);
    if (!runs.some((run) => run !== null && later.isCalledForBy(run))) return [...runs, ...later.jobs.map(() => null)];
    setting.add(later.jobs.length);
    return [...runs, ...(await runOnly(later.jobs))];
  };
}

const noJobs: LaterJobs = { jobs: [], isCalledForBy: () => false };

/**
 * Runs jobs here, in order, each for at most `time` milliseconds, or twice as long where its frontier shrinks: it is nearly
 * done then. Null for the first that takes longer, and for all after it.
 */
async function runInline(jobs: readonly Job[], setting: Setting, time: number): Promise<(ScenarioRun | null)[]> {
  const { limits, engine = exhaustive, signal, tell } = setting;
  const results: (ScenarioRun | null)[] = [];
  let isOver = false;
  for (const job of jobs) {
    if (signal?.aborted || isOver) {
      results.push(null);
      continue;
    }
    tell({ kind: 'started', job });
    const started = performance.now();
    const result = await runJob(job, engine, limits, (progress) => {
      tell({ kind: 'progress', job, progress });
      isOver = performance.now() - started > (progress.remaining === undefined ? time : 2 * time);
      return !isOver && !signal?.aborted;
    });
    if (!isOver) tell({ kind: 'finished', job, result });
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
  setting: Setting,
): Promise<(ScenarioRun | null)[]> {
  const { limits, engine = exhaustive, signal, tell } = setting;
  const started = performance.now();
  const results: (ScenarioRun | null)[] = [];
  let elsewhere: Promise<readonly (ScenarioRun | null)[]> = Promise.resolve([]);
  let waiting = [...jobs];
  for (let job = waiting.shift(); job && !signal?.aborted; job = waiting.shift()) {
    tell({ kind: 'started', job });
    const threads = Math.max(1, workers - waiting.length);
    const goOn = (progress: SearchProgress) => {
      tell({ kind: 'progress', job, progress });
      if (waiting.length > 0 && workers > 1 && performance.now() - started > time) {
        elsewhere = runInWorkers(waiting, noJobs, workers - 1, setting);
        // It is waited for in the end.
        elsewhere.catch(() => undefined);
        waiting = [];
      }
      return !signal?.aborted;
    };
    const result = await runJob(job, engine, limits, goOn, threads, true);
    tell({ kind: 'finished', job, result });
    results.push(result.run);
  }
  results.push(...(await elsewhere));
  return jobs.map((_, index) => results[index] ?? null);
}

async function runInWorkers(
  jobs: readonly Job[],
  later: LaterJobs,
  count: number,
  setting: Setting,
): Promise<(ScenarioRun | null)[]> {
  const pool = new WorkerPool(jobs, later, count, setting);
  const onAbort = () => pool.stop();
  setting.signal?.addEventListener('abort', onAbort, { once: true });
  if (setting.signal?.aborted) onAbort();
  try {
    await Promise.all(Array.from({ length: Math.min(count, jobs.length + later.jobs.length) }, () => pool.work()));
    return pool.results;
  } finally {
    // After an error too, which leaves threads that wait.
    pool.stop();
    setting.signal?.removeEventListener('abort', onAbort);
  }
}

/** The jobs of one run and what became of them. */
class WorkerPool {
  readonly results: (ScenarioRun | null)[];
  /** Those that are run in any case, and those that are run if they are called for. */
  private readonly jobs: readonly Job[];
  private readonly later: LaterJobs;
  /** Threads for all jobs together. */
  private readonly count: number;
  private readonly setting: Setting;
  /** Numbers of the jobs that nobody has taken, the next one last. */
  private waiting: number[];
  /** Jobs that are run or will be, as far as that is known. */
  private unfinished: number;
  /** How many of the jobs that are run in any case may still call for the later ones. */
  private undecided: number;
  /** What to do in threads that have nothing to do until that is decided. */
  private idle: (() => void)[] = [];
  private readonly stopBuffer = new SharedArrayBuffer(4);

  constructor(jobs: readonly Job[], later: LaterJobs, count: number, setting: Setting) {
    this.jobs = [...jobs, ...later.jobs];
    this.later = later;
    this.count = count;
    this.setting = setting;
    this.results = this.jobs.map(() => null);
    this.waiting = this.biggestLast(jobs, 0);
    this.unfinished = jobs.length;
    this.undecided = later.jobs.length === 0 ? 0 : jobs.length;
  }

  /** Tells running searches to end, and starts no new ones. */
  stop(): void {
    this.waiting.length = 0;
    Atomics.store(new Int32Array(this.stopBuffer), 0, 1);
    this.decide();
  }

  /** How many threads a job that begins may use: those that are not finished share all. */
  private threadsForOne(): number {
    return Math.max(1, Math.floor(this.count / this.unfinished));
  }

  private biggestLast(jobs: readonly Job[], first: number): number[] {
    const order = jobs.map((_, number) => number).sort((a, b) => costOf(jobs[a]!) - costOf(jobs[b]!) || b - a);
    return order.map((number) => first + number);
  }

  /** Whether the later jobs are run is known: who waited for that goes on. */
  private decide(): void {
    this.undecided = 0;
    for (const goOn of this.idle.splice(0)) goOn();
  }

  /** Works until no job is left, in one thread after another: a thread that dies takes only its job with it. */
  async work(): Promise<void> {
    for (;;) {
      if (this.waiting.length > 0) await this.workInOneThread();
      else if (this.undecided === 0) return;
      else await new Promise<void>((resolve) => this.idle.push(resolve));
    }
  }

  private workInOneThread(): Promise<void> {
    return new Promise((resolve, reject) => {
      const workerData: WorkerData = { stop: this.stopBuffer };
      // Options of the process, such as --input-type, are not about this file.
      const worker = new Worker(workerFile, { workerData, execArgv: [] });
      let current: number | null = null;
      let death: string | null = null;
      let isGone = false;

      /** What goes wrong here, as with a job that cannot be sent, ends this thread and the run. */
      const orFail = (what: () => void) => {
        try {
          what();
        } catch (error) {
          current = null;
          isGone = true;
          void worker.terminate();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };

      const takeNext = () => {
        if (isGone) return;
        const number = this.waiting.pop();
        current = number ?? null;
        if (number === undefined && this.undecided > 0) {
          this.idle.push(() => orFail(takeNext));
          return;
        }
        if (number === undefined) {
          void worker.terminate();
          return;
        }
        const job = this.jobs[number]!;
        this.setting.tell({ kind: 'started', job });
        const { engine = exhaustive, limits } = this.setting;
        const message: JobMessage = { number, job, engine, limits, threads: this.threadsForOne() };
        worker.postMessage(message);
      };

      worker.on('message', (message: WorkerMessage) => {
        const job = this.jobs[message.number]!;
        if (message.kind === 'progress') {
          this.setting.tell({ kind: 'progress', job, progress: message.progress });
          return;
        }
        current = null;
        orFail(() => {
          this.finish(message.number, message.result);
          takeNext();
        });
      });
      worker.on('error', (error: Error) => (death = error.message));
      worker.on('exit', (code) => {
        isGone = true;
        const number = current;
        if (number !== null) {
          const reason = endedUnexpectedly('the search', death ?? `its thread exited with code ${code}`);
          orFail(() => this.finish(number, { run: failedRun(this.jobs[number]!.scenario, reason), samples: [] }));
        }
        resolve();
      });
      orFail(takeNext);
    });
  }

  private finish(number: number, result: JobResult): void {
    this.results[number] = result.run;
    this.unfinished -= 1;
    this.setting.tell({ kind: 'finished', job: this.jobs[number]!, result });
    if (this.undecided === 0) return;
    const { jobs, isCalledForBy } = this.later;
    const isCalledFor = isCalledForBy(result.run);
    // It may have been stopped by who was told.
    if (this.undecided === 0) return;
    if (isCalledFor) {
      this.setting.add(jobs.length);
      this.unfinished += jobs.length;
      // They come behind those that wait already.
      this.waiting = [...this.biggestLast(jobs, this.jobs.length - jobs.length), ...this.waiting];
      this.decide();
    } else if (--this.undecided === 0) this.decide();
  }
}

/**
 * A guess at how long a job takes, only to be compared: more threads that do more things. With big jobs first the worker
 * threads end at about the same time.
 */
function costOf({ scenario }: Job): number {
  return scenario.threads.length * Math.max(1, scenario.activities.length);
}
