import { GrowableWords } from '../cached/growableWords.js';
import type { Layout } from '../cached/layout.js';
import { PackedSystem } from '../cached/packedSystem.js';
import { hashOf } from '../cached/visitedSet.js';
import { OutOfMemory } from '../cached/memoryAllowance.js';
import type { WebAssemblyUse } from '../search.js';
import type { SharedVisitedCode } from '../wasm/sharedVisitedCode.js';
import { sharedVisitedCode } from '../wasm/sharedVisitedCode.js';
import type { Control, SharedBuffers } from './control.js';
import { areaWords, word } from './control.js';
import { SharedMemory } from './sharedMemory.js';

/** Numbers of states are given to a thread in chunks of so many, so that each has its own place to write to. */
export const chunkShift = 6;
const chunkSize = 1 << chunkShift;
/** Most that an index entry can hold: bits of a number of a state plus one. */
const maxNumberBits = 31;
/** Of a hundred slots so many may be in use. */
const fullest = 80;
/** Words of one memory. */
const mostWords = 1 << 30;
/** From so many states on it does. */
const codeFrom = 1 << 14;

/**
 * The visited states of a search by several threads, exact. A packed state is followed by one word, its **order**. While the level
 * that a state is in is being found, this says how it was found: the place of its predecessor in the queue and which successor
 * of that one it is, as one number; the least of all ways to it counts, whoever found it first. When the level is complete,
 * `LevelOrder` puts the number of the predecessor there. So states have the predecessors and the order that they have in a search by one thread.
 *
 * The index has open addressing. An entry is a state's number plus one and bits of its hash, as in `VisitedSet`; it is written once,
 * by compare-and-exchange, after the state. Room is made by one thread while the others wait: whoever meets the end of it
 * gives up what it is doing, and does it again afterwards.
 *
 * All is in one memory, so that WebAssembly code reaches it: words for each thread to hand states to the code, how many states each chunk
 * has, the index, the states. When that is too much for one memory, the states alone stay there, and there is no such code any more.
 */
export class SharedStates {
  /** States that this thread added. */
  added = 0;
  /** Words of a packed state, its order included. */
  stride = 1;
  private readonly memory: GrowableWords;
  /** Has what is in front of the states, once that is not in the memory of the states. */
  private readonly apart: SharedMemory;
  private readonly control: Control;
  private readonly mostTogether: number;
  /** Where the words of this thread are, in words. */
  private readonly area: number;
  private readonly filledAt: number;
  private indexAt = 0;
  private statesAt = 0;
  private isDivided = false;
  private mask = 0;
  private numberBits = 0;
  /** The chunk that this thread writes to, -1 for none. */
  private chunk = -1;
  private readonly codeFrom: number;
  private code: SharedVisitedCode | null = null;
  private codeStride = 0;
  /** Keeps loads that are for the caches from being left out. */
  touched = 0;

  /** `party` is the number of the thread. Everything is kept in one memory up to `mostTogether` words. */
  constructor(
    buffers: SharedBuffers,
    control: Control,
    party: number,
    use: WebAssemblyUse = 'large',
    mostTogether = mostWords,
  ) {
    this.memory = new GrowableWords(buffers.states);
    this.apart = new SharedMemory(buffers.apart);
    this.control = control;
    this.area = party * areaWords;
    this.filledAt = buffers.parties * areaWords;
    this.codeFrom = use === 'large' ? codeFrom : use === 'always' ? 0 : Infinity;
    this.mostTogether = mostTogether;
  }

  get bytes(): number {
    return this.memory.bytes + this.apart.bytes;
  }

  /** Where the states are; another array when they get more room. */
  get words(): Int32Array {
    return this.memory.words;
  }

  /** What is in front of the states, wherever it is. */
  private get front(): Int32Array {
    return this.isDivided ? this.apart.words : this.memory.words;
  }

  /** Words in front of the states, with so many slots. */
  private frontWords(slots: number): number {
    return this.filledAt + slots / chunkSize + slots;
  }

