import type { Segment } from '../system/segments.js';

const fanShift = 3;
/** How many numbers of a level become one number of the level above. */
const fan = 1 << fanShift;

/**
 * The set of visited states, exact, append-only: state `n` is the n-th that was inserted, so the store is also the queue of a
 * breadth-first search.
 *
 * Each distinct segment is kept once and stands for its words as a number; each distinct group of eight such numbers is kept
 * once and stands for them; and so on, until at most eight numbers are left, the row of the state (A. Laarman, J. van de
 * Pol, M. Weber, Parallel Recursive State Compression for Free, SPIN 2011, with eight children in the place of two). Most
 * steps change one thread and one or two objects, so a successor of the state loaded last costs a few look-ups.
 */
export class StateStore {
  private readonly segments: readonly Segment[];
  /** `tables[l][i]` numbers what stands at position `i` of level `l`: segments at level 0, groups above. */
  private readonly tables: readonly (readonly TupleTable[])[];
  /** The numbers of the state loaded last, by level; padded to a multiple of the fan. */
  private readonly ids: readonly Int32Array[];
  private readonly top: Int32Array;
  private rows: Int32Array;
  private readonly stride: number;
  private index = new Int32Array(4096).fill(-1);
  private mask = 4095;
  private states = 0;
  private loadedInto: Int32Array | null = null;
  /** What an insertion changed in `ids`, to be taken back: level, position, old number. */
  private readonly undo: Int32Array;
  private undone = 0;
  private readonly dirty: readonly Uint8Array[];

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
    const byKind = new Map<string, TupleTable>();
    const first = segments.map(({ kind, length }) => {
      let table = byKind.get(kind);
      if (!table) byKind.set(kind, (table = new TupleTable(length)));
      return table;
    });
    const tables: TupleTable[][] = [first];
    for (let below = first.length; below > fan;) {
      below = Math.ceil(below / fan);
      tables.push(Array.from({ length: below }, () => new TupleTable(fan)));
    }
    this.tables = tables;
    this.ids = tables.map((level) => new Int32Array(Math.ceil(level.length / fan) * fan));
    this.dirty = tables.map((level) => new Uint8Array(level.length));
    this.top = this.ids.at(-1)!;
    this.stride = tables.at(-1)!.length;
    this.rows = new Int32Array(this.stride * 1024);
    this.undo = new Int32Array(3 * tables.reduce((sum, level) => sum + level.length, 0));
  }

  /** Number of states. */
  get size(): number {
    return this.states;
  }

  /** Bytes held by the store's arrays. */
  get bytes(): number {
    let bytes = this.rows.byteLength + this.index.byteLength;
    for (const table of new Set(this.tables.flat())) bytes += table.bytes;
    return bytes;
  }

  /**
   * Writes state `number` into `words`; insertions are relative to it from now on. What the state has in common with the one
   * loaded last into the same array is not written again, so the caller must not change the array.
   */
  load(number: number, words: Int32Array): void {
    const { top, stride, rows } = this;
    const all = this.loadedInto !== words;
    this.loadedInto = words;
    const highest = this.tables.length - 1;
    for (let at = 0; at < stride; at += 1) {
      const id = rows[number * stride + at]!;
      if (all || id !== top[at]) this.expand(highest, at, id, words, all);
    }
  }

  /** Sets the number at a position, and everything below it that differs. */
  private expand(level: number, at: number, id: number, words: Int32Array, all: boolean): void {
    this.ids[level]![at] = id;
    const table = this.tables[level]![at]!;
    if (level === 0) return table.load(id, words, this.segments[at]!.start);
    const below = this.ids[level - 1]!;
    const count = this.tables[level - 1]!.length;
    const first = at << fanShift;
    for (let child = 0; child < fan && first + child < count; child += 1) {
      const childId = table.at(id, child);
      if (all || childId !== below[first + child]) this.expand(level - 1, first + child, childId, words, all);
    }
  }

  /**
   * Adds the state in `words` unless it is there. It differs from the state loaded last in the `changed` segments at most, a
   * list of `changes` numbers; for the first state all segments count as changed. Returns the state's number, or -1 minus the
   * number if it was already there.
   */
  insert(words: Int32Array, changed: Int32Array, changes: number): number {
    this.undone = 0;
    const { segments } = this;
    if (this.states === 0)
      for (let at = 0; at < segments.length; at += 1) this.renumber(0, at, words, segments[at]!.start);
    else
      for (let index = 0; index < changes; index += 1)
        this.renumber(0, changed[index]!, words, segments[changed[index]!]!.start);
    for (let level = 1; level < this.tables.length; level += 1) {
      const dirty = this.dirty[level]!;
      for (let at = 0; at < dirty.length; at += 1) {
        if (dirty[at] === 0) continue;
        dirty[at] = 0;
        this.renumber(level, at, this.ids[level - 1]!, at << fanShift);
      }
    }
    const number = this.find();
    for (let at = this.undone - 3; at >= 0; at -= 3) this.ids[this.undo[at]!]![this.undo[at + 1]!] = this.undo[at + 2]!;
    return number;
  }

  private renumber(level: number, at: number, source: Int32Array, start: number): void {
    const ids = this.ids[level]!;
    const id = this.tables[level]![at]!.intern(source, start);
    if (id === ids[at]) return;
    this.undo[this.undone] = level;
    this.undo[this.undone + 1] = at;
    this.undo[this.undone + 2] = ids[at]!;
    this.undone += 3;
    ids[at] = id;
    const above = this.dirty[level + 1];
    if (above) above[at >> fanShift] = 1;
  }

  /** Looks the row in `top` up, and adds it if it is new. */
  private find(): number {
    const { top, stride } = this;
    let slot = hashOf(top, 0, stride) & this.mask;
    for (;;) {
      const found = this.index[slot]!;
      if (found < 0) break;
      const start = found * stride;
      let at = 0;
      while (at < stride && this.rows[start + at] === top[at]) at += 1;
      if (at === stride) return -1 - found;
      slot = (slot + 1) & this.mask;
    }
    const number = this.states;
    if ((number + 1) * stride > this.rows.length) this.rows = doubled(this.rows);
    this.rows.set(top.subarray(0, stride), number * stride);
    this.index[slot] = number;
    this.states += 1;
    if (this.states * 2 > this.index.length) {
      this.index = rehashed(this.index.length * 4, this.states, this.rows, stride);
      this.mask = this.index.length - 1;
    }
    return number;
  }
}

