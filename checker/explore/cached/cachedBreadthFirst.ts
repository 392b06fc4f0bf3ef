import { findingId } from '../../finding/findingId.js';
import type { Interpreter } from '../../system/interpreter.js';
import type { Violation } from '../../system/step.js';
import { dataRaces } from '../dataRaces.js';
import { lockOrderCycles } from '../lockOrderCycles.js';
import type { Discovery, Move, Search, SearchOptions, SearchResult } from '../search.js';
import { withSharingAssumptions } from '../sharingAssumptions.js';
import type { Layout } from './layout.js';
import { PackedSystem } from './packedSystem.js';
import { Parents } from './parents.js';
import { hashOf, slotOf, VisitedSet } from './visitedSet.js';

/** States that are expanded before their successors are looked up: enough look-ups for the memory to serve side by side. */
const batchSize = 64;
const progressInterval = 1 << 14;

/**
 * Exhaustive breadth-first search over cached transitions and packed states: the same states, transitions, findings and
 * schedules as the reference search (`breadthFirst`), many times faster.
 */
export const cachedBreadthFirst: Search = (system, options) =>
  withSharingAssumptions(system, options.reduction ?? true, (interpreter, weakened) =>
    new CachedBreadthFirst(interpreter, options, weakened).run(),
  );

/** Where a violation was seen: after taking fork `fork` of `thread` in state `state`; thread -1 for the state itself. */
interface Place {
  readonly violation: Violation;
  readonly state: number;
  readonly thread: number;
  readonly fork: number;
}

class CachedBreadthFirst {
  private readonly options: SearchOptions;
  private readonly unstable: ReadonlySet<string>;
  private readonly interpreter: Interpreter;
  private readonly packed: PackedSystem;
  private readonly visited: VisitedSet;
  private readonly parents = new Parents();
  private readonly reference: Int32Array;
  private readonly initial: Int32Array;
  private readonly places = new Map<string, Place>();
  private readonly lockEdges = new Map<string, Place & { readonly held: string; readonly taken: string }>();
  private readonly limits = new Set<string>();
  private readonly leaks = new Set<number>();
  private readonly races = new Set<number>();
  /** By component: contents that were seen at the end of a run, in states where all threads had ended and where one had not. */
  private readonly endSeen: Set<number>[];
  private readonly results: Int32Array;
  private transitions = 0;
  private cuts = 0;
  private current = 0;
  /** Successors of the batch: packed words, hash, and how many each expanded state has. */
  private buffer = new Int32Array(1 << 14);
  private hashes = new Int32Array(1 << 10);
  private pending = 0;
  private readonly counts = new Int32Array(batchSize);
  private expanded = 0;

  constructor(interpreter: Interpreter, options: SearchOptions, unstable: ReadonlySet<string>) {
    this.options = options;
    this.unstable = unstable;
    this.interpreter = interpreter;
    this.reference = interpreter.quietState();
    this.initial = interpreter.initialState();
    this.packed = new PackedSystem(
      interpreter,
      {
        violations: (violations, thread, fork) => this.record(violations, thread, fork),
        lockEdges: (edges, thread, fork) => edges.forEach((edge) => this.recordLockEdge(edge, thread, fork)),
        limit: (what) => this.limits.add(what),
      },
      { rewrite: (from, to) => this.rewrite(from, to) },
      (object, outcome, thread) => this.recordLeak(object, outcome, thread),
    );
    this.visited = new VisitedSet(this.packed.layout.width);
    this.endSeen = Array.from({ length: this.packed.components.count }, () => new Set<number>());
    this.results = new Int32Array(this.packed.cache.threads);
  }

  run(): SearchResult {
    const { visited, options, packed } = this;
    const started = options.now();
    this.insertInitial();
    let depth = 0;
    let levelEnd = 1;
    let told = 0;
    let next = 0;
    while (next < visited.size) {
      if (next === levelEnd) {
        depth += 1;
        levelEnd = visited.size;
      }
      if (next - told >= progressInterval) {
        told = next;
        if (!this.goOn(next, depth, started)) break;
      }
      if (visited.size > options.maxStates) {
        this.limits.add(`stopped after ${visited.size} states (--max-states ${options.maxStates})`);
        break;
      }
      const end = Math.min(next + batchSize, levelEnd);
      for (; next < end; next += 1) this.expand(next);
      this.flush();
    }
    const discoveries = [...this.places.values(), ...this.lockOrder()].map((place) => this.discovery(place));
    return {
      states: visited.size,
      transitions: this.transitions,
      depth,
      milliseconds: options.now() - started,
      bytes: visited.bytes + this.parents.bytes + packed.cache.bytes + packed.components.bytes,
      limits: [...new Set([...this.limits, ...this.interpreter.limits])],
      discoveries,
      cuts: this.cuts,
      coverage: this.interpreter.coverage.slice(),
      unstableFields: [...this.unstable].sort(),
    };
  }

