import { GeneratedInterpreter } from '../../codegen/generatedInterpreter.js';
import type { Interpreter } from '../../system/interpreter.js';
import type { Discovery, Search, SearchOptions, SearchProgress, SearchResult } from '../search.js';
import { withSharingAssumptions } from '../sharingAssumptions.js';
import type { Slices } from '../slices.js';
import { atOnce } from '../slices.js';
import { Expander } from './expander.js';
import type { LocalPath, Place } from './findingLog.js';
import { GrowableWords } from './growableWords.js';
import type { Layout } from './layout.js';
import { withoutMemory } from './memoryAllowance.js';
import { PackedSystem } from './packedSystem.js';
import { acyclicity } from './progressLoops.js';
import { SearchBounds } from './searchBounds.js';
import { hashOf, VisitedSet } from './visitedSet.js';

/**
 * Exhaustive depth-first search: the states, transitions and findings of the breadth-first one, in another order. It comes to the
 * end of some run at once, so a finding that lies deep shows early; schedules are no shortest ones. `depth` is the length of the
 * longest path that stood on its stack.
 */
export const depthFirst: Search = (system, options) =>
  withSharingAssumptions(
    system,
    options.reduction ?? true,
    (interpreter, weakened) => atOnce(new DepthFirst(interpreter, options, weakened).run()),
    (weakened) => new GeneratedInterpreter(system, weakened),
    undefined,
    undefined,
    options.ownership,
  );

/** A depth-first search; after `run()` all of what it saw is there to look at. */
export class DepthFirst {
  readonly expander: Expander;
  readonly visited: VisitedSet;
  private readonly options: SearchOptions;
  private readonly unstable: ReadonlySet<string>;
  /** The state from which each state was found, by number. */
  private readonly parents = new GrowableWords(1024);
  /** Successors of the states on the path, packed, those of the last one at the end. */
  private pending = new Int32Array(1 << 10);
  private pendingCount = 0;
  /** The path: numbers of states, and for each how many successors stand before its own in `pending`. */
  private readonly path: number[] = [];
  private readonly firstPending: number[] = [];

  constructor(interpreter: Interpreter, options: SearchOptions, unstable: ReadonlySet<string>) {
    this.options = options;
    this.unstable = unstable;
    this.expander = new Expander(
      interpreter,
      { rewrite: (from, to) => this.rewrite(from, to) },
      { transactions: options.transactions ?? false, symmetry: options.symmetry ?? false, weakened: unstable },
    );
    this.visited = new VisitedSet(this.expander.width);
  }

  *run(): Slices<SearchResult> {
    const { visited, expander, path } = this;
    const { log } = expander;
    const bounds = new SearchBounds(this.options, log.limits);
    let depth = 0;
    const progress = () => ({
      states: visited.size,
      transitions: expander.transitions,
      frontier: this.pendingCount,
      depth: path.length,
      bytes: this.bytes,
    });
    expander.addInitial();
    this.takeSuccessors();
    try {
      depth = yield* this.exploreAll(bounds, progress);
    } catch (error) {
      const reason = withoutMemory(error);
      if (reason === null) throw error;
      bounds.outOfMemory(visited.size, reason);
    }
    // A search that was stopped proves nothing, whatever was assumed.
    if (log.limits.size === 0) expander.settle();
    return {
      states: visited.size,
      transitions: expander.transitions,
      depth,
      milliseconds: bounds.milliseconds,
      bytes: this.bytes,
      limits: [...new Set([...log.limits, ...expander.interpreter.limits])],
      discoveries: log.places().map((place) => this.discovery(place)),
      cuts: log.cuts,
      ...acyclicity(expander),
      coverage: expander.interpreter.coverage.slice(),
      unstableFields: [...this.unstable].sort(),
      reductions: expander.reductionReports(),
    };
  }

  /** Expands states until none is left, or a bound is met; the length of the longest path. */
  private *exploreAll(bounds: SearchBounds, progress: () => SearchProgress): Slices<number> {
    const { visited, expander, path, firstPending } = this;
    let depth = 0;
    while (this.pendingCount > 0) {
      const number = this.insertNext();
      if (number >= 0) {
        if (!bounds.allow(visited.size, progress)) break;
        if (bounds.hasLooked) yield;
        path.push(number);
        firstPending.push(this.pendingCount);
        depth = Math.max(depth, path.length - 1);
        expander.log.state = number;
        expander.expand(visited.words, visited.at(number));
        this.takeSuccessors();
      }
      while (path.length > 0 && this.pendingCount === firstPending.at(-1)) {
        path.pop();
        firstPending.pop();
      }
    }
    return depth;
  }

  private get bytes(): number {
    const { packed } = this.expander;
    return (
      this.visited.bytes + this.parents.bytes + this.pending.byteLength + packed.cache.bytes + packed.components.bytes
    );
  }

  /** Moves the successors in the expander's buffer to `pending`, so that the first one is the next to come off its end. */
  private takeSuccessors(): void {
    const { expander } = this;
    const { width, count, buffer } = expander;
    while ((this.pendingCount + count) * width > this.pending.length) {
      const larger = new Int32Array(this.pending.length * 2);
      larger.set(this.pending);
      this.pending = larger;
    }
    for (let from = count - 1; from >= 0; from -= 1) {
      const at = this.pendingCount * width;
      for (let word = 0; word < width; word += 1) this.pending[at + word] = buffer[from * width + word]!;
      this.pendingCount += 1;
    }
    expander.clear();
  }

  /** Takes the last pending successor; its number if it is a new state, else a negative number. */
  private insertNext(): number {
    const { visited, parents, path, pending } = this;
    this.pendingCount -= 1;
    const at = this.pendingCount * visited.width;
    visited.reserve(1);
    const number = visited.insert(pending, at, hashOf(pending, at, visited.width));
    if (number >= 0) {
      parents.reserve(number + 1);
      parents.words[number] = path.at(-1) ?? 0;
    }
    return number;
  }

  private rewrite(from: Layout, to: Layout): void {
    const convert = PackedSystem.convert(from, to);
    this.visited.rewrite(to.width, convert);
    const pending = new Int32Array(Math.max(this.pending.length, this.pendingCount * to.width));
    for (let at = 0; at < this.pendingCount; at += 1) convert(this.pending, at * from.width, pending, at * to.width);
    this.pending = pending;
  }

  private discovery(place: Place): Discovery {
    const { visited, expander, parents } = this;
    const packed = (number: number) => visited.words.slice(visited.at(number), visited.at(number + 1));
    const paths: LocalPath[] = [];
    for (let at = place.state; at > 0; at = parents.words[at]!)
      paths.push(expander.pathBetween(packed(parents.words[at]!), packed(at)));
    return expander.discovery(place, paths.reverse());
  }
}
