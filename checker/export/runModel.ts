import { GeneratedInterpreter } from '../codegen/generatedInterpreter.js';
import { cachedBreadthFirst } from '../explore/cached/cachedBreadthFirst.js';
import { withSharingAssumptions } from '../explore/sharingAssumptions.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { ExportError } from './exportError.js';
import type { ExportModel } from './exportModel.js';
import { ModelRun } from './modelRun.js';
import { walk } from './modelWalk.js';
import { ModelSearch } from './modelSearch.js';
import { TransactionFacts } from './transactionFacts.js';

/** How much of a system is run to find out what its model needs. */
export interface ModelBounds {
  /** Breadth first, up to this many states. */
  readonly maxStates: number;
  /** Random runs from the initial state to an end, if that was not all. */
  readonly walks: number;
  /** Told the words of each state, in the order of their numbers; objects stand in them as in the system's own states. */
  readonly visit?: (words: Int32Array) => void;
  /** Steps of one thread that the searches make as one are one in the model. Default false. */
  readonly transactions?: boolean;
}

/**
 * The neutral form of a linked system: makes blocks while it runs them, breadth first. Deterministic. Throws `ExportError` for a
 * system that has no such form.
 */
export function exportModel(system: LinkedSystem, bounds: ModelBounds): ExportModel {
  if (system.options.assumeFixed.length > 0)
    throw new ExportError('a model that goes on past findings (--assume-fixed) cannot be exported');
  if (bounds.transactions) return modelWithTransactions(system, bounds);
  const { maxStates, walks, visit } = bounds;
  const run = new ModelRun(system);
  const result = new ModelSearch(run, visit).search(maxStates);
  if (!result.complete) walk(run, walks);
  return run.model(result, null);
}

/** The same with the transactions of the search with that reduction, if the model is complete. */
function modelWithTransactions(system: LinkedSystem, { maxStates, visit }: ModelBounds): ExportModel {
  // What the search had to give up of its assumptions is given up here: both have the same transactions then.
  const search = { maxStates, timeout: Infinity, now: () => 0, reduction: false, transactions: true };
  const { unstableFields } = cachedBreadthFirst(system, search);
  return withSharingAssumptions(
    system,
    false,
    (interpreter, weakened) => {
      const run = new ModelRun(system);
      const facts = new TransactionFacts(run, interpreter, weakened);
      const result = new ModelSearch(run, visit, facts).search(maxStates);
      if (!result.complete)
        throw new ExportError(
          `transactions are known where all steps are, and there are more than ${maxStates} states`,
        );
      return run.model(result, facts.transactions());
    },
    (weakened) => new GeneratedInterpreter(system, weakened),
    unstableFields,
    true,
  );
}