  private insertInitial(): void {
    this.interpreter.words.set(this.initial);
    this.packed.packInterpreted(() => this.buffer, 0);
    this.visited.reserve(1);
    this.visited.insert(this.buffer, 0, hashOf(this.buffer, 0, this.visited.width));
  }

  private goOn(state: number, depth: number, started: number): boolean {
    const { visited, options } = this;
    if (options.now() - started > options.timeout) {
      this.limits.add(`stopped after ${Math.round(options.timeout / 1000)} s (--timeout)`);
      return false;
    }
    const progress = {
      states: visited.size,
      transitions: this.transitions,
      frontier: visited.size - state,
      depth,
      bytes: visited.bytes,
    };
    if (options.progress && !options.progress(progress)) {
      this.limits.add('interrupted');
      return false;
    }
    return true;
  }

  /** Puts the successors of a state into the buffer. */
  private expand(state: number): void {
    const { packed, visited, results } = this;
    const { cache } = packed;
    this.current = state;
    packed.unpack(visited.states.words, state * visited.width);
    let enabled = 0;
    let racing = 0;
    for (let thread = 0; thread < results.length; thread += 1) {
      const result = packed.result(thread);
      results[thread] = result;
      enabled += cache.transitions[result]!;
      this.cuts += cache.cuts[result]!;
      if ((cache.reads[result]! | cache.writes[result]!) !== 0) racing += 1;
    }
    this.transitions += enabled;
    const before = this.pending;
    for (let thread = 0; thread < results.length; thread += 1) {
      const result = results[thread]!;
      const end = cache.firstOutcome[result + 1]!;
      for (let outcome = cache.firstOutcome[result]!; outcome < end; outcome += 1) this.add(outcome, thread);
    }
    this.counts[this.expanded] = this.pending - before;
    this.expanded += 1;
    if (racing > 1) this.checkRaces();
    if (enabled === 0) this.checkEnd();
  }

  private add(outcome: number, thread: number): void {
    const { width } = this.visited;
    const at = this.pending * width;
    if (at + width > this.buffer.length) this.buffer = grown(this.buffer);
    if (this.pending >= this.hashes.length) this.hashes = grown(this.hashes);
    this.packed.pack(outcome, thread, this.buffer, at);
    this.hashes[this.pending] = hashOf(this.buffer, at, width);
    this.pending += 1;
  }

  /**
   * Looks up the successors in the buffer, and keeps those that are new. The look-ups of a batch are begun one after the other
   * before any is finished, so that the memory serves them side by side.
   */
  private flush(): void {
    const { visited, pending, hashes, buffer } = this;
    const { width } = visited;
    visited.reserve(pending);
    const index = visited.index.words;
    const states = visited.states.words;
    const { mask, numberBits } = visited;
    const low = (1 << numberBits) - 1;
    let touched = 0;
    for (let at = 0; at < pending; at += 1) touched ^= index[slotOf(hashes[at]!) & mask]!;
    for (let at = 0; at < pending; at += 1) {
      const entry = index[slotOf(hashes[at]!) & mask]!;
      if (entry !== 0 && entry >>> numberBits === hashes[at]! >>> numberBits) touched ^= states[((entry & low) - 1) * width]!;
    }
    // The loads above are for their effect on the caches; the result keeps them from being left out.
    this.touched = touched;
    let at = 0;
    for (let parent = 0; parent < this.expanded; parent += 1) {
      const before = visited.size;
      for (const end = at + this.counts[parent]!; at < end; at += 1) visited.insert(buffer, at * width, hashes[at]!);
      this.parents.push(visited.size - before);
    }
    this.pending = 0;
    this.expanded = 0;
  }

  /** See `flush`. */
  touched = 0;

  /** The form of packed states changes. */
  private rewrite(from: Layout, to: Layout): void {
    this.rewritePending(from, to);
    this.visited.rewrite(to.width, PackedSystem.convert(from, to));
  }

  private rewritePending(from: Layout, to: Layout): void {
    const convert = PackedSystem.convert(from, to);
    const buffer = new Int32Array(Math.max(this.buffer.length, (this.pending + 1) * to.width));
    for (let at = 0; at < this.pending; at += 1) {
      convert(this.buffer, at * from.width, buffer, at * to.width);
      this.hashes[at] = hashOf(buffer, at * to.width, to.width);
    }
    this.buffer = buffer;
  }

  // ---- what is broken ----

  private record(violations: readonly Violation[], thread: number, fork: number): void {
    for (const violation of violations) {
      const key = `${findingId(violation)} ${violation.via}`;
      if (!this.places.has(key)) this.places.set(key, { violation, state: this.current, thread, fork });
    }
  }

