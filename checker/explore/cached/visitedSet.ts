import type { VisitedCode } from '../wasm/visitedCode.js';
import { visitedCode } from '../wasm/visitedCode.js';
import { GrowableWords } from './growableWords.js';
import type { MemoryAllowance } from './memoryAllowance.js';
import { OutOfMemory } from './memoryAllowance.js';

/** How much larger an index gets; a small one, of which nobody minds the memory, grows faster, since growing takes time. */
const growth = 1.45;
const growthOfSmall = 2;
/** Slots of an index that is not small any more. */
const largeIndex = 1 << 22;
/** Most words of an index: 4 GiB. */
const mostSlots = 1 << 30;
/** Words of one memory. */
const mostWords = 1 << 30;
/** As many as fit into such an index; `Parents` counts them in two bits each, below 2^31. */
const mostStates = Math.floor(mostSlots * 0.8);
/** Words that states are put into, for the code that looks many up at once. */
const areaWords = 1 << 15;

/**
 * The set of visited states, exact: packed states in one array in the order of their discovery (which makes it the queue of a
 * breadth-first search), and an index of 32-bit entries with open addressing. An entry is a state's number plus one in
 * the low bits and bits of its hash above, so that most other states are told apart without looking at them.
 *
 * At most four fifths of the index are in use, and at least eleven twentieths once it has grown beyond 2^22 slots: between 5 and 7.25 bytes for
 * each state.
 */
export class VisitedSet {
  /** Words of a packed state. */
  width: number;
  size = 0;
  /** From so many states on, WebAssembly code looks up many at once. */
  codeFrom = 1 << 14;
  /** The index and, behind it, the states; or the states alone, when both do not fit into one memory any more. */
  private readonly memory: GrowableWords;
  private apart: GrowableWords | null = null;
  private readonly allowance: MemoryAllowance | undefined;
  private readonly mostTogether: number;
  /** Words in front of the index, for `code`. */
  private area = 0;
  private code: VisitedCode | null = null;
  private codeWidth = 0;
  private slots: number;
  /** Slots for each value of `slotOf`. */
  private scale: number;
  /** How many low bits of an entry are the number. */
  private numberBits: number;

  /** Index and states are kept in one memory up to `mostTogether` words. */
  constructor(width: number, allowance?: MemoryAllowance, slots = 1 << 14, mostTogether = mostWords) {
    this.width = width;
    this.mostTogether = mostTogether;
    this.allowance = allowance;
    this.memory = new GrowableWords(slots + width * 1024, allowance);
    this.slots = slots;
    this.scale = slots / slotRange;
    this.numberBits = bitsOf(slots);
  }

  get bytes(): number {
    return this.memory.bytes + (this.apart?.bytes ?? 0);
  }

  /** Where the states are; another array when it grows. */
  get words(): Int32Array {
    return this.memory.words;
  }

  /** The index in `words` of a state. */
  at(number: number): number {
    return this.statesAt + number * this.width;
  }

  private get statesAt(): number {
    return this.apart ? 0 : this.area + this.slots;
  }

  private get index(): Int32Array {
    return (this.apart ?? this.memory).words;
  }

  private get indexAt(): number {
    return this.apart ? 0 : this.area;
  }

  /** Makes room for `count` more states. Throws `OutOfMemory` if there is none; everything is then as it was. */
  reserve(count: number): void {
    const size = this.size + count;
    if (size > mostStates) throw new OutOfMemory(`the ${mostStates} states that one table can have`);
    let slots = this.slots;
    while (size * 5 > slots * 4)
      slots = Math.min(mostSlots, Math.floor(slots * (slots < largeIndex ? growthOfSmall : growth)));
    this.makeRoom(slots, this.area, size);
  }

  /** Gives the index so many slots and the area so many words, with room for `size` states. Throws `OutOfMemory`. */
  private makeRoom(slots: number, area: number, size: number): void {
    const { memory } = this;
    const before = this.statesAt;
    const states = size * this.width;
    if (area + slots + states > this.mostTogether) this.divide(slots, states);
    if (this.apart) {
      memory.reserve(states);
      if (slots === this.slots) return;
      this.apart.reserve(slots, true);
    } else {
      memory.reserve(area + slots + states);
      if (slots === this.slots && area === this.area) return;
      this.moveStates(before, area + slots);
      this.area = area;
    }
    this.slots = slots;
    this.rebuild();
  }

