import type { Expander } from '../expander.js';
import type { Layout } from '../layout.js';
import type { MemoryAllowance } from '../memoryAllowance.js';
import type { PackedSystem } from '../packedSystem.js';
import type { Batch } from './batch.js';
import { directory, kernelCode } from './kernelCode.js';
import { KernelTables } from './kernelTables.js';
import { instantiate } from '../../wasm/wasmModule.js';

/** Most states that are expanded in one go. */
const batchSize = 64;
/** Room for so many successors of one batch; what does not fit is expanded elsewhere. */
const successorRoom = 1 << 12;

const wordBytes = 4;

/**
 * Expands packed states in WebAssembly, by the steps that are known already: what `Expander.expand` does in a search without reductions that
 * merge steps, and the whole of such a search is more than half as fast again. It stops in front of a state in which something has to be looked into: a step that is not
 * known, accesses that could race, an end, memory that leaks.
 *
 * The code is made for the form of packed states (`kernelCode`), the tables are those of the cache in another arrangement (`KernelTables`).
 */
export class Kernel {
  private readonly packed: PackedSystem;
  private readonly tables: KernelTables;
  private readonly allowance: MemoryAllowance;
  private layout: Layout | null = null;
  /** What the code was made for, beside the layout. */
  private shape = '';
  private expand: (first: number, end: number) => number = () => 0;
  /** Word indexes of the areas that are passed to and from the code. */
  private states = 0;
  private successors = 0;
  private hashes = 0;
  private counts = 0;
  private width = 0;
  /** Views of the areas for successors and hashes, of the memory as it was when `viewed` was its words. */
  private viewed: Int32Array | null = null;
  private successorView: Int32Array = new Int32Array(0);
  private hashView: Int32Array = new Int32Array(0);
  private knownResults = -1;
  private knownContents = -1;

  /** Throws `OutOfMemory`. */
  constructor(packed: PackedSystem, allowance: MemoryAllowance) {
    this.packed = packed;
    this.allowance = allowance;
    this.tables = new KernelTables(packed, this.allowance);
  }

  get bytes(): number {
    return this.tables.bytes;
  }

  /** It is used no more. */
  drop(): void {
    this.tables.heap.memory.drop();
    this.packed.cache.stopTracking();
  }

  /** Gives an expander whose buffer is empty the kernel's own, so that nothing has to be copied. */
  lend(expander: Expander): void {
    if (this.update()) this.lendViews(expander);
  }

  /**
   * Appends the successors of states of a batch, from `first` on and at most `count`, to the buffer of the expander, up to a state that is not for the
   * kernel, or for which there is no room. How many successors each has comes into `counts`, from `first` on. How many states that were; -1 if the
   * kernel cannot serve this system. Throws `OutOfMemory`.
   */
  run(expander: Expander, batch: Batch, first: number, count: number, counts: Int32Array): number {
    const isLent = expander.buffer === this.successorView;
    if (!this.update()) return -1;
    // The expander made room for more than the kernel has, or rewrote what it had.
    if (!isLent) return 0;
    this.lendViews(expander);
    const { width, states, hashes } = this;
    const { words } = this.tables.heap;
    const total = Math.min(count, batchSize);
    for (let index = 0; index < total; index += 1) {
      const at = batch.place(first + index);
      const from = batch.words;
      for (let word = 0; word < width; word += 1) words[states + index * width + word] = from[at + word]!;
    }
    words[directory.hashAt / wordBytes] = (hashes + expander.count) * wordBytes;
    words[directory.transitions / wordBytes] = 0;
    words[directory.cuts / wordBytes] = 0;
    const expanded = this.expand(0, total);
    for (let index = 0; index < expanded; index += 1) counts[first + index] = words[this.counts + index]!;
    expander.count = words[directory.hashAt / wordBytes]! / wordBytes - hashes;
    expander.transitions += words[directory.transitions / wordBytes]!;
    expander.log.cuts += words[directory.cuts / wordBytes]!;
    return expanded;
  }

  private lendViews(expander: Expander): void {
    const { words } = this.tables.heap;
    if (words !== this.viewed) {
      this.viewed = words;
      this.successorView = words.subarray(this.successors, this.successors + successorRoom * this.width);
      this.hashView = words.subarray(this.hashes, this.hashes + successorRoom);
    }
    expander.buffer = this.successorView;
    expander.hashes = this.hashView;
  }

  /** Brings tables and code up to date; false if the kernel cannot serve. */
  private update(): boolean {
    const { cache, components, layout } = this.packed;
    const isNewForm = layout !== this.layout;
    if (!isNewForm && cache.results === this.knownResults && components.learned === this.knownContents) return true;
    if (isNewForm) this.tables.forgetForm();
    if (!this.tables.update()) return false;
    this.knownResults = cache.results;
    this.knownContents = components.learned;
    const shape = [
      components.usedWords,
      components.lockHolders.subarray(0, components.holding),
      components.namingStatics.subarray(0, components.naming),
    ].join(' ');
    if (isNewForm || shape !== this.shape) this.compile(layout, shape);
    return true;
  }

  private compile(layout: Layout, shape: string): void {
    const { tables } = this;
    const { cache, components } = this.packed;
    const { heap } = tables;
    if (layout.width > this.width || this.layout === null) {
      this.states = this.area(directory.states, batchSize * layout.width);
      this.successors = this.area(directory.successors, successorRoom * layout.width);
    }
    if (this.layout === null) {
      this.hashes = this.area(directory.hashes, successorRoom);
      this.counts = this.area(directory.counts, batchSize);
      heap.words[directory.hashesEnd / wordBytes] = (this.hashes + successorRoom) * wordBytes;
    }
    this.width = layout.width;
    this.layout = layout;
    this.viewed = null;
    this.shape = shape;
    const code = kernelCode(
      {
        layout,
        threads: cache.threads,
        firstThread: components.firstThread,
        waitingOf: cache.waitingOf,
        heldOf: cache.heldOf,
        maskWords: components.maskWords,
        usedWords: components.usedWords,
        lockHolders: [...components.lockHolders.subarray(0, components.holding)],
        namingStatics: [...components.namingStatics.subarray(0, components.naming)],
        hasParts: components.firstThread > components.objects,
      },
      tables.components,
    );
    this.expand = instantiate<{ expand: (first: number, end: number) => number }>(code, heap.memory.memory).expand;
  }

  /** Word index of a new area, whose address is put into the directory. */
  private area(slot: number, words: number): number {
    const { heap } = this.tables;
    const at = heap.allocate(words);
    heap.words[slot / wordBytes] = at * wordBytes;
    return at;
  }
}
