import type { CType } from './cType.js';
import type { Expression } from './expression.js';
import type { PropertyId } from './propertyId.js';

/** How a memory access is ordered: data races are about plain ones. */
export type Access = 'plain' | 'marked' | 'atomic';

/**
 * A statement of a function's body, before lowering. Hand-written bodies are built with `build.ts`; the C front end makes
 * the same statements. `line` is the line of the source file where one is known, `mailLine` that of the mail that brought it.
 */
export type Statement = { readonly line?: number; readonly mailLine?: number } & (
  | { readonly kind: 'assign'; readonly place: Expression; readonly value: Expression; readonly access: Access }
  /** An expression evaluated for its effect. */
  | { readonly kind: 'run'; readonly expression: Expression }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'return'; readonly value: Expression | null }
  /** One alternative is taken by the environment; see `Alternative`. */
  | { readonly kind: 'choose'; readonly name: string; readonly alternatives: readonly Alternative[] }
  /** Waits until `condition` is true; only for threads of the environment (process exit, workers). */
  | { readonly kind: 'await'; readonly condition: Expression }
  /** A new zeroed (or, for `kmalloc`, uninitialised) object of a struct type; its address goes to `place`. */
  | { readonly kind: 'alloc'; readonly place: Expression; readonly tag: string; readonly zeroed: boolean }
  /** The end of an object's memory. */
  | { readonly kind: 'free'; readonly pointer: Expression }
  /** A property is broken here: `BUG_ON`, `WARN_ON`, an assertion of the environment. */
  | { readonly kind: 'report'; readonly property: PropertyId; readonly what: string; readonly ends: boolean }
  /**
   * Control got to something that the model does not represent: no run through here can show that a property holds. If `ends`,
   * the path is not followed further.
   */
  | { readonly kind: 'limit'; readonly what: string; readonly ends: boolean }
  /** Several statements in the place of one. */
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
);

/** What the environment decides at a `choose`. */
export interface Alternative {
  /** The documented outcome, for example `'success'` or `'-ENOMEM'`. */
  readonly name: string;
  /** A failure: not taken during setup, and counted by `--faults`. */
  readonly fault: boolean;
  readonly body: readonly Statement[];
}

/** A local variable or parameter. */
export interface Variable {
  readonly name: string;
  readonly type: CType;
}
