import { hashOfWords } from './hashCode.js';
import { copyState, entryOf, exitIfDifferent, hasTag, numberOf, placeOf, upTo, wordAt } from './indexCode.js';
import type { Code } from './wasmModule.js';
import {
  add,
  and,
  atomicLoad,
  block,
  compareExchange,
  constant,
  encodeModule,
  equal,
  exit,
  exitIf,
  get,
  instantiate,
  giveBack,
  isZero,
  lessUnsigned,
  load,
  loop,
  multiply,
  set,
  shiftLeft,
  store,
  subtract,
  when,
  xor,
} from './wasmModule.js';

/**
 * What `SharedStates` does with many states at once, on the memory that threads share. Addresses are in bytes. Kept states are from `known` on, each with its
 * order behind it; the index is from `index` on and has `mask` plus one slots.
 */
export interface SharedVisitedCode {
  /** Begins the look-ups of all states whose hashes are at `hashes`, `count` of them; a word behind these is at `scratch`. */
  touch(
    count: number,
    hashes: number,
    scratch: number,
    known: number,
    index: number,
    mask: number,
    numberBits: number,
  ): void;
  /**
   * Looks up states from `first` to `count` of those at `states`, and keeps those that are new, with the order that each has at `orders`. New ones get the
   * numbers from `own` on; how many of the 64 up to `ownEnd` are in use is told at `filled`. Of those that are there, with numbers from `levelFirst` on, the
   * least order is kept. The state that it ended in front of: `count`, or the first one for which there was no number.
   */
  insert(
    first: number,
    count: number,
    states: number,
    hashes: number,
    orders: number,
    known: number,
    index: number,
    mask: number,
    numberBits: number,
    own: number,
    ownEnd: number,
    filled: number,
    levelFirst: number,
  ): number;
  /** Puts the states with numbers from `first` to `end`, at most 64, into an index that has none of them. `scratch` has room for 65 words. */
  enter(
    first: number,
    end: number,
    scratch: number,
    known: number,
    index: number,
    mask: number,
    numberBits: number,
  ): void;
}

/** The code for states of so many words. */
export function sharedVisitedCode(width: number, memory: object): SharedVisitedCode {
  return instantiate<SharedVisitedCode>(sharedVisitedModule(width), memory);
}

/** That code as a module. */
export function sharedVisitedModule(width: number): Uint8Array<ArrayBuffer> {
  return encodeModule([
    { name: 'touch', parameters: 7, results: 0, locals: 4, body: touchBody(width) },
    { name: 'insert', parameters: 13, results: 1, locals: 6, body: insertBody(width) },
    { name: 'enter', parameters: 7, results: 0, locals: 5, body: enterBody(width) },
  ]);
}

/** Numbers are given to a thread in so many at a time, and as many states are entered together. */
const chunkSize = 64;

/** Where a hash begins to look, in bytes behind the first slot: as `slotOf` in `sharedStates.ts`. */
function offsetOf(hash: number, mask: number): Code {
  return shiftLeft(and(placeOf(get(hash)), get(mask)), constant(2));
}

/** The next slot, round to the first one. */
const nextOffset = (offset: number, mask: number): Code =>
  set(offset, and(add(get(offset), constant(4)), shiftLeft(get(mask), constant(2))));

/** Address of a kept state. */
const stateAt = (known: number, number: Code, width: number): Code =>
  add(get(known), multiply(number, constant(4 * (width + 1))));

function touchBody(width: number): Code {
  const [count, hashes, scratch, known, index, mask, numberBits] = [0, 1, 2, 3, 4, 5, 6];
  const [at, hash, entry, touched] = [7, 8, 9, 10];
  const loadEntry: Code = [
    ...set(hash, load(wordAt(hashes, at))),
    ...set(entry, load(add(get(index), offsetOf(hash, mask)))),
  ];
  const state = stateAt(known, numberOf(entry, numberBits), width);
  return [
    // All first looks at the index before any at states: the memory serves them side by side.
    ...upTo(at, count, loadEntry, set(touched, xor(get(touched), get(entry)))),
    ...set(at, constant(0)),
    ...upTo(
      at,
      count,
      loadEntry,
      when(get(entry), when(hasTag(entry, hash, numberBits), set(touched, xor(get(touched), load(state))))),
    ),
    // What was loaded is kept somewhere, so that no load is left out.
    ...store(get(scratch), get(touched)),
  ];
}

