import { breadthFirst } from './breadthFirst.js';
import { cachedBreadthFirst } from './cached/cachedBreadthFirst.js';
import type { Search } from './search.js';

/** Who makes the steps: generated JavaScript with cached transitions, or the interpreter, the reference. */
export const engineNames = ['javascript', 'interpreter'] as const;

/** How an exhaustive search is made, as plain data: it goes from the command line to the threads that search. */
export interface EngineSettings {
  readonly engine: (typeof engineNames)[number];
}

export const defaultEngine: EngineSettings = { engine: 'javascript' };

/** The search that the settings stand for. */
export function searchWith({ engine }: EngineSettings): Search {
  return engine === 'interpreter' ? breadthFirst : cachedBreadthFirst;
}
