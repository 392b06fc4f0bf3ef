import type { PropertyId } from '../../models/program/propertyId.js';
import type { Origin } from '../../models/program/functionDefinition.js';
import type { SourceSpan } from '../../models/program/sourceSpan.js';

/**
 * A run of one schedule, told step by step: plain data, made by `replay`, read by reports, graphs and the viewer.
 *
 * Objects are named `tag#slot` (`tee_shm#0`), global variables by their name; places inside them are dotted paths.
 */
export interface Replay {
  readonly revision: string;
  readonly scenario: string;
  readonly threads: readonly ReplayThread[];
  /** Reference counts after setup, and who took the references. */
  readonly holders: readonly HeldCount[];
  readonly steps: readonly ReplayStep[];
  /** The steps from this number on lead back to the state before them, and are repeated for ever; absent for a run that ends. */
  readonly repeatsFrom?: number;
  /** Every thread that could still make a step after the last one; empty at the end of a run. */
  readonly enabled: readonly string[];
  /** What is broken because nothing can go on, or because the run has no end: leaks, counts, deadlocks. */
  readonly end: readonly ReplayViolation[];
  /** What the code alone shows, whatever the threads do. */
  readonly byCode: readonly ReplayViolation[];
  /** Where each thread stands at the end, innermost frame first; threads that have ended are left out. */
  readonly standing: readonly { readonly thread: string; readonly stack: readonly ReplayFrame[] }[];
}

export interface ReplayThread {
  readonly name: string;
  /** Null for a kernel thread. */
  readonly process: string | null;
}

/** One move of the schedule. */
export interface ReplayStep {
  /** Counted from 1. */
  readonly number: number;
  readonly thread: string;
  /** Where the thread stood before the step, innermost frame first. */
  readonly stack: readonly ReplayFrame[];
  /** What it did, in order. */
  readonly operations: readonly ReplayOperation[];
  /** The operation that makes it a step, as an index of `operations`; -1 if the step has none. */
  readonly main: number;
  /** What changed in the whole step, in the order it happened. */
  readonly changes: readonly Change[];
  /** Locks held after the step, by thread. */
  readonly locks: readonly HeldLock[];
  /** Counts whose holders changed in the step, as they are after it. */
  readonly holders: readonly HeldCount[];
  /** What the step broke; for a data race, what the step and another thread's next one break together. */
  readonly violations: readonly ReplayViolation[];
  /** Locks it took while it held others: a violation only if some other run takes them the other way round. */
  readonly lockOrder: readonly ReplayViolation[];
}

/** A function on a call stack and the node it stands at. */
export interface ReplayFrame {
  readonly function: string;
  readonly origin: Origin;
  /** It is no kernel API function: the code that a report is about, a system call, or the environment. */
  readonly isCode: boolean;
  readonly place: SourceSpan;
  /** The node, readable: temporaries are replaced by what they hold. */
  readonly text: string;
}

export type OperationKind =
  'load' | 'store' | 'event' | 'await' | 'call' | 'choice' | 'alloc' | 'free' | 'report' | 'other';

/** One node of a program that touches shared data, calls the kernel, was decided by the environment, or breaks a property. */
export interface ReplayOperation {
  readonly kind: OperationKind;
  /** The node, readable; for a choice `name: alternative taken`. */
  readonly text: string;
  /** The function it stands in. */
  readonly function: string;
  readonly place: SourceSpan;
  /** The outermost function that is no environment: the system call, or what the driver called; '' if there is none. */
  readonly entry: string;
  /** The call of a kernel API function that it is part of, as the caller wrote it; null if it is in none. */
  readonly within: ReplayFrame | null;
  /** It works on memory that other threads can reach. */
  readonly shared: boolean;
  /** The word of memory it works on: `tee_device#0.mutex`; null if it has none. */
  readonly target: string | null;
  /** What a load or an event yielded; null if it yields nothing. */
  readonly value: string | null;
  readonly changes: readonly Change[];
  /** Behaviour ended here. */
  readonly failed: boolean;
  /** A choice of the environment to fail. */
  readonly fault: boolean;
  /** Ids of the findings that it shows. */
  readonly breaks: readonly string[];
}

/** One word of memory that changed, or what became of an object. */
export interface Change {
  /** `tee_device#0.num_users`, or the object alone. */
  readonly place: string;
  readonly object: string;
  /** Values as text; null where the object as a whole is told of. */
  readonly from: string | null;
  readonly to: string | null;
  /** In a local variable whose address was taken: nothing that outlives its function. */
  readonly local: boolean;
  /** The whole change as one phrase: `tee_device#0.num_users: 2 → 1`, `tee_shm#0: freed by kfree`. */
  readonly text: string;
}

export interface HeldLock {
  readonly thread: string;
  readonly lock: string;
}

/** A reference count and who holds the references that it counts, oldest first. Ghost knowledge, found by replaying. */
export interface HeldCount {
  /** `tee_shm#0.refcount` */
  readonly count: string;
  readonly value: string;
  readonly holders: readonly Holder[];
}

export interface Holder {
  readonly thread: string;
  /** The function that took the reference. */
  readonly function: string;
  /** The step in which it did; 0 for setup. */
  readonly step: number;
  /** Where the reference has been put since: `files of A.fd[0].file`; null while the thread has it. */
  readonly keptIn: string | null;
}

/** A broken property. */
export interface ReplayViolation {
  /** Id of the finding. */
  readonly id: string;
  readonly property: PropertyId;
  readonly title: string;
  /** Object and place inside it: `tee_device#0.mutex`; null where the violation has none. */
  readonly place: string | null;
  /** The object alone. */
  readonly object: string | null;
  readonly operation: string;
  readonly conflict: string;
  readonly thread: string;
  readonly via: string;
  /** Null for the end of a run. */
  readonly location: SourceSpan | null;
  /** The innermost function on the stack that is no kernel API function, where it stands; null for the end of a run. */
  readonly caller: ReplayFrame | null;
  /** Behaviour is undefined from here on. */
  readonly ends: boolean;
}
