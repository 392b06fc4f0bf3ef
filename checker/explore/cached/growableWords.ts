/** What is used of WebAssembly here; the types of Node do not declare it. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WordMemory;
};

interface WordMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const pageBytes = 65_536;
/** Most that one memory can hold: 4 GiB. */
const maxPages = 65_536;

/**
 * 32-bit words that grow in place: a WebAssembly memory reserves address space and takes pages as it grows, so nothing is
 * copied and no second array lives beside the first one. `words` is another view after each growth.
 */
export class GrowableWords {
  words: Int32Array<ArrayBuffer>;
  private readonly memory: WordMemory;

  constructor(length: number) {
    this.memory = new WebAssembly.Memory({ initial: pagesFor(length), maximum: maxPages });
    this.words = new Int32Array(this.memory.buffer);
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  /**
   * Makes room for at least `length` words; new ones are 0. By an eighth more than asked for, so that growing is rare. Throws
   * `RangeError` if the machine, or the format of 4 GiB, has no such room; what there is stays as it is.
   */
  reserve(length: number): void {
    if (length <= this.words.length) return;
    const have = this.words.length / (pageBytes / 4);
    const need = pagesFor(length);
    if (need > maxPages) throw new RangeError(`no array of ${length} words: 4 GiB is the most that one can have`);
    const wanted = Math.min(maxPages, Math.max(need, have + (have >> 3)));
    this.memory.grow(wanted - have);
    this.words = new Int32Array(this.memory.buffer);
  }
}

function pagesFor(length: number): number {
  return Math.max(1, Math.ceil((length * 4) / pageBytes));
}
