import type { WebAssemblyUse } from '../search.js';
import type { FieldUse } from '../reductions/movers.js';
import type { Interpreter } from '../../system/interpreter.js';
import { Expander } from '../cached/expander.js';
import type { Reductions } from '../cached/expander.js';
import type { FindingNotes } from '../cached/findingLog.js';
import type { Batch } from '../cached/kernel/batch.js';
import { BatchExpander } from '../cached/kernel/batchExpander.js';
import type { Layout } from '../cached/layout.js';
import { layoutFor } from '../cached/layout.js';
import { MemoryAllowance, withoutMemory } from '../cached/memoryAllowance.js';
import type { StepChanges } from '../cached/progressLoops.js';
import { stepChangesOf } from '../cached/progressLoops.js';
import type { SharedBuffers, Waiting, WaitingWithBreaks } from './control.js';
import { Control, figure, figures, needs, word } from './control.js';
import { childBitsFor, LevelOrder } from './levelOrder.js';
import type { SharedContents } from './sharedContents.js';
import { SharedStates } from './sharedStates.js';

/** States that are expanded before their successors are looked up, and that a thread takes at once. */
const blockSize = 64;

/** What the thread that leads does beside its part. */
export interface Lead {
  /** A block was expanded. False stops the search. */
  goOn(): boolean;
  /** Whether it wants to do something else before the next block. */
  needsBreak(): boolean;
  /** Room is to be made, by so many bytes. Throws `OutOfMemory` if there is none. */
  allow(bytes: number): void;
  /** There is no more room: why. */
  full(reason: string): void;
  /** A level begins; here more threads may come in. */
  level(): void;
}

/** What one thread found out, as plain data. */
export interface PartResult {
  readonly notes: FindingNotes;
  /** Of the places in the notes: numbers of the states that have these places in the order of the search. */
  readonly numbers: readonly (readonly [place: number, number: number])[];
  readonly limits: readonly string[];
  readonly transitions: number;
  readonly cuts: number;
  readonly coverage: Uint8Array;
  /** What was noticed of assumptions; see `SharedWords` and `Movers`. */
  readonly owner: Int8Array;
  readonly lockset: Int32Array;
  readonly used: readonly FieldUse[];
  readonly broken: string | null;
  readonly changes: StepChanges;
  /** An object was moved to another slot (`CanonicalSlots`). */
  readonly hasMoved: boolean;
  /** Steps made, of which several may make one transition. */
  readonly steps: number;
}

/** Whether a thread uses WebAssembly, and with how many bytes of tables at most. */
export interface CodeUse {
  readonly use: WebAssemblyUse;
  readonly memory: number;
}

/** States of a level from one place on. */
class StatesOfLevel implements Batch {
  private queue: Int32Array = new Int32Array(0);
  private first = 0;
  private base = 0;
  private readonly states: SharedStates;
  private readonly hasOutgrown: () => boolean;

  constructor(states: SharedStates, hasOutgrown: () => boolean) {
    this.states = states;
    this.hasOutgrown = hasOutgrown;
  }

  /** Places of the level's states, of which `first` is the first one here, and the number of the first state of the level. */
  show(queue: Int32Array, first: number, base: number): void {
    this.queue = queue;
    this.first = first;
    this.base = base;
  }

  get words(): Int32Array {
    return this.states.words;
  }

  get isOver(): boolean {
    return this.hasOutgrown();
  }

  place(index: number): number {
    return this.states.at(this.queue[this.first + index]!);
  }

  number(index: number): number {
    return this.base + this.first + index;
  }
}

/** One thread's part of a breadth-first search by several threads on the same states. */
export class SearchPart {
  readonly expander: Expander;
  readonly states: SharedStates;
  readonly order: LevelOrder;
  /** The form of the states that are kept. */
  form: Layout;
  private readonly control: Control;
  private readonly figures: Float64Array;
  private readonly formMasks: Int32Array;
  private readonly party: number;
  private readonly lead: Lead | null;
  private readonly batches: BatchExpander;
  private readonly batch: StatesOfLevel;
  /** Contents came up that the form has no room for. */
  private outgrown = false;
  private readonly counts = new Int32Array(blockSize);
  private orders = new Int32Array(1 << 10);
  private readonly numbers = new Map<number, number>();

