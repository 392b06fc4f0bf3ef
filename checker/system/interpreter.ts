import { printErrno } from '../../models/program/errno.js';
import { printSpan } from '../../models/program/sourceSpan.js';
import { unreachable } from '../../models/base/unreachable.js';
import { findingId } from '../finding/findingId.js';
import type {
  CellLayout,
  LinkedBinding,
  LinkedFunction,
  LinkedNode,
  LinkedReturnCheck,
  LinkedSystem,
  ObjectSlot,
} from './linkedSystem.js';
import { accessedPlace, sourcePlace } from './accessedPlace.js';
import { fillBeforeSetup } from './beforeSetup.js';
import { Collector } from './collector.js';
import { callStack, frameOf, functionOf, operationFunction, wayIn } from './frames.js';
import { noOwnership, Owners, returnsMemory } from './owners.js';
import { headerConflictShift, headerOfSetup, headerReturned, headerShared, headerState } from './header.js';
import type { IdEntry } from './idEntries.js';
import { idEntriesOf, outputGhosts } from './idEntries.js';
import { leftovers } from './leftovers.js';
import type { LockCell } from './lockCells.js';
import { lockCellsOf } from './lockCells.js';
import { ModelError } from './modelError.js';
import type { Operation } from './operation.js';
import {
  compileOperation,
  opAlloc,
  opAssign,
  opAwait,
  opBranch,
  opCall,
  opCallIndirect,
  opChoose,
  opEvent,
  opFree,
  opLimit,
  opLoad,
  opReport,
  opReturn,
  opStore,
} from './operation.js';
import { stateName } from './stateName.js';
import type { Access, Observer, StepStatus, Violation } from './step.js';
import { operandCompiler } from './operandCompiler.js';
import { pathAt } from './pathAt.js';
import { PathEnd } from './pathEnd.js';
import { furtherParts, segmentsOf } from './segments.js';
import { SharedWords, UnstableField } from './sharedWords.js';
import {
  constantBase,
  integer,
  isErrorWord,
  nullPage,
  payloadOf,
  pointer,
  tagFunction,
  tagOf,
  tagPointer,
  uninitialised,
} from './word.js';

const maxNodesPerStep = 100_000;

/** Kinds of nodes that cannot be compiled where a model asks for what there is not. */
const mayNotFit: ReadonlySet<string> = new Set(['event', 'opaque']);

/**
 * The reference semantics of a linked system, one step at a time.
 *
 * A step of a thread runs from one state boundary to the next: reads of data that no longer changes and choices of the
 * environment first, then one visible operation, then local computation up to the next read, choice or visible operation.
 * A step whose visible operation has to wait stops in front of it if it got anywhere, and does not exist otherwise.
 *
 * Use: fill `words` with a state, call `step(thread)`, then `nextFork()` (after restoring the state) until it says false.
 * Deterministic: the same words, thread and choices give the same result.
 */
export class Interpreter {
  readonly system: LinkedSystem;
  /** The current state, changed in place. */
  readonly words: Int32Array;
  /** What the last step broke. */
  readonly violations: Violation[] = [];
  /** Why the last step was `exhausted`. */
  limit = '';
  /**
   * What steps met that the model does not represent, though they went on, and what ended the quiet state early; each once. A
   * run that met something cannot show that a property holds.
   */
  readonly limits = new Set<string>();
  /**
   * What the last step changed, as a list of `changes` numbers of segments (`segmentsOf`).
   */
  readonly changed: Int32Array;
  changes = 0;
  /**
   * What the steps since `forgetObserved()` depended on beside the thread's own segment and the locks it holds, in the order in
   * which they came to it: segments (numbered as in `changed`), or `waitingOf` plus a thread for where that thread waits.
   */
  readonly observed: Int32Array;
  observations = 0;
  /** A step since `forgetObserved()` looked at all of the state, for memory that nobody names. */
  observedAll = false;
  /** Visible operations of the last step: more than one in an atomic function, none where a step ends for another reason. */
  visibles = 0;
  /** The last of them: its word address, and its column in the table of the lifecycle; -1 for other accesses, -2 for a free. */
  visiblePlace = 0;
  /** Address of the shared word that the step accessed last without being seen, -1 for none. */
  private hiddenPlace = -1;
  visibleColumn = 0;
  /** All of them, in pairs of place and column, and accesses to memory that was shared before (`headerReturned`). */
  readonly visibleLog: number[] = [];
  /** Leaves out the recycling at the end of a step: whoever sets it calls `recycle()`, or does the same in another way. */
  deferRecycling = false;
  /** Plain and marked accesses to shared data that changes, made by the last step. */
  readonly accesses: Access[] = [];
  /** Which control-flow edges ran, by edge number. */
  readonly coverage: Uint8Array;
  /** Lock order seen by the last step: pairs of lock classes, `held` before `taken`. */
  readonly lockEdges: { readonly held: string; readonly taken: string; readonly node: number }[] = [];
  observer: Observer | null = null;

  /** By node: made when the node runs first, which many never do. */
  private readonly ops: (Operation | undefined)[] = [];
  private readonly compile: ReturnType<typeof operandCompiler>;
  protected readonly objectAt: Int32Array;
  /** By word address: the segment. */
  protected readonly segmentAt: Int32Array;
  /** By segment: the object that it is of; -1 for others. */
  readonly objectOf: Int32Array;
  /** By object: where its segments behind the first one begin (`furtherParts`). */
  readonly furtherParts: Int32Array;
  /** Segment of the first thread. */
  readonly firstThread: number;
  protected shared: SharedWords;
  protected readonly choices: number[] = [];
  protected readonly arity: number[] = [];
  protected choicePosition = 0;
  private initial: RememberedState | null = null;
  private quiet: RememberedState | null = null;
  protected thread = 0;
  protected inSetup = false;
  private visibleDone = false;
  /** `visibleDone` before the node that runs. */
  private visibleBefore = false;
  private executed = 0;
  /** The node that runs, or ran last. */
  private lastNode = -1;
  /** Frame of the outermost atomic function that runs, 0 for none. */
  private atomicFrame = 0;
  /** It may touch shared objects: they are among those it names, and no visible operation came before it. */
  private atomicShared = false;
  /** The atomic function that runs may touch shared objects it does not name. */
  private atomicAny = false;
  /** State and number of choices before the atomic function, in case it may not run now. */
  private readonly saved: Int32Array;
  private savedChoices = -1;
  private status: StepStatus = 'done';
  protected readonly lockCells: readonly LockCell[];
  protected readonly idEntries: readonly IdEntry[];
  protected readonly outputAt: ReadonlyMap<number, number>;
  protected readonly memoryLive: number;
  protected readonly memoryFreed: number;
  protected readonly freeColumn: number;
  protected readonly isChanged: Uint8Array;
  protected readonly isObserved: Uint8Array;
  private readonly faultSegment: number;
  /** In `observed`, the number of the first thread's waiting. */
  readonly waitingOf: number;
  private readonly collector: Collector;
  private readonly owners: Owners;
  private returnsOwnership: boolean;
  protected readonly keepFreed: boolean;

