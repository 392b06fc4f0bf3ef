import type { Interpreter } from '../../system/interpreter.js';
import type { Discovery, Move, ReductionReport } from '../search.js';
import { UnstableField } from '../../system/sharedWords.js';
import { cyclicLocks, Movers } from '../reductions/movers.js';
import { Canonical } from '../reductions/symmetryCanonical.js';
import { CanonicalSlots, interchangeableSlots } from '../reductions/symmetryOfObjects.js';
import { threadSymmetry } from '../reductions/symmetryOfThreads.js';
import { beforeCommit, longestTransaction, mostWays, Transactions } from '../reductions/transactions.js';
import type { ContentTable } from './components.js';
import { FindingLog } from './findingLog.js';
import type { LocalPath, Place } from './findingLog.js';
import type { Layout } from './layout.js';
import { PackedSystem } from './packedSystem.js';
import { RecentStates } from './recentStates.js';
import { hashOf } from './visitedSet.js';

/** Which reductions an expander makes use of; the assumptions that turned out to be wrong are in `weakened`. */
export interface Reductions {
  readonly transactions: boolean;
  /** States are kept up to the names of threads that are alike. Default false. */
  readonly symmetry?: boolean;
  readonly weakened: ReadonlySet<string>;
  /** Steps may be put off that do harm only together (`putOff` in `movers.ts`). Default true. */
  readonly mayPutOff?: boolean;
}

