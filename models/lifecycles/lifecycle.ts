import type { AnyStateMachine } from 'xstate';
import type { PropertyId } from '../program/propertyId.js';

/**
 * The lifecycle of one cell (a mutex, a count, one id slot …) or the monitor of a composite object, as an XState v5 machine.
 *
 * Conventions the machine keeps, checked for every registered lifecycle by `laws.test.ts`:
 *
 * - It is pure and finite: no actors, delays, I/O; context holds small integers only.
 * - Its initial state is what zeroed memory means (a cell in `kzalloc`ed memory is in it).
 * - `context.result` is what the operation just made returns (an integer: 0/1 for false/true, 0/-errno, a count …). It is
 *   output, not state: two snapshots that differ in it only are the same state. Every transition of a primitive assigns
 *   it; a monitor only watches, so its result stays 0.
 * - An event that has no transition in a state **waits** there (`lock` on a held mutex), and says so with `waits`. Every
 *   other event, legal or not, has a transition in every state.
 * - A state whose `meta` has `violates` is **forbidden**, and is only ever passed through: an illegal operation leads into it,
 *   and its `always` transition leads on to the ordinary state in which what the kernel does next is the same. So **a
 *   transition breaks the property of the forbidden state it passes, each time it is taken**; which operations are illegal
 *   again is decided by where `always` leads: a freed object stays freed, and each access to it is a violation; a count
 *   taken from zero is saturated from then on, where taking it is none.
 * - `meta.ends: true` on a forbidden state: the kernel does not define what follows (a use after free, a BUG). `always`
 *   then leads to the state in which a search goes on that assumes the finding fixed.
 * - `meta.onFree` names the property that is broken when the memory of the cell is freed in this state (a held mutex).
 * - `meta.atEnd` names the property that is broken when the run ends in this state and the cell was in another one after
 *   setup (a mapping left, an id still taken).
 * - A monitor hears of a call or a return, which is before or after the moment the operation takes effect. So it does not
 *   count across threads what they do to an object, and in its initial state, before it has heard of the object's creation,
 *   it accepts what a creator does to an object it has not handed out yet.
 */
export interface Lifecycle {
  /** Unique; for a monitor of an object the object's struct tag, otherwise a common name of the cell. */
  readonly id: string;
  /** One line for `interleaf list lifecycles`. */
  readonly title: string;
  /** `primitive`: the machine is the semantics of the cell. `monitor`: it watches an object's functions from outside. */
  readonly use: 'primitive' | 'monitor';
  /** The C struct tag (or cell typedef) of the cell, for example `refcount_t`; for a monitor the tag of the object. */
  readonly cType: string;
  /** Kernel file, function and version the behaviour was read in. */
  readonly source: string;
  readonly machine: AnyStateMachine;
  /**
   * The event alphabet, in the order that compiled tables use. A parameter ranges over `0 … limit-1`, where `thread` stands
   * for the number of threads of the system.
   */
  readonly events: readonly LifecycleEvent[];
  /** Largest value of `context.count`, if there is one; going past it makes a run inconclusive (`outOfBounds`). */
  readonly countBound?: number;
  /** Monitors only: which calls and returns are which events. */
  readonly bindings?: readonly MonitorBinding[];
}

/** One kind of event of a lifecycle. */
export interface LifecycleEvent {
  readonly type: string;
  /** Name and range of the single parameter; the XState event is `{ type, [parameter.name]: value }`. */
  readonly parameter?: { readonly name: string; readonly limit: number | 'thread' };
  /** The event may wait: there are states in which it is not enabled. Without this, a state that lacks it is an error. */
  readonly waits?: true;
  /**
   * The event that gives back what this one takes, with the same parameter: where this event changes the state and breaks
   * nothing, that event leads back to the same state and breaks nothing either. For example `decAndTest` after `inc`.
   */
  readonly undoneBy?: string;
}

/** Binds an event of a monitor to a function by name, whatever the function's origin. */
export interface MonitorBinding {
  readonly event: string;
  readonly function: string;
  readonly when: 'call' | 'return';
  /** Which object: an argument by position, the function's result, or the task that makes the call (`current`). */
  readonly object: { readonly argument: number } | 'result' | 'current';
  /** The argument is a pointer to this member of the object, or a pointer to an object that holds it in this field. */
  readonly via?: { readonly containerOf: string } | { readonly field: string };
  /**
   * Only if the value tested is this. `true` is not 0, `false` is 0, `pointer` is neither NULL nor an error, `ok` is an
   * integer >= 0, `error` is a negative integer or an error pointer. Default `any`.
   */
  readonly outcome?: 'any' | 'true' | 'false' | 'pointer' | 'ok' | 'error';
  /** Which value `outcome` tests: this argument, by position. Without it the result, which only a `return` has. */
  readonly outcomeOf?: number;
}

/** The metadata of a machine's state; the conventions of {@link Lifecycle} say what each field means. */
export interface LifecycleMeta {
  readonly violates?: PropertyId;
  readonly ends?: boolean;
  readonly onFree?: PropertyId;
  readonly atEnd?: PropertyId;
}

/** In {@link LifecycleTable.next}: the event is not enabled in the state. */
export const waits = -1;

/** In {@link LifecycleTable.next}: the count would pass the lifecycle's bound, so the run is inconclusive from here. */
export const outOfBounds = -2;

/** A machine as a dense table: what the checker runs. Row `state`, column `event`; see `compile/compileLifecycle.ts`. */
export interface LifecycleTable {
  readonly lifecycle: Lifecycle;
  /**
   * Printable names, for example `live(count=2)`. State 0 is that of zeroed memory. Forbidden states are not among them:
   * no transition ends there.
   */
  readonly states: readonly string[];
  /** Columns: event type and parameter value, for example `{ type: 'lock', value: 1 }`. */
  readonly events: readonly { readonly type: string; readonly value: number | null }[];
  /** First column of each event type; add the parameter's value. */
  readonly column: ReadonlyMap<string, number>;
  /** Target state, `waits` (-1) or `outOfBounds` (-2: the count bound is passed). Length states × events, row-major. */
  readonly next: Int32Array;
  /** What the operation returns; 0 where it waits or is out of bounds. Same shape. */
  readonly result: Int32Array;
  /** Property broken by taking the transition, or null. Same shape. */
  readonly violates: readonly (PropertyId | null)[];
  /** 1 where behaviour ends with the transition. Same shape. */
  readonly ends: Uint8Array;
  /** Per state: property broken by freeing the memory, or null. */
  readonly onFree: readonly (PropertyId | null)[];
  /** Per state: property broken by ending the run here when setup left the cell in another state, or null. */
  readonly atEnd: readonly (PropertyId | null)[];
}
