import type { Move } from './explore/search.js';
import { Interpreter } from './system/interpreter.js';
import type { LinkedSystem } from './system/linkedSystem.js';

/**
 * Whether a schedule goes through code that the model does not represent: a call without model or source, a form that could not be
 * lifted. What such a schedule shows is possible, not certain.
 */
export function passesLimit(
  system: LinkedSystem,
  unstableFields: readonly string[],
  schedule: readonly Move[],
): boolean {
  const interpreter = new Interpreter(system, new Set(unstableFields));
  interpreter.words.set(interpreter.initialState());
  // What setup passes holds for every schedule alike, and is told as a limit of the run.
  interpreter.limits.clear();
  for (const { thread, decisions } of schedule) {
    interpreter.forceChoices(decisions);
    if (interpreter.step(thread) !== 'done') break;
  }
  return interpreter.limits.size > 0;
}
