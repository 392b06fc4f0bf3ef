import { GrowableWords } from './growableWords.js';
import type { MemoryAllowance } from './memoryAllowance.js';
import type { Section } from './visitedStates.js';

const sampleShift = 9;

/**
 * The predecessor of each state of a breadth-first search, in two bits a state: states are numbered as they are found, by
 * states that are expanded in the order of their numbers, so predecessors never decrease. A 1 stands for the next state
 * that is expanded, a 0 for a state that it found.
 */
export class Parents {
  private readonly bits: GrowableWords;
  private length = 0;
  /** For every 512th state: how many bits precede its own. */
  private readonly samples: GrowableWords;
  private expanded = 0;
  private found = 1;

  constructor(allowance?: MemoryAllowance) {
    this.bits = new GrowableWords(1024, allowance);
    this.samples = new GrowableWords(64, allowance);
  }

  get bytes(): number {
    return this.bits.bytes + this.samples.bytes;
  }

  /** Makes room for so many more states that are expanded, and found. Throws `OutOfMemory` if there is none. */
  reserve(expanded: number, found: number): void {
    this.bits.reserve(((this.length + expanded + found) >> 5) + 1);
    this.samples.reserve(((this.found + found) >> sampleShift) + 1);
  }

  /** The next state has been expanded and found so many new ones; there is room for them. */
  push(children: number): void {
    const bits = this.bits.words;
    bits[this.length >> 5]! |= 1 << (this.length & 31);
    for (let child = 0; child < children; child += 1) {
      const number = this.found + child;
      if ((number & ((1 << sampleShift) - 1)) === 0)
        this.samples.words[number >> sampleShift] = this.length + 1 + child;
    }
    this.length += 1 + children;
    this.expanded += 1;
    this.found += children;
  }

  /** The state that found `state`; -1 for the first one. */
  of(state: number): number {
    if (state === 0) return -1;
    const bits = this.bits.words;
    const sample = state >> sampleShift;
    // Bits before a state's own: one for each state before it except the first, and one for each expanded state up to its parent.
    let at = sample === 0 ? 0 : this.samples.words[sample]!;
    let seen = sample === 0 ? 1 : sample << sampleShift;
    for (; ; at += 1) {
      if (((bits[at >> 5]! >>> (at & 31)) & 1) === 1) continue;
      if (seen === state) return at - (state - 1) - 1;
      seen += 1;
    }
  }

  /** What a checkpoint keeps. */
  sections(): readonly Section[] {
    const section = (name: string, words: GrowableWords, count: () => number): Section => ({
      name,
      words: () => words.words.subarray(0, count()),
      load: (length, fill) => {
        words.reserve(length);
        fill(words.words.subarray(0, length));
      },
    });
    const counts: Section = {
      name: 'predecessor counts',
      words: () => Int32Array.of(this.length, this.expanded, this.found),
      load: (length, fill) => {
        const words = new Int32Array(length);
        fill(words);
        [this.length = 0, this.expanded = 0, this.found = 1] = words;
      },
    };
    return [
      counts,
      section('predecessors', this.bits, () => (this.length >> 5) + 1),
      section('predecessor samples', this.samples, () => (this.found >> sampleShift) + 1),
    ];
  }
}
