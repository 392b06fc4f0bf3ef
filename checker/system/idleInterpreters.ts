import type { Interpreter } from './interpreter.js';
import type { LinkedSystem } from './linkedSystem.js';

/**
 * Interpreters that nobody uses at the moment: making one, and running it for the first time, takes longer than most schedules. One that a search
 * used is as good as a new one.
 */
const idle = new WeakMap<LinkedSystem, Interpreter>();

/** Whoever gives an interpreter does not use it any more. */
export function giveInterpreter(interpreter: Interpreter): void {
  idle.set(interpreter.system, interpreter);
}

/** An interpreter that assumes this of shared data; undefined if none is idle. */
export function takeInterpreter(system: LinkedSystem, unstable: ReadonlySet<string>): Interpreter | undefined {
  const known = idle.get(system);
  idle.delete(system);
  known?.assume(unstable);
  return known;
}