/** Distinct tuples of one length, numbered in the order they come; number 0 is the one that is all zero. */
class TupleTable {
  private readonly length: number;
  private words: Int32Array;
  private index = new Int32Array(32).fill(-1);
  private mask = 31;
  private count = 0;

  constructor(length: number) {
    this.length = length;
    this.words = new Int32Array(length * 8);
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

  /** One element of a tuple. */
  at(id: number, index: number): number {
    return this.words[id * this.length + index]!;
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
    if ((id + 1) * length > this.words.length) this.words = doubled(this.words);
    this.words.set(source.subarray(start, start + length), id * length);
    this.index[slot] = id;
    this.count += 1;
    if (this.count * 2 > this.index.length) {
      this.index = rehashed(this.index.length * 4, this.count, this.words, length);
      this.mask = this.index.length - 1;
    }
    return id;
  }
}

function rehashed(size: number, count: number, tuples: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const index = new Int32Array(size).fill(-1);
  for (let id = 0; id < count; id += 1) {
    let slot = hashOf(tuples, id * length, length) & (size - 1);
    while (index[slot]! >= 0) slot = (slot + 1) & (size - 1);
    index[slot] = id;
  }
  return index;
}

function hashOf(words: Int32Array, start: number, length: number): number {
  let hash = length;
  for (let at = start; at < start + length; at += 1) {
    hash = Math.imul(hash ^ words[at]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