  constructor(
    interpreter: Interpreter,
    buffers: SharedBuffers,
    contents: SharedContents,
    reductions: Reductions,
    code: CodeUse,
    party: number,
    lead: Lead | null,
  ) {
    this.control = new Control(buffers.control);
    this.figures = new Float64Array(buffers.figures);
    this.formMasks = new Int32Array(buffers.form);
    this.party = party;
    this.lead = lead;
    this.expander = new Expander(interpreter, { rewrite: () => (this.outgrown = true) }, reductions, (lengths) =>
      contents.tables(lengths),
    );
    this.form = this.expander.packed.layout;
    this.batches = new BatchExpander(this.expander, code.use, new MemoryAllowance(code.memory));
    this.states = new SharedStates(buffers, this.control, party, code.use);
    this.batch = new StatesOfLevel(this.states, () => this.outgrown);
    this.order = new LevelOrder(buffers, this.control, this.states);
  }

  /** Bytes that belong to this thread alone. */
  private get bytes(): number {
    const { cache, components } = this.expander.packed;
    return cache.bytes + components.bytes + this.batches.bytes + this.expander.recent.bytes;
  }

  /** The thread that leads puts the initial state where the others find it. Throws `OutOfMemory` if there is no room for it. */
  begin(): void {
    const { control, expander, states } = this;
    control.set(word.parties, 1);
    expander.addInitial();
    this.publishForm(expander.packed.layout);
    states.reserve(16);
    this.order.begin();
    this.orders[0] = 0;
    states.insertAll(expander.buffer, expander.hashes, this.orders, 1);
    expander.clear();
    // The initial state is a level of its own; what comes now is the next one.
    states.leaveChunk();
    control.set(word.levelFirst, control.get(word.chunks) * blockSize);
    this.tell();
  }

  /** A thread that comes later waits until it is let in. */
  *join(): Waiting {
    this.control.add(word.ready, 1);
    yield* this.control.whileIs(word.parties, 1);
    this.look();
  }

  /** Searches until nothing is left, or until the leader stops the search. */
  *run(): WaitingWithBreaks {
    const { control, lead, states } = this;
    this.expander.leavesOutRecent = true;
    for (;;) {
      yield* this.expandLevel();
      if (control.get(word.stop) !== 0) return;
      states.leaveChunk();
      yield* this.order.arrange(this.party, control.get(word.parties), lead ? (makeRoom) => this.try(makeRoom) : null);
      if (control.get(word.stop) !== 0 || control.get(word.levelLength) === 0) return;
      this.expander.packed.components.catchUp();
      lead?.level();
    }
  }

  result(): PartResult {
    const { expander } = this;
    const { interpreter, log } = expander;
    const { owner, lockset } = interpreter.sharing;
    return {
      notes: log.notes(),
      numbers: [...this.numbers],
      limits: [...log.limits, ...interpreter.limits],
      transitions: expander.transitions,
      cuts: log.cuts,
      coverage: interpreter.coverage.slice(),
      owner: owner.slice(),
      lockset: lockset.slice(),
      used: expander.movers?.used() ?? [],
      broken: expander.movers?.broken ?? null,
      changes: stepChangesOf(expander.packed.cache),
      hasMoved: expander.slots?.hasMoved ?? false,
      steps: expander.steps,
    };
  }

  // ---- expanding ----

  private *expandLevel(): WaitingWithBreaks {
    const { control, lead } = this;
    let pending = -1;
    for (;;) {
      while (control.get(word.pause) === 0 && control.get(word.halt) === 0 && control.get(word.dead) === 0) {
        const block = pending >= 0 ? pending : control.add(word.block, 1);
        pending = -1;
        if (block * blockSize >= control.get(word.levelLength)) break;
        if (!this.expandBlock(block * blockSize)) pending = block;
        if (lead && !lead.goOn()) control.set(word.halt, 1);
        if (lead?.needsBreak()) yield null;
      }
      yield* control.barrier();
      if (lead) {
        if (control.get(word.halt) !== 0) control.set(word.stop, 1);
        else if (control.get(word.pause) !== 0) this.try(() => this.makeRoom());
      }
      yield* control.barrier();
      if (control.get(word.stop) !== 0 || control.get(word.pause) === 0) return;
      yield* this.reorganise();
    }
  }

