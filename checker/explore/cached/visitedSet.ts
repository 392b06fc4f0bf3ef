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
/** As many as fit into such an index; `Parents` counts them in two bits each, below 2^31. */
const mostStates = Math.floor(mostSlots * 0.8);

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
  readonly states: GrowableWords;
  readonly index: GrowableWords;
  private slots: number;
  /** Slots for each value of `slotOf`. */
  private scale: number;
  /** How many low bits of an entry are the number. */
  private numberBits: number;

  constructor(width: number, allowance?: MemoryAllowance, slots = 1 << 14) {
    this.width = width;
    this.states = new GrowableWords(width * 1024, allowance);
    this.index = new GrowableWords(slots, allowance);
    this.slots = slots;
    this.scale = slots / slotRange;
    this.numberBits = bitsOf(slots);
  }

  get bytes(): number {
    return this.states.bytes + this.index.bytes;
  }

  /** Makes room for `count` more states. Throws `OutOfMemory` if there is none; everything is then as it was. */
  reserve(count: number): void {
    const size = this.size + count;
    if (size > mostStates) throw new OutOfMemory(`the ${mostStates} states that one table can have`);
    this.states.reserve(size * this.width);
    if (size * 5 <= this.slots * 4) return;
    let slots = this.slots;
    while (size * 5 > slots * 4)
      slots = Math.min(mostSlots, Math.floor(slots * (slots < largeIndex ? growthOfSmall : growth)));
    this.index.reserve(slots, true);
    this.slots = slots;
    this.rebuild();
  }

  /**
   * Begins to look states with these hashes up, all of them before any look-up is finished, so that the memory serves them side by
   * side. The result says nothing: it keeps the loads from being left out.
   */
  touch(hashes: Int32Array, count: number): number {
    const { width, scale, numberBits } = this;
    const index = this.index.words;
    const states = this.states.words;
    const low = (1 << numberBits) - 1;
    let touched = 0;
    for (let at = 0; at < count; at += 1) touched ^= index[(slotOf(hashes[at]!) * scale) | 0]!;
    for (let at = 0; at < count; at += 1) {
      const entry = index[(slotOf(hashes[at]!) * scale) | 0]!;
      if (entry !== 0 && entry >>> numberBits === hashes[at]! >>> numberBits)
        touched ^= states[((entry & low) - 1) * width]!;
    }
    return touched;
  }

  /**
   * Adds the state at `from[at…]` with the given hash unless it is there; its number, or -1 minus its number if it was there. There must
   * be room (`reserve`): a store behind the end of an array would be lost without a word.
   */
  insert(from: Int32Array, at: number, hash: number): number {
    const { width, numberBits, slots } = this;
    const index = this.index.words;
    const states = this.states.words;
    const tag = hash >>> numberBits;
    const low = (1 << numberBits) - 1;
    let slot = (slotOf(hash) * this.scale) | 0;
    for (let entry = index[slot]!; entry !== 0; entry = index[slot]!) {
      if (entry >>> numberBits === tag) {
        const number = (entry & low) - 1;
        let word = 0;
        const start = number * width;
        while (word < width && states[start + word] === from[at + word]) word += 1;
        if (word === width) return -1 - number;
      }
      slot += 1;
      if (slot === slots) slot = 0;
    }
    const number = this.size;
    const start = number * width;
    for (let word = 0; word < width; word += 1) states[start + word] = from[at + word]!;
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
    this.states.reserve(this.size * width);
    const one = (number: number): void => {
      const states = this.states.words;
      scratch.fill(0);
      convert(states, number * old, scratch, 0);
      states.set(scratch, number * width);
    };
    if (width > old) for (let number = this.size - 1; number >= 0; number -= 1) one(number);
    else for (let number = 0; number < this.size; number += 1) one(number);
    this.width = width;
    this.rebuild();
  }

  /** Takes so many states, all different, which `fill` writes to the array it is given. Throws `OutOfMemory`. */
  load(count: number, fill: (words: Int32Array<ArrayBuffer>) => void): void {
    this.size = 0;
    this.reserve(count);
    fill(this.states.words.subarray(0, count * this.width));
    this.size = count;
    this.rebuild();
  }

  drop(): void {
    this.states.drop();
    this.index.drop();
  }

  /** Fills the index anew, with `slots` slots. */
  private rebuild(): void {
    const { width, size, slots } = this;
    this.scale = slots / slotRange;
    this.numberBits = bitsOf(slots);
    const { scale, numberBits } = this;
    const index = this.index.words;
    const states = this.states.words;
    index.fill(0, 0, slots);
    const hashes = new Int32Array(batch);
    for (let first = 0; first < size; first += batch) {
      const end = Math.min(size, first + batch);
      let touched = 0;
      for (let number = first; number < end; number += 1) {
        const hash = hashOf(states, number * width, width);
        hashes[number - first] = hash;
        touched ^= index[(slotOf(hash) * scale) | 0]!;
      }
      this.touched = touched;
      for (let number = first; number < end; number += 1) {
        const hash = hashes[number - first]!;
        let slot = (slotOf(hash) * scale) | 0;
        while (index[slot] !== 0) {
          slot += 1;
          if (slot === slots) slot = 0;
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