  constructor(system: LinkedSystem, unstable: ReadonlySet<string>) {
    this.system = system;
    this.words = new Int32Array(system.width);
    this.saved = new Int32Array(system.width);
    this.coverage = new Uint8Array(system.edges);
    this.objectAt = new Int32Array(system.width).fill(-1);
    const cut = segmentsOf(system);
    const segments = cut.length;
    this.changed = new Int32Array(segments);
    this.isChanged = new Uint8Array(segments);
    this.faultSegment = segments - 1;
    this.firstThread = this.faultSegment - system.threads.length;
    this.waitingOf = segments;
    this.observed = new Int32Array(segments + system.threads.length);
    this.isObserved = new Uint8Array(segments + system.threads.length);
    this.segmentAt = new Int32Array(system.width).fill(-1);
    cut.forEach(({ start, length }, segment) => this.segmentAt.fill(segment, start, start + length));
    this.objectOf = Int32Array.from(cut, ({ object }) => object);
    this.furtherParts = furtherParts(system, cut);
    this.keepFreed = system.options.assumeFixed.length > 0;
    for (const object of system.objects) {
      for (let offset = 0; offset <= object.layout.size; offset += 1)
        this.objectAt[object.header + offset] = object.index;
    }
    this.shared = new SharedWords(system, unstable);
    this.returnsOwnership = returnsMemory(unstable);
    const memory = system.memory;
    const alloc = memory.column.get('alloc')!;
    this.freeColumn = memory.column.get('free')!;
    this.memoryLive = memory.next[alloc]!;
    this.memoryFreed = memory.next[this.memoryLive * memory.events.length + this.freeColumn]!;
    this.lockCells = lockCellsOf(system);
    this.idEntries = idEntriesOf(system);
    this.outputAt = outputGhosts(system);
    this.collector = new Collector(system, this.objectAt, this.memoryLive);
    this.owners = new Owners(system, this.objectAt, this.memoryLive);
    this.compile = operandCompiler(system, this.words, {
      thread: () => this.thread,
      freedCompare: (left, right) => this.compareFreed(left, right),
      uninitialised: () => this.useUninitialised(),
      limit: (what) => this.endPath(what),
      divisionByZero: (operation) => this.divideByZero(operation),
    });
    // What does not fit is told of at once.
    for (const linked of system.nodes) if (mayNotFit.has(linked.node.kind)) this.opOf(linked.id);
  }

  private opOf(node: number): Operation {
    return (this.ops[node] ??= compileOperation(this.system, this.system.nodes[node]!, this.compile));
  }

  /** Starts anew with other assumptions about shared data (`SharedWords`); coverage starts at nothing too. */
  assume(weakened: ReadonlySet<string>): void {
    this.shared = new SharedWords(this.system, weakened);
    this.returnsOwnership = returnsMemory(weakened);
    this.coverage.fill(0);
    this.observer = null;
  }

  /** Assumes no more than this of shared data from now on (`SharedWords.giveUp`); what was noticed stays. */
  giveUp(assumption: string): void {
    this.shared.giveUp(assumption);
    if (assumption === noOwnership) this.returnsOwnership = false;
  }

  /** Nothing ran so far. */
  forgetCoverage(): void {
    this.coverage.fill(0);
  }

  /** Word addresses of the locks, in the order of the sets of locks of `SharedWords`. */
  lockAddresses(): readonly number[] {
    return this.lockCells.map((cell) => cell.address);
  }

  /**
   * Takes what was seen of shared words to hold for their images as well: each address, thread and lock (by position, -1 for
   * none) has one. True if that was news. Throws `UnstableField` if it contradicts an assumption.
   */
  assumeOfImages(addresses: Int32Array, threads: Int32Array, locks: Int32Array): boolean {
    return this.shared.closeUnder(addresses, threads, locks);
  }

  /**
   * Takes what was seen of the words of an object to hold as well for objects in other slots, of each of these lists. True if that was news. Throws
   * `UnstableField` if it contradicts an assumption.
   */
  assumeOfSlots(pools: readonly (readonly number[])[]): boolean {
    const slots = pools.map((objects) => objects.map((object) => this.system.objects[object]!));
    return this.shared.closeUnderSlots(slots, this.lockAddresses());
  }

  /** What was noticed so far of what is assumed about shared data. */
  get sharing(): SharedWords {
    return this.shared;
  }

  // ---- setup ----

  /** The state after setup. Throws `ModelError` if setup waits, breaks something or has a choice that is no failure. */
  initialState(): Int32Array {
    // Who watches is to see setup.
    if (this.observer !== null) this.initial = null;
    this.initial ??= this.remember(() => {
      const quiet = this.rememberQuiet().words;
      this.runSetup();
      // What does not outlive the processes is compared with nothing at the end, so whether it is of setup makes no difference.
      for (const { header } of this.system.objects)
        if (((quiet[header]! >> 2) & headerOfSetup) === 0) this.words[header]! &= ~integer(headerOfSetup);
      for (const thread of this.system.threads) this.push(thread.index, this.system.functions[thread.root]!);
    });
    return this.recall(this.initial);
  }

  /** Runs something that depends on the system alone, and keeps what comes of it: assumptions about shared data do not count in setup. */
  private remember(run: () => void): RememberedState {
    const { coverage } = this;
    const before = coverage.slice();
    const limits = [...this.limits];
    coverage.fill(0);
    this.limits.clear();
    run();
    const remembered = { words: this.words.slice(), coverage: coverage.slice(), limits: [...this.limits] };
    coverage.set(before);
    for (const limit of limits) this.limits.add(limit);
    return remembered;
  }

  private recall({ words, coverage, limits }: RememberedState): Int32Array {
    this.words.set(words);
    this.returnMemory();
    for (let edge = 0; edge < coverage.length; edge += 1) this.coverage[edge]! |= coverage[edge]!;
    for (const limit of limits) this.limits.add(limit);
    return this.words.slice();
  }

  /** Leaves the state after setup in `words`, before any thread has begun. */
  private runSetup(): void {
    const { system, words } = this;
    // Of the step before, whoever made it.
    this.status = 'done';
    fillBeforeSetup(system, words, this.lockCells, this.memoryLive);
    this.inSetup = true;
    for (const step of system.setup) {
      this.push(step.thread, system.functions[step.function]!);
      const thread = system.threads[step.thread]!;
      for (let guard = 0; words[thread.base] !== 0; guard += 1) {
        this.choices.length = 0;
        const status = this.step(step.thread);
        if (this.arity.some((count) => count > 1))
          throw new ModelError(`setup '${system.scenario.id}' has a choice that is no failure`);
        const [broken] = this.violations;
        if (status !== 'done' || broken || guard > 10_000) {
          throw new ModelError(
            `setup of scenario '${system.scenario.id}' on ${system.revision.id} does not finish: ${broken?.title ?? (this.limit || status)}`,
          );
        }
      }
    }
    this.inSetup = false;
    for (const { header, static: isStatic } of system.objects)
      if (!isStatic && ((words[header]! >> 2) & headerState) === this.memoryLive)
        words[header]! |= integer(headerOfSetup);
  }

  /**
   * The state to compare the end of a run with: after setup every process exits at once, and the workers finish. What setup
   * opened is closed at the end of every run, so it is closed here too.
   */
  quietState(): Int32Array {
    return this.recall(this.rememberQuiet());
  }

  /** Nobody watches it. */
  private rememberQuiet(): RememberedState {
    const { observer } = this;
    this.observer = null;
    try {
      return (this.quiet ??= this.remember(() => this.runQuietly()));
    } finally {
      this.observer = observer;
    }
  }

  private runQuietly(): void {
    const { system } = this;
    this.runSetup();
    this.inSetup = true;
    const exit = system.functionIndex.get('exit_process');
    for (const thread of system.threads) {
      if (thread.process !== null && exit !== undefined) this.push(thread.index, system.functions[exit]!);
      if (thread.daemon) this.push(thread.index, system.functions[thread.root]!);
    }
    for (let moved = true; moved;) {
      moved = false;
      for (const thread of system.threads) {
        this.choices.length = 0;
        while (!this.isFinished(thread.index) && this.step(thread.index) === 'done') {
          this.choices.length = 0;
          moved = true;
        }
        if (this.status === 'exhausted') this.limits.add(this.limit);
      }
    }
    this.inSetup = false;
  }

  private push(threadIndex: number, callee: LinkedFunction): void {
    const thread = this.system.threads[threadIndex]!;
    const fp = thread.base + 1;
    this.words[thread.base] = integer(fp);
    this.words[fp] = integer(callee.entry + 1);
    for (const slot of callee.unwrittenSlots) this.words[fp + slot] = uninitialised;
  }

  // ---- steps ----

