import type { Layout } from '../explore/cached/layout.js';
import { layoutFor } from '../explore/cached/layout.js';
import { hashOf, VisitedSet } from '../explore/cached/visitedSet.js';
import type { ModelRun } from './modelRun.js';
import type { StateParts } from './stateParts.js';
import type { StepOutcome, StepResult } from './stepCache.js';
import { StepCache } from './stepCache.js';

/** States that are expanded before their successors are looked up: enough look-ups for the memory to serve side by side. */
const batchSize = 64;

/** How far a search came. */
interface SearchedStates {
  readonly states: number;
  readonly transitions: number;
  readonly complete: boolean;
}

/**
 * Makes every step of every reachable state of a model, breadth first. A step that was made before where all that it read and
 * wrote was the same is not made again, but looked up (`StepCache`); states are the numbers of their parts, packed into a few words.
 */
export class ModelSearch {
  private readonly run: ModelRun;
  private readonly parts: StateParts;
  private readonly cache: StepCache;
  private readonly visit: ((words: Int32Array) => void) | null;
  private layout: Layout;
  private readonly visited: VisitedSet;
  /** Successors of a batch, packed, with their hashes. */
  private buffer = new Int32Array(1 << 14);
  private hashes = new Int32Array(1 << 11);
  private count = 0;
  private transitions = 0;
  /** Numbers of the state that is expanded, and where it stands packed. */
  private readonly numbers: Int32Array;
  private source = 0;
  /** Numbers of the state that stands in the words of the run; -1 for a part that is not known. */
  private readonly loaded: Int32Array;
  private readonly used: Int32Array;

  constructor(run: ModelRun, visit: ((words: Int32Array) => void) | null = null) {
    this.run = run;
    this.parts = run.parts;
    this.visit = visit;
    this.cache = new StepCache(this.parts.stacks);
    this.numbers = new Int32Array(this.parts.count);
    this.loaded = new Int32Array(this.parts.count).fill(-1);
    this.used = new Int32Array(this.parts.maskWords);
    this.layout = layoutFor(this.parts.sizes);
    this.visited = new VisitedSet(this.layout.width);
  }

  /** Stops when there are more than so many states. */
  search(maxStates: number): SearchedStates {
    const { visited } = this;
    this.addInitial();
    let transitions = 0;
    let next = 0;
    while (next < visited.size && visited.size <= maxStates) {
      const end = Math.min(next + batchSize, visited.size);
      // A part with more contents than packed states have room for: the batch is expanded once more, in another form.
      do {
        this.count = 0;
        this.transitions = 0;
        for (let state = next; state < end; state += 1) this.expand(state);
      } while (!this.fits());
      transitions += this.transitions;
      this.insertBatch();
      if (this.visit) for (; next < end; next += 1) this.show(next, this.visit);
      next = end;
    }
    return { states: visited.size, transitions, complete: next === visited.size };
  }

  private addInitial(): void {
    const { run, numbers, parts } = this;
    run.words.set(run.initial);
    for (let part = 0; part < parts.count; part += 1) numbers[part] = parts.intern(part);
    this.fits();
    this.pack(numbers, 0);
    this.count = 1;
    this.insertBatch();
  }

  private show(state: number, visit: (words: Int32Array) => void): void {
    this.unpack(state);
    this.load();
    visit(this.run.words);
  }

  // ---- packed states ----

  private unpack(state: number): void {
    const { numbers, visited } = this;
    const { word, shift, mask } = this.layout;
    const { words } = visited.states;
    this.source = state * visited.width;
    for (let part = 0; part < numbers.length; part += 1)
      numbers[part] = (words[this.source + word[part]!]! >>> shift[part]!) & mask[part]!;
  }

  /** Packs numbers into the buffer. */
  private pack(numbers: Int32Array, at: number): void {
    const { buffer } = this;
    const { width, word, shift } = this.layout;
    buffer.fill(0, at, at + width);
    for (let part = 0; part < numbers.length; part += 1) buffer[at + word[part]!]! |= numbers[part]! << shift[part]!;
  }

  /** True if packed states have room for all contents there are; gives them another form otherwise. */
  private fits(): boolean {
    const { layout, visited, numbers } = this;
    const { sizes } = this.parts;
    if (sizes.every((size, part) => size - 1 <= layout.mask[part]! >>> 0)) return true;
    const to = layoutFor(sizes.map((size) => (size > 1 ? 2 * size : 1)));
    visited.rewrite(to.width, (from, at, target, start) => {
      for (let part = 0; part < numbers.length; part += 1) {
        const number = (from[at + layout.word[part]!]! >>> layout.shift[part]!) & layout.mask[part]!;
        target[start + to.word[part]!]! |= number << to.shift[part]!;
      }
    });
    this.layout = to;
    return false;
  }

  private insertBatch(): void {
    const { visited, buffer, hashes, count } = this;
    const { width } = visited;
    for (let at = 0; at < count; at += 1) hashes[at] = hashOf(buffer, at * width, width);
    visited.reserve(count);
    visited.touched = visited.touch(hashes, count);
    for (let at = 0; at < count; at += 1) visited.insert(buffer, at * width, hashes[at]!);
  }