  /** The states, so many words, take the whole memory from now on, and an index with so many slots gets one of its own. Throws `OutOfMemory`. */
  private divide(slots: number, states: number): void {
    if (this.apart) return;
    if (states > mostWords) throw new OutOfMemory('the 4 GB that one array can have');
    const apart = new GrowableWords(slots, this.allowance);
    this.moveStates(this.statesAt, 0);
    this.apart = apart;
    this.area = 0;
    this.code = null;
    this.slots = slots;
    this.rebuild();
  }

  private moveStates(from: number, to: number): void {
    this.memory.words.copyWithin(to, from, from + this.size * this.width);
  }

  /**
   * Adds the states in `buffer`, one behind the other, unless they are there; `isNew` says of each, by 1 or 0, whether it was not. The same as `reserve`,
   * `touch` and `insert` for each, and faster where there are many. Throws `OutOfMemory`; nothing is added then.
   */
  addAll(buffer: Int32Array, hashes: Int32Array, count: number, isNew: Uint8Array): void {
    this.reserve(count);
    const code = this.codeForMany();
    if (!code) {
      this.touched = this.touch(hashes, count);
      for (let at = 0; at < count; at += 1) isNew[at] = this.insert(buffer, at * this.width, hashes[at]!) < 0 ? 0 : 1;
      return;
    }
    const { width, memory, slots, numberBits, area } = this;
    const { words } = memory;
    // The states, then their hashes, and a word more.
    const most = Math.floor((area - 1) / (width + 1));
    for (let first = 0; first < count; first += most) {
      const some = Math.min(most, count - first);
      words.set(buffer.subarray(first * width, (first + some) * width), 0);
      const at = some * width;
      words.set(hashes.subarray(first, first + some), at);
      this.size = code.addAll(some, 0, 4 * at, this.size, 4 * this.statesAt, 4 * area, slots, numberBits);
      for (let state = 0; state < some; state += 1) isNew[first + state] = words[at + state]!;
    }
  }

  /** Code that works on the states and the index; null if it is not worth while, or there is no room for what it needs. */
  private codeForMany(): VisitedCode | null {
    if (this.apart || this.size < this.codeFrom) return null;
    if (this.code && this.codeWidth === this.width) return this.code;
    try {
      if (this.area === 0) this.makeRoom(this.slots, areaWords, this.size);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      return null;
    }
    if (this.apart) return null;
    this.code = visitedCode(this.width, this.memory.memory);
    this.codeWidth = this.width;
    return this.code;
  }

  /**
   * Begins to look states with these hashes up, all of them before any look-up is finished, so that the memory serves them side by
   * side. The result says nothing: it keeps the loads from being left out.
   */
  touch(hashes: Int32Array, count: number): number {
    const { width, scale, numberBits, index, indexAt, statesAt, words } = this;
    const low = (1 << numberBits) - 1;
    let touched = 0;
    for (let at = 0; at < count; at += 1) touched ^= index[indexAt + ((slotOf(hashes[at]!) * scale) | 0)]!;
    for (let at = 0; at < count; at += 1) {
      const entry = index[indexAt + ((slotOf(hashes[at]!) * scale) | 0)]!;
      if (entry !== 0 && entry >>> numberBits === hashes[at]! >>> numberBits)
        touched ^= words[statesAt + ((entry & low) - 1) * width]!;
    }
    return touched;
  }

  /**
   * Adds the state at `from[at…]` with the given hash unless it is there; its number, or -1 minus its number if it was there. There must
   * be room (`reserve`): a store behind the end of an array would be lost without a word.
   */
  insert(from: Int32Array, at: number, hash: number): number {
    const { width, numberBits, slots, index, indexAt, statesAt, words } = this;
    const tag = hash >>> numberBits;
    const low = (1 << numberBits) - 1;
    const slotsEnd = indexAt + slots;
    let slot = indexAt + ((slotOf(hash) * this.scale) | 0);
    for (let entry = index[slot]!; entry !== 0; entry = index[slot]!) {
      if (entry >>> numberBits === tag) {
        const number = (entry & low) - 1;
        let word = 0;
        const start = statesAt + number * width;
        while (word < width && words[start + word] === from[at + word]) word += 1;
        if (word === width) return -1 - number;
      }
      slot += 1;
      if (slot === slotsEnd) slot = indexAt;
    }
    const number = this.size;
    const start = statesAt + number * width;
    for (let word = 0; word < width; word += 1) words[start + word] = from[at + word]!;
    index[slot] = (tag << numberBits) | (number + 1);
    this.size = number + 1;
    return number;
  }