  /** Runs one step of a thread in the current state; forks follow `nextFork`. */
  step(threadIndex: number): StepStatus {
    this.thread = threadIndex;
    this.visibleDone = false;
    this.visibles = 0;
    this.hiddenPlace = -1;
    this.visibleLog.length = 0;
    this.violations.length = 0;
    this.lockEdges.length = 0;
    this.choicePosition = 0;
    this.arity.length = 0;
    this.executed = 0;
    this.atomicFrame = 0;
    for (let index = 0; index < this.changes; index += 1) this.isChanged[this.changed[index]!] = 0;
    this.changes = 0;
    this.change(this.firstThread + threadIndex);
    this.accesses.length = 0;
    this.status = 'done';
    this.limit = '';
    const thread = this.system.threads[threadIndex]!;
    if (this.words[thread.base] === 0) return 'waits';
    try {
      this.runThread(thread.base);
    } catch (error) {
      if (!(error instanceof PathEnd)) throw error;
      if (this.limit !== '') this.stopBefore();
    }
    this.choices.length = this.choicePosition;
    if (this.status === 'done') {
      const fp = payloadOf(this.words[thread.base]!);
      if (fp !== 0) {
        for (const slot of this.system.nodes[payloadOf(this.words[fp]!) - 1]!.dead) this.words[fp + slot] = 0;
      }
      if (!this.deferRecycling) this.recycle();
    }
    return this.status;
  }

  /** Notes that a segment of the state differs from what it was before the step. */
  protected change(segment: number): void {
    if (this.isChanged[segment] === 1) return;
    this.isChanged[segment] = 1;
    this.changed[this.changes] = segment;
    this.changes += 1;
  }

  /** Empties `observed`. */
  forgetObserved(): void {
    for (let index = 0; index < this.observations; index += 1) this.isObserved[this.observed[index]!] = 0;
    this.observations = 0;
    this.observedAll = false;
  }

  /** Notes that what the step does depends on a segment, or on where a thread waits. */
  private observe(segment: number): void {
    if (this.isObserved[segment] === 1) return;
    this.isObserved[segment] = 1;
    this.observed[this.observations] = segment;
    this.observations += 1;
  }

  /** What the step does depends on all of an object, and it changes all of it. */
  private observeAll(object: number): void {
    this.observe(object);
    for (let part = this.furtherParts[object]!; part < this.furtherParts[object + 1]!; part += 1) this.observe(part);
  }

  protected changeAll(object: number): void {
    this.change(object);
    for (let part = this.furtherParts[object]!; part < this.furtherParts[object + 1]!; part += 1) this.change(part);
  }

  /** Prepares the next way to decide the choices of the step just made; false when all were tried. Restore `words` after. */
  nextFork(): boolean {
    for (let at = this.choices.length - 1; at >= 0; at -= 1) {
      if (this.choices[at]! + 1 < this.arity[at]!) {
        this.choices[at]! += 1;
        this.choices.length = at + 1;
        return true;
      }
    }
    this.choices.length = 0;
    return false;
  }

  /** Decides the choices of the next step: as taken from `decisions` of an earlier one. */
  forceChoices(decisions: readonly number[]): void {
    this.choices.length = 0;
    this.choices.push(...decisions);
  }

  /** How the choices of the last step were decided. */
  decisions(): number[] {
    return [...this.choices];
  }

  /** How many choices the last step decided. */
  get choicesMade(): number {
    return this.arity.length;
  }

  /** How many ways there were to decide a choice of the last step, by its position. */
  waysOf(choice: number): number {
    return this.arity[choice]!;
  }

  /** The node that a thread runs next, -1 if it has ended. */
  positionOf(thread: number): number {
    const fp = frameOf(this.system, this.words, thread);
    return fp === 0 ? -1 : payloadOf(this.words[fp]!) - 1;
  }

  isFinished(thread: number): boolean {
    return this.words[this.system.threads[thread]!.base] === 0;
  }

  private runThread(base: number): void {
    const { words, ops, coverage } = this;
    for (;;) {
      const fp = payloadOf(words[base]!);
      if (fp === 0) return;
      const pc = payloadOf(words[fp]!) - 1;
      const op = ops[pc] ?? this.opOf(pc);
      const { linked } = op;
      this.lastNode = linked.id;
      this.visibleBefore = this.visibleDone;
      if (this.executed > maxNodesPerStep) this.neverEnds(linked);
      switch (op.kind) {
        case opAssign:
          words[fp + op.dst] = op.a(fp);
          words[fp] = integer(op.next + 1);
          break;
        case opBranch: {
          const value = op.a(fp);
          if (value === uninitialised) this.useUninitialised();
          const taken = value !== 0;
          coverage[linked.firstEdge + (taken ? 0 : 1)] = 1;
          words[fp] = integer((taken ? op.next : op.otherwise) + 1);
          this.executed += 1;
          this.observer?.node?.(this.thread, linked);
          continue;
        }
        case opLoad: {
          const address = op.a(fp);
          if (!this.mayTouch(address, false, op)) return;
          words[fp + op.dst] = this.loadWord(address);
          words[fp] = integer(op.next + 1);
          break;
        }
        case opStore: {
          const address = op.a(fp);
          if (!this.mayTouch(address, true, op)) return;
          this.storeWord(address, op.b(fp), linked);
          words[fp] = integer(op.next + 1);
          break;
        }
        case opAwait: {
          const address = op.a(fp);
          if (!this.mayTouch(address, false, op)) return;
          if (this.loadWord(address) === 0) {
            this.status = this.executed > 0 ? 'done' : 'waits';
            return;
          }
          words[fp] = integer(op.next + 1);
          break;
        }
        case opEvent: {
          const outcome = this.event(op, fp);
          if (outcome === null) return;
          if (op.dst >= 0) words[fp + op.dst] = integer(outcome);
          words[fp] = integer(op.next + 1);
          break;
        }
        case opCall:
          if (op.forced !== null && !this.inSetup) {
            if (op.dst >= 0) words[fp + op.dst] = integer(op.forced);
            words[fp] = integer(op.next + 1);
            break;
          }
          if (op.builtin !== null) {
            if (!this.builtin(op, fp)) return;
            break;
          }
          if (!this.call(op, fp, op.callee!)) return;
          break;
        case opCallIndirect: {
          const target = op.a(fp);
          if (tagOf(target) !== tagFunction) {
            if (!this.invalidPointer(target, 'call', linked)) return;
            if (op.dst >= 0) words[fp + op.dst] = 0;
            words[fp] = integer(op.next + 1);
            break;
          }
          if (!this.call(op, fp, this.system.functions[payloadOf(target) - 1]!)) return;
          break;
        }
        case opChoose: {
          if (this.visibleDone && this.atomicFrame === 0) return;
          const next = this.choose(linked);
          words[fp] = integer(next + 1);
          this.executed += 1;
          this.observer?.node?.(this.thread, linked);
          continue;
        }
        case opAlloc: {
          const object = this.allocate(op, linked);
          if (!object) return;
          words[fp + op.dst] = pointer(object.header + 1);
          words[fp] = integer(op.next + 1);
          break;
        }
        case opFree: {
          if (!this.free(op, op.a(fp), linked)) return;
          words[fp] = integer(op.next + 1);
          break;
        }
        case opReport: {
          const node = linked.node;
          if (node.kind !== 'report') throw new ModelError('report expected');
          if (
            this.violate({
              property: node.property,
              operation: linked.function.definition.name,
              node: linked.id,
              title: node.what,
              ends: node.ends,
            })
          )
            return;
          words[fp] = integer(op.next + 1);
          break;
        }
        case opLimit: {
          const node = linked.node;
          if (node.kind !== 'limit') throw new ModelError('limit expected');
          if (node.ends) this.endPath(node.what);
          this.limits.add(this.limitAt(node.what));
          words[fp] = integer(op.next + 1);
          break;
        }
        case opReturn:
          if (!this.return(base, fp, op)) return;
          coverage[linked.firstEdge] = 1;
          this.executed += 1;
          this.observer?.node?.(this.thread, linked);
          continue;
        default:
          throw new ModelError(`node kind ${op.kind}`);
      }
      coverage[linked.firstEdge] = 1;
      this.executed += 1;
      this.observer?.node?.(this.thread, linked);
    }
  }

