import { breadthFirst } from '../explore/breadthFirst.js';
import { cachedBreadthFirst } from '../explore/cached/cachedBreadthFirst.js';
import type { Discovery, Search, SearchOptions, SearchResult } from '../explore/search.js';
import { findingId } from '../finding/findingId.js';
import { replay, showsFinding } from '../replay/replay.js';
import type { LinkedSystem } from '../system/linkedSystem.js';

/** A way to search that has to agree with the full search. */
export interface Engine {
  readonly name: string;
  readonly search: Search;
  readonly options?: Partial<SearchOptions>;
  /** It makes every step of the full search: states, transitions, depth and lengths of schedules are the same too. */
  readonly isFull: boolean;
  /** It makes every step that the reference (`breadthFirst`) makes with the same options; default false. */
  readonly isExact?: boolean;
}

/** Bounds of the searches that are compared. */
export interface AgreementOptions {
  /** A full search that is larger than this is compared with nothing. Default 30,000. */
  readonly maxStates?: number;
  /** Every schedule of every engine is replayed, and has to show its finding. Default true. */
  readonly replays?: boolean;
}

/** What the full search found, for a test to count. */
export interface Agreement {
  /** False: the full search met a bound, so that nothing was compared. */
  readonly isComplete: boolean;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly cuts: number;
  readonly ids: readonly string[];
}

/** The engines of today; a new one is a line here, and meets every generated system and every default scenario. */
export const engines: readonly Engine[] = [
  { name: 'cached transitions', search: cachedBreadthFirst, options: { reduction: false }, isFull: true },
  {
    name: 'WebAssembly',
    search: cachedBreadthFirst,
    options: { reduction: false, webAssembly: 'always' },
    isFull: true,
  },
  {
    name: 'WebAssembly, accesses to shared data reduced',
    search: cachedBreadthFirst,
    options: { reduction: true, webAssembly: 'always' },
    isFull: false,
    isExact: true,
  },
  {
    name: 'WebAssembly, all reductions',
    search: cachedBreadthFirst,
    options: { reduction: true, ownership: true, symmetry: true, transactions: true, webAssembly: 'always' },
    isFull: false,
  },
  {
    name: 'cached transitions, accesses to shared data reduced',
    search: cachedBreadthFirst,
    options: { reduction: true },
    isFull: false,
  },
  {
    name: 'ownership alone',
    search: cachedBreadthFirst,
    options: { reduction: false, ownership: true },
    isFull: false,
    isExact: true,
  },
  {
    name: 'ownership',
    search: cachedBreadthFirst,
    options: { reduction: true, ownership: true },
    isFull: false,
    isExact: true,
  },
  {
    name: 'transactions alone',
    search: cachedBreadthFirst,
    options: { reduction: false, transactions: true },
    isFull: false,
  },
  {
    name: 'transactions',
    search: cachedBreadthFirst,
    options: { reduction: true, transactions: true },
    isFull: false,
  },
  {
    name: 'symmetry alone',
    search: cachedBreadthFirst,
    options: { reduction: false, symmetry: true },
    isFull: false,
  },
  {
    name: 'symmetry and transactions',
    search: cachedBreadthFirst,
    options: { reduction: true, symmetry: true, transactions: true },
    isFull: false,
  },
  {
    name: 'ownership and transactions alone',
    search: cachedBreadthFirst,
    options: { reduction: false, ownership: true, transactions: true },
    isFull: false,
  },
  {
    name: 'all reductions',
    search: cachedBreadthFirst,
    options: { reduction: true, ownership: true, symmetry: true, transactions: true },
    isFull: false,
  },
  {
    name: 'breadth first, accesses to shared data reduced',
    search: breadthFirst,
    options: { reduction: true },
    isFull: false,
  },
];

/** Bounds of a run without a limit of memory: an engine that hangs is stopped by the test's own time. */
const unlimited = { timeout: Infinity, now: () => 0 } as const;

/**
 * Runs each engine against the full search (`breadthFirst` without a reduction) and throws an `Error` that names the engine and
 * the difference.
 *
 * The same for all: verdict; no finding that the full search lacks; the same findings if the full search cut no path; coverage
 * within that of the full search; schedules that lead to what they are for. Every schedule of the full search is a shortest one, and as long in every other full engine.
 */
export function expectAgreement(
  system: LinkedSystem,
  compared: readonly Engine[] = engines,
  { maxStates = 30_000, replays = true }: AgreementOptions = {},
): Agreement {
  const full = breadthFirst(system, { ...unlimited, maxStates, reduction: false });
  const ids = idsOf(full);
  const isComplete = full.limits.length === 0;
  if (isComplete) {
    for (const engine of compared) {
      const result = engine.search(system, { ...unlimited, maxStates, ...engine.options });
      const difference =
        differenceOf(full, result, engine) ??
        (engine.isExact === true ? differenceOfExact(system, result, engine, maxStates) : null) ??
        (replays ? unshownFinding(system, result) : null);
      if (difference !== null) throw new Error(`${engine.name}: ${difference}`);
    }
  }
  return { isComplete, states: full.states, transitions: full.transitions, depth: full.depth, cuts: full.cuts, ids };
}

