import type { LinkedSystem } from '../system/linkedSystem.js';
import { firstWaiting, lengthOf, returnOf } from './exportModel.js';

/** What a content of a part names, and whether it stands for memory that is in use. */
export interface ContentFacts {
  /** Dynamic objects, as indexes. */
  readonly names: readonly number[];
  /** Allocated, or freed and not given back yet. */
  readonly isPresent: boolean;
}

/**
 * The parts of a model's state: objects, the count of failures, and of each thread its stack, its returns and what it waits for.
 * Each content of a part has a number, in the order in which they come; number 0 is all zero words. A state is one number for each part.
 *
 * (S. Blom, B. Lisser, J. van de Pol, M. Weber, A database approach to distributed state-space generation, 2011.)
 */
export class StateParts {
  readonly count: number;
  /** Part of each variable, -1 for registers. */
  readonly partAt: Int32Array;
  /** Parts of the threads' stacks. */
  readonly stacks: readonly number[];
  /** Objects that can be allocated have bits in masks. Part of each bit; bit of each part, -1 for other parts. */
  readonly dynamic: readonly number[];
  readonly bitOf: Int32Array;
  readonly maskWords: number;
  /** Parts whose names keep objects in use: static objects and stacks. */
  readonly roots: readonly number[];
  /** How many contents each part has so far. */
  readonly sizes: Int32Array;
  /** By part: `maskWords` words of bits for each content, the dynamic objects that it names. */
  readonly names: Int32Array[];
  /** By part: 1 for each content that is memory in use. */
  readonly isPresent: Uint8Array[];
  private readonly ranges: readonly { readonly start: number; readonly length: number }[];
  private readonly words: Int32Array;
  private readonly learn: (part: number) => ContentFacts;
  private readonly numbers: readonly Map<string, number>[];
  private readonly contents: readonly Int32Array[][];

  /** Contents are those of `words`; `learn` is asked once about each, when it stands there. */
  constructor(system: LinkedSystem, words: Int32Array, learn: (part: number) => ContentFacts) {
    const { objects, threads, faultCounter } = system;
    this.words = words;
    this.learn = learn;
    const firstStack = objects.length + 1;
    this.ranges = [
      ...objects.map(({ header, layout }) => ({ start: header, length: layout.size + 1 })),
      { start: Math.max(0, faultCounter), length: faultCounter >= 0 ? 1 : 0 },
      ...threads.map(({ base, size }) => ({ start: base, length: size })),
      ...threads.map(({ base, size }) => ({ start: returnOf(system, base), length: size })),
      ...threads.map(({ index }) => ({ start: system.width + firstWaiting + index, length: 1 })),
    ];
    this.count = this.ranges.length;
    this.partAt = new Int32Array(lengthOf(system)).fill(-1);
    this.ranges.forEach(({ start, length }, part) => this.partAt.fill(part, start, start + length));
    this.stacks = threads.map(({ index }) => firstStack + index);
    this.dynamic = objects.filter((object) => !object.static).map(({ index }) => index);
    this.bitOf = new Int32Array(this.count).fill(-1);
    this.dynamic.forEach((part, bit) => (this.bitOf[part] = bit));
    this.maskWords = Math.max(1, Math.ceil(this.dynamic.length / 32));
    this.roots = [...objects.filter((object) => object.static).map(({ index }) => index), ...this.stacks];
    this.sizes = new Int32Array(this.count).fill(1);
    this.numbers = this.ranges.map(({ length }) => new Map([[keyOf(new Int32Array(length), 0, length), 0]]));
    this.contents = this.ranges.map(({ length }) => [new Int32Array(length)]);
    this.names = this.ranges.map(() => new Int32Array(this.maskWords));
    this.isPresent = this.ranges.map(() => new Uint8Array(1));
  }

  /** Number of the content that a part has in the words. */
  intern(part: number): number {
    const { start, length } = this.ranges[part]!;
    const key = keyOf(this.words, start, length);
    const numbers = this.numbers[part]!;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = numbers.size;
    numbers.set(key, number);
    this.contents[part]!.push(this.words.slice(start, start + length));
    this.sizes[part] = number + 1;
    this.note(part, number, this.learn(part));
    return number;
  }

  private note(part: number, number: number, facts: ContentFacts): void {
    const { names, isPresent, maskWords } = this;
    if (number === isPresent[part]!.length) {
      names[part] = copied(new Int32Array(2 * number * maskWords), names[part]!);
      isPresent[part] = copied(new Uint8Array(2 * number), isPresent[part]!);
    }
    isPresent[part]![number] = facts.isPresent ? 1 : 0;
    for (const object of facts.names) {
      const bit = this.bitOf[object]!;
      names[part]![number * maskWords + (bit >> 5)]! |= 1 << (bit & 31);
    }
  }

  /** Writes a content to its place in the words. */
  load(part: number, number: number): void {
    this.words.set(this.contentOf(part, number), this.ranges[part]!.start);
  }

  contentOf(part: number, number: number): Int32Array {
    return this.contents[part]![number]!;
  }
}

function copied<T extends Int32Array | Uint8Array>(larger: T, array: T): T {
  larger.set(array);
  return larger;
}

/** Words as a string that is the same for the same words only. */
function keyOf(words: Int32Array, start: number, length: number): string {
  return Buffer.from(words.buffer, words.byteOffset + start * 4, length * 4).toString('latin1');
}
