import type { Code } from './wasmModule.js';
import {
  add,
  block,
  constant,
  doubleConstant,
  encodeModule,
  equal,
  exit,
  exitIf,
  get,
  instantiate,
  isZero,
  lessUnsigned,
  load,
  loop,
  multiply,
  multiplyDoubles,
  set,
  shiftLeft,
  store,
  subtract,
  toDouble,
  truncated,
  when,
  xor,
} from './wasmModule.js';
import { hashOfWords } from './hashCode.js';
import { copyState, entryOf, exitIfDifferent, hasTag, numberOf, placeOf, upTo, wordAt } from './indexCode.js';

/** What `VisitedSet` does with many states at once, on its own memory. Addresses are in bytes, numbers as the set has them. */
export interface VisitedCode {
  /**
   * Looks up `count` packed states at `states`, whose hashes are at `hashes`, and adds those that are new behind the `size` that there are; in place of each
   * hash then stands 1 if it was new, or 0; the word behind them is overwritten. The new size.
   */
  addAll(
    count: number,
    states: number,
    hashes: number,
    size: number,
    known: number,
    index: number,
    slots: number,
    numberBits: number,
  ): number;
  /** Puts the states with numbers from `first` to `end` into an index that has none of them. `scratch` has room for 65 words. */
  enter(
    first: number,
    end: number,
    scratch: number,
    known: number,
    index: number,
    slots: number,
    numberBits: number,
  ): void;
}

/** The code for states of so many words. */
export function visitedCode(width: number, memory: object): VisitedCode {
  const bytes = encodeModule([
    { name: 'addAll', parameters: 8, results: 1, locals: 7, doubles: 1, body: addAllBody(width) },
    { name: 'enter', parameters: 7, results: 0, locals: 6, doubles: 1, body: enterBody(width) },
  ]);
  return instantiate<VisitedCode>(bytes, memory);
}

/** States whose look-ups are begun before any is finished. */
const batch = 64;

/** Address of the slot where a hash begins to look: as `slotOf` in `visitedSet.ts`, times slots by 2^31 as doubles. */
function slotAddress(hash: Code, index: number, scale: number): Code {
  const place = truncated(multiplyDoubles(toDouble(placeOf(hash)), get(scale)));
  return add(get(index), shiftLeft(place, constant(2)));
}

const scaleOf = (slots: number): Code => multiplyDoubles(toDouble(get(slots)), doubleConstant(2 ** -31));

/** The next slot, round to the first one. */
function nextSlot(slot: number, index: number, end: number): Code {
  return [...set(slot, add(get(slot), constant(4))), ...when(equal(get(slot), get(end)), set(slot, get(index)))];
}

function addAllBody(width: number): Code {
  const [count, states, hashes, size, known, index, slots, numberBits] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [at, hash, slot, entry, other, end, touched, scale] = [8, 9, 10, 11, 12, 13, 14, 15];
  const stateAt = (number: Code): Code => add(get(known), multiply(number, constant(4 * width)));
  const isTagged = hasTag(entry, hash, numberBits);
  const forEach = (...body: readonly Code[]): Code => [...set(at, constant(0)), ...upTo(at, count, ...body)];
  const loadEntry: Code = [
    ...set(hash, load(wordAt(hashes, at))),
    ...set(slot, slotAddress(get(hash), index, scale)),
    ...set(entry, load(get(slot))),
  ];
  return [
    ...set(scale, scaleOf(slots)),
    ...set(end, add(get(index), shiftLeft(get(slots), constant(2)))),
    // All first looks at the index before any at states, and these before anything is compared: the memory serves them side by side.
    ...forEach(loadEntry, set(touched, xor(get(touched), get(entry)))),
    ...forEach(
      loadEntry,
      when(get(entry), when(isTagged, set(touched, xor(get(touched), load(stateAt(numberOf(entry, numberBits))))))),
    ),
    ...forEach(
      loadEntry,
      block(
        loop(
          when(
            isZero(get(entry)),
            set(other, stateAt(get(size))),
            copyState(other, states, width),
            set(size, add(get(size), constant(1))),
            store(get(slot), entryOf(hash, numberBits, get(size))),
            store(wordAt(hashes, at), constant(1)),
            exit(2),
          ),
          when(
            isTagged,
            set(other, stateAt(numberOf(entry, numberBits))),
            block(exitIfDifferent(other, states, width), store(wordAt(hashes, at), constant(0)), exit(3)),
          ),
          nextSlot(slot, index, end),
          set(entry, load(get(slot))),
          exit(0),
        ),
      ),
      set(states, add(get(states), constant(4 * width))),
    ),
    // What was loaded is kept somewhere, so that no load is left out.
    ...store(wordAt(hashes, count), get(touched)),
    ...get(size),
  ];
}

function enterBody(width: number): Code {
  const [first, end, scratch, known, index, slots, numberBits] = [0, 1, 2, 3, 4, 5, 6];
  const [number, last, hash, slot, indexEnd, touched, scale] = [7, 8, 9, 10, 11, 12, 13];
  const state = add(get(known), multiply(get(number), constant(4 * width)));
  const hashAt = add(get(scratch), shiftLeft(subtract(get(number), get(first)), constant(2)));
  const forEach = (...body: readonly Code[]): Code => [...set(number, get(first)), ...upTo(number, last, ...body)];
  return [
    ...set(scale, scaleOf(slots)),
    ...set(indexEnd, add(get(index), shiftLeft(get(slots), constant(2)))),
    ...block(
      loop(
        exitIf(1, isZero(lessUnsigned(get(first), get(end)))),
        set(last, add(get(first), constant(batch))),
        when(lessUnsigned(get(end), get(last)), set(last, get(end))),
        forEach(
          set(slot, state),
          hashOfWords(hash, get(slot), width),
          set(slot, slotAddress(get(hash), index, scale)),
          set(touched, xor(get(touched), load(get(slot)))),
          store(hashAt, get(hash)),
        ),
        forEach(
          set(hash, load(hashAt)),
          set(slot, slotAddress(get(hash), index, scale)),
          block(loop(exitIf(1, isZero(load(get(slot)))), nextSlot(slot, index, indexEnd), exit(0))),
          store(get(slot), entryOf(hash, numberBits, add(get(number), constant(1)))),
        ),
        set(first, get(last)),
        exit(0),
      ),
    ),
    ...store(get(scratch), get(touched), 4 * batch),
  ];
}
