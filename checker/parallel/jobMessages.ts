import type { Job } from '../check.js';
import type { EngineSettings } from '../explore/engineSettings.js';
import type { SearchProgress } from '../explore/search.js';
import type { Sample, SampleSettings } from '../fuzz/sampleSystem.js';
import type { ScenarioRun } from '../scenarioRun.js';

/** What bounds each search; the same for every job of a run. */
export interface SearchLimits {
  readonly maxStates: number;
  /** Milliseconds for each scenario; Infinity for none. */
  readonly timeout: number;
  /** Bytes for the states of each scenario; no bound if it is not said. */
  readonly memory?: number;
}

/** How a job searches: everything, or a sample. Plain data. */
export type Engine =
  | { readonly kind: 'exhaustive'; readonly settings: EngineSettings }
  | { readonly kind: 'sample'; readonly settings: SampleSettings };

/** What comes of a job. */
export interface JobResult {
  readonly run: ScenarioRun;
  /** How to come to the findings of a sample again; empty for an exhaustive search. */
  readonly samples: readonly Sample[];
}

/** To a worker: one search to make. Plain data, so that a revision needs no registry to reach a worker. */
export interface JobMessage {
  readonly number: number;
  readonly job: Job;
  readonly engine: Engine;
  readonly limits: SearchLimits;
  /** So many threads may search for it; one that is large enough makes use of them. */
  readonly threads: number;
}

/** From a worker. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly number: number; readonly progress: SearchProgress }
  | { readonly kind: 'done'; readonly number: number; readonly result: JobResult };

/** Handed to a worker when it starts. */
export interface WorkerData {
  /** One word, shared: not 0 means stop and give what there is. */
  readonly stop: SharedArrayBuffer;
}
