import type { Expander } from '../expander.js';
import type { WebAssemblyUse } from '../../search.js';
import type { MemoryAllowance } from '../memoryAllowance.js';
import { OutOfMemory } from '../memoryAllowance.js';
import type { Batch } from './batch.js';
import { Kernel } from './kernel.js';

/** Between two looks at how much is still being learned, in states. */
const interval = 1024;
/** So many new steps in an interval are too many for the kernel to be worth its while. */
const muchNews = 64;

/**
 * Expands states one batch after the other, with the kernel where it can serve and most steps are known; the rest, and
 * everything else, with the expander. Both give the same successors in the same order.
 */
export class BatchExpander {
  private readonly expander: Expander;
  private readonly allowance: MemoryAllowance;
  private kernel: Kernel | null = null;
  private mayUseKernel: boolean;
  private readonly isAlways: boolean;
  private sinceLook = 0;
  private resultsThen = 0;

  /** `allowance` is asked for the kernel's memory; without enough of it there is no kernel. */
  constructor(expander: Expander, use: WebAssemblyUse, allowance: MemoryAllowance) {
    this.expander = expander;
    this.allowance = allowance;
    this.mayUseKernel = use !== 'never' && expander.isPlain;
    this.isAlways = use === 'always';
  }

  /** Of the kernel. */
  get bytes(): number {
    return this.kernel?.bytes ?? 0;
  }

  /**
   * Appends the successors of the first `count` states to the expander's buffer, and puts how many each has into `counts`. How many states that
   * were: fewer only if the batch is over before.
   */
  expand(batch: Batch, count: number, counts: Int32Array): number {
    const { expander } = this;
    for (let done = 0; ; done += 1) {
      done = this.byKernel(batch, done, count, counts);
      if (done === count || batch.isOver === true) return done;
      const before = expander.count;
      expander.log.state = batch.number(done);
      const at = batch.place(done);
      expander.expand(batch.words, at);
      counts[done] = expander.count - before;
      this.sinceLook += 1;
    }
  }

  /** Expands states from `first` on as far as the kernel gets; the place of the first that is left. */
  private byKernel(batch: Batch, first: number, count: number, counts: Int32Array): number {
    if (!this.mayUseKernel || (this.kernel === null && !this.isWorthwhile())) return first;
    const { expander } = this;
    try {
      if (this.kernel === null) this.kernel = new Kernel(expander.packed, this.allowance);
      if (expander.count === 0) this.kernel.lend(expander);
      const made = this.kernel.run(expander, batch, first, count - first, counts);
      if (made >= 0) return first + made;
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
    }
    this.mayUseKernel = false;
    this.kernel?.drop();
    this.kernel = null;
    return first;
  }

  private isWorthwhile(): boolean {
    if (this.isAlways) return true;
    if (this.sinceLook < interval) return false;
    const { results } = this.expander.packed.cache;
    const news = results - this.resultsThen;
    this.sinceLook = 0;
    this.resultsThen = results;
    return news < muchNews;
  }
}
