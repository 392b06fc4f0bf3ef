import { breadthFirst } from '../../checker/explore/breadthFirst.js';
import { cachedBreadthFirst } from '../../checker/explore/cached/cachedBreadthFirst.js';
import type { SearchOptions, SearchResult } from '../../checker/explore/search.js';
import { sharedBreadthFirst } from '../../checker/explore/shared/sharedBreadthFirst.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import type { LinkedSystem } from '../../checker/system/linkedSystem.js';

type MeasuredSearch = (
  system: LinkedSystem,
  options: SearchOptions,
  revision: ResolvedRevision,
) => SearchResult | Promise<SearchResult>;

/** A search of Interleaf's that the ladder measures. */
export interface MeasuredEngine {
  readonly name: string;
  readonly search: MeasuredSearch;
  readonly options: Partial<SearchOptions>;
  readonly isFull: boolean;
}

/** A new engine is a line here. */
export const measuredEngines: readonly MeasuredEngine[] = [
  { name: 'interpreter, unreduced', search: breadthFirst, options: { reduction: false }, isFull: true },
  { name: 'interpreter', search: breadthFirst, options: {}, isFull: false },
  { name: 'cached, unreduced', search: cachedBreadthFirst, options: { reduction: false }, isFull: true },
  { name: 'cached', search: cachedBreadthFirst, options: {}, isFull: false },
  {
    name: 'cached, unreduced, 2 threads',
    search: (system, options, revision) => sharedBreadthFirst(system, revision, { ...options, workers: 2 }),
    options: { reduction: false },
    isFull: true,
  },
];