  /**
   * A step goes round in a loop. If it looks at what others could change, and that was assumed not to matter to them, it has to be seen there; so it has in
   * memory that others could reach once.
   */
  private neverEnds({ function: { definition } }: LinkedNode): never {
    if (this.hiddenPlace >= 0) this.shared.open(this.hiddenPlace);
    if (this.returnsOwnership) throw new UnstableField(noOwnership);
    throw new ModelError(`${definition.name}: a loop without a visible operation does not end`);
  }

  // ---- memory ----

  /**
   * Decides whether an access may happen now: false if the step must stop in front of it (it would be a second visible
   * operation) or if the path was cut.
   */
  private mayTouch(address: number, writes: boolean, op: Operation): boolean {
    if (tagOf(address) !== tagPointer || payloadOf(address) < nullPage) {
      if (this.visibleDone && this.atomicFrame === 0) return false;
      return this.invalidPointer(address, writes ? 'write' : 'read', op.linked);
    }
    const at = payloadOf(address);
    if (at >= constantBase) {
      if (writes) throw new ModelError(`${op.linked.function.definition.name}: writes to a constant`);
      return true;
    }
    const object = this.objectAt[at]!;
    this.observe(object);
    this.observe(this.segmentAt[at]!);
    const header = this.words[this.system.objects[object]!.header]! >> 2;
    const shared = (header & headerShared) !== 0;
    if (shared) {
      if (!this.mayReach(op.linked, object)) return false;
      if (this.noteShared(at, writes) && !op.atomicAccess) {
        this.accesses.push({ address: at, writes, plain: op.plain, node: op.linked.id });
      }
    } else if ((header & headerReturned) !== 0) this.noteReturned(at, writes, -1);
    if ((header & headerState) === this.memoryLive) return true;
    return !this.useAfterFree(object, at, writes ? 'write' : 'read', op.linked);
  }

  /**
   * Whether the step may touch a shared object now; false if it must stop, because it already made a visible operation. Inside
   * an atomic function that names the object the question was answered at its call. One that does not name all it touches
   * is undone.
   */
  private mayReach(linked: LinkedNode, object: number): boolean {
    if (this.atomicFrame === 0) return !this.visibleDone;
    if (this.atomicShared) return true;
    if (!this.atomicAny) this.undeclared(linked, object);
    if (this.savedChoices < 0) return true;
    this.words.set(this.saved);
    this.choicePosition = this.savedChoices;
    this.arity.length = this.savedChoices;
    this.atomicFrame = 0;
    return false;
  }

  /** Takes note of an access to a shared word; true if it is a visible operation. */
  private noteShared(at: number, writes: boolean, column = -1): boolean {
    if (this.inSetup) return false;
    if (!this.shared.isVisible(at, writes, this.thread, this.heldSet)) {
      this.hiddenPlace = at;
      return false;
    }
    this.noteVisible(at, column);
    return true;
  }

  /**
   * Takes note of an access to a word of memory that others could reach once. It is no visible operation, but what is assumed about
   * shared data must hold of it too: others may have made the same access in a run in which the memory was still shared.
   */
  private noteReturned(at: number, writes: boolean, column: number): void {
    if (this.inSetup) return;
    this.shared.isVisible(at, writes, this.thread, this.heldSet);
    this.visibleLog.push(at, column);
  }

  private noteVisible(at: number, column: number): void {
    this.visibleDone = true;
    this.visibles += 1;
    this.visiblePlace = at;
    this.visibleColumn = column;
    this.visibleLog.push(at, column);
  }

  /** The locks that the running thread holds, as a set of positions in `lockCells` (the first 31). */
  private readonly heldSet = (): number => {
    let held = 0;
    for (let index = 0; index < this.lockCells.length && index < 31; index += 1) {
      if (this.holds(this.lockCells[index]!, this.thread)) held |= 1 << index;
    }
    return held;
  };

  private undeclared(linked: LinkedNode, object: number): never {
    const name = linked.function.definition.name;
    throw new ModelError(
      `${name} touches the shared object ${this.system.objects[object]!.name}, which its 'shared' parameters do not name`,
    );
  }

  private loadWord(address: number): number {
    const at = payloadOf(address);
    if (at >= constantBase) return this.system.constants[at - constantBase]!;
    if (at < nullPage) return 0;
    return this.words[at]!;
  }

  private storeWord(address: number, value: number, linked: LinkedNode): void {
    const at = payloadOf(address);
    if (at < nullPage || at >= this.words.length) return;
    this.words[at] = value;
    this.change(this.segmentAt[at]!);
    if (tagOf(value) === tagPointer && payloadOf(value) >= nullPage && payloadOf(value) < constantBase) {
      const owner = this.system.objects[this.objectAt[at]!]!;
      if (((this.words[owner.header]! >> 2) & headerShared) !== 0) this.share(this.objectAt[payloadOf(value)]!);
    }
    if (linked.function.definition.origin !== 'environment') {
      const ghost = this.outputAt.get(at);
      if (ghost !== undefined) {
        this.words[ghost] = integer(1);
        this.observe(this.segmentAt[ghost]!);
        this.change(this.segmentAt[ghost]!);
      }
    }
  }

  /** Marks an object, and everything it names, as reachable by other threads. */
  private share(start: number): void {
    const { words } = this;
    const objects = this.system.objects;
    const work = [start];
    for (let index = work.pop(); index !== undefined; index = work.pop()) {
      const object = objects[index]!;
      this.observe(index);
      const header = words[object.header]! >> 2;
      if ((header & headerShared) !== 0 || object.tag === 'task_struct') continue;
      words[object.header] = integer((header | headerShared) & ~headerReturned);
      this.change(index);
      this.observeAll(index);
      for (let at = object.header + 1; at <= object.header + object.layout.size; at += 1) {
        const word = words[at]!;
        if (tagOf(word) === tagPointer) {
          const target = payloadOf(word);
          if (target >= nullPage && target < constantBase) work.push(this.objectAt[target]!);
        }
      }
    }
  }

  private allocate(op: Operation, linked: LinkedNode): ObjectSlot | null {
    const { words } = this;
    const node = linked.node;
    if (node.kind !== 'alloc') throw new ModelError('alloc expected');
    const slots = op.pool![this.thread]!;
    const unused = () =>
      slots.find((slot) => {
        this.observe(slot.index);
        return words[slot.header] === 0;
      });
    let object = unused();
    if (!object) {
      this.observedAll = true;
      // Memory is recycled at the end of a step; what the step itself gave back is recycled when it is needed.
      this.clearUnnamed();
      object = unused();
    }
    if (!object) {
      this.exhausted(
        `thread ${this.system.threads[this.thread]!.name} has more than ${slots.length} objects of struct ${node.tag} at once`,
        node.tag,
      );
      return null;
    }
    words[object.header] = integer(this.memoryLive);
    // An unused slot holds nothing.
    this.changeAll(object.index);
    if (!node.zeroed) for (const offset of object.layout.values) words[object.header + 1 + offset] = uninitialised;
    return object;
  }

  private exhausted(what: string, capacity: string): void {
    this.outOfBounds(`${what}; raise capacities['${capacity}'] of the scenario`);
  }

  private outOfBounds(what: string): void {
    this.status = 'exhausted';
    this.limit = what;
  }

  /** The path ends at something that the model does not represent, in the middle of whatever is computed. */
  private endPath(what: string): never {
    this.status = 'exhausted';
    this.limit = this.limitAt(what);
    throw new PathEnd();
  }

  /**
   * A path that ends behind a visible operation ends one step later: other threads may go on from that operation. The node at
   * the end has changed nothing that counts, only, if it is a call, what is above the thread's frames.
   */
  private stopBefore(): void {
    if (!this.visibleBefore || this.atomicFrame !== 0) return;
    this.status = 'done';
    this.limit = '';
  }