  /** Sees the room that another thread made, for states of so many words. */
  refresh(width: number): void {
    this.look(width);
    this.memory.refresh(this.statesAt + (this.control.get(word.chunkCapacity) << chunkShift) * this.stride);
    this.apart.refresh();
  }

  private look(width: number): void {
    const { control } = this;
    this.stride = width + 1;
    const slots = control.get(word.slots);
    this.mask = slots - 1;
    this.numberBits = bitsOf(slots);
    this.indexAt = this.filledAt + slots / chunkSize;
    this.isDivided = control.get(word.isDivided) !== 0;
    this.statesAt = this.isDivided ? 0 : this.frontWords(slots);
  }

  /** Number of the chunk after the last one that is in use. */
  get chunkEnd(): number {
    return Math.min(this.control.get(word.chunks), this.control.get(word.chunkCapacity));
  }

  /** How many states a chunk has; its first one has the number `chunk << chunkShift`. */
  filledOf(chunk: number): number {
    return this.front[this.filledAt + chunk]!;
  }

  /** The index in `words` of a state. */
  at(number: number): number {
    return this.statesAt + number * this.stride;
  }

  /** Where the order of a state stands in `words`. */
  orderAt(number: number): number {
    return this.statesAt + (number + 1) * this.stride - 1;
  }

  /** A copy of a packed state. */
  stateAt(number: number): Int32Array {
    return Int32Array.from(this.words.subarray(this.at(number), this.orderAt(number)));
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
    const code = this.codeForMany();
    if (!code) return this.insertEach(buffer, hashes, orders, count);
    const { control, mask, numberBits, stride, filledAt } = this;
    const { words } = this.memory;
    const width = stride - 1;
    const [states, known, index] = [4 * this.area, 4 * this.statesAt, 4 * this.indexAt];
    const levelFirst = control.get(word.levelFirst);
    // The states, their hashes, their orders, and a word more.
    const most = Math.floor((areaWords - 1) / (width + 2));
    for (let first = 0; first < count; first += most) {
      const some = Math.min(most, count - first);
      const hashesAt = this.area + some * width;
      words.set(buffer.subarray(first * width, (first + some) * width), this.area);
      words.set(hashes.subarray(first, first + some), hashesAt);
      words.set(orders.subarray(first, first + some), hashesAt + some);
      const [ownHashes, ownOrders, scratch] = [4 * hashesAt, 4 * (hashesAt + some), 4 * (hashesAt + 2 * some)];
      code.touch(some, ownHashes, scratch, known, index, mask, numberBits);
      for (let at = 0; ;) {
        const { chunk } = this;
        const filled = filledAt + chunk;
        const before = chunk < 0 ? 0 : words[filled]!;
        const own = chunk < 0 ? 0 : (chunk << chunkShift) + before;
        const ownEnd = chunk < 0 ? 0 : (chunk + 1) << chunkShift;
        // prettier-ignore
        at = code.insert(
          at, some, states, ownHashes, ownOrders, known, index, mask, numberBits, own, ownEnd, 4 * filled, levelFirst,
        );
        if (chunk >= 0) this.added += words[filled]! - before;
        if (at === some) break;
        if (!this.takeChunk()) return false;
      }
    }
    return true;
  }

  /** Code that works on the states and the index; null if it is not worth while, or they are in two memories. */
  private codeForMany(): SharedVisitedCode | null {
    if (this.isDivided || this.chunkEnd << chunkShift < this.codeFrom) return null;
    if (this.code && this.codeStride === this.stride) return this.code;
    this.code = sharedVisitedCode(this.stride - 1, this.memory.memory);
    this.codeStride = this.stride;
    return this.code;
  }

