import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { GeneratedInterpreter } from '../../codegen/generatedInterpreter.js';
import { giveInterpreter } from '../../system/idleInterpreters.js';
import type { Interpreter } from '../../system/interpreter.js';
import type { ResolvedRevision } from '../../system/link.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import { segmentsOf } from '../../system/segments.js';
import { UnstableField } from '../../system/sharedWords.js';
import type { Reductions } from '../cached/expander.js';
import type { LocalPath, Place } from '../cached/findingLog.js';
import { layoutFor } from '../cached/layout.js';
import { OutOfMemory, printBytes } from '../cached/memoryAllowance.js';
import { PackedSystem } from '../cached/packedSystem.js';
import { cyclicLocks } from '../reductions/movers.js';
import type { Discovery, SearchOptions, SearchResult } from '../search.js';
import { endedUnexpectedly, interrupted, outOfMemory, outOfTime, tooManyStates } from '../stopped.js';
import { LevelLengths } from '../levelLengths.js';
import { SharingAssumptions } from '../sharingAssumptions.js';
import { takeBreak } from '../slices.js';
import type { SharedBuffers } from './control.js';
import { Control, figure, figures, newBuffers, PartyLost, word } from './control.js';
import { SharedContents } from './sharedContents.js';
import type { CodeUse, PartResult } from './searchPart.js';
import { SearchPart } from './searchPart.js';
import { acyclicity } from '../cached/progressLoops.js';
import type { FromPartner, PartnerData, ToPartner } from './partnerMessages.js';

/** How a search is shared. */
export interface SharedSearchOptions extends SearchOptions {
  /** Threads that search, this one included. */
  readonly workers: number;
  /**
   * The others come in when there are so many states, default 500,000, or after a few seconds, if the search is not about to end: starting them
   * takes longer than most searches.
   */
  readonly alone?: number;
}

const defaultAlone = 500_000;
/** Milliseconds after which they come in anyway: states of some searches take long. */
const longestAlone = 2500;
/** A search is about to end if no more than these are left as far as one can tell. */
const fewStates = 50_000;
/** Blocks of states between two looks at the clock. */
const lookInterval = 64;
/** Milliseconds that this thread waits for others before it looks after messages. */
const patience = 5;
/** Milliseconds of work without a break, in which this thread's timers, signals and messages have their turn. */
const longestWork = 50;
/** Milliseconds in which a thread that died has to be heard of. */
const lastWords = 10_000;

/** Exists in the build only: run from its TypeScript sources, the library has no file a thread could start with. */
const partnerFile = new URL('./partner.js', import.meta.url);

/**
 * Exhaustive breadth-first search by several threads on one set of visited states: the same states, transitions, findings
 * and schedules as the search by one thread (`cachedBreadthFirst`). Level by level, so depths are exact; the states of each
 * level are put in the order in which one thread would have found them. `revision` is the one that the system was linked of.
 *
 * It begins with this thread alone. A thread that dies ends the search with a limit and without findings. Without built files it
 * stays alone.
 */
export async function sharedBreadthFirst(
  system: LinkedSystem,
  revision: ResolvedRevision,
  options: SharedSearchOptions,
): Promise<SearchResult> {
  // The time runs from here: what comes before the search proper, and searches that begin again, count.
  const started = options.now();
  const assumptions = new SharingAssumptions(
    system,
    options.reduction ?? true,
    options.transactions ?? false,
    (weakened) => new GeneratedInterpreter(system, weakened),
    undefined,
    options.ownership,
  );
  const { interpreter, weakened } = assumptions;
  for (;;) {
    const team = new Team(interpreter, revision, weakened, options, started);
    try {
      const result = await team.search();
      giveInterpreter(interpreter);
      return result;
    } catch (error) {
      if (!(error instanceof UnstableField)) throw error;
      assumptions.giveUp(error);
    } finally {
      await team.dismiss();
    }
  }
}

