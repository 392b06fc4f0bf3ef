import type { LinkedFunction, LinkedNode, LinkedSystem } from '../system/linkedSystem.js';

/**
 * The neutral form of a linked system that all exports print: guarded blocks over named variables, no pointers to follow.
 *
 * A variable is a word of the state at its address (`Interpreter.words`), with four differences: a thread's first word is its
 * program counter (a block's `id`, 0 when it has ended); the first two words of a frame are not used, which block made the call
 * stands at `returnOf` the frame; behind the state stand the registers (`registers`).
 * Every value is a word (`word.ts`), those that were not so before as integers.
 *
 * Code is made for each thread and position of a frame, and for each value of an address or a lifecycle state that it meets: the
 * arms of a `match` are those that a run of the model came to. So a model holds what can happen and nothing else.
 */
export interface ExportModel {
  readonly system: LinkedSystem;
  /** State of the memory lifecycle of an allocated object. */
  readonly live: number;
  /** By id; 0 is not used. */
  readonly blocks: readonly Block[];
  /** Initial values by variable; the others are 0. */
  readonly initial: Int32Array;
  /** What is known of each variable that is ever not 0, in the order of addresses. */
  readonly variables: readonly Variable[];
  /** Objects that can be allocated, as indexes, and for each the variables outside of it that can point into it. */
  readonly dynamic: readonly DynamicObject[];
  /** Number of states of the exploration the model comes from. */
  readonly states: number;
  readonly transitions: number;
  /** Assignments that changed something; of the others nothing can be seen if the exploration was complete. */
  readonly effective: ReadonlySet<Stmt>;
  /** Of each block, by id, the dead variables that were not 0 yet when a step ended in front of it. */
  readonly cleared: ReadonlyMap<number, ReadonlySet<number>>;
  /** Blocks, by id, in front of which a step ended that gave memory back; the end of thread `t` is `-1 - t`. */
  readonly recycling: ReadonlySet<number>;
  /** That exploration came to its end: what it did not meet cannot happen. */
  readonly complete: boolean;
  /** A path ends in undefined behaviour, or at a limit of the model. */
  readonly hasEnds: boolean;
  /** Which steps of a thread make one transition together; null if each makes one. Only of a complete model. */
  readonly transactions: ModelTransactions | null;
}

/**
 * Transactions (`reductions/transactions.ts`) in terms of the model. A transaction has a phase: 0 at first, 1 after a step that can have to wait, and 2
 * when it is committed. What a thread does next decides in which phases it goes on without a boundary in front of it.
 */
export interface ModelTransactions {
  /** Lists of statements: a step that comes to one commits. */
  readonly commits: ReadonlySet<readonly Stmt[]>;
  /** By block: phases, as bits, in which a thread goes on that stands in front of it. */
  readonly joins: ReadonlyMap<number, JoinTree>;
  /** By block: 1 if the step that begins there can have to wait, for a lock or for something else. */
  readonly locks: ReadonlyMap<number, JoinTree>;
  /** By block: in how many ways the step that begins there can be made. */
  readonly ways: ReadonlyMap<number, JoinTree>;
  /** So many steps are made as one at most, and none behind steps that can be made in more ways than `mostWays` altogether. */
  readonly longest: number;
  readonly mostWays: number;
}

/** A number, or one for each value of a variable. */
export type JoinTree = number | { readonly at: number; readonly children: Map<number, JoinTree> };

/** A variable and the values it had at any time. */
export interface Variable {
  readonly at: number;
  /** Ascending. */
  readonly values: readonly number[];
  /** It is not 0 in some state between two steps, or where something is chosen inside a step. */
  readonly kept: boolean;
}

/** An object that can be allocated. */
export interface DynamicObject {
  readonly object: number;
  /** Variables that were seen to point to it at the end of a step or where memory ran out. */
  readonly namedBy: readonly number[];
}

/** A function's frame at one place of one thread's stack. */
export interface Instance {
  readonly thread: number;
  readonly function: LinkedFunction;
  /** Address of the frame. */
  readonly frame: number;
  /** Index of the kernel function that a report names for what happens here: the outermost of a chain of them. */
  readonly operation: number;
  /** The outermost atomic function that runs, null outside of one. */
  readonly atomic: LinkedFunction | null;
}

/** One node of a program in one instance. */
export interface Block {
  readonly id: number;
  readonly instance: Instance;
  readonly linked: LinkedNode;
  /** Variables to zero when a step ends in front of the node. */
  readonly dead: readonly number[];
  /** Null until a run comes to it. */
  code: readonly Stmt[] | null;
}

export type Expr =
  /** A word. */
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'variable'; readonly at: number }
  /** `&base->field`: NULL moved by an offset stays derived from NULL, an error pointer is not moved. */
  | { readonly kind: 'displaced'; readonly base: Expr; readonly by: number }
  /** 1 or 0, as words: the operand is 0; is not 0; is an error pointer; is a negative number. */
  | { readonly kind: 'isZero' | 'isSet' | 'isError' | 'isNegative'; readonly of: Expr }
  /** 1 or 0: the operand points to memory of the state. */
  | { readonly kind: 'isPointer'; readonly of: Expr }
  | { readonly kind: 'isSame'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  /** 1 or 0, of an object's header: its memory is allocated; another thread can reach it. */
  | { readonly kind: 'isLive' | 'isShared'; readonly header: number };

export type Stmt =
  | { readonly kind: 'set'; readonly at: number; readonly value: Expr }
  /** Goes on with the arm of the value; the last statement of its list. */
  | {
      readonly kind: 'match';
      readonly on: Expr;
      readonly arms: Map<number, readonly Stmt[]>;
      readonly make: (value: number) => readonly Stmt[];
    }
  /** Goes on with one of the arms; the last statement of its list. The block begins anew when it is decided. */
  | {
      readonly kind: 'choose';
      readonly names: readonly string[];
      readonly arms: Map<number, readonly Stmt[]>;
      readonly make: (pick: number) => readonly Stmt[];
    }
  /** Goes on with another block in the same step. */
  | { readonly kind: 'go'; readonly to: number }
  /** The step ends in front of this block: after zeroing what is dead and recycling memory that nobody names. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'wait' }
  /** The thread has ended. */
  | { readonly kind: 'finish' }
  /** The path ends in undefined behaviour (`cut`) or at a limit of the model. */
  | { readonly kind: 'end'; readonly as: 'cut' | 'limit'; readonly why: string }
  /** A property is broken and the path goes on. */
  | { readonly kind: 'broken'; readonly why: string }
  /** Gives memory back that nobody names. */
  | { readonly kind: 'recycle' };

/** Registers, counted from the width of the system's state; all are 0 between steps. */
export const registers = {
  /** The step has made a visible operation. */
  visible: 0,
  /** The atomic function that runs touches shared objects. */
  reaching: 1,
} as const;

/** Behind the registers, one per thread: the word of the lock or the like that it waits for, if it stands before a call that may wait. */
export const firstWaiting = 2;

/** Where the block that made a frame is kept. */
export function returnOf(system: LinkedSystem, frame: number): number {
  return system.width + firstWaiting + system.threads.length + frame - system.threads[0]!.base;
}

/** Words of a model's state: the system's, the registers, what threads wait for, and returns. */
export function lengthOf(system: LinkedSystem): number {
  return returnOf(system, system.width);
}
