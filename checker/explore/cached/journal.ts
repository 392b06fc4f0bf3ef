import { GrowableWords } from './growableWords.js';
import type { MemoryAllowance } from './memoryAllowance.js';
import type { PackedSystem } from './packedSystem.js';
import type { Section } from './visitedStates.js';

/**
 * Every context in which a step was made, in their order: the thread, and the contents of all components. Who makes these
 * steps again knows everything that was learned from them: contents by number, coverage, what is assumed of shared data, and
 * whatever else depends on nothing but steps and their order.
 */
export class Journal {
  private readonly words: GrowableWords;
  private readonly components: number;
  private count = 0;

  constructor(components: number, allowance: MemoryAllowance) {
    this.components = components;
    this.words = new GrowableWords(1024, allowance);
  }

  get bytes(): number {
    return this.words.bytes;
  }

  /** Throws `OutOfMemory`. */
  note(thread: number, values: Int32Array): void {
    const length = this.components + 1;
    const at = this.count * length;
    this.words.reserve(at + length);
    const { words } = this.words;
    words[at] = thread;
    for (let component = 0; component < this.components; component += 1) words[at + 1 + component] = values[component]!;
    this.count += 1;
  }

  /** Makes the steps again in a system that has made none but those of setup. */
  repeat(packed: PackedSystem): void {
    const length = this.components + 1;
    const { words } = this.words;
    for (let entry = 0; entry < this.count; entry += 1) {
      const at = entry * length;
      for (let component = 0; component < this.components; component += 1)
        packed.values[component] = words[at + 1 + component]!;
      const state = new Int32Array(packed.layout.width);
      packed.packValues(packed.values, state, 0);
      packed.unpack(state, 0);
      packed.result(words[at]!);
    }
  }

  section(): Section {
    return {
      name: 'steps',
      words: () => this.words.words.subarray(0, this.count * (this.components + 1)),
      load: (length, fill) => {
        this.words.reserve(length);
        fill(this.words.words.subarray(0, length));
        this.count = length / (this.components + 1);
      },
    };
  }
}
