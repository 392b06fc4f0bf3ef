import type { Interpreter } from '../system/interpreter.js';
import type { Violation } from '../system/step.js';
import type { Move } from './search.js';

/**
 * What is broken by going round `cycle` for ever from the state that the interpreter is in: nothing if it does not come back to that
 * state, or if the run is not a fair one.
 *
 * Fair: a thread that can go on again and again does go on at some time; the kernel's locks are handed over to who waits for them. So
 * each thread has to move in the cycle, or to be unable to at every place of it. In such a run every thread that need not last for
 * ever and has not ended never will.
 */
export function endlessViolations(interpreter: Interpreter, cycle: readonly Move[]): Violation[] {
  const { system, words } = interpreter;
  const start = words.slice();
  const state = start.slice();
  const couldMove = new Set<number>();
  /** By thread: the first of the places at which it moves, in the order of nodes; in a cycle none of them comes first. */
  const places = new Map<number, { readonly node: number; readonly state: Int32Array }>();
  for (const { thread, decisions } of cycle) {
    for (const { index } of system.threads)
      if (!couldMove.has(index) && canStep(interpreter, index, state)) couldMove.add(index);
    words.set(state);
    const node = interpreter.callStack(thread)[0]?.id ?? -1;
    if (node < (places.get(thread)?.node ?? Infinity)) places.set(thread, { node, state: state.slice() });
    interpreter.forceChoices(decisions);
    if (interpreter.step(thread) !== 'done') return [];
    state.set(words);
  }
  const comesBack = state.every((word, at) => word === start[at]);
  if (!comesBack || [...couldMove].some((thread) => !places.has(thread))) return [];
  return system.threads.flatMap(({ index, name, daemon }): Violation[] => {
    const place = places.get(index);
    words.set(place?.state ?? start);
    if (daemon || interpreter.isFinished(index)) return [];
    // Told as at the end of a run, where a thread that waits never goes on either.
    const violation = interpreter.endViolations(start).find(({ thread }) => thread === index)!;
    if (!place) return [violation];
    const { operation, tag, cell } = violation;
    const what = tag === '' ? '' : ` for ${cell} of struct ${tag}`;
    return [{ ...violation, title: `thread ${name} goes round for ever at ${operation}${what}` }];
  });
}

function canStep(interpreter: Interpreter, thread: number, state: Int32Array): boolean {
  interpreter.words.set(state);
  if (interpreter.isFinished(thread)) return false;
  interpreter.forceChoices([]);
  const status = interpreter.step(thread);
  interpreter.words.set(state);
  return status !== 'waits';
}
