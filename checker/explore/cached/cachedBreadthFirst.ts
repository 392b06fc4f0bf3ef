import { GeneratedInterpreter } from '../../codegen/generatedInterpreter.js';
import type { Interpreter } from '../../system/interpreter.js';
import type { Batch } from './kernel/batch.js';
import { BatchExpander } from './kernel/batchExpander.js';
import type { Discovery, Search, SearchOptions, SearchProgress, SearchResult } from '../search.js';
import { interrupted, outOfMemory, outOfTime, tooManyStates } from '../stopped.js';
import { LevelLengths } from '../levelLengths.js';
import { withSharingAssumptions } from '../sharingAssumptions.js';
import { Checkpoints } from './checkpoints.js';
import { Expander } from './expander.js';
import type { LocalPath, Place } from './findingLog.js';
import { MemoryAllowance, withoutMemory } from './memoryAllowance.js';
import { Parents } from './parents.js';
import { acyclicity } from './progressLoops.js';
import { storeFor } from './storeFor.js';
import type { Successors, VisitedStates } from './visitedStates.js';

/** States that are expanded before their successors are looked up: enough look-ups for the memory to serve side by side. */
const batchSize = 64;
/** States between two looks at the clock. */
const progressInterval = 1 << 12;

/**
 * Exhaustive breadth-first search over cached transitions and packed states: the same states, transitions, findings and
 * schedules as the reference search (`breadthFirst`), many times faster. It can be written to a file and gone on with.
 *
 * Throws `CheckpointError` if it cannot be gone on with, and `OutOfMemory` if there is not even room to begin.
 */
export const cachedBreadthFirst: Search = (system, options) => {
  // The time runs from here: what comes before the search proper, and searches that begin again, count.
  const started = options.now();
  const checkpoints = options.checkpoint ? new Checkpoints(system, options, options.checkpoint) : null;
  return withSharingAssumptions(
    system,
    options.reduction ?? true,
    (interpreter, weakened) => new CachedBreadthFirst(interpreter, options, weakened, checkpoints, started).run(),
    (weakened) => new GeneratedInterpreter(system, weakened),
    checkpoints?.weakened,
    options.transactions,
    options.ownership,
  );
};

/** Where a search stands; what it has before and after a batch. */
interface Position {
  /** The state that is expanded next. */
  readonly next: number;
  readonly transitions: number;
  readonly steps: number;
  readonly cuts: number;
}

/** The states of a store from one number on. */
class StatesInOrder implements Batch {
  first = 0;
  private readonly visited: VisitedStates;

  constructor(visited: VisitedStates) {
    this.visited = visited;
  }

  get words(): Int32Array {
    return this.visited.words;
  }

  place(index: number): number {
    return this.visited.open(this.first + index);
  }

  number(index: number): number {
    return this.first + index;
  }
}

class CachedBreadthFirst {
  private readonly options: SearchOptions;
  private readonly unstable: ReadonlySet<string>;
  private readonly allowance: MemoryAllowance;
  private readonly expander: Expander;
  private readonly visited: VisitedStates;
  private readonly parents: Parents;
  private readonly batches: BatchExpander;
  private readonly batch: StatesInOrder;
  private readonly checkpoints: Checkpoints | null;
  /** How many successors each state of the batch has. */
  private readonly counts = new Int32Array(batchSize);
  private isNew = new Uint8Array(1 << 10);
  private depth = 0;
  private levelEnd = 1;
  private levels = new LevelLengths();
  /** Milliseconds of the runs that this one goes on with. */
  private earlier = 0;
  private readonly started: number;
  private readonly stops: string[] = [];
  private hasFailedToWrite = false;

