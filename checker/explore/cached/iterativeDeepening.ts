import { GeneratedInterpreter } from '../../codegen/generatedInterpreter.js';
import { countingFailures } from '../../system/countingFailures.js';
import type { Interpreter } from '../../system/interpreter.js';
import { payloadOf } from '../../system/word.js';
import type { Discovery, ReductionReport, Search, SearchOptions, SearchProgress, SearchResult } from '../search.js';
import { withSharingAssumptions } from '../sharingAssumptions.js';
import { Expander } from './expander.js';
import type { LocalPath } from './findingLog.js';
import { withoutMemory } from './memoryAllowance.js';
import { PackedSystem } from './packedSystem.js';
import { acyclicity } from './progressLoops.js';
import { SearchBounds } from './searchBounds.js';
import { hashOf, VisitedSet } from './visitedSet.js';

/**
 * All runs with no failure first, then those with one, and so on until there are no more. Each state is reached with as few failures
 * as it can be, and expanded once: the failures of its next step wait until their turn. The schedule of a finding has the fewest failures
 * (`needs`), and not the fewest steps. States that differ in nothing but the failures so far are one, also with a bound (`--faults`).
 */
export const searchByFailures: Search = (system, options) => {
  const counting = countingFailures(system);
  return withSharingAssumptions(
    counting,
    options.reduction ?? true,
    (interpreter, weakened) => new ByFailures(interpreter, options, weakened, system.options.faults ?? Infinity).run(),
    (weakened) => new GeneratedInterpreter(counting, weakened),
  );
};

/**
 * All runs in which no thread is interrupted first, then those in which one is once, and so on: a switch counts if the thread that ran
 * could have gone on (M. Musuvathi, S. Qadeer, Iterative context bounding for systematic testing, 2007). `needs` is the number of switches.
 *
 * A state that was reached with fewer switches, whatever thread ran last, is not entered again: it costs at most one switch to let any
 * other thread go on from there.
 */
export const searchBySwitches: Search = (system, options) =>
  withSharingAssumptions(
    system,
    options.reduction ?? true,
    (interpreter, weakened) => new BySwitches(interpreter, options, weakened).run(),
    (weakened) => new GeneratedInterpreter(system, weakened),
  );

/** What is left to do in a state, at some bound: `part` is a number of failures, or the thread that ran last. */
interface Task {
  readonly state: number;
  /** Number of the arrival that it goes on from. */
  readonly arrival: number;
  readonly part: number;
}

abstract class Deepening {
  protected readonly expander: Expander;
  protected readonly visited: VisitedSet;
  /** Numbers of states from this one on were reached first at the bound at hand. */
  protected firstNew = 0;
  protected bound = 0;
  /** What is to be done at the bound at hand, in order, and at later ones. */
  protected tasks: Task[] = [];
  protected readonly later = new Map<number, Task[]>();
  protected readonly results: Int32Array;
  private readonly unit: string;
  private readonly options: SearchOptions;
  private readonly unstable: ReadonlySet<string>;
  /** How tasks came to their states: from which arrival, by whose step. */
  private readonly arrivals: {
    readonly from: number;
    readonly thread: number;
    readonly fork: number;
    readonly depth: number;
  }[] = [];
  /** The arrival that the open state is gone on from. */
  private arrival = 0;
  private scratch = new Int32Array(1);

  constructor(interpreter: Interpreter, options: SearchOptions, unstable: ReadonlySet<string>, unit: string) {
    this.unit = unit;
    this.options = options;
    this.unstable = unstable;
    this.expander = new Expander(interpreter, {
      rewrite: (from, to) => this.visited.rewrite(to.width, PackedSystem.convert(from, to)),
    });
    this.visited = new VisitedSet(this.expander.width);
    this.results = new Int32Array(this.expander.packed.cache.threads);
  }

