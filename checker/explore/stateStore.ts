/** A stretch of the state vector that is stored as one number. Segments of one `kind` have the same length and share a table. */
export interface Segment {
  readonly kind: string;
  readonly start: number;
  readonly length: number;
}

/**
 * The set of visited states, exact, append-only: state `n` is the n-th that was inserted, so the store is also the queue of a
 * breadth-first search.
 *
 * A state is a row of numbers, one per segment; the words of each distinct segment are kept once (SPIN calls this collapse
 * compression: Holzmann, State Compression in SPIN, 1997). Most steps change one thread and one or two objects, so a
 * successor is compared with its parent first and only the segments that differ are looked up.
 */
export class StateStore {
  private readonly segments: readonly Segment[];
  private readonly tables: readonly SegmentTable[];
  private readonly stride: number;
  private rows: Int32Array;
  private index: Int32Array;
  private mask: number;
  private readonly row: Int32Array;
  private states = 0;

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
    this.stride = segments.length;
    const tables = new Map<string, SegmentTable>();
    this.tables = segments.map(({ kind, length }) => {
      let table = tables.get(kind);
      if (!table) tables.set(kind, (table = new SegmentTable(length)));
      return table;
    });
    this.rows = new Int32Array(this.stride * 1024);
    this.index = new Int32Array(4096).fill(-1);
    this.mask = 4095;
    this.row = new Int32Array(this.stride);
  }

  /** Number of states. */
  get size(): number {
    return this.states;
  }

  /** Bytes held by the store's arrays. */
  get bytes(): number {
    let bytes = this.rows.byteLength + this.index.byteLength;
    for (const table of new Set(this.tables)) bytes += table.bytes;
    return bytes;
  }

  /** Writes state `number` into `words`. */
  load(number: number, words: Int32Array): void {
    const start = number * this.stride;
    for (let at = 0; at < this.stride; at += 1) {
      this.tables[at]!.load(this.rows[start + at]!, words, this.segments[at]!.start);
    }
  }

  /**
   * Adds the state in `words` unless it is there. `parent` and `parentWords` are the state it differs little from, or -1.
   * Returns its number, or -1 minus the number if it was already there.
   */
  insert(words: Int32Array, parent: number, parentWords: Int32Array): number {
    const { row, stride, segments, rows } = this;
    const parentStart = parent * stride;
    let hash = 0;
    for (let at = 0; at < stride; at += 1) {
      const { start, length } = segments[at]!;
      let same = parent >= 0;
      if (same) {
        for (let word = start; word < start + length; word += 1) {
          if (words[word] !== parentWords[word]) {
            same = false;
            break;
          }
        }
      }
      const id = same ? rows[parentStart + at]! : this.tables[at]!.intern(words, start);
      row[at] = id;
      hash = Math.imul(hash ^ id, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    let slot = hash & this.mask;
    for (;;) {
      const found = this.index[slot]!;
      if (found < 0) break;
      const start = found * stride;
      let at = 0;
      while (at < stride && this.rows[start + at] === row[at]) at += 1;
      if (at === stride) return -1 - found;
      slot = (slot + 1) & this.mask;
    }
    const number = this.states;
    if ((number + 1) * stride > this.rows.length) this.rows = grown(this.rows);
    this.rows.set(row, number * stride);
    this.index[slot] = number;
    this.states += 1;
    if (this.states * 2 > this.index.length) this.rehash();
    return number;
  }

  private rehash(): void {
    const { stride } = this;
    const size = this.index.length * 4;
    this.index = new Int32Array(size).fill(-1);
    this.mask = size - 1;
    for (let number = 0; number < this.states; number += 1) {
      let hash = 0;
      for (let at = 0; at < stride; at += 1) {
        hash = Math.imul(hash ^ this.rows[number * stride + at]!, 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      let slot = hash & this.mask;
      while (this.index[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.index[slot] = number;
    }
  }
}

/** Distinct segments of one kind; number 0 is the one that is all zero. */
class SegmentTable {
  private readonly length: number;
  private words: Int32Array;
  private index = new Int32Array(256).fill(-1);
  private mask = 255;
  private count = 0;

  constructor(length: number) {
    this.length = length;
    this.words = new Int32Array(Math.max(1, length) * 64);
    this.intern(new Int32Array(length), 0);
  }

  get bytes(): number {
    return this.words.byteLength + this.index.byteLength;
  }

  load(id: number, into: Int32Array, start: number): void {
    const { length, words } = this;
    const from = id * length;
    for (let at = 0; at < length; at += 1) into[start + at] = words[from + at]!;
  }

  intern(source: Int32Array, start: number): number {
    const { length } = this;
    let slot = hashOf(source, start, length) & this.mask;
    for (;;) {
      const found = this.index[slot]!;
      if (found < 0) break;
      const from = found * length;
      let at = 0;
      while (at < length && this.words[from + at] === source[start + at]) at += 1;
      if (at === length) return found;
      slot = (slot + 1) & this.mask;
    }
    const id = this.count;
    if ((id + 1) * length > this.words.length) this.words = grown(this.words);
    this.words.set(source.subarray(start, start + length), id * length);
    this.index[slot] = id;
    this.count += 1;
    if (this.count * 2 > this.index.length) this.rehash();
    return id;
  }

  private rehash(): void {
    const size = this.index.length * 4;
    this.index = new Int32Array(size).fill(-1);
    this.mask = size - 1;
    for (let id = 0; id < this.count; id += 1) {
      let slot = hashOf(this.words, id * this.length, this.length) & this.mask;
      while (this.index[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.index[slot] = id;
    }
  }
}

function hashOf(words: Int32Array, start: number, length: number): number {
  let hash = length;
  for (let at = start; at < start + length; at += 1) {
    hash = Math.imul(hash ^ words[at]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function grown(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
