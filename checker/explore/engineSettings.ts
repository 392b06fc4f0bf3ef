import { breadthFirst } from './breadthFirst.js';
import { cachedBreadthFirst } from './cached/cachedBreadthFirst.js';
import { depthFirst } from './cached/depthFirst.js';
import { searchByFailures, searchBySwitches } from './cached/iterativeDeepening.js';
import { withProgress } from './cached/progress.js';
import type { StoreName } from './cached/visitedStates.js';
import type { CheckpointOptions, Search, WebAssemblyUse } from './search.js';

/**
 * Who makes the steps: WebAssembly those that are known, where a search is large, and generated JavaScript the others; generated JavaScript alone; or the
 * interpreter, the reference.
 */
type EngineName = 'webassembly' | 'javascript' | 'interpreter';

/** In which order states are expanded: `breadth` gives shortest schedules. */
type SearchName = 'breadth' | 'depth' | 'failures' | 'switches';

const searches = {
  breadth: cachedBreadthFirst,
  depth: depthFirst,
  failures: searchByFailures,
  switches: searchBySwitches,
} as const;

/**
 * What need not be searched: accesses to shared data that nobody can notice make no step of their own; memory that one thread is left with is
 * private to it; steps of one thread that commute
 * with those of others make one transition; threads that run the same program are interchangeable.
 */
export const reductionNames = ['accesses', 'ownership', 'transactions', 'symmetry'] as const;
export type ReductionName = (typeof reductionNames)[number];

/** How an exhaustive search is made, as plain data: it goes from the command line to the threads that search. */
export interface EngineSettings {
  readonly engine: EngineName;
  readonly search: SearchName;
  readonly store: StoreName;
  readonly reductions: readonly ReductionName[];
  /** For one search only. */
  readonly checkpoint: CheckpointOptions | null;
}

export const defaultEngine: EngineSettings = {
  engine: 'webassembly',
  search: 'breadth',
  store: 'exact',
  reductions: reductionNames,
  checkpoint: null,
};

/** The search that the settings stand for; of settings that do not go together (`conflictIn`), some are not looked at. */
export function searchWith({ engine, search, store, reductions, checkpoint }: EngineSettings): Search {
  const make = engine === 'interpreter' ? breadthFirst : withProgress(searches[search]);
  return (system, options) =>
    make(system, {
      ...options,
      store,
      ...reductionsOf(reductions),
      webAssembly: useOf(engine),
      ...(checkpoint ? { checkpoint } : {}),
    });
}

/** Reductions by name, as searches are told of them. */
export function reductionsOf(reductions: readonly ReductionName[]) {
  return {
    reduction: reductions.includes('accesses'),
    ownership: reductions.includes('ownership'),
    transactions: reductions.includes('transactions'),
    symmetry: reductions.includes('symmetry'),
  };
}

/** How much an engine uses WebAssembly. */
export function useOf(engine: EngineName): WebAssemblyUse {
  return engine === 'webassembly' ? 'large' : 'never';
}

/** Whether several threads can make the search together (`sharedBreadthFirst`). */
export function canBeShared({ engine, search, store, checkpoint }: EngineSettings): boolean {
  return engine !== 'interpreter' && search === 'breadth' && store === 'exact' && checkpoint === null;
}

/** Two settings that do not go together, as on the command line, and what to do; null if all do. */
export function conflictIn(settings: EngineSettings): { readonly message: string; readonly next: string } | null {
  const { engine, search, store, reductions, checkpoint } = settings;
  const isSimple = search === 'breadth' && store === 'exact' && checkpoint === null;
  if (engine === 'interpreter' && !isSimple)
    return {
      message: '--engine interpreter searches breadth first, keeps states exactly, and writes no checkpoint',
      next: 'leave out --search, --store, --checkpoint and --resume, or --engine',
    };
  const unknown = reductions.filter((name) => name !== 'accesses' && name !== 'ownership');
  if (engine === 'interpreter' && unknown.length > 0)
    return {
      message: `--engine interpreter does not have --reduce ${unknown.join(',')}`,
      next: '--reduce accesses or --reduce none, or leave --engine out',
    };
  if (search !== 'breadth' && (store !== 'exact' || checkpoint !== null))
    return {
      message: `--search ${search} keeps states exactly, and writes no checkpoint`,
      next: 'leave out --store, --checkpoint and --resume, or --search',
    };
  return null;
}
