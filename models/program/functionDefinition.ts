import type { CType } from './cType.js';
import type { Statement, Variable } from './statement.js';

/**
 * Where a function's meaning comes from. `patch` and `tree` are lifted from C; `model` is written by hand after the code it
 * cites; `kernel` is a kernel API model; `environment` stands for code that nobody supplied (driver ops, user space).
 */
export type Origin = 'patch' | 'tree' | 'model' | 'kernel' | 'environment';

/** A kernel function as a program, hand-written or lifted. */
export interface FunctionDefinition {
  readonly name: string;
  /** File in the kernel tree; for the environment a description in angle brackets, `<driver>`. */
  readonly file: string;
  readonly origin: Origin;
  readonly returns: CType;
  readonly parameters: readonly Variable[];
  readonly locals: readonly Variable[];
  readonly body: readonly Statement[];
  /**
   * Runs as one step. `shared` names the parameters whose objects it touches: the step is visible to other threads if one
   * of them can be reached by another thread. The interpreter checks that it touches nothing else that is shared.
   */
  readonly atomic?: { readonly shared: readonly string[] };
  /**
   * Kernel functions only: it is where a way in begins (a system call, the release of a file, a worker), not an operation. A
   * violation inside is attributed to the function it calls, so that finding ids do not depend on the way in.
   */
  readonly entry?: boolean;
  /** May sleep: calling it with a spinlock held is an error. */
  readonly sleeps?: boolean;
  /** What the model leaves out or approximates, one sentence each; shown in reports. */
  readonly approximations?: readonly Approximation[];
  /** Marks the code a patch brings: its lines are counted by coverage. */
  readonly patched?: boolean;
  /** Which of its lines the patch brings, in order; absent if all that have a line do. */
  readonly patchedLines?: readonly number[];
}

/**
 * A place where the model is not exact. `under`: behaviours are missing, a verdict that depends on it is inconclusive.
 * `over`: behaviours are added, a counterexample through it is only possible.
 */
export interface Approximation {
  readonly direction: 'under' | 'over';
  readonly what: string;
}
