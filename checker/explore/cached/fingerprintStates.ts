import { GrowableWords } from './growableWords.js';
import type { Layout } from './layout.js';
import type { MemoryAllowance } from './memoryAllowance.js';
import { PackedSystem } from './packedSystem.js';
import { sectionOf } from './exactStates.js';
import { hashOf, VisitedSet } from './visitedSet.js';
import type { Section, Successors, VisitedStates } from './visitedStates.js';
import { addOneByOne } from './visitedStates.js';

/** 64 bits. */
const fingerprintWidth = 2;

/**
 * 64 bits of each state instead of the state: 8 bytes and up to 7 for the index, and the states of two levels as they are. Two states
 * with the same fingerprint are taken for one, so what follows from the second may be missed: `proviso` says how likely that is.
 *
 * A fingerprint is made of the numbers of the components (A. L. Zobrist, A new hashing method with application for game playing,
 * 1970), so that it does not depend on the form of packed states. TLC keeps 64 bits as well, and prints such a probability.
 */
export class FingerprintStates implements VisitedStates {
  layout: Layout;
  words: Int32Array;
  private readonly prints: VisitedSet;
  /** The states of this level and of the next one, packed. */
  private level: GrowableWords;
  private next: GrowableWords;
  /** Numbers of their first states. */
  private levelStart = 0;
  private nextStart = 0;
  private fingerprint: Fingerprint;
  /** The first state, where every path begins. */
  private first: Int32Array;
  /** Fingerprints of the prepared states, and their hashes. */
  private prepared = new Int32Array(1 << 10);
  private hashes = new Int32Array(1 << 9);

  constructor(layout: Layout, allowance: MemoryAllowance) {
    this.layout = layout;
    this.fingerprint = fingerprintOf(layout);
    this.first = new Int32Array(layout.width);
    this.prints = new VisitedSet(fingerprintWidth, allowance);
    this.level = new GrowableWords(layout.width * 1024, allowance);
    this.next = new GrowableWords(layout.width * 1024, allowance);
    this.words = this.level.words;
  }

  get size(): number {
    return this.prints.size;
  }

  get bytes(): number {
    return this.prints.bytes + this.level.bytes + this.next.bytes;
  }

  get proviso(): string {
    return `two different states had the same 64-bit fingerprint (--store fingerprints): probability below ${collisionProbability(this.size)}`;
  }

  open(number: number): number {
    const { width } = this.layout;
    const isNext = number >= this.nextStart;
    this.words = (isNext ? this.next : this.level).words;
    return (number - (isNext ? this.nextStart : this.levelStart)) * width;
  }

  nextLevel(first: number): void {
    [this.level, this.next] = [this.next, this.level];
    this.levelStart = first;
    this.nextStart = this.size;
  }

  prepare(buffer: Int32Array, _hashes: Int32Array, count: number): void {
    const { prints } = this;
    prints.reserve(count);
    this.next.reserve((this.size - this.nextStart + count) * this.layout.width);
    if (count > this.hashes.length) {
      this.hashes = new Int32Array(2 * count);
      this.prepared = new Int32Array(2 * count * fingerprintWidth);
    }
    for (let position = 0; position < count; position += 1) {
      this.fingerprint(buffer, position * this.layout.width, this.prepared, position * fingerprintWidth);
      this.hashes[position] = hashOf(this.prepared, position * fingerprintWidth, fingerprintWidth);
    }
    prints.touched = prints.touch(this.hashes, count);
  }

  add(buffer: Int32Array, position: number): void {
    const number = this.prints.insert(this.prepared, position * fingerprintWidth, this.hashes[position]!);
    if (number < 0) return;
    const { width } = this.layout;
    if (number === 0) this.first = buffer.slice(position * width, (position + 1) * width);
    const at = (number - this.nextStart) * width;
    const words = this.next.words;
    for (let word = 0; word < width; word += 1) words[at + word] = buffer[position * width + word]!;
  }

  addAll(buffer: Int32Array, hashes: Int32Array, count: number, isNew: Uint8Array): void {
    addOneByOne(this, buffer, hashes, count, isNew);
  }

