import type { Layout } from './layout.js';

/** How a search keeps its states: as they are; 64 bits of each; or as they are, in parts that are shared. */
export const storeNames = ['exact', 'fingerprints', 'compressed'] as const;
export type StoreName = (typeof storeNames)[number];

/** A part of a search that a checkpoint keeps, and takes back. */
export interface Section {
  readonly name: string;
  /** Its words as they are, for writing; not copied. */
  words(): Int32Array;
  /** Takes so many words back; `fill` writes them to the array that it is given. */
  load(count: number, fill: (words: Int32Array) => void): void;
}

/** The states that a breadth-first search has visited, numbered in the order in which they were added. */
export interface VisitedStates {
  readonly size: number;
  readonly bytes: number;
  /** The form of the packed states it keeps: the latest one, or the one before if that did not fit. */
  readonly layout: Layout;
  /** Why a search that is complete is not a proof; '' where it is one. */
  readonly proviso: string;
  /** Where `open` put the state that is to be expanded; another array after every change. */
  readonly words: Int32Array;
  /** Finds a state of this level or the one before it, so that it can be expanded; its place in `words`. */
  open(number: number): number;
  /** All states of a level have been expanded: those of the next one begin at the number. */
  nextLevel(first: number): void;
  /**
   * Begins to look up the first `count` states in `buffer`, and makes room for them. Throws `OutOfMemory` if there is none; nothing
   * has changed then.
   */
  prepare(buffer: Int32Array, hashes: Int32Array, count: number): void;
  /** Adds a state that was prepared, by its position in the buffer, unless it is there already. */
  add(buffer: Int32Array, position: number, hash: number): void;
  /**
   * Prepares and adds the first `count` states in `buffer`; `isNew` says of each, by 1 or 0, whether it was not there. Throws `OutOfMemory`; nothing
   * has changed then.
   */
  addAll(buffer: Int32Array, hashes: Int32Array, count: number, isNew: Uint8Array): void;
  /** Takes over a new form of packed states. Throws `OutOfMemory` if it does not fit; nothing has changed then. */
  rewrite(from: Layout, to: Layout): void;
  /**
   * The packed states with these numbers, in the given form, which is the latest: a path from the first state, each one a successor
   * of the one before. `successors` gives the successors of a state for stores that do not keep it.
   */
  path(numbers: readonly number[], form: Layout, successors: Successors): Int32Array[];
  /** What a checkpoint keeps. They are taken back in this order, after `layout` was set by `restore`. */
  sections(): readonly Section[];
  /** Prepares for sections that were written by a store with this form of states. */
  restore(layout: Layout): void;
}

/** Calls `each` for the successors of a packed state, in their order, until it returns true. */
export type Successors = (state: Int32Array, each: (words: Int32Array, at: number) => boolean) => void;

/** `addAll` of a store that has no faster way. */
export function addOneByOne(
  store: VisitedStates,
  buffer: Int32Array,
  hashes: Int32Array,
  count: number,
  isNew: Uint8Array,
): void {
  store.prepare(buffer, hashes, count);
  for (let at = 0; at < count; at += 1) {
    const before = store.size;
    store.add(buffer, at, hashes[at]!);
    isNew[at] = store.size - before;
  }
}
