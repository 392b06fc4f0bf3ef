import { TreeError } from '../treeError.js';

/** The error that a function throws, which must be a TreeError with a next step. */
export function treeErrorOf(run: () => unknown): TreeError {
  try {
    run();
  } catch (error) {
    if (error instanceof TreeError && error.next.endsWith('.')) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
