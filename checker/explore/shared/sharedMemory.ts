import { OutOfMemory } from '../cached/memoryAllowance.js';

/** A buffer that grows where it is; the library of the language level that is set does not declare it yet. */
interface GrowableBuffer extends SharedArrayBuffer {
  grow(bytes: number): void;
}

type GrowableBufferConstructor = new (bytes: number, options: { readonly maxByteLength: number }) => GrowableBuffer;

/** Most that one buffer can have: 4 GiB. Only address space is taken for what is not in use. */
const maxBytes = 2 ** 32;

/**
 * 32-bit words that several threads share. They grow in place: no copy is made, and views that other threads have stay
 * valid for what they show. `words` of this thread is another view after `reserve` and `refresh`.
 */
export class SharedMemory {
  words: Int32Array<SharedArrayBuffer>;
  /** To be handed to another thread, which makes its own `SharedMemory` of it. */
  readonly buffer: SharedArrayBuffer;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  }

  /** Memory of `length` words, all 0. Throws `RangeError` if there is none. */
  static ofWords(length: number): SharedMemory {
    const Growable = SharedArrayBuffer as unknown as GrowableBufferConstructor;
    return new SharedMemory(new Growable(length * 4, { maxByteLength: maxBytes }));
  }

  get bytes(): number {
    return this.buffer.byteLength;
  }

  /** How many bytes more it takes to have `length` words: an eighth more than asked for, so that growing is rare. */
  growthFor(length: number): number {
    const have = this.buffer.byteLength;
    if (length * 4 <= have) return 0;
    const wanted = Math.max(length * 4, Math.min(maxBytes, have + Math.floor(have / 32) * 4));
    return wanted - have;
  }

  /**
   * Makes room for at least `length` words; new ones are 0. Only one thread at a time may do this. Throws `OutOfMemory` if there
   * is no such room; what there is stays as it is.
   */
  reserve(length: number): void {
    const growth = this.growthFor(length);
    if (growth > 0) this.grow(growth);
    this.refresh();
  }

  private grow(bytes: number): void {
    const wanted = this.buffer.byteLength + bytes;
    if (wanted > maxBytes) throw new OutOfMemory('the 4 GB that one array can have');
    try {
      (this.buffer as GrowableBuffer).grow(wanted);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new OutOfMemory('the memory of this machine');
    }
  }

  /** Sees what another thread made room for. */
  refresh(): void {
    // 4 GiB in bytes are no 32-bit number, but a quarter of them is.
    const length = Math.floor(this.buffer.byteLength / 4);
    if (length !== this.words.length) this.words = new Int32Array(this.buffer, 0, length);
  }
}