  // ---- steps ----

  private expand(state: number): void {
    this.unpack(state);
    const { cache, numbers, parts } = this;
    for (let thread = 0; thread < parts.stacks.length; thread += 1) {
      let result = cache.find(thread, numbers);
      if (!result) {
        result = this.make(thread);
        cache.add(thread, numbers, this.run.observed, result);
      } else if (result.dependsOnAll) result = this.make(thread);
      this.transitions += result.transitions;
      for (const outcome of result.outcomes) this.addSuccessor(outcome);
    }
  }

  private addSuccessor({ changes, drops, end }: StepOutcome): void {
    const { width, word, shift, mask } = this.layout;
    const at = this.count * width;
    if (at + width > this.buffer.length) this.buffer = grown(this.buffer);
    if (this.count === this.hashes.length) this.hashes = grown(this.hashes);
    const { buffer, source, visited } = this;
    const { words } = visited.states;
    for (let index = 0; index < width; index += 1) buffer[at + index] = words[source + index]!;
    for (let index = 0; index < changes.length; index += 2) {
      const part = changes[index]!;
      const place = at + word[part]!;
      buffer[place] = (buffer[place]! & ~(mask[part]! << shift[part]!)) | (changes[index + 1]! << shift[part]!);
    }
    if (drops) this.recycle(changes, end, at);
    this.count += 1;
  }

  /** Makes the next step of a thread, in all ways, in the state that is expanded. */
  private make(thread: number): StepResult {
    const { run, loaded } = this;
    const outcomes: StepOutcome[] = [];
    let transitions = 0;
    run.forgetObserved();
    run.choices.length = 0;
    run.defersRecycling = true;
    do {
      this.load();
      const status = run.step(thread);
      for (const part of run.changed) loaded[part] = -1;
      run.forgetRegisters();
      if (status !== 'waits') transitions += 1;
      if (status === 'done') outcomes.push(this.outcomeOf(thread));
    } while (run.nextFork());
    run.defersRecycling = false;
    return { transitions, outcomes, dependsOnAll: run.ranOut };
  }

  /** What the step just made changed. */
  private outcomeOf(thread: number): StepOutcome {
    const { run, parts, numbers } = this;
    const changes: number[] = [];
    let drops = false;
    for (const part of run.changed) {
      const number = parts.intern(part);
      if (number === numbers[part]) continue;
      changes.push(part, number);
      const before = parts.factsOf(part, numbers[part]!);
      const after = parts.factsOf(part, number);
      drops ||= before.names.some((names, index) => (names & ~after.names[index]!) !== 0);
      drops ||= parts.bitOf[part]! >= 0 && !before.isPresent;
    }
    return { changes, drops, end: run.standOf(thread) };
  }

  /** Puts the state that is expanded into the words of the run. */
  private load(): void {
    const { numbers, loaded, parts } = this;
    for (let part = 0; part < numbers.length; part += 1) {
      if (loaded[part] === numbers[part]) continue;
      loaded[part] = numbers[part]!;
      parts.load(part, numbers[part]!);
    }
  }

  // ---- memory nobody names ----

  /**
   * Gives memory that nothing names any more back in the successor at the end of the buffer. Only what changed can have lost its
   * names: everything was named before the step.
   */
  private recycle(changes: readonly number[], end: number, at: number): void {
    const { numbers, parts, used, buffer } = this;
    const { word, shift, mask } = this.layout;
    const before: number[] = [];
    for (let index = 0; index < changes.length; index += 2) {
      before.push(numbers[changes[index]!]!);
      numbers[changes[index]!] = changes[index + 1]!;
    }
    used.fill(0);
    for (const part of parts.roots) this.use(part);
    for (let isNew = true; isNew;) {
      isNew = false;
      for (const [bit, part] of parts.dynamic.entries()) if (this.isUsed(bit) && this.use(part)) isNew = true;
    }
    for (const [bit, part] of parts.dynamic.entries()) {
      if (this.isUsed(bit) || !parts.factsOf(part, numbers[part]!).isPresent) continue;
      this.run.giveBack(part, numbers[part]!);
      this.run.recycling.add(end);
      buffer[at + word[part]!]! &= ~(mask[part]! << shift[part]!);
    }
    for (let index = 0; index < changes.length; index += 2) numbers[changes[index]!] = before[index >> 1]!;
  }

  private isUsed(bit: number): boolean {
    return ((this.used[bit >> 5]! >>> (bit & 31)) & 1) === 1;
  }

  /** What a part names is used; true if some of it is new. */
  private use(part: number): boolean {
    const { used, parts, numbers } = this;
    const { names } = parts.factsOf(part, numbers[part]!);
    let isNew = false;
    for (let index = 0; index < used.length; index += 1) {
      if ((names[index]! & ~used[index]!) === 0) continue;
      used[index]! |= names[index]!;
      isNew = true;
    }
    return isNew;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
