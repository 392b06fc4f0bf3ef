import type { PropertyId } from '../../models/program/propertyId.js';
import type { CellLayout, LinkedFunction, LinkedNode, ObjectSlot } from './linkedSystem.js';

/** A property broken by a step, with what its finding id is made of. */
export interface Violation {
  readonly property: PropertyId;
  /** Struct tag of the object, or '' where there is none. */
  readonly tag: string;
  /** Path of the cell or field inside the object, or ''. */
  readonly cell: string;
  /** Kernel operation that breaks it: a kernel API function, or `read` or `write` for a plain access. */
  readonly operation: string;
  /** Kernel operation in conflict with it (who freed the memory), or ''. */
  readonly conflict: string;
  readonly thread: number;
  /** Global node id where it happens, -1 for the end of the run. */
  readonly node: number;
  /** The way in: outermost entry point and innermost ops slot. */
  readonly via: string;
  /** Behaviour is undefined from here on: the path ends. */
  readonly ends: boolean;
  /** One sentence, without addresses. */
  readonly title: string;
  /** Object slot, -1 for none. */
  readonly object: number;
}

/** How a step ended. */
export type StepStatus =
  /** The thread stands before its next visible operation, or has ended. */
  | 'done'
  /** It cannot go on in this state. */
  | 'waits'
  /** The path ended in undefined behaviour. */
  | 'cut'
  /** A capacity or bound of the model was reached. */
  | 'exhausted';

/** A memory access that could race. */
export interface Access {
  readonly address: number;
  readonly writes: boolean;
  readonly plain: boolean;
  /** Global node id. */
  readonly node: number;
}

/** Watches a run; used by replay. All arguments are as in the interpreter. */
export interface Observer {
  node?(thread: number, node: LinkedNode): void;
  event?(
    thread: number,
    node: LinkedNode,
    cell: CellLayout,
    object: ObjectSlot,
    event: string,
    before: number,
    after: number,
  ): void;
  choice?(thread: number, node: LinkedNode, alternative: string): void;
  /** A call begins; `args` are words. */
  call?(thread: number, node: LinkedNode, callee: LinkedFunction, args: readonly number[]): void;
  /** A function returns the word `value`. */
  return?(thread: number, node: LinkedNode, value: number): void;
}