/** The threads of one search, and what this one, which leads them, has to do for that. */
class Team {
  private readonly interpreter: Interpreter;
  private readonly revision: ResolvedRevision;
  private readonly weakened: ReadonlySet<string>;
  private readonly options: SharedSearchOptions;
  private readonly reductions: Reductions;
  private readonly code: CodeUse;
  private readonly buffers: SharedBuffers;
  private readonly contents: SharedContents;
  private readonly control: Control;
  private readonly figures: Float64Array;
  private readonly part: SearchPart;
  private readonly partners: Partner[] = [];
  private readonly limits = new Set<string>();
  private readonly started: number;
  private readonly levels = new LevelLengths();
  private blocks = 0;
  /** When this thread came back from its last break. */
  private cameBack: number;
  private needsBreak = false;
  /** Why the search cannot go on. */
  private failure: Error | null = null;
  private readonly failed: Promise<void>;
  private tellFailed: () => void = () => undefined;

  constructor(
    interpreter: Interpreter,
    revision: ResolvedRevision,
    weakened: ReadonlySet<string>,
    options: SharedSearchOptions,
    started: number,
  ) {
    this.interpreter = interpreter;
    this.revision = revision;
    this.weakened = weakened;
    this.options = options;
    this.started = started;
    this.cameBack = started;
    this.failed = new Promise((resolve) => (this.tellFailed = resolve));
    const { transactions = false, symmetry = false } = options;
    this.reductions = { transactions, symmetry, weakened };
    this.contents = SharedContents.create();
    // Of the memory, a small part may be used for tables that make steps faster.
    this.code = { use: options.webAssembly ?? 'large', memory: (options.memory ?? Infinity) / 32 };
    const { system } = interpreter;
    const components = segmentsOf(system).length;
    this.buffers = newBuffers(this.contents.buffer, Math.max(1, options.workers), components);
    this.control = new Control(this.buffers.control);
    this.figures = new Float64Array(this.buffers.figures);
    this.part = new SearchPart(interpreter, this.buffers, this.contents, this.reductions, this.code, 0, {
      goOn: () => this.goOn(),
      needsBreak: () => this.needsBreak,
      allow: (bytes) => this.allow(bytes),
      full: (reason) => this.limits.add(outOfMemory(this.sum(figure.states), reason)),
      level: () => {
        this.levels.push(this.control.get(word.levelLength));
        this.letIn();
      },
    });
  }

  async search(): Promise<SearchResult> {
    this.part.begin();
    this.letIn();
    // They come in as soon as they are ready, or at once where they are to be there from the first state on.
    if (this.options.alone === 0) await this.allReady();
    try {
      await this.lead();
    } catch (error) {
      if (!(error instanceof PartyLost)) throw error;
      // What it said, or that it said nothing, is still on its way.
      await Promise.race([this.failed, delay(lastWords, undefined, { ref: false })]);
      throwIfUnstable(this.failure);
      return this.lost();
    }
    const parts: PartResult[] = [];
    if (this.control.get(word.parties) > 1) {
      const results = await Promise.all(this.partners.map((partner) => partner.result));
      throwIfUnstable(this.failure);
      for (const result of results) {
        if (result === null) return this.lost();
        parts.push(result);
      }
    }
    await this.agree(parts);
    return this.resultOf([this.part.result(), ...parts]);
  }

  /** Ends the other threads. */
  async dismiss(): Promise<void> {
    this.control.giveUp();
    await Promise.all(this.partners.map((partner) => partner.end()));
  }

  /** Makes this thread's part; looks after messages while it waits for the others. */
  private async lead(): Promise<void> {
    const { control } = this;
    for (const waits of this.part.run()) {
      if (waits) {
        Atomics.wait(control.words, waits.at, waits.value, patience);
        if (control.get(waits.at) !== waits.value) continue;
      }
      await takeBreak();
      this.cameBack = this.options.now();
      this.needsBreak = false;
    }
  }

  private sum(which: number): number {
    let total = 0;
    for (let party = 0; party < this.control.get(word.parties); party += 1)
      total += this.figures[party * figures + which]!;
    return total;
  }

  private get bytes(): number {
    const { states, order } = this.part;
    return states.bytes + order.bytes + this.contents.bytes + this.sum(figure.bytes);
  }

  // ---- bounds ----