const noReductions: Reductions = { transactions: false, weakened: new Set() };

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
  buffer: Int32Array = new Int32Array(1 << 14);
  hashes: Int32Array = new Int32Array(1 << 10);
  /** Successors in the buffer. */
  count = 0;
  transitions = 0;
  /** The state after setup, in the interpreter's words. */
  readonly initial: Int32Array;
  /** How many steps were made; more than transitions where several steps of a thread make one. */
  steps = 0;
  private readonly results: Int32Array;
  private readonly keeper: StateKeeper;
  readonly movers: Movers | null;
  private readonly transactions: Transactions | null;
  /** Chooses among states that differ only in the names of threads; null if no two threads are alike, or nobody asks for it. */
  readonly canonical: Canonical | null;
  /** Chooses among states that differ only in the slots of objects; null if nobody asks for it, or no pool has two. */
  readonly slots: CanonicalSlots | null;
  /**
   * Successors that came up before are left out, as far as they are remembered: for a search that keeps each successor for good before it asks for
   * the next ones. Only where states are kept up to names: others are known as fast by the search itself.
   */
  leavesOutRecent = false;
  /** Successors before they were made canonical, and the form that they are in. To be forgotten if not all of them were kept. */
  readonly recent = new RecentStates();
  private recentForm: Layout;
  /** The state that is made canonical. */
  private readonly contents: Int32Array;
  /** How many results there were when the assumptions about shared data were last checked for all names. */
  private checked = 0;
  /** States in the middle of a transaction, one for each of its steps so far. */
  private path = new Int32Array(1 << 10);
  private pathLength = 0;
  /** Forks that led to each successor in the buffer, and its thread, where somebody asks. */
  private recorded: LocalPath[] | null = null;

  /** `tablesFor` makes the tables of contents, where others use them too; see `Components`. */
  constructor(
    interpreter: Interpreter,
    keeper: StateKeeper,
    reductions: Reductions = noReductions,
    tablesFor?: (lengths: Int32Array) => readonly ContentTable[],
  ) {
    this.interpreter = interpreter;
    this.keeper = keeper;
    const quiet = interpreter.quietState();
    const log = new FindingLog(interpreter, quiet);
    this.log = log;
    this.initial = interpreter.initialState();
    this.movers = reductions.transactions
      ? new Movers(interpreter, reductions.weakened, null, reductions.mayPutOff)
      : null;
    this.packed = new PackedSystem(
      interpreter,
      {
        violations: (violations, thread, fork) => log.record(violations, thread, fork),
        lockEdges: (edges, thread, fork) => this.recordLockEdges(edges, thread, fork, reductions),
        limit: (what) => log.limits.add(what),
      },
      { rewrite: (from, to) => this.rewrite(from, to) },
      (object, outcome, thread) => log.recordLeak(this.packed, object, outcome, thread),
      this.movers,
      tablesFor,
    );
    this.transactions = reductions.transactions
      ? new Transactions(this.packed.cache, !reductions.weakened.has(cyclicLocks))
      : null;
    this.results = new Int32Array(this.packed.cache.threads);
    this.contents = new Int32Array(this.packed.components.count);
    this.recentForm = this.packed.layout;
    const symmetry = reductions.symmetry ? threadSymmetry(interpreter.system, this.initial, quiet) : null;
    this.canonical = symmetry
      ? new Canonical(interpreter, this.packed.components, symmetry, () => this.packed.cache.forgetLoaded())
      : null;
    log.canonical = this.canonical;
    const pools = reductions.symmetry ? interchangeableSlots(interpreter.system, quiet) : [];
    this.slots =
      pools.length > 0
        ? new CanonicalSlots(interpreter, this.packed.components, pools, () => this.packed.cache.forgetLoaded())
        : null;
  }

  /** Words of a packed state; grows in the course of a search, see `StateKeeper`. */
  get width(): number {
    return this.packed.layout.width;
  }

  clear(): void {
    this.count = 0;
    if (!this.canonical || this.checked === this.packed.cache.results) return;
    this.checked = this.packed.cache.results;
    this.checkSymmetry();
    this.canonical.spreadCoverage(this.interpreter.coverage);
  }

  /** What is assumed of shared data has to hold under all names. Throws `UnstableField` if it does not. */
  checkSymmetry(): void {
    while (this.slots?.checkAssumptions() === true || this.canonical?.checkAssumptions() === true);
  }

  /** To be called when the search is over; throws if what a reduction assumed turned out to be wrong (`Movers.settle`). */
  settle(): void {
    this.movers?.settle(this.log.cuts);
  }

  /** What each reduction that is on did so far; of a search that is made in parts, all of them made so many steps and transitions. */
  reductionReports(steps = this.steps, transitions = this.transitions): ReductionReport[] {
    const reports: ReductionReport[] = [];
    if (this.interpreter.ownership) reports.push(this.packed.ownershipReport());
    if (this.movers) {
      reports.push({
        name: 'transactions',
        effect: `${steps} steps in ${transitions} transitions`,
        reasons: this.movers.reasons(),
      });
    }
    if (this.canonical) {
      const report = this.canonical.report();
      reports.push({ ...report, reasons: [...report.reasons, ...(this.slots?.reasons() ?? [])] });
    }
    return reports;
  }

  /** Each step makes a transition of its own, to a state that is kept as it is: no reduction merges any. */
  get isPlain(): boolean {
    return this.transactions === null && this.canonical === null && !this.interpreter.ownership;
  }

  /** Appends the initial state to the buffer. */
  addInitial(): void {
    this.interpreter.words.set(this.initial);
    this.packed.internInterpreted();
    this.reserve(this.count * this.width + this.width);
    this.packed.packValues(this.packed.values, this.buffer, this.count * this.width);
    this.finish(false);
  }

  private recordLockEdges(edges: Interpreter['lockEdges'], thread: number, fork: number, reductions: Reductions): void {
    if (edges.length === 0) return;
    this.log.recordLockEdges(edges, thread, fork);
    // Transactions take locks inside each other in one go; where that can end in a deadlock they must not.
    if (reductions.transactions && !reductions.weakened.has(cyclicLocks) && this.log.hasLockCycle())
      throw new UnstableField(cyclicLocks);
  }

  /** Appends the successors of the state at `from[at…]` to the buffer. */
  expand(from: Int32Array, at: number): void {
    const { packed, results, log, transactions } = this;
    const { cache } = packed;
    packed.unpack(from, at);
    let enabled = 0;
    let racing = 0;
    for (let thread = 0; thread < results.length; thread += 1) {
      const result = packed.result(thread);
      results[thread] = result;
      enabled += cache.transitions[result]!;
      if ((cache.reads[result]! | cache.writes[result]!) !== 0) racing += 1;
    }
    if (racing > 1) log.checkRaces(packed, results);
    if (enabled === 0) log.checkEnd(packed);
    const twins = enabled === 0 ? 0 : this.twins();
    for (let thread = 0; thread < results.length; thread += 1)
      if (((twins >>> thread) & 1) === 0) log.cuts += cache.cuts[results[thread]!]!;
    if (transactions) {
      this.expandByTransactions(transactions, twins);
      return;
    }
    for (let thread = 0; thread < results.length; thread += 1) {
      if ((twins >>> thread) & 1) continue;
      const result = results[thread]!;
      this.transitions += cache.transitions[result]!;
      const end = cache.firstOutcome[result + 1]!;
      for (let outcome = cache.firstOutcome[result]!; outcome < end; outcome += 1) {
        this.recorded?.push({ thread, forks: [cache.forks[outcome]!] });
        this.add(outcome, thread);
      }
    }
  }

  /** Threads that the one before them stands for in the unpacked state (`Canonical.isTwin`), as a set; their next steps are in `results`. */
  private twins(): number {
    const { canonical, packed, results } = this;
    if (!canonical?.exchanges) return 0;
    let twins = 0;
    for (let thread = 1; thread < results.length; thread += 1) {
      if (packed.cache.transitions[results[thread]!]! > 0 && canonical.isTwin(thread, packed.values))
        twins |= 1 << thread;
    }
    if (canonical.hasNew) {
      canonical.hasNew = false;
      packed.fit();
    }
    return twins;
  }

  /** Appends the states at the ends of the transactions of the unpacked state, whose next steps are in `results`; not those of `twins`. */
  private expandByTransactions(transactions: Transactions, twins: number): void {
    const { packed, results, width } = this;
    if (this.path.length < width) this.path = new Int32Array(width);
    packed.packValues(packed.values, this.path, 0);
    this.pathLength = 1;
    // Results of the first steps: `results` keeps, the values of the state do not, once a transaction has begun.
    for (let thread = 0; thread < results.length; thread += 1) {
      if ((twins >>> thread) & 1) continue;
      const result = results[thread]!;
      if (thread > 0 && packed.cache.firstOutcome[result]! < packed.cache.firstOutcome[result + 1]!)
        packed.unpack(this.path, 0);
      this.follow(transactions, thread, result, beforeCommit, 1, true);
    }
    this.pathLength = 0;
  }

  /**
   * Makes the step `result` of a thread in the state that ends the path, which is the unpacked one, and goes on as long as the transaction does.
   * Of the steps before there are `ways` ways to go on from, at most; each is gone on its own. `keepsNames`: they all did (`CanonicalSlots.keepsNames`).
   */
  private follow(
    transactions: Transactions,
    thread: number,
    result: number,
    phase: number,
    ways: number,
    keepsNames: boolean,
  ): void {
    const { packed, log } = this;
    const { cache } = packed;
    const first = cache.firstOutcome[result]!;
    const end = cache.firstOutcome[result + 1]!;
    const outcomes = end - first;
    const after = ways * outcomes;
    this.steps += cache.transitions[result]!;
    this.transitions += cache.transitions[result]! - outcomes;
    for (let outcome = first; outcome < end; outcome += 1) {
      const own = (this.pathLength - 1) * this.width;
      // The state that ends the path is the unpacked one at first.
      if (outcome > first) packed.unpack(this.path, own);
      const at = this.pathLength * this.width;
      if (at + this.width > this.path.length) this.growPath();
      packed.pack(outcome, thread, this.path, at);
      const next = transactions.phaseAfter(phase, result, outcome);
      const keeps = keepsNames && this.keepsNames(outcome);
      log.prefix.push(cache.forks[outcome]!);
      this.pathLength += 1;
      packed.unpack(this.path, at);
      const isLong = this.pathLength > longestTransaction || after > mostWays;
      const following = isLong ? -1 : packed.result(thread);
      if (following >= 0 && transactions.goesOn(next, following)) {
        log.cuts += cache.cuts[following]!;
        this.follow(transactions, thread, following, next, after, keeps);
      } else {
        this.transitions += 1;
        this.recorded?.push({ thread, forks: [...log.prefix] });
        this.addFromPath(keeps);
      }
      this.pathLength -= 1;
      log.prefix.pop();
    }
  }

  private growPath(): void {
    const { packed } = this;
    const own = (this.pathLength - 1) * this.width;
    this.path = grown(this.path);
    // The unpacked state is one of the path.
    packed.unpack(this.path, own);
  }

  /** Appends the last state of the path. */
  private addFromPath(keepsNames: boolean): void {
    const { width } = this;
    const at = this.count * width;
    this.reserve(at + width);
    const from = (this.pathLength - 1) * width;
    for (let word = 0; word < width; word += 1) this.buffer[at + word] = this.path[from + word]!;
    this.finish(keepsNames);
  }

  private add(outcome: number, thread: number): void {
    const { width } = this;
    const at = this.count * width;
    this.reserve(at + width);
    this.packed.pack(outcome, thread, this.buffer, at);
    this.finish(this.keepsNames(outcome));
  }

  private keepsNames(outcome: number): boolean {
    return this.slots === null || this.slots.keepsNames(outcome, this.packed.cache);
  }

  /** The successor at the end of the buffer is complete; whether its objects are in the places that a canonical state has them in. */
  private finish(keepsNames: boolean): void {
    const { canonical } = this;
    if (canonical && (!keepsNames || canonical.exchanges)) {
      if (this.leavesOutRecent && this.recorded === null && this.isRecent()) return;
      this.canonicalise(canonical, keepsNames);
    }
    const { width } = this;
    if (this.count >= this.hashes.length) this.hashes = grown(this.hashes);
    this.hashes[this.count] = hashOf(this.buffer, this.count * width, width);
    this.count += 1;
  }

  private isRecent(): boolean {
    const { buffer, count, packed, recent, width } = this;
    if (this.recentForm !== packed.layout) {
      this.recentForm = packed.layout;
      recent.forget();
    }
    return recent.meets(buffer, count * width, width, hashOf(buffer, count * width, width));
  }

  /** Makes the successor at the end of the buffer the canonical one of those that differ in the names of threads. */
  private canonicalise(canonical: Canonical, keepsNames: boolean): void {
    const { packed, contents, recorded, slots } = this;
    packed.contentsOf(this.buffer, this.count * this.width, contents);
    const moved = !keepsNames && slots?.canonicalise(contents) === true;
    const renaming = canonical.canonicalise(contents);
    // Threads that are exchanged may come to name their objects in another order.
    if (renaming !== null) slots?.canonicalise(contents);
    if (canonical.hasNew || slots?.hasNew === true) {
      canonical.hasNew = false;
      if (slots) slots.hasNew = false;
      packed.fit();
    } else if (renaming === null && !moved) return;
    this.reserve((this.count + 1) * this.width);
    packed.packValues(contents, this.buffer, this.count * this.width);
    const last = recorded?.pop();
    if (last) recorded?.push(renaming ? { ...last, renaming: [...renaming] } : last);
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
    const path = new Int32Array(Math.max(this.path.length, (this.pathLength + 2) * to.width));
    for (let at = 0; at < this.pathLength; at += 1) convert(this.path, at * from.width, path, at * to.width);
    this.path = path;
    this.keeper.rewrite(from, to);
  }

  // ---- schedules ----

  /** The first moves that lead from one state to another; both in the form that packed states have now, which stays as it is. */
  pathBetween(state: Int32Array, target: Int32Array): LocalPath {
    const { width } = this;
    const before = this.count;
    const transitions = this.transitions;
    const steps = this.steps;
    const { cuts } = this.log;
    this.recorded = [];
    this.expand(state, 0);
    const paths = this.recorded;
    this.recorded = null;
    this.transitions = transitions;
    this.steps = steps;
    this.log.cuts = cuts;
    this.count = before;
    for (const [index, path] of paths.entries()) {
      const at = (before + index) * width;
      if (target.every((word, offset) => word === this.buffer[at + offset])) return path;
    }
    throw new Error('a state is no successor of its predecessor');
  }

  /** What was found at the end of a path from the initial state, with a schedule that leads there. */
  discovery({ violation, path }: Place, before: readonly LocalPath[]): Discovery {
    return { violation, schedule: this.schedule([...before, path]) };
  }

  /**
   * By thread of the initial state, in which threads that are alike can change places: who it is in a run at whose end all
   * have the names of the path's last state.
   */
  private firstNames(path: readonly LocalPath[]): readonly number[] {
    const own: readonly number[] = Array.from(this.results.keys());
    const atEnd = path.reduce((names, { renaming }) => (renaming ? renamed(names, renaming) : names), own);
    return renamed(own, atEnd);
  }

  /** Turns a path from the initial state into a schedule, by running it. */
  schedule(path: readonly LocalPath[]): Move[] {
    const { interpreter } = this;
    const words = this.initial.slice();
    this.packed.cache.forgetLoaded();
    let names = this.firstNames(path);
    return path.flatMap(({ thread: named, forks, renaming }) => {
      const thread = names[named] ?? named;
      if (renaming) names = renamed(names, renaming);
      return forks.map((fork) => {
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
    });
  }
}

/** What threads are called after some of them got other names. */
function renamed(names: readonly number[], renaming: readonly number[]): readonly number[] {
  const next = [...names];
  renaming.forEach((to, from) => (next[to] = names[from]!));
  return next;
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
