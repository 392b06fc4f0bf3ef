import { breadthFirst } from '../../checker/explore/breadthFirst.js';
import { cachedBreadthFirst } from '../../checker/explore/cached/cachedBreadthFirst.js';
import type { Search, SearchOptions } from '../../checker/explore/search.js';

/** A search of Interleaf's that the ladder measures. */
export interface MeasuredEngine {
  readonly name: string;
  readonly search: Search;
  readonly options: Partial<SearchOptions>;
  readonly isFull: boolean;
}

/** A new engine is a line here. */
export const measuredEngines: readonly MeasuredEngine[] = [
  { name: 'interpreter, unreduced', search: breadthFirst, options: { reduction: false }, isFull: true },
  { name: 'interpreter', search: breadthFirst, options: {}, isFull: false },
  { name: 'cached, unreduced', search: cachedBreadthFirst, options: { reduction: false }, isFull: true },
  { name: 'cached', search: cachedBreadthFirst, options: {}, isFull: false },
];