  /** Expands the states of a level from this place on; false if that has to be done again, with more room. */
  private expandBlock(first: number): boolean {
    const { control, counts, expander, order, states } = this;
    const { log } = expander;
    const { queue } = order;
    const length = control.get(word.levelLength);
    const base = control.get(word.levelBase);
    const end = Math.min(first + blockSize, length);
    const { transitions, steps } = expander;
    const { cuts } = log;
    const known = log.size;
    this.batch.show(queue, first, base);
    this.batches.expand(this.batch, end - first, counts);
    if (log.size !== known) for (let at = first; at < end; at += 1) this.numbers.set(base + at, queue[at]!);
    let isDone = false;
    if (this.outgrown) this.ask(needs.form);
    else {
      this.orderSuccessors(first, end, childBitsFor(length));
      isDone = states.insertAll(expander.buffer, expander.hashes, this.orders, expander.count);
      if (!isDone) this.ask(needs.room);
    }
    expander.clear();
    if (!isDone) {
      expander.recent.forget();
      expander.transitions = transitions;
      expander.steps = steps;
      log.cuts = cuts;
    }
    this.tell();
    return isDone;
  }

  /** Fills `orders`: by the place of the predecessor, then by the successor. */
  private orderSuccessors(first: number, end: number, childBits: number): void {
    const last = (1 << childBits) - 1;
    while (this.orders.length < this.expander.count) this.orders = new Int32Array(this.orders.length * 2);
    const { counts, orders } = this;
    let at = 0;
    for (let place = first; place < end; place += 1) {
      const count = counts[place - first]!;
      for (let child = 0; child < count; child += 1, at += 1)
        orders[at] = (place << childBits) | (child < last ? child : last);
    }
  }

  private ask(need: number): void {
    Atomics.or(this.control.words, word.pause, need);
  }

  private tell(): void {
    const own = this.party * figures;
    this.figures[own + figure.states] = this.states.added;
    this.figures[own + figure.transitions] = this.expander.transitions;
    this.figures[own + figure.bytes] = this.bytes;
  }

  // ---- room and form ----

  /** Takes part in what follows when the leader has made room. */
  private *reorganise(): Waiting {
    const { control, states } = this;
    const parties = control.get(word.parties);
    this.look();
    const rebuild = control.get(word.rebuild) !== 0;
    if (rebuild) states.clearIndex(this.party, parties);
    yield* control.barrier();
    if (rebuild) states.buildIndex(this.party, parties);
    if (this.lead) control.set(word.pause, 0);
    yield* control.barrier();
  }

  /** Sees what the leader changed, and what others added. */
  private look(): void {
    const { packed } = this.expander;
    // Another form, even an equal one, means other code for it.
    if (packed.layout.mask.some((mask, component) => mask !== this.formMasks[component]))
      packed.adopt(layoutFor(Int32Array.from(this.formMasks, (mask) => mask + 1)));
    this.form = packed.layout;
    packed.components.catchUp();
    this.outgrown = false;
    this.states.refresh(this.form.width);
    this.order.refresh();
  }

  private publishForm(form: Layout): void {
    this.formMasks.set(form.mask);
    this.form = form;
    this.states.refresh(form.width);
  }

  /** Of the leader: makes the room that was asked for. Throws `OutOfMemory` if there is none. */
  private makeRoom(): void {
    const { control, states } = this;
    const { packed } = this.expander;
    const wanted = control.get(word.pause);
    let rebuild = false;
    if (wanted & needs.form) {
      packed.components.catchUp();
      const form = layoutFor(packed.largerRoom());
      if (form.width > this.form.width)
        this.lead?.allow((states.bytes * (form.width - this.form.width)) / (this.form.width + 1));
      states.rewrite(this.form, form);
      this.publishForm(form);
      rebuild = true;
    }
    const chunks = states.chunkEnd;
    const more = chunks + (wanted & needs.room ? Math.max(64, chunks >>> 6) : 0);
    this.lead?.allow(states.growthFor(more));
    if (states.reserve(more)) rebuild = true;
    control.set(word.rebuild, rebuild ? 1 : 0);
  }

  /** Of the leader: does something that may find no room; the search ends then. */
  private try(makeRoom: () => void): void {
    try {
      makeRoom();
    } catch (error) {
      const reason = withoutMemory(error);
      if (reason === null) throw error;
      this.lead?.full(reason);
      this.control.set(word.stop, 1);
    }
  }
}
