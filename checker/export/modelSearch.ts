import type { Layout } from '../explore/cached/layout.js';
import { layoutFor } from '../explore/cached/layout.js';
import { hashOf, VisitedSet } from '../explore/cached/visitedSet.js';
import { HeldLocks } from './heldLocks.js';
import type { ModelRun, SearchedStates } from './modelRun.js';
import type { StateParts } from './stateParts.js';
import type { StepOutcome, StepResult } from './stepCache.js';
import { StepCache } from './stepCache.js';

/** States that are expanded before their successors are looked up: enough look-ups for the memory to serve side by side. */
const batchSize = 64;

/**
 * Told of every step that is made, not looked up: the run is in the state before it, behind each way to make it, and in the end. A step
 * is made again where its thread holds other locks.
 */
export interface StepListener {
  begin(thread: number): void;
  way(fork: number): void;
  end(): void;
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
  private readonly listener: StepListener | null;
  private readonly held: HeldLocks | null;
  private layout: Layout;
  /** Parts with more than one content, and those of them that can be allocated. */
  private packed = new Int32Array(0);
  private memory = new Int32Array(0);
  private readonly visited: VisitedSet;
  /** Successors of a batch, packed, with their hashes. */
  private buffer = new Int32Array(1 << 14);
  private hashes = new Int32Array(1 << 11);
  private count = 0;
  private transitions = 0;
  /** Numbers of the state that is expanded, behind them of the locks that each thread holds if these matter; where it stands packed. */
  private readonly numbers: Int32Array;
  private source = 0;
  /** Numbers of the state that stands in the words of the run; -1 for a part that is not known. */
  private readonly loaded: Int32Array;
  /** Dynamic objects that the successor at hand names, as bits. */
  private readonly used: Int32Array;
  /** What changed parts were, while `numbers` has what they become. */
  private readonly before: Int32Array;

  constructor(run: ModelRun, visit: ((words: Int32Array) => void) | null = null, listener: StepListener | null = null) {
    this.run = run;
    this.listener = listener;
    this.parts = run.parts;
    this.visit = visit;
    this.cache = new StepCache(this.parts.stacks);
    this.numbers = new Int32Array(this.parts.count + run.threads);
    this.held = listener ? new HeldLocks(run.system, this.parts) : null;
    this.loaded = new Int32Array(this.parts.count).fill(-1);
    this.used = new Int32Array(this.parts.maskWords);
    this.before = new Int32Array(2 * this.parts.count);
    this.layout = layoutFor(this.parts.sizes);
    this.adopt(this.layout);
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
      // Where a part has more contents than packed states have room for, the batch is expanded once more, in another form.
      while (!this.expandBatch(next, end));
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
    const { words } = visited;
    this.source = visited.at(state);
    for (const part of this.packed) numbers[part] = (words[this.source + word[part]!]! >>> shift[part]!) & mask[part]!;
  }

  /** Packs numbers into the buffer. */
  private pack(numbers: Int32Array, at: number): void {
    const { buffer } = this;
    const { width, word, shift } = this.layout;
    buffer.fill(0, at, at + width);
    for (const part of this.packed) buffer[at + word[part]!]! |= numbers[part]! << shift[part]!;
  }

  /** True if packed states have room for all contents there are; gives them another form otherwise. */
  private fits(): boolean {
    const { layout, visited, packed } = this;
    const { sizes } = this.parts;
    let fits = true;
    for (let part = 0; part < sizes.length && fits; part += 1) fits = sizes[part]! - 1 <= layout.mask[part]! >>> 0;
    if (fits) return true;
    const to = layoutFor(sizes.map((size) => (size > 1 ? 2 * size : 1)));
    visited.rewrite(to.width, (from, at, target, start) => {
      for (const part of packed) {
        const number = (from[at + layout.word[part]!]! >>> layout.shift[part]!) & layout.mask[part]!;
        target[start + to.word[part]!]! |= number << to.shift[part]!;
      }
    });
    this.adopt(to);
    return false;
  }