  rewrite(from: Layout, to: Layout): void {
    const convert = PackedSystem.convert(from, to);
    const counts = [this.nextStart - this.levelStart, this.size - this.nextStart] as const;
    // Both get their room before either is changed.
    this.level.reserve(counts[0] * to.width);
    this.next.reserve(counts[1] * to.width);
    rewriteAll(this.level.words, counts[0], from.width, to.width, convert);
    rewriteAll(this.next.words, counts[1], from.width, to.width, convert);
    const first = new Int32Array(to.width);
    convert(this.first, 0, first, 0);
    this.first = first;
    this.layout = to;
    this.fingerprint = fingerprintOf(to);
  }

  path(numbers: readonly number[], form: Layout, successors: Successors): Int32Array[] {
    const states: Int32Array[] = [];
    const found = new Int32Array(fingerprintWidth);
    const { prints } = this;
    const print = fingerprintOf(form);
    const first = new Int32Array(form.width);
    PackedSystem.convert(this.layout, form)(this.first, 0, first, 0);
    for (const number of numbers) {
      const isIt = (words: Int32Array, at: number): boolean => {
        print(words, at, found, 0);
        const own = prints.at(number);
        if (found[0] !== prints.words[own] || found[1] !== prints.words[own + 1]) return false;
        states.push(words.slice(at, at + form.width));
        return true;
      };
      const before = states.length;
      if (before === 0) isIt(first, 0);
      else successors(states[before - 1]!, isIt);
      if (states.length === before) throw new Error('a state is no successor of its predecessor');
    }
    return states;
  }

  sections(): readonly Section[] {
    const level = (name: string, words: () => GrowableWords, count: () => number): Section => ({
      name,
      words: () => words().words.subarray(0, count() * this.layout.width),
      load: (length, fill) => {
        words().reserve(length);
        fill(words().words.subarray(0, length));
      },
    });
    return [
      sectionOf('fingerprints', this.prints),
      {
        name: 'levels',
        words: () => Int32Array.of(this.levelStart, this.nextStart, ...this.first),
        load: (length, fill) => {
          const words = new Int32Array(length);
          fill(words);
          [this.levelStart = 0, this.nextStart = 0] = words;
          this.first = words.slice(2);
        },
      },
      level(
        'this level',
        () => this.level,
        () => this.nextStart - this.levelStart,
      ),
      level(
        'next level',
        () => this.next,
        () => this.size - this.nextStart,
      ),
    ];
  }

  restore(layout: Layout): void {
    this.layout = layout;
    this.fingerprint = fingerprintOf(layout);
  }
}

/** Writes the fingerprint of the state at `from[at…]` to `into[start]` and the word after it. */
type Fingerprint = (from: Int32Array, at: number, into: Int32Array, start: number) => void;

/** The fingerprints of states in one form. */
function fingerprintOf({ word, shift, mask }: Layout): Fingerprint {
  const packed = Int32Array.from(mask.keys()).filter((component) => mask[component] !== 0);
  return (from, at, into, start) => {
    let [low, high] = [0, 0];
    for (let index = 0; index < packed.length; index += 1) {
      const component = packed[index]!;
      const value = (from[at + word[component]!]! >>> shift[component]!) & mask[component]!;
      if (value === 0) continue;
      low ^= mixed(Math.imul(value, 0x9e3779b1) + Math.imul(component + 1, 0x7feb352d));
      high ^= mixed(Math.imul(value, 0x85ebca77) + Math.imul(component + 1, 0x846ca68b));
    }
    into[start] = low;
    into[start + 1] = high;
  };
}

/** The finalizer of MurmurHash3 (A. Appleby, 2011): every bit depends on every bit, and no two words become one. */
function mixed(word: number): number {
  let hash = word | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function rewriteAll(
  words: Int32Array,
  count: number,
  from: number,
  to: number,
  convert: (source: Int32Array, at: number, target: Int32Array, start: number) => void,
): void {
  const scratch = new Int32Array(to);
  for (let step = 0; step < count; step += 1) {
    const at = to > from ? count - 1 - step : step;
    scratch.fill(0);
    convert(words, at * from, scratch, 0);
    words.set(scratch, at * to);
  }
}

/** Above n²/2^65, which bounds it for n states that are told apart by 64 bits; two digits and a power of ten. */
function collisionProbability(states: number): string {
  return ((1.05 * states * states) / 2 ** 65).toExponential(1);
}