  private limitAt(what: string): string {
    return `${printSpan(this.system.nodes[this.lastNode]!.node.span)}: ${what}`;
  }

  /** The processor traps: the kernel oopses where it stands. */
  private divideByZero(operation: string): number {
    const { name } = this.system.nodes[this.lastNode]!.function.definition;
    if (
      this.violate({
        property: 'kernel-bug',
        operation: `division in ${name}`,
        title: `${operation} divides by zero`,
        ends: true,
      })
    )
      throw new PathEnd();
    return 0;
  }

  private free(op: Operation, address: number, linked: LinkedNode): boolean {
    const { words, system } = this;
    const at = payloadOf(address);
    const node = linked.node;
    const stack = node.kind === 'free' && node.stack;
    if (tagOf(address) !== tagPointer || at < nullPage || at >= constantBase)
      return this.invalidPointer(address, 'free', linked);
    const index = this.objectAt[at]!;
    this.observe(index);
    const object = system.objects[index]!;
    const header = words[object.header]! >> 2;
    const shared = (header & headerShared) !== 0;
    if (shared && !stack) {
      if (!this.mayReach(linked, index)) return false;
      if (!this.inSetup) this.noteVisible(at, -2);
    }
    const memory = system.memory;
    const cell = (header & headerState) * memory.events.length + this.freeColumn;
    const violated = memory.violates[cell];
    if (violated) {
      if (
        this.violate({
          property: violated,
          tag: object.tag,
          operation: this.operation('free'),
          conflict: this.conflictOf(header),
          node: linked.id,
          title: `struct ${object.tag} is freed again`,
          ends: true,
          object: index,
        })
      )
        return false;
      return true;
    }
    if (object.static || at !== object.header + 1) {
      const cell = pathAt(system, object.layout, at - object.header - 1);
      const title = object.static
        ? `struct ${object.tag} is freed, which no allocation returned`
        : `a pointer into struct ${object.tag} is freed`;
      this.violate({
        property: 'double-free',
        tag: object.tag,
        cell,
        operation: this.operation('free'),
        node: linked.id,
        title,
        ends: true,
        object: index,
      });
      return false;
    }
    this.observeAll(index);
    for (const { offset, path, table } of object.layout.cells) {
      const broken = table.onFree[payloadOf(words[object.header + 1 + offset]!)];
      if (broken)
        this.violate({
          property: broken,
          tag: object.tag,
          cell: path,
          operation: this.operation('free'),
          node: linked.id,
          title: `struct ${object.tag} is freed while its ${path} is ${stateName(system, table, payloadOf(words[object.header + 1 + offset]!))}`,
          object: index,
        });
    }
    for (const entry of this.idEntries) {
      const holder = this.objectAt[entry.cell]!;
      this.observe(holder);
      // What a shared object names is shared.
      const isPublic = ((words[system.objects[holder]!.header]! >> 2) & headerShared) !== 0;
      if (isPublic && (header & (headerShared | headerReturned)) === 0) continue;
      this.observe(this.segmentAt[entry.pointer]!);
      this.observe(this.segmentAt[entry.cell]!);
      const named = words[entry.pointer]!;
      if (tagOf(named) !== tagPointer || payloadOf(words[entry.cell]!) !== entry.published) continue;
      if (this.objectAt[payloadOf(named)] === index && this.isLive(holder)) {
        this.violate({
          property: 'freed-while-published',
          tag: object.tag,
          operation: this.operation('free'),
          node: linked.id,
          title: `struct ${object.tag} is freed while its id is published`,
          object: index,
        });
      }
    }
    words[object.header] = integer(
      this.memoryFreed |
        (header & (headerShared | headerReturned)) |
        ((stack ? 0 : operationFunction(system, words, this.thread, linked.function).index + 1) << headerConflictShift),
    );
    this.changeAll(index);
    if (!this.keepFreed) {
      const ghosts = new Set(
        object.layout.cells.filter(({ path }) => path.startsWith('@')).map(({ offset }) => offset),
      );
      for (let offset = 0; offset < object.layout.size; offset += 1)
        if (!ghosts.has(offset)) words[object.header + 1 + offset] = 0;
    }
    return true;
  }

  private isLive(index: number): boolean {
    return ((this.words[this.system.objects[index]!.header]! >> 2) & headerState) === this.memoryLive;
  }

  private conflictOf(header: number): string {
    const index = (header >> headerConflictShift) - 1;
    return this.system.functions[index]?.definition.name ?? '';
  }

  /** Reports an access to freed memory; true if the path ends. */
  private useAfterFree(index: number, at: number, access: string, linked: LinkedNode): boolean {
    const object = this.system.objects[index]!;
    const header = this.words[object.header]! >> 2;
    const path = pathAt(this.system, object.layout, at - object.header - 1);
    const operation = this.operation(access);
    const conflict = this.conflictOf(header);
    return this.violate({
      property: 'use-after-free',
      tag: object.tag,
      cell: path,
      operation,
      conflict,
      node: linked.id,
      title: `${operation} uses ${path === '' ? '' : `${path} of `}struct ${object.tag} after ${conflict === '' ? 'the function it was local to has returned' : `${conflict} freed it`}`,
      ends: true,
      object: index,
    });
  }

  /** Reports a dereference of NULL, an error pointer or no pointer at all; false (the path always ends unless assumed fixed). */
  private invalidPointer(word: number, access: string, linked: LinkedNode): boolean {
    if (word === uninitialised) return !this.useUninitialised(true);
    const operation = this.operation(access);
    const { tag, cell } = accessedPlace(this.system, linked);
    const isError = isErrorWord(word);
    const what = isError ? `the error pointer ${printErrno(payloadOf(word))}` : 'NULL';
    return !this.violate({
      property: isError ? 'err-pointer-dereference' : 'null-dereference',
      tag,
      cell,
      operation,
      node: linked.id,
      title: `${operation} through ${what}${inPlace(tag, cell)}`,
      ends: true,
    });
  }

  /** Reports a use of a value that nobody wrote; true if the path ends, as it does where the value is used as a pointer. */
  private useUninitialised(asPointer = false): boolean {
    const linked = this.system.nodes[this.lastNode]!;
    const fp = frameOf(this.system, this.words, this.thread);
    const { slots } = linked.function;
    const isSuspect = (local: string) => this.words[fp + slots.get(local)!] === uninitialised;
    const { tag, cell } = sourcePlace(this.system, linked, isSuspect);
    const value = tag === '' ? 'an uninitialised value' : `the uninitialised ${cell} of struct ${tag}`;
    const title = `${value} is used${asPointer ? ' as a pointer' : ''}`;
    return this.violate({
      property: 'uninitialised',
      tag,
      cell,
      operation: this.operation('read'),
      node: linked.id,
      title,
      ends: asPointer,
    });
  }

  // ---- events ----

