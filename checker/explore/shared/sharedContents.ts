import type { ContentTable } from '../cached/components.js';
import { hashOfContent } from '../cached/components.js';
import { SharedMemory } from './sharedMemory.js';

/** Words in front: a lock, and how many words are in use. */
const lockAt = 0;
const usedAt = 1;
const headerWords = 2;
/** What is kept of each table: how many contents, where its index is, and where its chunks are. */
const countAt = 0;
const indexAt = 1;
const chunksAt = 2;
const tableWords = 32;
/** Contents in the first chunk of a table, as a power of two; each chunk has twice the room of the one before. */
const firstChunkShift = 4;
const firstIndexSlots = 32;
/** Milliseconds, or a little more, after which somebody who waits for the lock gives up: its owner must be dead. */
const patience = 5_000;

/**
 * The contents of all components of a system in memory that threads share, so that a content has the same number in all
 * of them. Looking up takes no lock. Adding does; so does looking again before, since others may have added in between. A
 * content never moves, and an index that was replaced by a larger one stays readable: it lacks entries, but has none that is wrong.
 */
export class SharedContents {
  private readonly memory: SharedMemory;

  constructor(memory: SharedMemory) {
    this.memory = memory;
  }

  static create(): SharedContents {
    const memory = SharedMemory.ofWords(1 << 16);
    return new SharedContents(memory);
  }

  get buffer(): SharedArrayBuffer {
    return this.memory.buffer;
  }

  get bytes(): number {
    return this.memory.bytes;
  }

  /** The tables of the components with these lengths; the first thread to ask makes them. */
  tables(lengths: Int32Array): ContentTable[] {
    const { words } = this.memory;
    const isNew = words[usedAt] === 0;
    if (isNew) words[usedAt] = headerWords + lengths.length * tableWords;
    return Array.from(lengths, (length, number) => {
      const table = new SharedTable(this.memory, headerWords + number * tableWords, length);
      if (isNew) table.begin();
      return table;
    });
  }
}

class SharedTable implements ContentTable {
  private readonly memory: SharedMemory;
  private readonly at0: number;
  private readonly length: number;

  constructor(memory: SharedMemory, at: number, length: number) {
    this.memory = memory;
    this.at0 = at;
    this.length = length;
  }

  /** Makes the content that is all zero number 0. */
  begin(): void {
    const index = this.allocate(1 + firstIndexSlots);
    this.memory.words[index] = firstIndexSlots - 1;
    this.memory.words[this.at0 + indexAt] = index;
    this.intern(new Int32Array(this.length), 0);
  }

  get count(): number {
    return Atomics.load(this.memory.words, this.at0 + countAt);
  }

  /** The memory of all tables is told of by `SharedContents`. */
  get bytes(): number {
    return 0;
  }

  at(number: number, offset: number): number {
    const address = this.addressOf(number) + offset;
    return this.view(address + 1)[address]!;
  }

  load(number: number, into: Int32Array, start: number): void {
    const from = this.addressOf(number);
    const words = this.view(from + this.length);
    for (let at = 0; at < this.length; at += 1) into[start + at] = words[from + at]!;
  }

  intern(source: Int32Array, start: number): number {
    const hash = hashOfContent(source, start, this.length);
    const found = this.find(hash, source, start);
    if (found >= 0) return found;
    this.lock();
    try {
      // Others may have made room since; what is stored beyond the end of a view is lost without a word.
      this.memory.refresh();
      const added = this.find(hash, source, start);
      return added >= 0 ? added : this.add(hash, source, start);
    } finally {
      Atomics.store(this.memory.words, lockAt, 0);
      Atomics.notify(this.memory.words, lockAt, 1);
    }
  }

  /** The words, as many of them as needed to read below `end`. */
  private view(end: number): Int32Array {
    if (end > this.memory.words.length) this.memory.refresh();
    return this.memory.words;
  }

  private addressOf(number: number): number {
    const chunk = 31 - Math.clz32((number >> firstChunkShift) + 1);
    const first = ((1 << chunk) - 1) << firstChunkShift;
    return this.memory.words[this.at0 + chunksAt + chunk]! + (number - first) * this.length;
  }

  private find(hash: number, source: Int32Array, start: number): number {
    const { length } = this;
    const index = Atomics.load(this.memory.words, this.at0 + indexAt);
    const mask = this.view(index + 1)[index]!;
    let words = this.view(index + mask + 2);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = Atomics.load(words, index + 1 + slot);
      if (entry === 0) return -1;
      const from = this.addressOf(entry - 1);
      words = this.view(from + length);
      let at = 0;
      while (at < length && words[from + at] === source[start + at]) at += 1;
      if (at === length) return entry - 1;
    }
  }

  /** Adds a content; only with the lock. */
  private add(hash: number, source: Int32Array, start: number): number {
    const number = this.count;
    const chunk = 31 - Math.clz32((number >> firstChunkShift) + 1);
    if (this.memory.words[this.at0 + chunksAt + chunk] === 0) {
      const room = this.allocate(this.length << (firstChunkShift + chunk));
      this.memory.words[this.at0 + chunksAt + chunk] = room;
    }
    const address = this.addressOf(number);
    for (let at = 0; at < this.length; at += 1) this.memory.words[address + at] = source[start + at]!;
    Atomics.store(this.memory.words, this.at0 + countAt, number + 1);
    this.addEntry(Atomics.load(this.memory.words, this.at0 + indexAt), hash, number);
    this.growIndex();
    return number;
  }

  private addEntry(index: number, hash: number, number: number): void {
    const { words } = this.memory;
    const mask = words[index]!;
    let slot = hash & mask;
    while (words[index + 1 + slot] !== 0) slot = (slot + 1) & mask;
    Atomics.store(words, index + 1 + slot, number + 1);
  }

  /** Replaces an index that is more than half full; only with the lock. */
  private growIndex(): void {
    const { count, length } = this;
    const old = Atomics.load(this.memory.words, this.at0 + indexAt);
    const slots = this.memory.words[old]! + 1;
    if (count * 2 <= slots) return;
    const index = this.allocate(1 + slots * 4);
    this.memory.words[index] = slots * 4 - 1;
    for (let number = 0; number < count; number += 1)
      this.addEntry(index, hashOfContent(this.memory.words, this.addressOf(number), length), number);
    Atomics.store(this.memory.words, this.at0 + indexAt, index);
  }

  /** Room for so many words, which are 0; only with the lock. Throws `OutOfMemory` if there is none. */
  private allocate(length: number): number {
    const at = this.memory.words[usedAt]!;
    this.memory.reserve(at + length);
    this.memory.words[usedAt] = at + length;
    return at;
  }

  private lock(): void {
    const { words } = this.memory;
    for (let waited = 0; Atomics.compareExchange(words, lockAt, 0, 1) !== 0; waited += 1) {
      if (waited > patience) throw new Error('a thread that was adding a content is dead');
      Atomics.wait(words, lockAt, 1, 1);
    }
  }
}