  constructor(
    interpreter: Interpreter,
    options: SearchOptions,
    unstable: ReadonlySet<string>,
    checkpoints: Checkpoints | null,
    started: number,
  ) {
    this.started = started;
    this.options = options;
    this.unstable = unstable;
    this.checkpoints = checkpoints;
    this.allowance = new MemoryAllowance(options.memory);
    this.expander = new Expander(
      interpreter,
      { rewrite: (from, to) => this.visited.rewrite(from, to) },
      {
        transactions: options.transactions ?? false,
        symmetry: options.symmetry ?? false,
        mayPutOff: options.mayPutOff ?? true,
        weakened: unstable,
      },
    );
    const { packed } = this.expander;
    this.visited = storeFor(options.store ?? 'exact', packed.layout, this.allowance, options.webAssembly ?? 'large');
    this.parents = new Parents(this.allowance);
    this.batches = new BatchExpander(this.expander, options.webAssembly ?? 'large', this.allowance);
    this.batch = new StatesInOrder(this.visited);
    checkpoints?.keep(packed, this.allowance);
  }

  run(): SearchResult {
    const { visited, options, expander } = this;
    const { log } = expander;
    let next = this.begin();
    expander.leavesOutRecent = true;
    // A search that is gone on with looks at its bounds at once.
    let told = next - progressInterval;
    while (next < visited.size) {
      if (next === this.levelEnd) {
        this.depth += 1;
        visited.nextLevel(next);
        this.levels.push(visited.size - next);
        this.levelEnd = visited.size;
      }
      const before = this.position(next);
      const end = Math.min(next + batchSize, this.levelEnd);
      try {
        if (next - told >= progressInterval) {
          told = next;
          if (!this.goOn(next)) break;
        }
        if (visited.size > options.maxStates) {
          this.stop(before, tooManyStates(visited.size, options.maxStates));
          break;
        }
        this.batch.first = next;
        next += this.batches.expand(this.batch, end - next, this.counts);
        this.insertBatch(end - before.next);
      } catch (error) {
        const reason = withoutMemory(error);
        if (reason === null) throw error;
        this.takeBack(before);
        this.stop(before, outOfMemory(visited.size, reason));
        break;
      }
    }
    expander.leavesOutRecent = false;
    // A search that was stopped proves nothing, whatever was assumed.
    if (this.stops.length === 0) expander.settle();
    const { transitions } = expander;
    const { cuts } = log;
    const isProof = visited.proviso === '';
    return {
      states: visited.size,
      transitions,
      depth: this.depth,
      milliseconds: this.milliseconds,
      bytes: this.bytes,
      limits: [...new Set([...this.stops, ...log.limits, ...expander.interpreter.limits])],
      ...(isProof ? {} : { proviso: visited.proviso }),
      discoveries: log.places().map((place) => this.discovery(place)),
      cuts,
      ...acyclicity(expander),
      coverage: expander.interpreter.coverage.slice(),
      unstableFields: [...this.unstable].sort(),
      reductions: expander.reductionReports(),
    };
  }

  /** The first state, or those of the search that is gone on with; gives the number of the one to expand next. */
  private begin(): number {
    const { visited, expander, parents, checkpoints } = this;
    expander.addInitial();
    const header = checkpoints?.load(expander, [visited, parents]);
    if (header) {
      expander.clear();
      ({ depth: this.depth, levelEnd: this.levelEnd, milliseconds: this.earlier } = header);
      this.levels = new LevelLengths(header.levels);
      return header.next;
    }
    visited.prepare(expander.buffer, expander.hashes, 1);
    visited.add(expander.buffer, 0, expander.hashes[0]!);
    visited.nextLevel(0);
    expander.clear();
    return 0;
  }

  private get milliseconds(): number {
    return this.earlier + this.options.now() - this.started;
  }

  private get bytes(): number {
    return (
      this.visited.bytes + this.parents.bytes + this.batches.bytes + this.otherBytes + (this.checkpoints?.bytes ?? 0)
    );
  }

  private get otherBytes(): number {
    const { packed, buffer, hashes, recent } = this.expander;
    return packed.cache.bytes + packed.components.bytes + buffer.byteLength + hashes.byteLength + recent.bytes;
  }

  private position(next: number): Position {
    const { transitions, steps, log } = this.expander;
    return { next, transitions, steps, cuts: log.cuts };
  }