  /**
   * Gives every state another width and form: `convert` writes state `from[at…]` of the old form to `to[start…]`. Throws `OutOfMemory`
   * if the new form does not fit; everything is then as it was.
   */
  rewrite(width: number, convert: (from: Int32Array, at: number, to: Int32Array, start: number) => void): void {
    const old = this.width;
    const scratch = new Int32Array(width);
    if (this.statesAt + this.size * width > this.mostTogether) this.divide(this.slots, this.size * width);
    const { statesAt } = this;
    this.memory.reserve(statesAt + this.size * width);
    const { words } = this;
    const one = (number: number): void => {
      scratch.fill(0);
      convert(words, statesAt + number * old, scratch, 0);
      words.set(scratch, statesAt + number * width);
    };
    if (width > old) for (let number = this.size - 1; number >= 0; number -= 1) one(number);
    else for (let number = 0; number < this.size; number += 1) one(number);
    this.width = width;
    this.rebuild();
  }

  /** Takes so many states, all different, which `fill` writes to the array it is given. Throws `OutOfMemory`. */
  load(count: number, fill: (words: Int32Array) => void): void {
    this.size = 0;
    this.reserve(count);
    const { statesAt } = this;
    fill(this.words.subarray(statesAt, statesAt + count * this.width));
    this.size = count;
    this.rebuild();
  }

  drop(): void {
    this.memory.drop();
    this.apart?.drop();
  }

  /** Fills the index anew, with `slots` slots. */
  private rebuild(): void {
    const { width, size, slots } = this;
    this.scale = slots / slotRange;
    this.numberBits = bitsOf(slots);
    const { scale, numberBits, index, indexAt, statesAt, words } = this;
    const slotsEnd = indexAt + slots;
    index.fill(0, indexAt, slotsEnd);
    if (this.code && this.codeWidth === width) {
      for (let first = 0; first < size; first += entered)
        this.code.enter(first, Math.min(size, first + entered), 0, 4 * statesAt, 4 * indexAt, slots, numberBits);
      return;
    }
    const hashes = new Int32Array(batch);
    for (let first = 0; first < size; first += batch) {
      const end = Math.min(size, first + batch);
      let touched = 0;
      for (let number = first; number < end; number += 1) {
        const hash = hashOf(words, statesAt + number * width, width);
        hashes[number - first] = hash;
        touched ^= index[indexAt + ((slotOf(hash) * scale) | 0)]!;
      }
      this.touched = touched;
      for (let number = first; number < end; number += 1) {
        const hash = hashes[number - first]!;
        let slot = indexAt + ((slotOf(hash) * scale) | 0);
        while (index[slot] !== 0) {
          slot += 1;
          if (slot === slotsEnd) slot = indexAt;
        }
        index[slot] = ((hash >>> numberBits) << numberBits) | (number + 1);
      }
    }
  }

  /** See `touch`. */
  touched = 0;
}

/** States that are put into a new index together: enough for the memory to serve side by side. */
const batch = 64;
/** States that are entered into the index in one go: code that runs for long is not replaced by faster code that V8 made meanwhile. */
const entered = 1 << 14;

/** Bits that a number of a state plus one takes in an index of so many slots, of which a fifth stays empty. */
function bitsOf(slots: number): number {
  return Math.min(31, 32 - Math.clz32(slots - 1));
}

/** `slotOf` is below this. */
const slotRange = 2 ** 31;

/** Where a hash begins to look in the index: other bits than those of the tag would do for small tables, so all are mixed. */
function slotOf(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 1;
}

/** 32 bits of a packed state; all bits depend on all words. */
export function hashOf(words: Int32Array, start: number, width: number): number {
  let hash = width;
  for (let at = start; at < start + width; at += 1) {
    hash = Math.imul(hash ^ words[at]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