/**
 * What is reported when a thread gets to an operation, even if it then waits there for ever. A search whose steps are accesses
 * has no step for getting there: it reports such a thing only if the wait comes to an end.
 */
const reportedOnTheWay = /^sleep-in-atomic-/;

/** How a search disagrees with the full one, as a sentence; null if it does not. */
function differenceOf(full: SearchResult, other: SearchResult, { isFull, options = {} }: Engine): string | null {
  if (other.limits.length > 0) return `is not complete: ${other.limits.join('; ')}`;
  const [wanted, found] = [idsOf(full), idsOf(other)];
  const hangs = wanted.some((id) => /^(deadlock|unregister-returns)-/.test(id));
  const extra = found.filter((id) => !wanted.includes(id) && !(hangs && reportedOnTheWay.test(id)));
  if (extra.length > 0) return `finds ${extra.join(', ')}, which the full search does not`;
  const missing = wanted.filter((id) => !found.includes(id));
  if (missing.length > 0 && found.length === 0) return `finds nothing, and the full search ${missing.join(', ')}`;
  if (missing.length > 0 && full.cuts === 0) return `does not find ${missing.join(', ')}, although no path is cut`;
  const unreached = full.coverage.findIndex((count, edge) => count === 0 && other.coverage[edge]! > 0);
  if (unreached >= 0) return `runs edge ${unreached}, which the full search does not`;
  // Where a thread's allocation takes the place of an object that setup made, the same state under other names has two forms
  // (`symmetryOfThreads.ts`): both are right, and there may be more of them than in the full search. With ownership, steps end where
  // they do not in the full search: a step that leaves memory to one thread still stops in front of it, the next one does not.
  if (other.states > full.states && options.symmetry !== true && options.ownership !== true)
    return `has ${other.states} states, more than the ${full.states} of the full search`;
  return isFull ? differenceOfFull(full, other) : null;
}

/** A finding whose schedule does not lead to it, as a sentence; null if all do. */
function unshownFinding(system: LinkedSystem, { discoveries, unstableFields }: SearchResult): string | null {
  for (const { violation, schedule } of discoveries) {
    const id = findingId(violation);
    const run = replay(system, schedule, unstableFields);
    if (!run.ok) return `has a schedule for ${id} that cannot be run: ${run.error.message}`;
    if (!showsFinding(run.value, id)) return `has a schedule for ${id} that does not lead to it`;
  }
  return null;
}

/** How a search that should be exact differs from the reference with the same options. */
function differenceOfExact(
  system: LinkedSystem,
  result: SearchResult,
  { options }: Engine,
  maxStates: number,
): string | null {
  const reference = breadthFirst(system, { ...unlimited, maxStates, ...options });
  const [wanted, given] = [reference, result].map(({ unstableFields }) => unstableFields.join('; '));
  // What is assumed is found out in an order of its own.
  if (wanted !== given) return null;
  for (const count of ['states', 'transitions', 'depth', 'cuts'] as const) {
    if (result[count] !== reference[count])
      return `has ${result[count]} ${count}, and the reference with the same options ${reference[count]}`;
  }
  return null;
}

function differenceOfFull(full: SearchResult, other: SearchResult): string | null {
  for (const count of ['states', 'transitions', 'depth', 'cuts'] as const) {
    if (other[count] !== full[count]) return `has ${other[count]} ${count}, and the full search ${full[count]}`;
  }
  const edge = full.coverage.findIndex((count, index) => count > 0 !== other.coverage[index]! > 0);
  if (edge >= 0) return `does not run edge ${edge}`;
  const lengths = schedulesOf(full);
  const others = schedulesOf(other);
  for (const [key, length] of lengths) {
    if (others.get(key) !== length)
      return `has a schedule of ${others.get(key) ?? 'no'} steps for ${key}, and the full search one of ${length}`;
  }
  for (const key of others.keys()) if (!lengths.has(key)) return `finds ${key} as well`;
  return null;
}

/** Ids of findings, sorted, each once. */
function idsOf({ discoveries }: { readonly discoveries: readonly Discovery[] }): string[] {
  return [...new Set(discoveries.map(({ violation }) => findingId(violation)))].sort();
}

/** Length of the schedule by finding and way in. */
function schedulesOf({ discoveries }: SearchResult): Map<string, number> {
  return new Map(
    discoveries.map(({ violation, schedule }) => [`${findingId(violation)} via ${violation.via}`, schedule.length]),
  );
}