  /** A batch could not be finished: its states are as if they had not been expanded. What was found on the way stays found. */
  private takeBack({ transitions, steps, cuts }: Position): void {
    const { expander } = this;
    expander.clear();
    expander.transitions = transitions;
    expander.steps = steps;
    expander.log.cuts = cuts;
    expander.log.prefix.length = 0;
  }

  /** Looks at clock, memory and the user; false stops the search. */
  private goOn(next: number): boolean {
    const { options, allowance, checkpoints } = this;
    const now = options.now();
    allowance.others = this.otherBytes;
    allowance.take(0);
    if (now - this.started > options.timeout) {
      this.stop(this.position(next), outOfTime(options.timeout));
      return false;
    }
    const failure = checkpoints?.isDue(now) ? this.write(this.position(next)) : null;
    const isNews = failure !== null && !this.hasFailedToWrite;
    this.hasFailedToWrite ||= isNews;
    const remark = isNews ? { remark: `${failure}; the search goes on` } : {};
    if (options.progress && !options.progress({ ...this.progress(next), ...remark })) {
      this.stop(this.position(next), interrupted);
      return false;
    }
    return true;
  }

  private progress(next: number): SearchProgress {
    const { visited, expander, depth, levels, levelEnd } = this;
    const remaining = levels.remaining(levelEnd - next);
    return {
      states: visited.size,
      transitions: expander.transitions,
      frontier: visited.size - next,
      depth,
      bytes: this.bytes,
      ...(remaining === undefined ? {} : { remaining }),
    };
  }

  /** The search ends here; it is kept if it is to be kept. */
  private stop(position: Position, reason: string): void {
    const { checkpoints } = this;
    const failure = checkpoints ? this.write(position) : null;
    const outcome = checkpoints ? `; ${failure ?? `--resume ${checkpoints.file} goes on`}` : '';
    this.stops.push(reason + outcome);
  }

  /** Writes a checkpoint; why it could not be written, or null. */
  private write(position: Position): string | null {
    const { checkpoints, visited, parents, depth, levels, levelEnd, options, milliseconds } = this;
    return checkpoints!.write(
      {
        ...position,
        weakened: [...this.unstable],
        layout: visited.layout,
        depth,
        levels: levels.last,
        levelEnd,
        milliseconds,
      },
      this.expander,
      [visited, parents],
      options.now,
    );
  }

  /**
   * Looks up the successors in the buffer, of so many states, and keeps those that are new. The look-ups of a batch are begun one
   * after the other before any is finished, so that the memory serves them side by side.
   */
  private insertBatch(expanded: number): void {
    const { visited, expander, parents } = this;
    const { hashes, buffer, count } = expander;
    parents.reserve(expanded, count);
    if (this.isNew.length < count) this.isNew = new Uint8Array(2 * count);
    const { isNew } = this;
    visited.addAll(buffer, hashes, count, isNew);
    let at = 0;
    for (let parent = 0; parent < expanded; parent += 1) {
      let found = 0;
      for (const end = at + this.counts[parent]!; at < end; at += 1) found += isNew[at]!;
      parents.push(found);
    }
    expander.clear();
  }

  private discovery(place: Place): Discovery {
    const { visited, expander } = this;
    const numbers: number[] = [];
    for (let at = place.state; at >= 0; at = this.parents.of(at)) numbers.push(at);
    numbers.reverse();
    const states = visited.path(numbers, expander.packed.layout, this.successors);
    const paths: LocalPath[] = [];
    for (let at = 1; at < states.length; at += 1) paths.push(expander.pathBetween(states[at - 1]!, states[at]!));
    return expander.discovery(place, paths);
  }

  private readonly successors: Successors = (state, each) => {
    const { expander } = this;
    const before = this.position(0);
    expander.clear();
    expander.expand(state, 0);
    for (let at = 0; at < expander.count && !each(expander.buffer, at * expander.width); at += 1);
    this.takeBack(before);
  };
}
