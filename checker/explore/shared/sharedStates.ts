import type { Layout } from '../cached/layout.js';
import { PackedSystem } from '../cached/packedSystem.js';
import { hashOf } from '../cached/visitedSet.js';
import { OutOfMemory } from '../cached/memoryAllowance.js';
import type { Control, SharedBuffers } from './control.js';
import { word } from './control.js';
import { SharedMemory } from './sharedMemory.js';

/** Numbers of states are given to a thread in chunks of so many, so that each has its own place to write to. */
export const chunkShift = 6;
const chunkSize = 1 << chunkShift;
/** Most that an index entry can hold: bits of a number of a state plus one. */
const maxNumberBits = 31;
/** Of a hundred slots so many may be in use. */
const fullest = 80;

/**
 * The visited states of a search by several threads, exact. A packed state is followed by one word, its **order**. While the level
 * that a state is in is being found, this says how it was found: the place of its predecessor in the queue and which successor
 * of that one it is, as one number; the least of all ways to it counts, whoever found it first. When the level is complete,
 * `LevelOrder` puts the number of the predecessor there. So states have the predecessors and the order that they have in a search by one thread.
 *
 * The index has open addressing. An entry is a state's number plus one and bits of its hash, as in `VisitedSet`; it is written once,
 * by compare-and-exchange, after the state. Room is made by one thread while the others wait: whoever meets the end of it
 * gives up what it is doing, and does it again afterwards.
 */
export class SharedStates {
  readonly states: SharedMemory;
  /** States that this thread added. */
  added = 0;
  /** Words of a packed state, its order included. */
  stride = 1;
  private readonly index: SharedMemory;
  /** By chunk: how many states it has. */
  private readonly filled: SharedMemory;
  private readonly control: Control;
  private mask = 0;
  private numberBits = 0;
  /** The chunk that this thread writes to, -1 for none. */
  private chunk = -1;
  /** Keeps loads that are for the caches from being left out. */
  touched = 0;

  constructor(buffers: SharedBuffers, control: Control) {
    this.states = new SharedMemory(buffers.states);
    this.index = new SharedMemory(buffers.index);
    this.filled = new SharedMemory(buffers.filled);
    this.control = control;
  }

  get bytes(): number {
    return this.states.bytes + this.index.bytes + this.filled.bytes;
  }

  /** Sees the room that another thread made, for states of so many words. */
  refresh(width: number): void {
    this.stride = width + 1;
    this.states.refresh();
    this.index.refresh();
    this.filled.refresh();
    const slots = this.control.get(word.slots);
    this.mask = slots - 1;
    this.numberBits = bitsOf(slots);
  }

  /** Number of the chunk after the last one that is in use. */
  get chunkEnd(): number {
    return Math.min(this.control.get(word.chunks), this.control.get(word.chunkCapacity));
  }

  /** How many states a chunk has; its first one has the number `chunk << chunkShift`. */
  filledOf(chunk: number): number {
    return this.filled.words[chunk]!;
  }

  /** Where the order of a state stands in `states.words`. */
  orderAt(number: number): number {
    return (number + 1) * this.stride - 1;
  }

  /** A copy of a packed state. */
  stateAt(number: number): Int32Array {
    const { stride } = this;
    return Int32Array.from(this.states.words.subarray(number * stride, (number + 1) * stride - 1));
  }

  /** This thread begins a new chunk with its next state: those of a level are apart from those before. */
  leaveChunk(): void {
    this.chunk = -1;
  }

  /**
   * Looks up the first `count` states of `buffer`, and keeps those that are new. `orders` has the order of each. The look-ups
   * are begun one after the other before any is finished, so that the memory serves them side by side. False if there
   * was no room for all of them; those that are kept then are found again when this is repeated.
   */
  insertAll(buffer: Int32Array, hashes: Int32Array, orders: Int32Array, count: number): boolean {
    const { mask, numberBits, stride } = this;
    const index = this.index.words;
    const states = this.states.words;
    const low = lowBits(numberBits);
    let touched = 0;
    for (let at = 0; at < count; at += 1) touched ^= index[slotOf(hashes[at]!) & mask]!;
    for (let at = 0; at < count; at += 1) {
      const entry = index[slotOf(hashes[at]!) & mask]!;
      if (entry !== 0 && entry >>> numberBits === hashes[at]! >>> numberBits)
        touched ^= states[((entry & low) - 1) * stride]!;
    }
    this.touched = touched;
    const levelFirst = this.control.get(word.levelFirst);
    const width = stride - 1;
    for (let at = 0; at < count; at += 1) {
      const number = this.insert(buffer, at * width, hashes[at]!, orders[at]!);
      if (number === noRoom) return false;
      if (number >= 0) this.added += 1;
      else if (-1 - number >= levelFirst) this.lower(-1 - number, orders[at]!);
    }
    return true;
  }

  /** The number of the state if it is new, -1 minus its number if it was there, or `noRoom`. */
  private insert(from: Int32Array, at: number, hash: number, order: number): number {
    const { mask, numberBits, stride } = this;
    const index = this.index.words;
    const states = this.states.words;
    const width = stride - 1;
    const tag = hash >>> numberBits;
    const low = lowBits(numberBits);
    let own = -1;
    for (let slot = slotOf(hash) & mask; ; slot = (slot + 1) & mask) {
      let entry = Atomics.load(index, slot);
      if (entry === 0) {
        if (own < 0) {
          own = this.nextNumber();
          if (own < 0) return noRoom;
          const start = own * stride;
          for (let word = 0; word < width; word += 1) states[start + word] = from[at + word]!;
          states[start + width] = order;
        }
        entry = Atomics.compareExchange(index, slot, 0, (tag << numberBits) | (own + 1));
        if (entry === 0) {
          this.filled.words[this.chunk] = (own & (chunkSize - 1)) + 1;
          return own;
        }
      }
      if (entry >>> numberBits !== tag) continue;
      const number = (entry & low) - 1;
      const start = number * stride;
      let word = 0;
      while (word < width && states[start + word] === from[at + word]) word += 1;
      if (word === width) return -1 - number;
    }
  }