function insertBody(width: number): Code {
  const [at, count, states, hashes, orders, known, index, mask] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [numberBits, own, ownEnd, filled, levelFirst] = [8, 9, 10, 11, 12];
  const [hash, offset, entry, other, order, seen] = [13, 14, 15, 16, 17, 18];
  const slot = add(get(index), get(offset));
  const orderAddress = add(get(other), constant(4 * width));
  const lower: Code = [
    ...set(order, load(wordAt(orders, at))),
    ...set(entry, atomicLoad(orderAddress)),
    ...block(
      loop(
        exitIf(1, isZero(lessUnsigned(get(order), get(entry)))),
        set(seen, compareExchange(orderAddress, get(entry), get(order))),
        exitIf(1, equal(get(seen), get(entry))),
        set(entry, get(seen)),
        exit(0),
      ),
    ),
  ];
  /** The whole of a state is written before its entry: whoever sees the entry sees the state. */
  const takeSlot: Code = [
    ...when(equal(get(own), get(ownEnd)), giveBack(get(at))),
    ...set(other, stateAt(known, get(own), width)),
    ...copyState(other, states, width),
    ...store(get(other), load(wordAt(orders, at)), 4 * width),
    ...set(entry, compareExchange(slot, constant(0), entryOf(hash, numberBits, add(get(own), constant(1))))),
  ];
  return [
    ...set(states, add(get(states), multiply(get(at), constant(4 * width)))),
    ...upTo(
      at,
      count,
      set(hash, load(wordAt(hashes, at))),
      set(offset, offsetOf(hash, mask)),
      block(
        loop(
          set(entry, atomicLoad(slot)),
          when(
            isZero(get(entry)),
            takeSlot,
            // Otherwise another thread took it in between, and what it put there is looked at.
            when(
              isZero(get(entry)),
              set(own, add(get(own), constant(1))),
              store(get(filled), subtract(get(own), subtract(get(ownEnd), constant(chunkSize)))),
              exit(3),
            ),
          ),
          when(
            hasTag(entry, hash, numberBits),
            set(seen, numberOf(entry, numberBits)),
            set(other, stateAt(known, get(seen), width)),
            block(
              exitIfDifferent(other, states, width),
              when(isZero(lessUnsigned(get(seen), get(levelFirst))), lower),
              exit(3),
            ),
          ),
          nextOffset(offset, mask),
          exit(0),
        ),
      ),
      set(states, add(get(states), constant(4 * width))),
    ),
    ...get(count),
  ];
}

function enterBody(width: number): Code {
  const [first, end, scratch, known, index, mask, numberBits] = [0, 1, 2, 3, 4, 5, 6];
  const [number, hash, offset, touched, state] = [7, 8, 9, 10, 11];
  const slot = add(get(index), get(offset));
  const hashAt = add(get(scratch), shiftLeft(subtract(get(number), get(first)), constant(2)));
  const entry = entryOf(hash, numberBits, add(get(number), constant(1)));
  return [
    ...set(number, get(first)),
    ...upTo(
      number,
      end,
      set(state, stateAt(known, get(number), width)),
      hashOfWords(hash, get(state), width),
      store(hashAt, get(hash)),
    ),
    // Apart from the hashes, so that more of these loads are under way at a time.
    ...set(number, get(first)),
    ...upTo(
      number,
      end,
      set(hash, load(hashAt)),
      set(touched, xor(get(touched), load(add(get(index), offsetOf(hash, mask))))),
    ),
    ...set(number, get(first)),
    ...upTo(
      number,
      end,
      set(hash, load(hashAt)),
      set(offset, offsetOf(hash, mask)),
      block(
        loop(
          when(isZero(load(slot)), exitIf(2, isZero(compareExchange(slot, constant(0), entry)))),
          nextOffset(offset, mask),
          exit(0),
        ),
      ),
    ),
    ...store(get(scratch), get(touched), 4 * chunkSize),
  ];
}