  private goOn(): boolean {
    const { control, limits, options } = this;
    const states = this.sum(figure.states);
    if (states > options.maxStates) {
      limits.add(tooManyStates(states, options.maxStates));
      return false;
    }
    // The first block is over at once, so that a bound which is met already is seen.
    this.blocks += 1;
    if (this.blocks % lookInterval !== 1) return true;
    const now = options.now();
    this.needsBreak = now - this.cameBack > longestWork;
    if (now - this.started > options.timeout) {
      limits.add(outOfTime(options.timeout));
      return false;
    }
    const length = control.get(word.levelLength);
    const ofLevel = length - Math.min(control.get(word.block) * 64, length);
    const remaining = this.levels.remaining(ofLevel);
    const progress = {
      states,
      transitions: this.sum(figure.transitions),
      frontier: states - control.get(word.levelBase) - length + ofLevel,
      depth: control.get(word.depth),
      bytes: this.bytes,
      ...(remaining === undefined ? {} : { remaining }),
    };
    if (options.progress && !options.progress(progress)) {
      limits.add(interrupted);
      return false;
    }
    return true;
  }

  private allow(bytes: number): void {
    const { memory = Infinity } = this.options;
    if (this.bytes + bytes > memory) throw new OutOfMemory(`the ${printBytes(memory)} that it may use (--memory)`);
  }

  // ---- the other threads ----

  /** Between two levels: starts the other threads when it is time, and lets them in when all are ready. */
  private letIn(): void {
    const { control, options } = this;
    const others = options.workers - 1;
    if (others < 1 || control.get(word.parties) > 1) return;
    if (this.partners.length === 0) {
      if (!this.isWorthSharing || !existsSync(partnerFile)) return;
      const { scenario, options: systemOptions } = this.interpreter.system;
      const { buffers, reductions, revision, weakened } = this;
      for (let party = 1; party <= others; party += 1) {
        const data: PartnerData = {
          party,
          revision,
          scenario,
          options: systemOptions,
          buffers,
          weakened: [...weakened],
          transactions: reductions.transactions,
          symmetry: reductions.symmetry ?? false,
          code: this.code,
        };
        this.partners.push(new Partner(data, (error) => this.fail(error)));
      }
    }
    if (control.get(word.ready) < others) return;
    control.set(word.parties, options.workers);
    Atomics.notify(control.words, word.parties);
  }

  private get isWorthSharing(): boolean {
    const { options, control } = this;
    const { alone = defaultAlone } = options;
    const states = this.sum(figure.states);
    if (states < alone && options.now() - this.started < longestAlone) return false;
    const left = this.levels.remaining(control.get(word.levelLength)) ?? Infinity;
    return left >= Math.min(fewStates, alone);
  }

  private async allReady(): Promise<void> {
    while (this.control.get(word.ready) < this.partners.length && this.failure === null) await delay(1);
    this.letIn();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.control.giveUp();
    this.tellFailed();
  }

  /** What one thread assumes must hold of what all of them did. Throws `UnstableField` if it does not. */
  private async agree(parts: readonly PartResult[]): Promise<void> {
    const { expander } = this.part;
    for (const part of parts) this.interpreter.sharing.absorb(part);
    expander.log.merge(parts.map((part) => part.notes));
    if (parts.length > 0) {
      expander.packed.components.catchUp();
      if (expander.slots && parts.some(({ hasMoved }) => hasMoved)) expander.slots.hasMoved = true;
      expander.checkSymmetry();
    }
    if (!expander.movers) return;
    if (!this.weakened.has(cyclicLocks) && expander.log.hasLockCycle()) throw new UnstableField(cyclicLocks);
    const used = [expander.movers.used(), ...parts.map((part) => part.used)].flat();
    const broken = parts.map((part) => part.broken).find((field) => field !== null) ?? null;
    expander.movers.absorb(used, broken);
    if (parts.length > 0) await Promise.all(this.partners.map((partner) => partner.absorb(used)));
    throwIfUnstable(this.failure);
    // A search that was stopped proves nothing, whatever was assumed.
    const cuts = parts.reduce((sum, part) => sum + part.cuts, expander.log.cuts);
    if (this.limits.size === 0) expander.movers.settle(cuts);
  }