  private event(op: Operation, fp: number): number | null {
    const { words, system } = this;
    const address = op.a(fp);
    const { linked } = op;
    const table = op.table!;
    if (tagOf(address) !== tagPointer || payloadOf(address) < nullPage) {
      if (this.visibleDone && this.atomicFrame === 0) return null;
      return this.invalidPointer(address, op.linked.node.kind === 'event' ? op.linked.node.event : 'event', linked)
        ? 0
        : null;
    }
    const at = payloadOf(address);
    if (at >= constantBase) throw new ModelError(`${linked.function.definition.name}: an event on a constant`);
    const index = this.objectAt[at]!;
    this.observe(index);
    this.observe(this.segmentAt[at]!);
    const object = system.objects[index]!;
    const header = words[object.header]! >> 2;
    const shared = (header & headerShared) !== 0;
    if (shared && !this.mayReach(linked, index)) return null;
    if (
      (header & headerState) !== this.memoryLive &&
      this.useAfterFree(index, at, linked.node.kind === 'event' ? linked.node.event : 'event', linked)
    )
      return null;
    let { column } = op;
    if (op.parameter === 1) column += this.thread;
    else if (op.parameter === 2) column += payloadOf(op.args[0]!(fp));
    const state = payloadOf(words[at]!);
    const cell = state * table.events.length + column;
    const next = table.next[cell]!;
    if (next === -1) {
      if (this.atomicFrame !== 0)
        throw new ModelError(`${linked.function.definition.name}: waits in the middle of a step`);
      this.status = this.executed > 0 ? 'done' : 'waits';
      return null;
    }
    if (next === -2) {
      const { id, countBound } = table.lifecycle;
      this.outOfBounds(
        `a count of the lifecycle '${id}' passes its bound ${countBound ?? 0}, which its definition in models/lifecycles sets`,
      );
      return null;
    }
    if (shared) this.noteShared(at, next !== state, column);
    else if ((header & headerReturned) !== 0) this.noteReturned(at, next !== state, column);
    const violated = table.violates[cell];
    const event = table.events[column]!.type;
    if (violated) {
      const path = pathAt(system, object.layout, at - object.header - 1);
      const operation = this.operation(event);
      if (
        this.violate({
          property: violated,
          tag: object.tag,
          cell: path,
          operation,
          node: linked.id,
          title: `${operation} on ${path} of struct ${object.tag}, which is ${stateName(system, table, state)}`,
          ends: table.ends[cell] === 1,
          object: index,
        })
      )
        return null;
    }
    if (event === 'lock') this.recordLockOrder(at, linked);
    words[at] = integer(next);
    this.change(this.segmentAt[at]!);
    if (this.observer?.event) {
      const layout: CellLayout = {
        offset: at - object.header - 1,
        path: pathAt(system, object.layout, at - object.header - 1),
        table,
      };
      this.observer.event(this.thread, linked, layout, object, event, state, next);
    }
    return table.result[cell]!;
  }

  private recordLockOrder(at: number, linked: LinkedNode): void {
    const taken = this.lockCells.find((cell) => cell.address === at);
    if (!taken) return;
    for (const cell of this.lockCells) {
      if (cell === taken || !this.holds(cell, this.thread)) continue;
      this.lockEdges.push({
        held: `${cell.object.tag}.${cell.path}`,
        taken: `${taken.object.tag}.${taken.path}`,
        node: linked.id,
      });
    }
  }

  private holds(cell: LockCell, thread: number): boolean {
    return cell.holder[payloadOf(this.words[cell.address]!)] === thread && this.isLive(cell.object.index);
  }

  /** The locks a thread holds, as dotted names. */
  heldLocks(thread: number): string[] {
    return this.lockCells.filter((cell) => this.holds(cell, thread)).map((cell) => `${cell.object.name}.${cell.path}`);
  }

  // ---- calls ----

  private call(op: Operation, fp: number, callee: LinkedFunction): boolean {
    const { words } = this;
    const { linked } = op;
    const outermostAtomic = callee.atomic && this.atomicFrame === 0;
    let visible = false;
    if (outermostAtomic) {
      visible = this.touchesShared(op, fp, callee);
      if (visible && this.visibleDone) return false;
    } else if (!callee.atomic && this.atomicFrame !== 0) {
      throw new ModelError(
        `${linked.function.definition.name} is atomic but calls ${callee.definition.name}, which is not`,
      );
    }
    if (outermostAtomic) {
      this.atomicAny = callee.sharedAny;
      this.savedChoices = -1;
      if (callee.sharedAny && !visible && this.visibleDone) {
        this.saved.set(this.words);
        this.savedChoices = this.choicePosition;
      }
    }
    if (callee.sleeps) this.checkSleep(callee, linked);
    if (outermostAtomic && callee.mayWait && !this.canRunNow(op, fp)) return false;
    const thread = this.system.threads[this.thread]!;
    const frame = fp + linked.function.frameSize;
    if (frame + callee.frameSize > thread.base + thread.size) {
      this.exhausted('the call stack is deeper than the model has room for', 'STACK');
      return false;
    }
    const { args } = op;
    const { parameterSlots } = callee;
    if (args.length !== parameterSlots.length) {
      throw new ModelError(
        `${linked.function.definition.name} calls ${callee.definition.name} with ${args.length} arguments, it takes ${parameterSlots.length}`,
      );
    }
    for (let index = 0; index < args.length; index += 1) words[frame + parameterSlots[index]!] = args[index]!(fp);
    for (const slot of callee.unwrittenSlots) words[frame + slot] = uninitialised;
    words[frame] = integer(callee.entry + 1);
    words[frame + 1] = integer(fp);
    for (const slot of linked.deadDuringCall) words[fp + slot] = 0;
    words[thread.base] = integer(frame);
    if (outermostAtomic) {
      this.atomicFrame = frame;
      this.atomicShared = visible;
    }
    if (this.observer?.call)
      this.observer.call(
        this.thread,
        linked,
        callee,
        parameterSlots.map((slot) => words[frame + slot]!),
      );
    for (const binding of callee.onCall) if (this.monitor(binding, frame, 0, linked)) return false;
    if (callee.checksOutputsOf >= 0) this.forgetOutputs(words[frame + parameterSlots[callee.checksOutputsOf]!]!);
    if (callee.definition.name === 'syscall_exit') this.checkLocksAtReturn(linked);
    return true;
  }

  private touchesShared(op: Operation, fp: number, callee: LinkedFunction): boolean {
    for (const position of callee.shared) {
      const argument = op.args[position]!(fp);
      const at = payloadOf(argument);
      if (tagOf(argument) !== tagPointer || at < nullPage || at >= constantBase) continue;
      const object = this.system.objects[this.objectAt[at]!]!;
      this.observe(object.index);
      if (((this.words[object.header]! >> 2) & headerShared) !== 0) return true;
    }
    return false;
  }

  /** Whether an atomic function that may wait can run now; false (with the status set) if it has to wait. */
  private canRunNow(op: Operation, fp: number): boolean {
    const callee = op.callee;
    if (!callee) return true;
    for (const node of callee.program.nodes) {
      if (node.kind !== 'event') continue;
      const inner = this.opOf(callee.entry + callee.program.nodes.indexOf(node));
      // A waiting kernel function applies its waiting event to the pointer it was given: test that before anything runs.
      const position = callee.definition.parameters.findIndex(
        (parameter) => node.cell.kind === 'local' && parameter.name === node.cell.name,
      );
      if (position < 0)
        throw new ModelError(`${callee.definition.name}: the cell of a waiting event must be a parameter`);
      const address = op.args[position]!(fp);
      const at = payloadOf(address);
      if (tagOf(address) !== tagPointer || at < nullPage || at >= constantBase) continue;
      const table = inner.table!;
      const column = inner.column + (inner.parameter === 1 ? this.thread : 0);
      const object = this.objectAt[at]!;
      this.observe(object);
      if (!this.isLive(object)) continue;
      this.observe(this.segmentAt[at]!);
      if (table.next[payloadOf(this.words[at]!) * table.events.length + column] === -1) {
        this.status = this.executed > 0 ? 'done' : 'waits';
        return false;
      }
    }
    return true;
  }

  private return(base: number, fp: number, op: Operation): boolean {
    const { words } = this;
    const { linked } = op;
    const fn = linked.function;
    const value = op.a(fp);
    this.observer?.return?.(this.thread, linked, value);
    for (const binding of fn.onReturn) if (this.monitor(binding, fp, value, linked)) return false;
    if (fn.checksOutputsOf >= 0 && tagOf(value) === 0 && value >= 0)
      this.checkOutputs(words[fp + fn.parameterSlots[fn.checksOutputsOf]!]!, linked);
    for (const check of fn.returnChecks) this.checkResult(check, fp, value, linked);
    const caller = payloadOf(words[fp + 1]!);
    words.fill(0, fp, fp + fn.frameSize);
    words[base] = integer(caller);
    if (this.atomicFrame === fp) this.atomicFrame = 0;
    // Back in user mode: what is chosen next belongs to another step, or the ways to decide both would multiply.
    if (fn.definition.name === 'syscall_exit' && !this.inSetup) this.visibleDone = true;
    if (caller === 0) {
      if (!this.inSetup) this.checkLocksAtReturn(linked);
      return true;
    }
    const call = this.opOf(payloadOf(words[caller]!) - 1);
    if (call.dst >= 0) words[caller + call.dst] = value;
    words[caller] = integer(call.next + 1);
    return true;
  }

