import { sectionOf } from './exactStates.js';
import type { Layout } from './layout.js';
import type { MemoryAllowance } from './memoryAllowance.js';
import { PackedSystem } from './packedSystem.js';
import { hashOf, VisitedSet } from './visitedSet.js';
import type { Section, VisitedStates } from './visitedStates.js';
import { addOneByOne } from './visitedStates.js';

/** Both halves of a packed state as numbers. */
const pairWidth = 2;

/**
 * Every state as a pair of numbers of its halves, each half kept once: 8 bytes and up to 7 for the index, however wide a state is, and
 * what the halves take. Exact. *Tree compression* with one level more than the contents of components have; A. Laarman,
 * J. van de Pol, M. Weber, Parallel recursive state compression for free (2011).
 */
export class CompressedStates implements VisitedStates {
  readonly proviso = '';
  layout: Layout;
  /** The state opened last. */
  words: Int32Array;
  private readonly allowance: MemoryAllowance;
  private readonly pairs: VisitedSet;
  private left: VisitedSet;
  private right: VisitedSet;
  private readonly pair = new Int32Array(pairWidth);

  constructor(layout: Layout, allowance: MemoryAllowance) {
    this.layout = layout;
    this.allowance = allowance;
    this.words = new Int32Array(layout.width);
    this.pairs = new VisitedSet(pairWidth, allowance);
    this.left = new VisitedSet(leftOf(layout.width), allowance);
    this.right = new VisitedSet(layout.width - leftOf(layout.width), allowance);
  }

  get size(): number {
    return this.pairs.size;
  }

  get bytes(): number {
    return this.pairs.bytes + this.left.bytes + this.right.bytes;
  }

  open(number: number): number {
    this.unpair(number, this.words);
    return 0;
  }

  nextLevel(): void {
    // All states can be opened at any time.
  }

  prepare(_buffer: Int32Array, _hashes: Int32Array, count: number): void {
    this.left.reserve(count);
    this.right.reserve(count);
    this.pairs.reserve(count);
  }

  add(buffer: Int32Array, position: number): void {
    this.pairUp(buffer, position * this.words.length, this.left, this.right);
    this.pairs.insert(this.pair, 0, hashOf(this.pair, 0, pairWidth));
  }

  addAll(buffer: Int32Array, hashes: Int32Array, count: number, isNew: Uint8Array): void {
    addOneByOne(this, buffer, hashes, count, isNew);
  }

  rewrite(from: Layout, to: Layout): void {
    const convert = PackedSystem.convert(from, to);
    const old = new Int32Array(from.width);
    const words = new Int32Array(to.width);
    const left = new VisitedSet(leftOf(to.width), this.allowance);
    const right = new VisitedSet(to.width - leftOf(to.width), this.allowance);
    const next = (number: number): void => {
      this.unpair(number, old);
      words.fill(0);
      convert(old, 0, words, 0);
      this.pairUp(words, 0, left, right);
    };
    try {
      // All halves first: when there is no room for them, the pairs are still those of the old ones.
      for (let number = 0; number < this.size; number += 1) {
        left.reserve(1);
        right.reserve(1);
        next(number);
      }
    } catch (error) {
      left.drop();
      right.drop();
      throw error;
    }
    const pairs = this.pairs.size;
    this.pairs.load(pairs, (into) => {
      for (let number = 0; number < pairs; number += 1) {
        next(number);
        into.set(this.pair, number * pairWidth);
      }
    });
    this.left.drop();
    this.right.drop();
    this.left = left;
    this.right = right;
    this.words = words;
    this.layout = to;
  }

  path(numbers: readonly number[], form: Layout): Int32Array[] {
    const convert = PackedSystem.convert(this.layout, form);
    return numbers.map((number) => {
      const state = new Int32Array(form.width);
      convert(this.words, this.open(number), state, 0);
      return state;
    });
  }

  sections(): readonly Section[] {
    return [sectionOf('left halves', this.left), sectionOf('right halves', this.right), sectionOf('pairs', this.pairs)];
  }

  restore(layout: Layout): void {
    this.layout = layout;
    this.words = new Int32Array(layout.width);
    this.left.width = leftOf(layout.width);
    this.right.width = layout.width - this.left.width;
  }

  /** Puts the numbers of the halves of the state at `from[at…]` into `pair`; new halves get their number. */
  private pairUp(from: Int32Array, at: number, left: VisitedSet, right: VisitedSet): void {
    this.pair[0] = numberIn(left, from, at);
    this.pair[1] = numberIn(right, from, at + left.width);
  }

  private unpair(number: number, into: Int32Array): void {
    const { pairs, left, right } = this;
    const pair = pairs.at(number);
    const first = left.at(pairs.words[pair]!);
    const second = right.at(pairs.words[pair + 1]!);
    for (let word = 0; word < left.width; word += 1) into[word] = left.words[first + word]!;
    for (let word = 0; word < right.width; word += 1) into[left.width + word] = right.words[second + word]!;
  }
}

function leftOf(width: number): number {
  return (width + 1) >> 1;
}

function numberIn(set: VisitedSet, from: Int32Array, at: number): number {
  const number = set.insert(from, at, hashOf(from, at, set.width));
  return number < 0 ? -1 - number : number;
}
