import { GeneratedInterpreter } from '../../codegen/generatedInterpreter.js';
import type { Interpreter } from '../../system/interpreter.js';
import type { Discovery, Search, SearchOptions, SearchResult } from '../search.js';
import { withSharingAssumptions } from '../sharingAssumptions.js';
import { Expander } from './expander.js';
import type { LocalPath, Place } from './findingLog.js';
import { PackedSystem } from './packedSystem.js';
import { Parents } from './parents.js';
import { slotOf, VisitedSet } from './visitedSet.js';

/** States that are expanded before their successors are looked up: enough look-ups for the memory to serve side by side. */
const batchSize = 64;
const progressInterval = 1 << 14;

/**
 * Exhaustive breadth-first search over cached transitions and packed states: the same states, transitions, findings and
 * schedules as the reference search (`breadthFirst`), many times faster.
 */
export const cachedBreadthFirst: Search = (system, options) =>
  withSharingAssumptions(
    system,
    options.reduction ?? true,
    (interpreter, weakened) => new CachedBreadthFirst(interpreter, options, weakened).run(),
    (weakened) => new GeneratedInterpreter(system, weakened),
  );

class CachedBreadthFirst {
  private readonly options: SearchOptions;
  private readonly unstable: ReadonlySet<string>;
  private readonly expander: Expander;
  private readonly visited: VisitedSet;
  private readonly parents = new Parents();
  /** How many successors each state of the batch has. */
  private readonly counts = new Int32Array(batchSize);

  constructor(interpreter: Interpreter, options: SearchOptions, unstable: ReadonlySet<string>) {
    this.options = options;
    this.unstable = unstable;
    this.expander = new Expander(
      interpreter,
      { rewrite: (from, to) => this.visited.rewrite(to.width, PackedSystem.convert(from, to)) },
      { transactions: options.transactions ?? false, symmetry: options.symmetry ?? false, weakened: unstable },
    );
    this.visited = new VisitedSet(this.expander.width);
  }

  run(): SearchResult {
    const { visited, options, expander } = this;
    const { log } = expander;
    const started = options.now();
    expander.addInitial();
    visited.reserve(1);
    visited.insert(expander.buffer, 0, expander.hashes[0]!);
    expander.clear();
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
        log.limits.add(`stopped after ${visited.size} states (--max-states ${options.maxStates})`);
        break;
      }
      const first = next;
      const end = Math.min(next + batchSize, levelEnd);
      for (; next < end; next += 1) {
        const before = expander.count;
        log.state = next;
        expander.expand(visited.states.words, next * visited.width);
        this.counts[next - first] = expander.count - before;
      }
      this.insertBatch(end - first);
    }
    expander.settle();
    return {
      states: visited.size,
      transitions: expander.transitions,
      depth,
      milliseconds: options.now() - started,
      bytes: this.bytes,
      limits: [...new Set([...log.limits, ...expander.interpreter.limits])],
      discoveries: log.places().map((place) => this.discovery(place)),
      cuts: log.cuts,
      coverage: expander.interpreter.coverage.slice(),
      unstableFields: [...this.unstable].sort(),
    };
  }

  private get bytes(): number {
    const { packed } = this.expander;
    return this.visited.bytes + this.parents.bytes + packed.cache.bytes + packed.components.bytes;
  }

  private goOn(state: number, depth: number, started: number): boolean {
    const { visited, options, expander } = this;
    const { limits } = expander.log;
    if (options.now() - started > options.timeout) {
      limits.add(`stopped after ${Math.round(options.timeout / 1000)} s (--timeout)`);
      return false;
    }
    const progress = {
      states: visited.size,
      transitions: expander.transitions,
      frontier: visited.size - state,
      depth,
      bytes: this.bytes,
    };
    if (options.progress && !options.progress(progress)) {
      limits.add('interrupted');
      return false;
    }
    return true;
  }

  /**
   * Looks up the successors in the buffer, of so many states, and keeps those that are new. The look-ups of a batch are begun one
   * after the other before any is finished, so that the memory serves them side by side.
   */
  private insertBatch(expanded: number): void {
    const { visited, expander } = this;
    const { hashes, buffer, count } = expander;
    const { width } = visited;
    visited.reserve(count);
    const index = visited.index.words;
    const states = visited.states.words;
    const { mask, numberBits } = visited;
    const low = (1 << numberBits) - 1;
    let touched = 0;
    for (let at = 0; at < count; at += 1) touched ^= index[slotOf(hashes[at]!) & mask]!;
    for (let at = 0; at < count; at += 1) {
      const entry = index[slotOf(hashes[at]!) & mask]!;
      if (entry !== 0 && entry >>> numberBits === hashes[at]! >>> numberBits)
        touched ^= states[((entry & low) - 1) * width]!;
    }
    // The loads above are for their effect on the caches; the result keeps them from being left out.
    this.touched = touched;
    let at = 0;
    for (let parent = 0; parent < expanded; parent += 1) {
      const before = visited.size;
      for (const end = at + this.counts[parent]!; at < end; at += 1) visited.insert(buffer, at * width, hashes[at]!);
      this.parents.push(visited.size - before);
    }
    expander.clear();
  }

  /** See `insertBatch`. */
  touched = 0;

  private discovery(place: Place): Discovery {
    const { visited, expander } = this;
    const paths: LocalPath[] = [];
    for (let at = place.state; at > 0;) {
      const parent = this.parents.of(at);
      const state = (number: number) =>
        visited.states.words.slice(number * visited.width, (number + 1) * visited.width);
      paths.push(expander.pathBetween(state(parent), state(at)));
      at = parent;
    }
    paths.reverse();
    return expander.discovery(place, paths);
  }
}