  private builtin(op: Operation, fp: number): boolean {
    const { words } = this;
    if (op.builtin === '__capacity_exhausted') {
      this.exhausted(
        `${op.linked.function.definition.name} needs more room than the model has`,
        op.linked.function.definition.name.startsWith('idr') ? 'IDS' : 'FDS',
      );
      return false;
    }
    const lock = op.args[0]!(fp);
    if (op.dst >= 0) words[fp + op.dst] = integer(this.hasWaiters(lock) ? 1 : 0);
    words[fp] = integer(op.next + 1);
    return true;
  }

  private hasWaiters(lock: number): boolean {
    for (const thread of this.system.threads) {
      if (thread.index === this.thread) continue;
      this.observe(this.waitingOf + thread.index);
      if (this.waitsOn(thread.index) === lock) return true;
    }
    return false;
  }

  /** Where the frames of a thread end: what lies above is not in use. */
  frameEnd(thread: number): number {
    const { base } = this.system.threads[thread]!;
    const fp = payloadOf(this.words[base]!);
    return fp === 0 ? base + 1 : fp + this.functionOf(fp).frameSize;
  }

  /** The word of the lock or the like whose call a thread stands before, -1 if it stands elsewhere. */
  waitsOn(thread: number): number {
    const fp = frameOf(this.system, this.words, thread);
    if (fp === 0) return -1;
    const op = this.opOf(payloadOf(this.words[fp]!) - 1);
    return op.kind === opCall && op.callee?.mayWait && op.args.length > 0 ? op.args[0]!(fp) : -1;
  }

  // ---- monitors and per-call checks ----

  /** Applies a monitor's event; true if the path ends. */
  private monitor(binding: LinkedBinding, fp: number, result: number, linked: LinkedNode): boolean {
    const { words, system } = this;
    if (this.inSetup && binding.table.lifecycle.id === 'syscall') return false;
    const decisive = binding.outcomeSlot >= 0 ? words[fp + binding.outcomeSlot]! : result;
    if (!outcomeHolds(binding.binding.outcome ?? 'any', decisive)) return false;
    let object: number;
    if (binding.slot === -2) object = pointer(system.threads[this.thread]!.task);
    else object = binding.slot === -1 ? result : words[fp + binding.slot]!;
    if (tagOf(object) !== tagPointer) return false;
    if (binding.field >= 0) {
      const holder = payloadOf(object) + binding.field;
      if (holder < nullPage || holder >= constantBase) return false;
      this.observe(this.objectAt[holder]!);
      this.observe(this.segmentAt[holder]!);
      object = words[holder]!;
      if (tagOf(object) !== tagPointer) return false;
    }
    const at = payloadOf(object) - binding.back;
    if (at < nullPage || at >= constantBase) return false;
    const index = this.objectAt[at]!;
    this.observe(index);
    const slot = system.objects[index]!;
    if (slot.tag !== binding.table.lifecycle.cType || words[slot.header] === 0) return false;
    const { table } = binding;
    const ghost = slot.header + 1 + binding.cell;
    this.observe(this.segmentAt[ghost]!);
    const state = payloadOf(words[ghost]!);
    const cell = state * table.events.length + binding.column;
    const next = table.next[cell]!;
    if (next === -1)
      throw new ModelError(`monitor ${table.lifecycle.id} waits for ${binding.binding.event}: monitors never wait`);
    if (next === -2) {
      this.outOfBounds(
        `the monitor '${table.lifecycle.id}' passes its bound, which its definition in models/lifecycles sets`,
      );
      return true;
    }
    words[ghost] = integer(next);
    this.change(this.segmentAt[ghost]!);
    this.observer?.event?.(
      this.thread,
      linked,
      { offset: binding.cell, path: `@${table.lifecycle.id}`, table },
      slot,
      binding.binding.event,
      state,
      next,
    );
    const violated = table.violates[cell];
    if (!violated) return false;
    const name = binding.binding.function;
    return this.violate({
      property: violated,
      tag: slot.tag,
      cell: `@${table.lifecycle.id}`,
      operation: name,
      node: linked.id,
      title: `${name} (${binding.binding.event}) on a ${table.lifecycle.id} that is ${stateName(system, table, state)}`,
      ends: table.ends[cell] === 1,
      object: index,
    });
  }

  private checkSleep(callee: LinkedFunction, linked: LinkedNode): void {
    const held = this.lockCells.find((cell) => cell.spin && this.holds(cell, this.thread));
    if (!held) return;
    this.violate({
      property: 'sleep-in-atomic',
      tag: held.object.tag,
      cell: held.path,
      operation: callee.definition.name,
      node: linked.id,
      title: `${callee.definition.name} may sleep while ${held.path} of struct ${held.object.tag} is held`,
      object: held.object.index,
    });
  }

  private checkLocksAtReturn(linked: LinkedNode): void {
    for (const cell of this.lockCells) {
      if (!this.holds(cell, this.thread)) continue;
      this.violate({
        property: 'lock-held-at-return',
        tag: cell.object.tag,
        cell: cell.path,
        operation: 'return',
        node: linked.id,
        title: `${cell.path} of struct ${cell.object.tag} is still held when the call returns`,
        object: cell.object.index,
      });
    }
  }

  /** Nothing is written yet when a call begins, whatever an earlier call wrote to the same memory. */
  private forgetOutputs(argument: number): void {
    const at = payloadOf(argument);
    if (tagOf(argument) !== tagPointer || at < nullPage || at >= constantBase) return;
    const object = this.system.objects[this.objectAt[at]!]!;
    this.observeAll(object.index);
    for (const offset of object.layout.outputs.values()) this.words[object.header + 1 + offset] = 0;
    this.changeAll(object.index);
  }

  private checkOutputs(argument: number, linked: LinkedNode): void {
    if (tagOf(argument) !== tagPointer) return;
    const at = payloadOf(argument);
    if (at < nullPage || at >= constantBase) return;
    const object = this.system.objects[this.objectAt[at]!]!;
    this.observeAll(object.index);
    for (const [field, offset] of object.layout.outputs) {
      if (this.words[object.header + 1 + offset] !== 0) continue;
      this.violate({
        property: 'output-not-written',
        tag: object.tag,
        cell: field,
        operation: 'ioctl',
        node: this.system.outputHandlers.get(object.tag) ?? linked.id,
        title: `${field} of struct ${object.tag} is documented as output but not written on success`,
        object: object.index,
      });
    }
  }

  /** Whether the object a function returns is one that it may return to this caller. */
  private checkResult({ check, field, slot }: LinkedReturnCheck, fp: number, result: number, linked: LinkedNode): void {
    const at = payloadOf(result);
    if (tagOf(result) !== tagPointer || at < nullPage || at >= constantBase) return;
    const index = this.objectAt[at]!;
    this.observe(index);
    if (!this.isLive(index)) return;
    this.observe(this.segmentAt[at + field]!);
    if (this.words[at + field] === this.words[fp + slot]) return;
    const object = this.system.objects[index]!;
    const { property, function: name, field: cell, title } = check;
    this.violate({ property, tag: object.tag, cell, operation: name, node: linked.id, title, object: object.index });
  }

  // ---- choices ----

