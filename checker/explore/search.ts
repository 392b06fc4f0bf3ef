import type { Violation } from '../system/step.js';
import type { StoreName } from './cached/visitedStates.js';
import type { LinkedSystem } from '../system/linkedSystem.js';

/** One step of a schedule: which thread, and how each choice inside the step is decided (index of the alternative). */
export interface Move {
  readonly thread: number;
  readonly decisions: readonly number[];
}

/** A violation with a shortest schedule that reaches it; the last move is the one that breaks the property. */
export interface Discovery {
  readonly violation: Violation;
  readonly schedule: readonly Move[];
  /** Moves that lead from the end of the schedule back to it: the run goes round for ever. Absent for a run that ends. */
  readonly cycle?: readonly Move[];
  /** With iterative deepening: how many failures or switches it needs, at least. */
  readonly needs?: number;
}

/** What a search may use, and whom it tells. */
export interface SearchOptions {
  readonly maxStates: number;
  /** Milliseconds for this search; Infinity for none. */
  readonly timeout: number;
  /** False: every access to shared memory is a step of its own. Default true. */
  readonly reduction?: boolean;
  /** Memory that one thread is left with is private again (`Owners`): what is done with it makes no steps of its own. */
  readonly ownership?: boolean;
  /** Several steps of one thread that commute with those of others make one transition (`reductions/transactions.ts`). */
  readonly transactions?: boolean;
  /** In transactions, steps may be put off that do harm only together. Default true; models for SPIN are made without that. */
  readonly mayPutOff?: boolean;
  /** States that differ only in the names of threads that are alike are one (`reductions/symmetryCanonical.ts`). */
  readonly symmetry?: boolean;
  /** Whether WebAssembly code does what is done most (`wasm/`); `large` if it is not said. */
  readonly webAssembly?: WebAssemblyUse;
  /** How states are kept; `exact` if it is not said. */
  readonly store?: StoreName;
  /** Bytes that the arrays of the search may take; no bound if it is not said. */
  readonly memory?: number;
  readonly checkpoint?: CheckpointOptions;
  /** Called every few thousand states. Returning false stops the search. */
  readonly progress?: (progress: SearchProgress) => boolean;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** In no search, in large ones, or from the first state on, which is slower for small ones. */
export type WebAssemblyUse = 'never' | 'large' | 'always';

/** How a long search is kept on the disk. */
export interface CheckpointOptions {
  readonly file: string;
  /** Milliseconds between two checkpoints; one more is written when the search is stopped. */
  readonly interval: number;
  /** Goes on where a search stopped that wrote this file. */
  readonly resume?: string;
}

export interface SearchProgress {
  readonly states: number;
  readonly transitions: number;
  readonly frontier: number;
  readonly depth: number;
  readonly bytes: number;
  /** A guess at how many states are still to be expanded; absent as long as levels grow, and nobody can know. */
  readonly remaining?: number;
  /** Something that the user should read, once. */
  readonly remark?: string;
}

/** What a search found out. */
export interface SearchResult {
  readonly states: number;
  readonly transitions: number;
  /** Longest shortest path, in steps. */
  readonly depth: number;
  readonly milliseconds: number;
  readonly bytes: number;
  /** Why the search is not complete, as sentences; empty for a complete search. */
  readonly limits: readonly string[];
  /** Why a complete search that found nothing is not a proof, as what would have to be so; absent where it is one. */
  readonly proviso?: string;
  /** One per finding and way in, in the order of discovery: each schedule is among the shortest. */
  readonly discoveries: readonly Discovery[];
  /** True: no state comes twice in a run, so all runs end. False: fair runs without an end were looked for. Absent: they were not. */
  readonly isAcyclic?: boolean;
  /** Transitions that ended in undefined behaviour. */
  readonly cuts: number;
  /** Control-flow edges that ran, by edge number of the linked system. */
  readonly coverage: Uint8Array;
  /** What the search had to give up assuming about shared fields (`SharedWords`): a schedule means the same only with these. */
  readonly unstableFields: readonly string[];
  /** What reductions did that were asked for; absent if the search does not tell. */
  readonly reductions?: readonly ReductionReport[];
}

/** What a reduction did in a search. */
export interface ReductionReport {
  readonly name: string;
  /** How much it took together, as a sentence. */
  readonly effect: string;
  /** Why it could, or could not, a sentence each. */
  readonly reasons: readonly string[];
}

/** A search strategy: the simple engine is one, faster engines are others. */
export type Search = (system: LinkedSystem, options: SearchOptions) => SearchResult;