  /** The number for the next state of this thread, -1 if there is no room for it. It is taken once the state is filled in. */
  private nextNumber(): number {
    const { control } = this;
    if (this.chunk < 0 || this.filled.words[this.chunk] === chunkSize) {
      if (control.get(word.chunks) >= control.get(word.chunkCapacity)) return -1;
      const chunk = control.add(word.chunks, 1);
      if (chunk >= control.get(word.chunkCapacity)) return -1;
      this.chunk = chunk;
    }
    return (this.chunk << chunkShift) + this.filled.words[this.chunk]!;
  }

  /** Another way to a state of the level that is being found. */
  private lower(number: number, order: number): void {
    const states = this.states.words;
    const at = this.orderAt(number);
    let known = states[at]!;
    while (order >>> 0 < known >>> 0) {
      const seen = Atomics.compareExchange(states, at, known, order);
      if (seen === known) return;
      known = seen;
    }
  }

  // ---- while the other threads wait ----

  /** How many bytes it takes to have room for `chunks` chunks. */
  growthFor(chunks: number): number {
    const slots = slotsFor(chunks);
    return (
      this.states.growthFor(chunks * chunkSize * this.stride) +
      this.filled.growthFor(chunks) +
      this.index.growthFor(slots)
    );
  }

  /** Makes room for at least `chunks` chunks. Throws `OutOfMemory` if there is none. True if the index has to be built again. */
  reserve(chunks: number): boolean {
    const { control } = this;
    const slots = Math.max(control.get(word.slots), slotsFor(chunks));
    if (bitsOf(slots) > maxNumberBits) throw new OutOfMemory('the numbers that there are for states');
    this.states.reserve(chunks * chunkSize * this.stride);
    this.filled.reserve(chunks);
    this.index.reserve(slots);
    // Chunks that were asked for and not given.
    control.set(word.chunks, this.chunkEnd);
    const rooms = [
      Math.floor(this.states.words.length / (chunkSize * this.stride)),
      this.filled.words.length,
      Math.floor((slots / chunkSize / 100) * fullest),
    ];
    control.set(word.chunkCapacity, Math.min(...rooms));
    const isNew = slots !== control.get(word.slots);
    control.set(word.slots, slots);
    this.refresh(this.stride - 1);
    return isNew;
  }

  /** Gives every state another form. The index has to be built again. Throws `OutOfMemory` if there is no room. */
  rewrite(from: Layout, to: Layout): void {
    const chunks = this.chunkEnd;
    const [old, stride] = [this.stride, to.width + 1];
    this.states.reserve(Math.max(chunks, this.control.get(word.chunkCapacity)) * chunkSize * stride);
    const convert = PackedSystem.convert(from, to);
    const scratch = new Int32Array(stride);
    const states = this.states.words;
    const rewriteOne = (number: number) => {
      scratch.fill(0);
      convert(states, number * old, scratch, 0);
      scratch[stride - 1] = states[(number + 1) * old - 1]!;
      states.set(scratch, number * stride);
    };
    if (stride > old) {
      for (let chunk = chunks - 1; chunk >= 0; chunk -= 1)
        for (let at = this.filledOf(chunk) - 1; at >= 0; at -= 1) rewriteOne((chunk << chunkShift) + at);
    } else
      for (let chunk = 0; chunk < chunks; chunk += 1)
        for (let at = 0; at < this.filledOf(chunk); at += 1) rewriteOne((chunk << chunkShift) + at);
    this.refresh(to.width);
  }

  /** Empties a share of the index. */
  clearIndex(party: number, parties: number): void {
    const slots = this.mask + 1;
    this.index.words.fill(0, Math.floor((slots * party) / parties), Math.floor((slots * (party + 1)) / parties));
  }

  /** Puts a share of the states into the empty index. */
  buildIndex(party: number, parties: number): void {
    const { mask, numberBits, stride } = this;
    const index = this.index.words;
    const states = this.states.words;
    const chunks = this.chunkEnd;
    for (let chunk = party; chunk < chunks; chunk += parties) {
      const first = chunk << chunkShift;
      const end = first + this.filledOf(chunk);
      for (let number = first; number < end; number += 1) {
        const hash = hashOf(states, number * stride, stride - 1);
        const entry = ((hash >>> numberBits) << numberBits) | (number + 1);
        let slot = slotOf(hash) & mask;
        while (Atomics.compareExchange(index, slot, 0, entry) !== 0) slot = (slot + 1) & mask;
      }
    }
  }
}

const noRoom = Number.MIN_SAFE_INTEGER;

function lowBits(bits: number): number {
  return bits === maxNumberBits ? 0x7fff_ffff : (1 << bits) - 1;
}

/** Bits that a number of a state plus one takes in an index of so many slots, some of which stay empty. */
function bitsOf(slots: number): number {
  return 32 - Math.clz32(slots - 1);
}

function slotsFor(chunks: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, (chunks * chunkSize * 100) / fullest)));
}

/** Where a hash begins to look in the index. */
function slotOf(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 1;
}