  /** What `insertAll` does, one state after the other. */
  private insertEach(buffer: Int32Array, hashes: Int32Array, orders: Int32Array, count: number): boolean {
    const { mask, numberBits, stride, front, indexAt, statesAt, words } = this;
    const low = lowBits(numberBits);
    let touched = 0;
    for (let at = 0; at < count; at += 1) touched ^= front[indexAt + (slotOf(hashes[at]!) & mask)]!;
    for (let at = 0; at < count; at += 1) {
      const entry = front[indexAt + (slotOf(hashes[at]!) & mask)]!;
      if (entry !== 0 && entry >>> numberBits === hashes[at]! >>> numberBits)
        touched ^= words[statesAt + ((entry & low) - 1) * stride]!;
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
    const { mask, numberBits, stride, front, filledAt, indexAt, statesAt, words } = this;
    const width = stride - 1;
    const tag = hash >>> numberBits;
    const low = lowBits(numberBits);
    let own = -1;
    for (let slot = slotOf(hash) & mask; ; slot = (slot + 1) & mask) {
      let entry = Atomics.load(front, indexAt + slot);
      if (entry === 0) {
        if (own < 0) {
          own = this.nextNumber();
          if (own < 0) return noRoom;
          const start = statesAt + own * stride;
          for (let word = 0; word < width; word += 1) words[start + word] = from[at + word]!;
          words[start + width] = order;
        }
        entry = Atomics.compareExchange(front, indexAt + slot, 0, (tag << numberBits) | (own + 1));
        if (entry === 0) {
          front[filledAt + this.chunk] = (own & (chunkSize - 1)) + 1;
          return own;
        }
      }
      if (entry >>> numberBits !== tag) continue;
      const number = (entry & low) - 1;
      const start = statesAt + number * stride;
      let word = 0;
      while (word < width && words[start + word] === from[at + word]) word += 1;
      if (word === width) return -1 - number;
    }
  }

  /** The number for the next state of this thread, -1 if there is no room for it. It is taken once the state is filled in. */
  private nextNumber(): number {
    if ((this.chunk < 0 || this.filledOf(this.chunk) === chunkSize) && !this.takeChunk()) return -1;
    return (this.chunk << chunkShift) + this.filledOf(this.chunk);
  }

  /** A new chunk for this thread; false if there is none. */
  private takeChunk(): boolean {
    const { control } = this;
    if (control.get(word.chunks) >= control.get(word.chunkCapacity)) return false;
    const chunk = control.add(word.chunks, 1);
    if (chunk >= control.get(word.chunkCapacity)) return false;
    this.chunk = chunk;
    return true;
  }

  /** Another way to a state of the level that is being found. */
  private lower(number: number, order: number): void {
    const { words } = this;
    const at = this.orderAt(number);
    let known = words[at]!;
    while (order >>> 0 < known >>> 0) {
      const seen = Atomics.compareExchange(words, at, known, order);
      if (seen === known) return;
      known = seen;
    }
  }

  // ---- while the other threads wait ----

  /** How many bytes it takes to have room for `chunks` chunks. */
  growthFor(chunks: number): number {
    const front = this.frontWords(this.slotsWith(chunks));
    const states = chunks * chunkSize * this.stride;
    if (!this.isDivided && front + states <= this.mostTogether) return this.memory.growthFor(front + states);
    return this.memory.growthFor(states) + this.apart.growthFor(front);
  }

  /** Makes room for at least `chunks` chunks. Throws `OutOfMemory` if there is none. True if the index has to be built again. */
  reserve(chunks: number): boolean {
    const { control } = this;
    const before = control.get(word.slots);
    const slots = this.slotsWith(chunks);
    if (bitsOf(slots) > maxNumberBits) throw new OutOfMemory('the numbers that there are for states');
    const isMoved = this.makeRoom(slots, chunks * chunkSize * this.stride);
    // Chunks that were asked for and not given.
    control.set(word.chunks, this.chunkEnd);
    const rooms = [
      Math.floor((this.words.length - this.statesAt) / (chunkSize * this.stride)),
      Math.floor((slots / chunkSize / 100) * fullest),
    ];
    control.set(word.chunkCapacity, Math.min(...rooms));
    return isMoved || slots !== before;
  }

  private slotsWith(chunks: number): number {
    return Math.max(this.control.get(word.slots), slotsFor(chunks));
  }

  /** Gives the index so many slots, with room for so many words of states behind it; true if the index went elsewhere. Throws `OutOfMemory`. */
  private makeRoom(slots: number, states: number): boolean {
    const { control, memory } = this;
    const before = control.get(word.slots);
    const from = this.statesAt;
    const front = this.frontWords(slots);
    const divides = !this.isDivided && front + states > this.mostTogether;
    if (states > mostWords) throw new OutOfMemory('the 4 GB that one array can have');
    if (divides || this.isDivided) this.apart.reserve(front);
    if (!divides) memory.reserve(states + (this.isDivided ? 0 : front), true);
    if (divides) this.apart.words.set(memory.words.subarray(0, this.indexAt));
    const isDivided = divides || this.isDivided;
    const to = isDivided ? 0 : front;
    if (to !== from) memory.words.copyWithin(to, from, this.at(this.chunkEnd << chunkShift));
    if (divides) memory.reserve(states, true);
    control.set(word.slots, slots);
    control.set(word.isDivided, isDivided ? 1 : 0);
    this.look(this.stride - 1);
    // What was index is room for chunks now, which have no states.
    this.front.fill(0, this.filledAt + before / chunkSize, this.indexAt);
    return divides;
  }

  /** Gives every state another form. The index has to be built again. Throws `OutOfMemory` if there is no room. */
  rewrite(from: Layout, to: Layout): void {
    const chunks = this.chunkEnd;
    const [old, stride] = [this.stride, to.width + 1];
    this.makeRoom(
      this.control.get(word.slots),
      Math.max(chunks, this.control.get(word.chunkCapacity)) * chunkSize * stride,
    );
    const convert = PackedSystem.convert(from, to);
    const scratch = new Int32Array(stride);
    const { statesAt, words } = this;
    const rewriteOne = (number: number) => {
      scratch.fill(0);
      convert(words, statesAt + number * old, scratch, 0);
      scratch[stride - 1] = words[statesAt + (number + 1) * old - 1]!;
      words.set(scratch, statesAt + number * stride);
    };
    if (stride > old) {
      for (let chunk = chunks - 1; chunk >= 0; chunk -= 1)
        for (let at = this.filledOf(chunk) - 1; at >= 0; at -= 1) rewriteOne((chunk << chunkShift) + at);
    } else
      for (let chunk = 0; chunk < chunks; chunk += 1)
        for (let at = 0; at < this.filledOf(chunk); at += 1) rewriteOne((chunk << chunkShift) + at);
    this.look(to.width);
  }

  /** Empties a share of the index. */
  clearIndex(party: number, parties: number): void {
    const slots = this.mask + 1;
    const [first, end] = [Math.floor((slots * party) / parties), Math.floor((slots * (party + 1)) / parties)];
    this.front.fill(0, this.indexAt + first, this.indexAt + end);
  }

  /** Puts a share of the states into the empty index. */
  buildIndex(party: number, parties: number): void {
    const code = this.codeForMany();
    const [scratch, known, index] = [4 * this.area, 4 * this.statesAt, 4 * this.indexAt];
    const chunks = this.chunkEnd;
    for (let chunk = party; chunk < chunks; chunk += parties) {
      const first = chunk << chunkShift;
      const end = first + this.filledOf(chunk);
      if (code) code.enter(first, end, scratch, known, index, this.mask, this.numberBits);
      else this.enter(first, end);
    }
  }

  private enter(first: number, end: number): void {
    const { mask, numberBits, stride, front, indexAt, words } = this;
    for (let number = first; number < end; number += 1) {
      const hash = hashOf(words, this.at(number), stride - 1);
      const entry = ((hash >>> numberBits) << numberBits) | (number + 1);
      let slot = slotOf(hash) & mask;
      while (Atomics.compareExchange(front, indexAt + slot, 0, entry) !== 0) slot = (slot + 1) & mask;
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