  /** Not the whole of the states was searched, and nobody knows which of them. */
  private lost(): SearchResult {
    const reason = this.failure?.message ?? 'it did not answer';
    return {
      ...this.frame(),
      transitions: this.sum(figure.transitions),
      limits: [endedUnexpectedly('one of the threads of the search', reason)],
      discoveries: [],
      cuts: 0,
      coverage: this.interpreter.coverage.slice(),
    };
  }

  private frame() {
    return {
      states: this.sum(figure.states),
      depth: this.control.get(word.depth),
      milliseconds: this.options.now() - this.started,
      bytes: this.bytes,
      unstableFields: [...this.weakened].sort(),
    };
  }

  // ---- the result ----

  private resultOf(parts: readonly PartResult[]): SearchResult {
    const frame = this.frame();
    const { expander } = this.part;
    const { log } = expander;
    const coverage = new Uint8Array(this.interpreter.coverage.length);
    for (const part of parts) part.coverage.forEach((count, edge) => (coverage[edge]! |= count));
    const transitions = parts.reduce((sum, part) => sum + part.transitions, 0);
    const steps = parts.reduce((sum, part) => sum + part.steps, 0);
    expander.packed.components.catchUp();
    const numbers = new Map(parts.flatMap((part) => part.numbers));
    return {
      ...frame,
      transitions,
      limits: [...this.limits, ...[...new Set(parts.flatMap((part) => part.limits))].sort()],
      cuts: parts.reduce((sum, part) => sum + part.cuts, 0),
      coverage,
      ...acyclicity(
        expander,
        parts.map((part) => part.changes),
      ),
      reductions: expander.reductionReports(steps, transitions),
      discoveries: this.discoveries(log.places(), numbers),
    };
  }

  private discoveries(places: readonly Place[], numbers: ReadonlyMap<number, number>): Discovery[] {
    if (places.length === 0) return [];
    const { expander, form, states } = this.part;
    const { packed } = expander;
    // The steps of other threads are new to this one, their contents are not: no state changes its form from here on.
    packed.components.catchUp();
    packed.adopt(layoutFor(packed.largerRoom()));
    const convert = PackedSystem.convert(form, packed.layout);
    const stateOf = (number: number) => {
      const state = new Int32Array(packed.layout.width);
      convert(states.stateAt(number), 0, state, 0);
      return state;
    };
    return places.map((place) => {
      const paths: LocalPath[] = [];
      for (let at = numbers.get(place.state)!; at !== 0;) {
        const parent = states.words[states.orderAt(at)]!;
        paths.push(expander.pathBetween(stateOf(parent), stateOf(at)));
        at = parent;
      }
      return expander.discovery(place, paths.reverse());
    });
  }
}

function throwIfUnstable(error: Error | null): void {
  if (error instanceof UnstableField) throw error;
}

/** Another thread of the search, as its leader sees it. */
class Partner {
  /** What it found; null if it died. */
  readonly result: Promise<PartResult | null>;
  private readonly worker: Worker;
  private readonly exit: Promise<void>;
  private answer: () => void = () => undefined;
  private isDismissed = false;

  constructor(data: PartnerData, failed: (error: Error) => void) {
    // Options of the process, such as --input-type, are not about this file.
    this.worker = new Worker(partnerFile, { workerData: data, execArgv: [] });
    let ended: () => void;
    this.exit = new Promise((resolve) => (ended = resolve));
    this.result = new Promise((resolve) => {
      this.worker.on('message', (message: FromPartner) => {
        if (message.kind === 'result') resolve(message.result);
        else if (message.kind === 'unstable') failed(new UnstableField(message.field));
        if (message.kind !== 'result') this.answer();
      });
      this.worker.on('error', failed);
      this.worker.on('exit', (code) => {
        if (!this.isDismissed) failed(new Error(`its thread exited with code ${code}`));
        resolve(null);
        this.answer();
        ended();
      });
    });
  }

  /** Tells it what the others used; when it has looked at that, it has told if that contradicts what it assumed. */
  absorb(used: PartResult['used']): Promise<void> {
    const answered = new Promise<void>((resolve) => (this.answer = resolve));
    const message: ToPartner = { kind: 'absorb', used };
    this.worker.postMessage(message);
    return answered;
  }

  async end(): Promise<void> {
    this.isDismissed = true;
    await this.worker.terminate();
    await this.exit;
  }
}
