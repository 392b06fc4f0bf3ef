import type { WebAssemblyUse } from '../search.js';
import type { Layout } from './layout.js';
import type { MemoryAllowance } from './memoryAllowance.js';
import { PackedSystem } from './packedSystem.js';
import { VisitedSet } from './visitedSet.js';
import type { Section, VisitedStates } from './visitedStates.js';

/** Every state as it is: 4 bytes for each word of a packed state, and up to 7.25 for the index. */
export class ExactStates implements VisitedStates {
  readonly proviso = '';
  layout: Layout;
  private readonly visited: VisitedSet;

  constructor(layout: Layout, allowance: MemoryAllowance, use: WebAssemblyUse) {
    this.layout = layout;
    this.visited = new VisitedSet(layout.width, allowance);
    if (use !== 'large') this.visited.codeFrom = use === 'always' ? 0 : Infinity;
  }

  get size(): number {
    return this.visited.size;
  }

  get bytes(): number {
    return this.visited.bytes;
  }

  get words(): Int32Array {
    return this.visited.words;
  }

  open(number: number): number {
    return this.visited.at(number);
  }

  nextLevel(): void {
    // All states can be opened at any time.
  }

  prepare(_buffer: Int32Array, hashes: Int32Array, count: number): void {
    this.visited.reserve(count);
    this.visited.touched = this.visited.touch(hashes, count);
  }

  add(buffer: Int32Array, position: number, hash: number): void {
    this.visited.insert(buffer, position * this.visited.width, hash);
  }

  addAll(buffer: Int32Array, hashes: Int32Array, count: number, isNew: Uint8Array): void {
    this.visited.addAll(buffer, hashes, count, isNew);
  }

  rewrite(from: Layout, to: Layout): void {
    this.visited.rewrite(to.width, PackedSystem.convert(from, to));
    this.layout = to;
  }

  path(numbers: readonly number[], form: Layout): Int32Array[] {
    const { visited } = this;
    const convert = PackedSystem.convert(this.layout, form);
    return numbers.map((number) => {
      const state = new Int32Array(form.width);
      convert(visited.words, visited.at(number), state, 0);
      return state;
    });
  }

  sections(): readonly Section[] {
    return [sectionOf('states', this.visited)];
  }

  restore(layout: Layout): void {
    this.layout = layout;
    this.visited.width = layout.width;
  }
}

/** The states of a set as a section. */
export function sectionOf(name: string, set: VisitedSet): Section {
  return {
    name,
    words: () => set.words.subarray(set.at(0), set.at(set.size)),
    load: (count, fill) => set.load(count / set.width, fill),
  };
}