  private adopt(layout: Layout): void {
    const { bitOf } = this.parts;
    this.layout = layout;
    this.packed = Int32Array.from(layout.mask.keys()).filter((part) => layout.mask[part] !== 0);
    this.memory = this.packed.filter((part) => bitOf[part]! >= 0);
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

  /** Fills the buffer; false if the form of packed states changed on the way. */
  private expandBatch(first: number, end: number): boolean {
    this.count = 0;
    this.transitions = 0;
    for (let state = first; state < end; state += 1) if (!this.expand(state)) return false;
    return true;
  }

  private expand(state: number): boolean {
    this.unpack(state);
    const { cache, numbers, parts, held } = this;
    for (let thread = 0; thread < parts.stacks.length; thread += 1) {
      if (held) numbers[parts.count + thread] = held.of(thread, numbers);
      const known = cache.find(thread, numbers);
      const result = known && !known.dependsOnAll ? known : this.make(thread);
      if (!known) cache.add(thread, numbers, this.observed(thread), result);
      if (result !== known && !this.fits()) return false;
      this.transitions += result.transitions;
      for (const outcome of result.outcomes) this.addSuccessor(outcome);
    }
    return true;
  }

  /** What the step just made depends on. */
  private observed(thread: number): readonly number[] {
    const [stack, ...others] = this.run.observed;
    return this.held ? [stack!, this.parts.count + thread, ...others] : this.run.observed;
  }

  private addSuccessor(outcome: StepOutcome): void {
    const { changes } = outcome;
    const { width, word, shift, mask } = this.layout;
    const at = this.count * width;
    if (at + width > this.buffer.length) this.buffer = grown(this.buffer);
    if (this.count === this.hashes.length) this.hashes = grown(this.hashes);
    const { buffer, source, visited } = this;
    const { words } = visited;
    for (let index = 0; index < width; index += 1) buffer[at + index] = words[source + index]!;
    for (let index = 0; index < changes.length; index += 2) {
      const part = changes[index]!;
      const place = at + word[part]!;
      buffer[place] = (buffer[place]! & ~(mask[part]! << shift[part]!)) | (changes[index + 1]! << shift[part]!);
    }
    if (outcome.lost) this.recycle(outcome, outcome.lost, at);
    this.count += 1;
  }

  /** Makes the next step of a thread, in all ways, in the state that is expanded. */
  private make(thread: number): StepResult {
    const { run, loaded, listener } = this;
    const outcomes: StepOutcome[] = [];
    let transitions = 0;
    run.forgetObserved();
    run.choices.length = 0;
    run.defersRecycling = true;
    this.load();
    listener?.begin(thread);
    let fork = 0;
    do {
      this.load();
      const status = run.step(thread);
      listener?.way(fork++);
      for (const part of run.changed) loaded[part] = -1;
      run.forgetRegisters();
      if (status !== 'waits') transitions += 1;
      if (status === 'done') outcomes.push(this.outcomeOf(thread));
    } while (run.nextFork());
    run.defersRecycling = false;
    listener?.end();
    return { transitions, outcomes, dependsOnAll: run.ranOut };
  }

  /** What the step just made changed. */
  private outcomeOf(thread: number): StepOutcome {
    const { run, parts, numbers } = this;
    const changes: number[] = [];
    for (const part of run.changed) {
      const number = parts.intern(part);
      if (number !== numbers[part]) changes.push(part, number);
    }
    return { changes, lost: this.lostBy(changes), end: run.standOf(thread) };
  }

  /** Objects that lose a name by these changes, or are allocated, unless what changed of static objects and threads names them. */
  private lostBy(changes: readonly number[]): Int32Array | null {
    const { parts, numbers } = this;
    const { maskWords } = parts;
    const lost = new Int32Array(maskWords);
    for (let word = 0; word < maskWords; word += 1) {
      let named = 0;
      for (let index = 0; index < changes.length; index += 2) {
        const part = changes[index]!;
        const before = parts.names[part]![numbers[part]! * maskWords + word]!;
        const after = parts.names[part]![changes[index + 1]! * maskWords + word]!;
        const bit = parts.bitOf[part]!;
        lost[word]! |= before & ~after;
        if (bit < 0) named |= after;
        else if (bit >> 5 === word && parts.isPresent[part]![numbers[part]!] === 0) lost[word]! |= 1 << (bit & 31);
      }
      lost[word]! &= ~named;
    }
    return lost.some((bits) => bits !== 0) ? lost : null;
  }

  /** Puts the state that is expanded into the words of the run. */
  private load(): void {
    const { numbers, loaded, parts } = this;
    for (let part = 0; part < parts.count; part += 1) {
      if (loaded[part] === numbers[part]) continue;
      loaded[part] = numbers[part]!;
      parts.load(part, numbers[part]!);
    }
  }

  // ---- memory nobody names ----

  /**
   * Gives memory that nothing names any more back in the successor at the end of the buffer. Before the step everything was named:
   * if static objects and threads name what lost a name, all that could be reached still can be.
   */
  private recycle({ changes, end }: StepOutcome, lost: Int32Array, at: number): void {
    const { numbers, parts, used, before } = this;
    for (let index = 0; index < changes.length; index += 2) {
      before[index] = numbers[changes[index]!]!;
      numbers[changes[index]!] = changes[index + 1]!;
    }
    used.fill(0);
    for (const part of parts.roots) this.use(part);
    let isLost = false;
    for (let word = 0; word < used.length; word += 1) isLost ||= (lost[word]! & ~used[word]!) !== 0;
    if (isLost) this.giveBack(end, at);
    for (let index = 0; index < changes.length; index += 2) numbers[changes[index]!] = before[index]!;
  }

  /** Follows what is used through memory, and gives all other memory back. */
  private giveBack(end: number, at: number): void {
    const { numbers, parts, memory, buffer, run } = this;
    const { word, shift, mask } = this.layout;
    for (let isNew = true; isNew;) {
      isNew = false;
      for (const part of memory) if (this.isUsed(part) && this.use(part)) isNew = true;
    }
    for (const part of memory) {
      if (this.isUsed(part) || parts.isPresent[part]![numbers[part]!] === 0) continue;
      run.giveBack(part, numbers[part]!);
      run.recycling.add(end);
      buffer[at + word[part]!]! &= ~(mask[part]! << shift[part]!);
    }
  }

  private isUsed(part: number): boolean {
    const bit = this.parts.bitOf[part]!;
    return ((this.used[bit >> 5]! >>> (bit & 31)) & 1) === 1;
  }

  /** What a part names is used; true if some of it is new. */
  private use(part: number): boolean {
    const { used, numbers } = this;
    const names = this.parts.names[part]!;
    const first = numbers[part]! * used.length;
    let isNew = false;
    for (let index = 0; index < used.length; index += 1) {
      const more = names[first + index]! & ~used[index]!;
      if (more === 0) continue;
      used[index]! |= more;
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
