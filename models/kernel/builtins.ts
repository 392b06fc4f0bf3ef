/**
 * Functions that no program defines: the interpreter and the generated code answer them. Their names start with `__`, as
 * do those of the kernel models' own helper functions.
 */
export const builtins: ReadonlySet<string> = new Set([
  /** `int __lock_has_waiters(lock)`: 1 if a thread's next step waits for the lock, in the same step as the caller. */
  '__lock_has_waiters',
  /** `void __capacity_exhausted(void)`: a bound of the scenario is reached; the path ends and the run is inconclusive. */
  '__capacity_exhausted',
]);
