import { MemoryAllowance, OutOfMemory } from './memoryAllowance.js';

/** What is used of WebAssembly here; the types of Node do not declare it. */
declare const WebAssembly: {
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: boolean;
  }) => WordMemory;
};

/** A shared WebAssembly memory; it can be handed to another thread. */
export interface WordMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

const pageBytes = 65_536;
/** Most that one memory can hold: 4 GiB. */
const maxPages = 65_536;
/** Pages that are taken at least, so that growing is rare. */
const leastGrowth = 24;

/**
 * 32-bit words that grow in place: a WebAssembly memory reserves address space and takes pages as it grows, so nothing is
 * copied and no second array lives beside the first one. `words` is another view after each growth. The memory is a shared one, even where nobody
 * shares it: V8 takes each growth of any other for a new large array, and collects garbage.
 */
export class GrowableWords {
  words: Int32Array<SharedArrayBuffer>;
  /** For code that works on the words. */
  readonly memory: WordMemory;
  private readonly allowance: MemoryAllowance;

  /** New words, so many, or those of a memory that another thread made, which asks no allowance. Throws `OutOfMemory`. */
  constructor(from: number | WordMemory, allowance = new MemoryAllowance()) {
    this.allowance = allowance;
    if (typeof from === 'number') {
      const initial = pagesFor(from);
      allowance.take(initial * pageBytes);
      this.memory = growing(() => new WebAssembly.Memory({ initial, maximum: maxPages, shared: true }));
    } else this.memory = from;
    this.words = new Int32Array(this.memory.buffer);
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  /**
   * Makes room for at least `length` words; new ones are 0. Unless it is to be exact, a little more than asked for. Throws `OutOfMemory`
   * if the machine, the allowance, or the format of 4 GiB has no such room; what there is stays as it is.
   */
  reserve(length: number, isExact = false): void {
    if (length <= this.words.length) return;
    const have = this.words.length / (pageBytes / 4);
    const need = pagesFor(length);
    if (need > maxPages) throw new OutOfMemory('the 4 GB that one array can have');
    const more = have + Math.max(leastGrowth, have >> 6);
    const generous = isExact ? need : Math.min(maxPages, Math.max(need, more));
    try {
      this.grow(generous - have);
    } catch (error) {
      if (!(error instanceof OutOfMemory) || generous === need) throw error;
      this.grow(need - have);
    }
  }

  /** How many bytes more an exact `reserve` takes. */
  growthFor(length: number): number {
    return Math.max(0, pagesFor(length) * pageBytes - this.bytes);
  }

  /** Sees what another thread made room for: at least so many words. */
  refresh(length: number): void {
    // V8 tells other threads of growth by an interrupt, which each pass of a loop looks for.
    while (this.memory.buffer.byteLength / 4 < length);
    const { buffer } = this.memory;
    if (buffer !== this.words.buffer) this.words = new Int32Array(buffer);
  }

  /** These words are used no more. */
  drop(): void {
    this.allowance.giveBack(this.bytes);
  }

  private grow(pages: number): void {
    this.allowance.take(pages * pageBytes);
    try {
      growing(() => this.memory.grow(pages));
    } catch (error) {
      this.allowance.giveBack(pages * pageBytes);
      throw error;
    }
    this.words = new Int32Array(this.memory.buffer);
  }
}

/** An allocation that fails is a `RangeError`. */
function growing<T>(allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OutOfMemory('the memory of this machine');
  }
}

function pagesFor(length: number): number {
  return Math.max(1, Math.ceil((length * 4) / pageBytes));
}