  run(): SearchResult {
    const { expander, visited, arrivals } = this;
    const { log, packed, interpreter } = expander;
    const bounds = new SearchBounds(this.options, log.limits);
    const progress = () => ({
      states: visited.size,
      transitions: expander.transitions,
      frontier: this.tasks.length,
      depth: this.bound,
      bytes: visited.bytes + packed.cache.bytes + packed.components.bytes,
    });
    expander.addInitial();
    visited.reserve(1);
    visited.insert(expander.buffer, 0, expander.hashes[0]!);
    expander.clear();
    arrivals.push({ from: 0, thread: -1, fork: 0, depth: 0 });
    this.tasks.push({ state: 0, arrival: 0, part: this.initialPart });
    let going = true;
    while (going) {
      going = this.doAll(bounds, progress);
      if (!going) {
        if (this.bound > 0) log.limits.add(`all runs with at most ${this.bound - 1} ${this.unit} were searched`);
        break;
      }
      if (this.later.size === 0) break;
      this.bound = Math.min(...this.later.keys());
      this.tasks = this.later.get(this.bound)!;
      this.later.delete(this.bound);
      this.firstNew = visited.size;
    }
    const { transitions } = expander;
    const { cuts } = log;
    return {
      states: visited.size,
      transitions,
      depth: arrivals.reduce((most, { depth }) => Math.max(most, depth), 0),
      milliseconds: bounds.milliseconds,
      bytes: progress().bytes,
      limits: [...new Set([...log.limits, ...interpreter.limits])],
      discoveries: log.places().flatMap((place): Discovery[] => {
        const paths: LocalPath[] = [];
        for (let at = place.state; at > 0; at = arrivals[at]!.from)
          paths.push({ thread: arrivals[at]!.thread, forks: [arrivals[at]!.fork] });
        return place.cost! > this.mostNeeded
          ? []
          : [{ ...expander.discovery(place, paths.reverse()), needs: place.cost! }];
      }),
      ...acyclicity(expander),
      cuts,
      coverage: interpreter.coverage.slice(),
      unstableFields: [...this.unstable].sort(),
      reductions: this.leftOut(),
    };
  }

  /** Does the tasks of the bound at hand; false if a bound of the search is met. */
  private doAll(bounds: SearchBounds, progress: () => SearchProgress): boolean {
    const { visited } = this;
    try {
      // New tasks come to the end of the list while it is walked through.
      for (let at = 0; at < this.tasks.length; at += 1) {
        if (!bounds.allow(visited.size, progress)) return false;
        this.do(this.tasks[at]!);
      }
      return true;
    } catch (error) {
      const reason = withoutMemory(error);
      if (reason === null) throw error;
      return bounds.outOfMemory(visited.size, reason);
    }
  }

  /** Reductions that were asked for and that this search does without. */
  private leftOut(): ReductionReport[] {
    const { options, unit } = this;
    const reasons = [`a search by ${unit} counts those of each run, and these reductions keep only some of the runs`];
    return (['ownership', 'transactions', 'symmetry'] as const)
      .filter((name) => options[name] === true)
      .map((name) => ({ name, effect: 'not used', reasons }));
  }

  protected abstract readonly initialPart: number;
  protected abstract readonly mostNeeded: number;
  protected abstract do(task: Task): void;
  /** The part to go on with in a state that a step of a thread came to; null if there is nothing to do there. */
  protected abstract partAt(state: number, isNew: boolean, thread: number): number | null;

  /** Unpacks a state whose steps are made at the bound at hand. */
  protected open({ state, arrival }: Task): void {
    const { visited, expander } = this;
    this.arrival = arrival;
    expander.log.state = arrival;
    expander.packed.unpack(visited.words, visited.at(state));
  }

  /** Looks at the next steps of all threads of the open state: races, and whether it is the end of a run. */
  protected look(): void {
    const { results, expander } = this;
    const { packed, log } = expander;
    const { cache } = packed;
    let enabled = 0;
    for (let thread = 0; thread < results.length; thread += 1) {
      results[thread] = packed.result(thread);
      enabled += cache.transitions[results[thread]!]!;
    }
    log.checkRaces(packed, results);
    if (enabled === 0) log.checkEnd(packed);
  }

  /** Keeps the successor of the open state by an outcome of a thread. */
  protected take(outcome: number, thread: number): void {
    const { visited, expander, arrivals, arrival: from } = this;
    const { packed } = expander;
    const { width } = visited;
    if (this.scratch.length !== width) this.scratch = new Int32Array(width);
    const { scratch } = this;
    packed.pack(outcome, thread, scratch, 0);
    this.strip(scratch);
    visited.reserve(1);
    const number = visited.insert(scratch, 0, hashOf(scratch, 0, width));
    const fork = packed.cache.forks[outcome]!;
    const state = number >= 0 ? number : -1 - number;
    const part = this.partAt(state, number >= 0, thread);
    if (part === null) return;
    this.tasks.push({ state, arrival: arrivals.length, part });
    arrivals.push({ from, thread, fork, depth: arrivals[from]!.depth + 1 });
  }

  /** Takes what is no part of a state out of a packed one. */
  protected strip(_packed: Int32Array): void {}

  protected postpone(bound: number, task: Task): void {
    const known = this.later.get(bound);
    if (known) known.push(task);
    else this.later.set(bound, [task]);
  }
}