  private recordLeak(object: number, outcome: number, thread: number): void {
    const { interpreter, packed } = this;
    const key = outcome * packed.components.count + object;
    if (this.leaks.has(key)) return;
    this.leaks.add(key);
    packed.cache.load(packed.values);
    const fork = packed.cache.forks[outcome]!;
    interpreter.forceChoices([]);
    interpreter.step(thread);
    for (let count = 0; count < fork; count += 1) {
      interpreter.nextFork();
      packed.cache.forgetLoaded();
      packed.cache.load(packed.values);
      interpreter.step(thread);
    }
    this.record(interpreter.violations, thread, fork);
    packed.cache.forgetLoaded();
  }

  private checkRaces(): void {
    const { results } = this;
    const { cache } = this.packed;
    for (let first = 0; first < results.length; first += 1) {
      const one = results[first]!;
      for (let second = first + 1; second < results.length; second += 1) {
        const other = results[second]!;
        const both = (cache.writes[one]! & (cache.reads[other]! | cache.writes[other]!)) | (cache.reads[one]! & cache.writes[other]!);
        if (both === 0) continue;
        const pair = one * 0x400_0000 + other;
        if (this.races.has(pair)) continue;
        this.races.add(pair);
        const accesses = [one, other].flatMap((result) => {
          const known = cache.accesses[result]!;
          return known.list.map((access) => ({ ...access, thread: known.thread }));
        });
        for (const { writer, violation } of dataRaces(this.interpreter.system, accesses))
          this.record([violation], writer.thread, writer.fork);
      }
    }
  }

  /** No thread can go on: what is broken depends on the contents one by one, so contents that were seen need no second look. */
  private checkEnd(): void {
    const { interpreter, packed } = this;
    const { components, values } = packed;
    let blocked = 0;
    for (const { index, daemon } of interpreter.system.threads) {
      const own = components.firstThread + index;
      if (!daemon && components.facts[own]!.life[values[own]!] !== 0) blocked = 1;
    }
    let isNew = false;
    for (let component = 0; component < components.count; component += 1) {
      const key = values[component]! * 2 + blocked;
      const seen = this.endSeen[component]!;
      if (seen.has(key)) continue;
      seen.add(key);
      isNew = true;
    }
    if (!isNew) return;
    packed.cache.load(values);
    this.record(interpreter.endViolations(this.reference), -1, 0);
  }

  private recordLockEdge(
    edge: { readonly held: string; readonly taken: string; readonly node: number },
    thread: number,
    fork: number,
  ): void {
    const key = `${edge.held} ${edge.taken}`;
    if (this.lockEdges.has(key)) return;
    const [tag = '', ...path] = edge.held.split('.');
    const violation: Violation = {
      property: 'lock-order',
      tag,
      cell: path.join('.'),
      operation: 'lock',
      conflict: edge.taken,
      thread,
      node: edge.node,
      via: '',
      ends: false,
      title: `${edge.taken} is taken while ${edge.held} is held, and elsewhere the other way round`,
      object: -1,
    };
    this.lockEdges.set(key, { ...edge, violation, state: this.current, thread, fork });
  }

  private lockOrder(): Place[] {
    const edges = [...this.lockEdges.values()];
    return lockOrderCycles(edges).map((edge) =>
      edges.find(({ held, taken }) => held === edge.held && taken === edge.taken)!,
    );
  }

  // ---- schedules ----

  private discovery(place: Place): Discovery {
    const path: { thread: number; fork: number }[] = [];
    for (let state = place.state; state > 0;) {
      const parent = this.parents.of(state);
      path.push(this.moveBetween(parent, state));
      state = parent;
    }
    path.reverse();
    if (place.thread >= 0) path.push({ thread: place.thread, fork: place.fork });
    return { violation: place.violation, schedule: this.decide(path) };
  }

  /** The first move that leads from a state to its successor. */
  private moveBetween(parent: number, state: number): { thread: number; fork: number } {
    const { packed, visited } = this;
    const { cache } = packed;
    const { width } = visited;
    const scratch = new Int32Array(width);
    packed.unpack(visited.states.words, parent * width);
    for (let thread = 0; thread < cache.threads; thread += 1) {
      const result = packed.result(thread);
      const end = cache.firstOutcome[result + 1]!;
      for (let outcome = cache.firstOutcome[result]!; outcome < end; outcome += 1) {
        packed.pack(outcome, thread, scratch, 0);
        if (scratch.every((word, at) => word === visited.states.words[state * width + at]))
          return { thread, fork: cache.forks[outcome]! };
      }
    }
    throw new Error('a state is no successor of its predecessor');
  }

  /** Turns fork numbers into decisions by running the path again. */
  private decide(path: readonly { readonly thread: number; readonly fork: number }[]): Move[] {
    const { interpreter } = this;
    const words = this.initial.slice();
    this.packed.cache.forgetLoaded();
    return path.map(({ thread, fork }) => {
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
    });
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
