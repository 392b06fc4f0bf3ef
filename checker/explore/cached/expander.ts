import type { Interpreter } from '../../system/interpreter.js';
import type { Move } from '../search.js';
import { FindingLog } from './findingLog.js';
import type { LocalPath } from './findingLog.js';
import type { Layout } from './layout.js';
import { PackedSystem } from './packedSystem.js';
import { hashOf } from './visitedSet.js';

/** Somebody who keeps packed states beside those in the expander's buffer. */
export interface StateKeeper {
  /** Rewrites every state kept from the old form to the new one; `layout.width` words each. */
  rewrite(from: Layout, to: Layout): void;
}

/**
 * Expands states: makes the successors of a packed state, and takes note of what is broken on the way. Successors are appended to
 * `buffer`, `width` words each, with their hashes; the search empties it with `clear()`.
 */
export class Expander {
  readonly interpreter: Interpreter;
  readonly packed: PackedSystem;
  readonly log: FindingLog;
  buffer = new Int32Array(1 << 14);
  hashes = new Int32Array(1 << 10);
  /** Successors in the buffer. */
  count = 0;
  transitions = 0;
  /** The state after setup, in the interpreter's words. */
  readonly initial: Int32Array;
  private readonly results: Int32Array;
  private readonly keeper: StateKeeper;

  constructor(interpreter: Interpreter, keeper: StateKeeper) {
    this.interpreter = interpreter;
    this.keeper = keeper;
    const log = new FindingLog(interpreter, interpreter.quietState());
    this.log = log;
    this.initial = interpreter.initialState();
    this.packed = new PackedSystem(
      interpreter,
      {
        violations: (violations, thread, fork) => log.record(violations, thread, fork),
        lockEdges: (edges, thread, fork) => log.recordLockEdges(edges, thread, fork),
        limit: (what) => log.limits.add(what),
      },
      { rewrite: (from, to) => this.rewrite(from, to) },
      (object, outcome, thread) => log.recordLeak(this.packed, object, outcome, thread),
    );
    this.results = new Int32Array(this.packed.cache.threads);
  }

  /** Words of a packed state; grows in the course of a search, see `StateKeeper`. */
  get width(): number {
    return this.packed.layout.width;
  }

  clear(): void {
    this.count = 0;
  }

  /** Appends the initial state to the buffer. */
  addInitial(): void {
    this.interpreter.words.set(this.initial);
    this.packed.internInterpreted();
    this.reserve(this.count * this.width + this.width);
    this.packed.packValues(this.packed.values, this.buffer, this.count * this.width);
    this.finish();
  }

  /** Appends the successors of the state at `from[at…]` to the buffer. */
  expand(from: Int32Array, at: number): void {
    const { packed, results, log } = this;
    const { cache } = packed;
    packed.unpack(from, at);
    let enabled = 0;
    let racing = 0;
    for (let thread = 0; thread < results.length; thread += 1) {
      const result = packed.result(thread);
      results[thread] = result;
      enabled += cache.transitions[result]!;
      log.cuts += cache.cuts[result]!;
      if ((cache.reads[result]! | cache.writes[result]!) !== 0) racing += 1;
    }
    this.transitions += enabled;
    for (let thread = 0; thread < results.length; thread += 1) {
      const result = results[thread]!;
      const end = cache.firstOutcome[result + 1]!;
      for (let outcome = cache.firstOutcome[result]!; outcome < end; outcome += 1) this.add(outcome, thread);
    }
    if (racing > 1) log.checkRaces(packed, results);
    if (enabled === 0) log.checkEnd(packed);
  }

  private add(outcome: number, thread: number): void {
    const { width } = this;
    const at = this.count * width;
    this.reserve(at + width);
    this.packed.pack(outcome, thread, this.buffer, at);
    this.finish();
  }

  /** The successor at the end of the buffer is complete. */
  private finish(): void {
    const { width } = this;
    if (this.count >= this.hashes.length) this.hashes = grown(this.hashes);
    this.hashes[this.count] = hashOf(this.buffer, this.count * width, width);
    this.count += 1;
  }

  private reserve(words: number): void {
    while (words > this.buffer.length) this.buffer = grown(this.buffer);
  }

  private rewrite(from: Layout, to: Layout): void {
    const convert = PackedSystem.convert(from, to);
    const buffer = new Int32Array(Math.max(this.buffer.length, (this.count + 1) * to.width));
    for (let at = 0; at < this.count; at += 1) {
      convert(this.buffer, at * from.width, buffer, at * to.width);
      this.hashes[at] = hashOf(buffer, at * to.width, to.width);
    }
    this.buffer = buffer;
    this.keeper.rewrite(from, to);
  }

  // ---- schedules ----

  /** The first moves that lead from the state at `from[at]` to the one at `from[target]`. */
  pathBetween(from: Int32Array, at: number, target: number): LocalPath {
    const { packed, width } = this;
    const { cache } = packed;
    const scratch = new Int32Array(width);
    packed.unpack(from, at);
    for (let thread = 0; thread < cache.threads; thread += 1) {
      const result = packed.result(thread);
      const end = cache.firstOutcome[result + 1]!;
      for (let outcome = cache.firstOutcome[result]!; outcome < end; outcome += 1) {
        packed.pack(outcome, thread, scratch, 0);
        if (scratch.every((word, index) => word === from[target + index]))
          return { thread, forks: [cache.forks[outcome]!] };
      }
    }
    throw new Error('a state is no successor of its predecessor');
  }

  /** Turns a path from the initial state into a schedule, by running it. */
  schedule(path: readonly LocalPath[]): Move[] {
    const { interpreter } = this;
    const words = this.initial.slice();
    this.packed.cache.forgetLoaded();
    return path.flatMap(({ thread, forks }) =>
      forks.map((fork) => {
        interpreter.words.set(words);
        interpreter.forceChoices([]);
        interpreter.step(thread);
        for (let count = 0; count < fork; count += 1) {
          interpreter.nextFork();
          interpreter.words.set(words);
          interpreter.step(thread);
        }
        words.set(interpreter.words);
        return { thread, decisions: interpreter.decisions() };
      }),
    );
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
