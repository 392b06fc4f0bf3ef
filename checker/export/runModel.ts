import type { LinkedSystem } from '../system/linkedSystem.js';
import { ExportError } from './exportError.js';
import type { ExportModel } from './exportModel.js';
import { ModelRun } from './modelRun.js';
import { walk } from './modelWalk.js';
import { ModelSearch } from './modelSearch.js';

/** How much of a system is run to find out what its model needs. */
export interface ModelBounds {
  /** Breadth first, up to this many states. */
  readonly maxStates: number;
  /** Random runs from the initial state to an end, if that was not all. */
  readonly walks: number;
  /** Told the words of each state, in the order of their numbers; objects stand in them as in the system's own states. */
  readonly visit?: (words: Int32Array) => void;
}

/**
 * The neutral form of a linked system: makes blocks while it runs them, breadth first. Deterministic. Throws `ExportError` for a
 * system that has no such form.
 */
export function exportModel(system: LinkedSystem, { maxStates, walks, visit }: ModelBounds): ExportModel {
  if (system.options.assumeFixed.length > 0)
    throw new ExportError('a model that goes on past findings (--assume-fixed) cannot be exported');
  const run = new ModelRun(system);
  const result = new ModelSearch(run, visit).search(maxStates);
  if (!result.complete) walk(run, walks);
  return run.model(result);
}