  private choose(linked: LinkedNode): number {
    const { node } = linked;
    if (node.kind !== 'choose') throw new ModelError('choose expected');
    if (this.system.faultCounter >= 0) this.observe(this.faultSegment);
    const noFaults =
      this.inSetup ||
      (this.system.faultCounter >= 0 &&
        payloadOf(this.words[this.system.faultCounter]!) >= this.system.options.faults!);
    const offered = this.inSetup && node.opaque ? node.alternatives.slice(0, 1) : node.alternatives;
    const allowed = noFaults ? offered.filter((alternative) => !alternative.fault) : offered;
    if (allowed.length === 0) throw new ModelError(`${linked.function.definition.name}: '${node.name}' can only fail`);
    const taken = allowed[this.decide(allowed.length)]!;
    if (taken.fault && this.system.faultCounter >= 0) {
      this.words[this.system.faultCounter]! += integer(1);
      this.change(this.faultSegment);
    }
    this.coverage[linked.firstEdge + node.alternatives.indexOf(taken)] = 1;
    this.observer?.choice?.(this.thread, linked, taken.name);
    return taken.next;
  }

  private decide(alternatives: number): number {
    const position = this.choicePosition;
    this.choicePosition += 1;
    this.arity[position] = alternatives;
    const forced = this.choices[position] ?? -1;
    // What is not offered cannot be taken: `decisions()` then tells of another.
    if (forced < 0 || forced >= alternatives) this.choices[position] = 0;
    return this.choices[position]!;
  }

  /** Comparing a pointer to freed memory with another pointer: reported, and either result is possible. */
  private compareFreed(left: number, right: number): boolean {
    if (left === right) return true;
    for (const word of [left, right]) {
      const at = payloadOf(word);
      if (at < nullPage || at >= constantBase) continue;
      const index = this.objectAt[at]!;
      if (index < 0) continue;
      this.observe(index);
      if (this.isLive(index)) continue;
      const object = this.system.objects[index]!;
      this.violate({
        property: 'freed-pointer-compare',
        tag: object.tag,
        operation: 'compare',
        conflict: this.conflictOf(this.words[object.header]! >> 2),
        title: `a pointer to freed struct ${object.tag} is compared`,
        object: index,
      });
      return this.decide(2) === 1;
    }
    return false;
  }

  // ---- reports ----

  /** Records a violation; true if the path ends with it. */
  private violate({
    tag = '',
    cell = '',
    conflict = '',
    node = -1,
    ends = false,
    object = -1,
    ...told
  }: Broken): boolean {
    const at = node >= 0 ? node : this.lastNode;
    const { thread } = this;
    const violation = {
      ...told,
      tag,
      cell,
      conflict,
      thread,
      node: at,
      via: wayIn(this.system, this.words, thread),
      ends,
      object,
    };
    const fixed = ends && this.keepFreed && this.system.options.assumeFixed.includes(findingId(violation));
    this.violations.push(violation);
    if (!ends || fixed) return false;
    this.status = 'cut';
    return true;
  }

  /** The kernel API function the code at hand is in, outermost first; the access itself if it is in none. */
  private operation(access: string): string {
    const { system, words, thread } = this;
    const fp = frameOf(system, words, thread);
    if (fp === 0) return access;
    const { origin, name } = operationFunction(system, words, thread, this.functionOf(fp)).definition;
    return origin === 'kernel' ? name : access;
  }

  private functionOf(fp: number): LinkedFunction {
    return functionOf(this.system, this.words, fp);
  }

  /** Frames of a thread, innermost first: the nodes at which its functions stand. */
  callStack(thread: number): LinkedNode[] {
    return callStack(this.system, this.words, thread);
  }

  // ---- the end of a run, and memory nobody names ----

  /** What is broken in a state where nothing can go on; `reference` is `quietState()`. */
  endViolations(reference: Int32Array): Violation[] {
    this.violations.length = 0;
    const { system, words } = this;
    let blocked = false;
    for (const thread of system.threads) {
      if (thread.daemon || words[thread.base] === 0) continue;
      blocked = true;
      this.thread = thread.index;
      const stack = this.callStack(thread.index);
      const kernel = stack.find(
        (frame) => frame.node.kind === 'call' || frame.node.kind === 'event' || frame.node.kind === 'await',
      );
      const operation = kernel?.node.kind === 'call' ? kernel.node.callee : 'wait';
      const { tag, cell } = this.waitsFor(thread.index);
      const property = thread.unregister ? 'unregister-returns' : 'deadlock';
      this.violate({
        property,
        tag,
        cell,
        operation,
        node: kernel?.id ?? -1,
        title: `thread ${thread.name} waits for ever in ${operation}${tag === '' ? '' : ` for ${cell} of struct ${tag}`}`,
      });
    }
    if (blocked) return [...this.violations];
    return leftovers(system, words, reference, this.memoryLive);
  }

  private waitsFor(thread: number): { tag: string; cell: string } {
    const fp = frameOf(this.system, this.words, thread);
    const op = this.opOf(payloadOf(this.words[fp]!) - 1);
    // That it is looked at here is no use of it.
    const reported = this.violations.length;
    const target = op.kind === opCall ? op.args[0]?.(fp) : op.a(fp);
    this.violations.length = reported;
    if (target === undefined || tagOf(target) !== tagPointer) return { tag: '', cell: '' };
    const object = this.system.objects[this.objectAt[payloadOf(target)] ?? -1];
    if (!object) return { tag: '', cell: '' };
    return { tag: object.tag, cell: pathAt(this.system, object.layout, payloadOf(target) - object.header - 1) };
  }

  /** Recycles memory that nothing names any more; live memory that nothing names is a leak. What is left to one thread is private. */
  recycle(): void {
    this.clearUnnamed();
    this.returnMemory();
  }

  private clearUnnamed(): void {
    const { words, system } = this;
    const dead = this.collector.unnamed(words, (fp) => this.functionOf(fp).frameSize);
    for (let index = 0; index < this.collector.count; index += 1) {
      const object = system.objects[dead[index]!]!;
      if (this.isLive(object.index)) {
        const title = `struct ${object.tag} is allocated but nothing names it any more`;
        this.violate({ property: 'memory-leak', tag: object.tag, operation: 'leak', title, object: object.index });
      }
      words.fill(0, object.header, object.header + object.layout.size + 1);
      this.changeAll(object.index);
    }
  }

  /** Whether memory is private again when only one thread is left that can reach it. */
  get ownership(): boolean {
    return this.returnsOwnership;
  }

  /** Makes memory private that only one thread is left to reach, if that is to be. */
  protected returnMemory(): void {
    if (!this.returnsOwnership || this.inSetup) return;
    this.owners.forEach(this.words, (fp) => this.functionOf(fp).frameSize, this.makePrivate);
  }

  private readonly makePrivate = ({ header, index }: ObjectSlot): void => {
    const word = this.words[header]!;
    if (((word >> 2) & headerShared) === 0) return;
    this.words[header] = integer(((word >> 2) & ~headerShared) | headerReturned);
    this.change(index);
  };
}

/** A violation, as far as the interpreter does not know it: what is left out is nothing, and the node is the one that runs. */
type Broken = Pick<Violation, 'property' | 'operation' | 'title'> & Partial<Omit<Violation, 'thread' | 'via'>>;

/** A state that a run without choices ends in, with the edges it covered and the limits it met. */
interface RememberedState {
  readonly words: Int32Array;
  readonly coverage: Uint8Array;
  readonly limits: readonly string[];
}

/** ` to data of struct box` */
function inPlace(tag: string, cell: string): string {
  if (tag === '') return '';
  return cell === '' ? ` to struct ${tag}` : ` to ${cell} of struct ${tag}`;
}

function outcomeHolds(outcome: NonNullable<LinkedBinding['binding']['outcome']>, value: number): boolean {
  switch (outcome) {
    case 'any':
      return true;
    case 'true':
      return value !== 0;
    case 'false':
      return value === 0;
    case 'pointer':
      return value !== 0 && !isErrorWord(value);
    case 'ok':
      return tagOf(value) !== 0 || value >= 0;
    case 'error':
      return isErrorWord(value);
    default:
      return unreachable(outcome);
  }
}
