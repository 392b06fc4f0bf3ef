import type { Code } from './wasmModule.js';
import {
  add,
  and,
  block,
  constant,
  equal,
  exit,
  exitIf,
  get,
  load,
  loop,
  multiply,
  or,
  set,
  shiftLeft,
  shiftRight,
  store,
  subtract,
  xor,
} from './wasmModule.js';

// Pieces of code for an index of packed states, in which an entry is a state's number plus one and, above `numberBits`, bits of its hash. What
// is a number here is a local.

export const wordAt = (base: number, position: number): Code => add(get(base), shiftLeft(get(position), constant(2)));

/** 31 bits of a hash, mixed: where it begins to look depends on them. */
export const placeOf = (hash: Code): Code =>
  shiftRight(multiply(xor(hash, shiftRight(hash, constant(16))), constant(0x45d9f3b)), constant(1));

/** The number of the state that an entry is for. */
export const numberOf = (entry: number, numberBits: number): Code =>
  subtract(and(get(entry), subtract(shiftLeft(constant(1), get(numberBits)), constant(1))), constant(1));

/** Whether an entry may be that of a state with this hash. */
export const hasTag = (entry: number, hash: number, numberBits: number): Code =>
  equal(shiftRight(get(entry), get(numberBits)), shiftRight(get(hash), get(numberBits)));

/** The entry for a state whose number comes before this one. */
export const entryOf = (hash: number, numberBits: number, next: Code): Code =>
  or(shiftLeft(shiftRight(get(hash), get(numberBits)), get(numberBits)), next);

/** Something for each value of a local, up to that of another. */
export const upTo = (at: number, end: number, ...body: readonly Code[]): Code =>
  block(loop(exitIf(1, equal(get(at), get(end))), ...body, set(at, add(get(at), constant(1))), exit(0)));

/** Leaves the block around it if two states of so many words differ. */
export const exitIfDifferent = (one: number, other: number, width: number): Code =>
  wordsOf(width).flatMap((word) => exitIf(0, xor(load(get(one), 4 * word), load(get(other), 4 * word))));

export const copyState = (to: number, from: number, width: number): Code =>
  wordsOf(width).flatMap((word) => store(get(to), load(get(from), 4 * word), 4 * word));

const wordsOf = (width: number) => Array.from({ length: width }, (_, word) => word);
