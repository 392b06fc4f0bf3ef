import { GrowableWords } from './growableWords.js';

/**
 * The set of visited states, exact: packed states in one array in the order of their discovery (which makes it the queue of a
 * breadth-first search), and an index of 32-bit entries with open addressing. An entry is a state's number plus one in
 * the low bits and bits of its hash above, so that most other states are told apart without looking at them.
 */
export class VisitedSet {
  /** Words of a packed state. */
  width: number;
  size = 0;
  readonly states: GrowableWords;
  readonly index: GrowableWords;
  /** Slots of the index minus one. */
  mask: number;
  /** How many low bits of an entry are the number. */
  numberBits: number;

  constructor(width: number, slots = 1 << 14) {
    this.width = width;
    this.states = new GrowableWords(width * 1024);
    this.index = new GrowableWords(slots);
    this.mask = slots - 1;
    this.numberBits = bitsOf(slots);
  }

  get bytes(): number {
    return this.states.bytes + this.index.bytes;
  }

  /** Makes room for `count` more states. Throws `RangeError` if there is none. */
  reserve(count: number): void {
    this.states.reserve((this.size + count) * this.width);
    while ((this.size + count) * 5 > (this.mask + 1) * 4) this.growIndex();
  }

  /** Adds the state at `from[at…]` with the given hash unless it is there; its number, or -1 minus its number if it was there. */
  insert(from: Int32Array, at: number, hash: number): number {
    const { width, mask, numberBits } = this;
    const index = this.index.words;
    const states = this.states.words;
    const tag = hash >>> numberBits;
    const low = (1 << numberBits) - 1;
    let slot = slotOf(hash) & mask;
    for (let entry = index[slot]!; entry !== 0; entry = index[slot]!) {
      if (entry >>> numberBits === tag) {
        const number = (entry & low) - 1;
        let word = 0;
        const start = number * width;
        while (word < width && states[start + word] === from[at + word]) word += 1;
        if (word === width) return -1 - number;
      }
      slot = (slot + 1) & mask;
    }
    const number = this.size;
    const start = number * width;
    for (let word = 0; word < width; word += 1) states[start + word] = from[at + word]!;
    index[slot] = (tag << numberBits) | (number + 1);
    this.size = number + 1;
    return number;
  }

  /** Gives every state another width and form: `convert` writes state `from[at…]` of the old form to `to[start…]`. */
  rewrite(width: number, convert: (from: Int32Array, at: number, to: Int32Array, start: number) => void): void {
    const old = this.width;
    const scratch = new Int32Array(width);
    if (width > old) {
      this.states.reserve(this.size * width);
      for (let number = this.size - 1; number >= 0; number -= 1) this.rewriteOne(number, old, width, scratch, convert);
    } else for (let number = 0; number < this.size; number += 1) this.rewriteOne(number, old, width, scratch, convert);
    this.width = width;
    this.rebuild();
  }

  private rewriteOne(
    number: number,
    old: number,
    width: number,
    scratch: Int32Array,
    convert: (from: Int32Array, at: number, to: Int32Array, start: number) => void,
  ): void {
    const states = this.states.words;
    scratch.fill(0);
    convert(states, number * old, scratch, 0);
    states.set(scratch, number * width);
  }

  /** Twice the slots, in place: the states are inserted again. */
  private growIndex(): void {
    const slots = (this.mask + 1) * 2;
    this.index.reserve(slots);
    this.mask = slots - 1;
    this.numberBits = bitsOf(slots);
    this.rebuild();
  }

  private rebuild(): void {
    const { width, mask, numberBits, size } = this;
    const index = this.index.words;
    const states = this.states.words;
    index.fill(0, 0, mask + 1);
    for (let number = 0; number < size; number += 1) {
      const hash = hashOf(states, number * width, width);
      let slot = slotOf(hash) & mask;
      while (index[slot] !== 0) slot = (slot + 1) & mask;
      index[slot] = ((hash >>> numberBits) << numberBits) | (number + 1);
    }
  }
}

/** Bits that a number of a state plus one takes in an index of so many slots, of which a fifth stays empty. */
function bitsOf(slots: number): number {
  return Math.min(31, 32 - Math.clz32(slots - 1));
}

/** Where a hash begins to look in the index: other bits than those of the tag would do for small tables, so all are mixed. */
export function slotOf(hash: number): number {
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