class ByFailures extends Deepening {
  protected readonly initialPart = 0;
  protected readonly mostNeeded: number;
  private readonly counter: number;
  /** How many failures each content of the counter stands for. */
  private readonly counts: number[] = [0];

  constructor(interpreter: Interpreter, options: SearchOptions, unstable: ReadonlySet<string>, most: number) {
    super(interpreter, options, unstable, 'failures');
    this.mostNeeded = most;
    this.counter = this.expander.packed.components.count - 1;
    const { faultCounter } = interpreter.system;
    // The counter is 0 but for the step that is made.
    this.expander.log.costOf = () => this.bound + payloadOf(interpreter.words[faultCounter]!);
  }

  protected do(task: Task): void {
    const { part } = task;
    const { expander, results } = this;
    const { cache } = expander.packed;
    this.open(task);
    this.look();
    const waiting = new Set<number>();
    for (const [thread, result] of results.entries()) {
      // Steps that end the path have no outcome: they count when the state is first looked at.
      if (part === 0) {
        expander.transitions += cache.transitions[result]!;
        expander.log.cuts += cache.cuts[result]!;
      }
      for (let outcome = cache.firstOutcome[result]!; outcome < cache.firstOutcome[result + 1]!; outcome += 1) {
        const failures = this.failuresOf(outcome);
        if (failures === part) this.take(outcome, thread);
        else if (part === 0) waiting.add(failures);
      }
    }
    for (const failures of waiting)
      if (this.bound + failures <= this.mostNeeded) this.postpone(this.bound + failures, { ...task, part: failures });
  }

  protected partAt(_state: number, isNew: boolean): number | null {
    return isNew ? 0 : null;
  }

  protected override strip(packed: Int32Array): void {
    const { word, shift, mask } = this.expander.packed.layout;
    packed[word[this.counter]!]! &= ~(mask[this.counter]! << shift[this.counter]!);
  }

  private failuresOf(outcome: number): number {
    const { cache, components } = this.expander.packed;
    for (let at = cache.firstChange[outcome]!; at < cache.firstChange[outcome + 1]!; at += 2) {
      if (cache.changes[at] !== this.counter) continue;
      const content = cache.changes[at + 1]!;
      if (this.counts[content] === undefined) {
        const { interpreter } = this.expander;
        components.load(this.counter, content);
        this.counts[content] = payloadOf(interpreter.words[interpreter.system.faultCounter]!);
        components.load(this.counter, 0);
      }
      return this.counts[content];
    }
    return 0;
  }
}

/** `part` of a task that lets all threads go on that have not yet. */
const everyThread = -1;

class BySwitches extends Deepening {
  protected readonly initialPart = everyThread;
  protected readonly mostNeeded = Infinity;
  /** By state: threads whose steps were made, and threads that ran last, as bit sets. */
  private readonly made: number[] = [];
  private readonly last: number[] = [];

  constructor(interpreter: Interpreter, options: SearchOptions, unstable: ReadonlySet<string>) {
    super(interpreter, options, unstable, 'switches');
    this.expander.log.costOf = () => this.bound;
  }

  protected do(task: Task): void {
    const { state, part } = task;
    const { packed } = this.expander;
    const before = this.made[state] ?? 0;
    this.open(task);
    if (part !== everyThread) {
      const result = packed.result(part);
      if (packed.cache.transitions[result] !== 0) {
        if (before === 0) this.postpone(this.bound + 1, { ...task, part: everyThread });
        if (((before >>> part) & 1) === 0) this.make(state, part, result);
        return;
      }
    }
    if (before === -1) return;
    this.look();
    for (const [thread, result] of this.results.entries())
      if (((before >>> thread) & 1) === 0) this.make(state, thread, result);
    this.made[state] = -1;
  }

  protected partAt(state: number, isNew: boolean, thread: number): number | null {
    // Reached with fewer switches before: nothing that goes on from there needs more.
    if (!isNew && state < this.firstNew) return null;
    const known = this.last[state] ?? 0;
    if (((known >>> thread) & 1) === 1) return null;
    this.last[state] = known | (1 << thread);
    return thread;
  }

  private make(state: number, thread: number, result: number): void {
    const { packed, log } = this.expander;
    const { cache } = packed;
    this.made[state] = (this.made[state] ?? 0) | (1 << thread);
    this.expander.transitions += cache.transitions[result]!;
    log.cuts += cache.cuts[result]!;
    for (let outcome = cache.firstOutcome[result]!; outcome < cache.firstOutcome[result + 1]!; outcome += 1)
      this.take(outcome, thread);
  }
}
