import { segmentsOf } from '../explore/breadthFirst.js';
import { StateStore } from '../explore/stateStore.js';
import { headerState } from '../system/header.js';
import { Interpreter } from '../system/interpreter.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { noAssumptions } from '../system/sharedWords.js';
import { constantBase, integer, nullPage, payloadOf, tagPointer } from '../system/word.js';
import { BlockBuilder } from './blockBuilder.js';
import { ExportError } from './exportError.js';
import type { Block, DynamicObject, ExportModel, Expr, Stmt, Variable } from './exportModel.js';
import { firstWaiting, lengthOf, returnOf } from './exportModel.js';
import { evaluate } from './expressionValue.js';

/** How much of a system is run to find out what its model needs. */
export interface ModelBounds {
  /** Breadth first, up to this many states. */
  readonly maxStates: number;
  /** Random runs from the initial state to an end, if that was not all. */
  readonly walks: number;
  /** Told the words of each state, in the order of their numbers; objects stand in them as in the system's own states. */
  readonly visit?: (words: Int32Array) => void;
}

type Status = 'done' | 'waits' | 'ends';

const maxBlocksPerStep = 100_000;
const maxWalkSteps = 5000;
/** States kept to begin random runs at. */
const maxFirsts = 500;

/**
 * The neutral form of a linked system: makes blocks while it runs them, breadth first. Deterministic. Throws `ExportError` for a
 * system that has no such form.
 */
export function exportModel(system: LinkedSystem, bounds: ModelBounds): ExportModel {
  if (system.options.assumeFixed.length > 0)
    throw new ExportError('a model that goes on past findings (--assume-fixed) cannot be exported');
  return new ModelRun(system).explore(bounds);
}

class ModelRun {
  private readonly system: LinkedSystem;
  private readonly builder: BlockBuilder;
  private readonly words: Int32Array;
  private readonly initial: Int32Array;
  private readonly live: number;
  private readonly objectAt: Int32Array;
  /** Number of the segment of each word in the store, -1 for registers. */
  private readonly segmentAt: Int32Array;
  private readonly values: (Set<number> | undefined)[];
  private readonly kept: Uint8Array;
  /** Variables set by this step. */
  private readonly touched: number[] = [];
  private readonly changed: Int32Array;
  private changes = 0;
  private readonly isChanged: Uint8Array;
  private readonly choices: number[] = [];
  private readonly arity: number[] = [];
  private position = 0;
  private readonly named = new Set<number>();
  private readonly marks: Uint8Array;
  private hasEnds = false;
  /** The step came to an arm of a decision for the first time. */
  private isFirst = false;
  private readonly effective = new Set<Stmt>();
  private readonly cleared = new Map<number, Set<number>>();
  private readonly recycling = new Set<number>();
  private readonly store: StateStore;

  constructor(system: LinkedSystem) {
    this.system = system;
    this.builder = new BlockBuilder(system);
    const length = lengthOf(system);
    this.words = new Int32Array(length);
    this.initial = new Int32Array(length);
    this.kept = new Uint8Array(length);
    this.values = Array.from({ length });
    const segments = [
      ...segmentsOf(system),
      { kind: 'waiting', start: system.width + firstWaiting, length: system.threads.length },
      ...system.threads.map(({ base, size, index }) => ({
        kind: `returns ${index}`,
        start: returnOf(system, base),
        length: size,
      })),
    ];
    this.segmentAt = new Int32Array(length).fill(-1);
    segments.forEach(({ start, length: size }, index) => this.segmentAt.fill(index, start, start + size));
    this.changed = new Int32Array(segments.length);
    this.isChanged = new Uint8Array(segments.length);
    this.store = new StateStore(segments);
    this.marks = new Uint8Array(system.objects.length);
    this.objectAt = new Int32Array(system.width).fill(-1);
    for (const { header, layout, index } of system.objects) this.objectAt.fill(index, header, header + layout.size + 1);
    this.live = system.memory.next[system.memory.column.get('alloc')!]!;
    this.begin();
  }

  /** The state after setup, with every thread in front of its first node. */
  private begin(): void {
    const { system, words } = this;
    const state = new Interpreter(system, new Set([noAssumptions])).initialState();
    const put = (at: number, value: number) => {
      if (value !== 0) this.assign(at, value);
    };
    for (const { header, layout } of system.objects)
      for (let at = header; at <= header + layout.size; at += 1) put(at, state[at]!);
    if (system.faultCounter >= 0) put(system.faultCounter, state[system.faultCounter]!);
    for (const thread of system.threads) {
      const root = this.builder.root(thread.index);
      for (let slot = 2; slot < root.instance.function.frameSize; slot += 1)
        put(root.instance.frame + slot, state[root.instance.frame + slot]!);
      this.standAt(root);
    }
    this.keep();
    this.initial.set(words);
    // What a variable was before the start is not one of its values.
    for (const at of this.values.keys()) if (this.values[at]) this.values[at] = new Set([words[at]!]);
  }

  explore({ maxStates, walks, visit }: ModelBounds): ExportModel {
    const { store, system, words } = this;
    const current = new Int32Array(words.length);
    store.insert(words, this.changed, 0);
    let transitions = 0;
    let at = 0;
    for (; at < store.size && store.size <= maxStates; at += 1) {
      store.load(at, current);
      visit?.(current);
      for (const thread of system.threads) {
        this.choices.length = 0;
        do {
          words.set(current);
          const status = this.step(thread.index);
          if (status !== 'waits') transitions += 1;
          if (status === 'done') store.insert(words, this.changed, this.changes);
        } while (this.nextFork());
      }
    }
    const complete = at === store.size;
    if (!complete) this.walk(walks);
    return {
      system,
      live: this.live,
      blocks: this.builder.blocks,
      initial: this.initial,
      variables: this.variables(complete),
      dynamic: this.dynamic(),
      states: store.size,
      transitions,
      complete,
      effective: this.effective,
      cleared: this.cleared,
      recycling: this.recycling,
      hasEnds: this.hasEnds,
    };
  }

  private variables(complete: boolean): Variable[] {
    const variables: Variable[] = [];
    const waiting = this.system.width + firstWaiting;
    for (const [at, values] of this.values.entries()) {
      const isUnread =
        complete && !this.builder.asksForWaiting && at >= waiting && at < waiting + this.system.threads.length;
      if (!values || isUnread) continue;
      variables.push({
        at,
        values: [...values.add(this.initial[at]!)].sort((a, b) => a - b),
        kept: this.kept[at] === 1,
      });
    }
    return variables;
  }

  private dynamic(): DynamicObject[] {
    const { objects } = this.system;
    const namedBy = new Map<number, number[]>();
    for (const { index, header, static: fixed } of objects)
      if (!fixed && this.values[header] !== undefined) namedBy.set(index, []);
    for (const pair of this.named) namedBy.get(pair % objects.length)!.push(Math.floor(pair / objects.length));
    return [...namedBy].map(([object, variables]) => ({ object, namedBy: variables.sort((a, b) => a - b) }));
  }

  /**
   * Random runs, each to its end: some change threads often and some seldom, some fail often and some seldom. Half of them begin
   * where something was met for the first time, as a fuzzer guided by coverage does.
   */
  private walk(walks: number): void {
    const { system, words } = this;
    const random = generator();
    const before = new Int32Array(words.length);
    const firsts: Int32Array[] = [];
    let found = 0;
    for (let count = 0; count < walks; count += 1) {
      const begin = random() % 2 === 0 ? undefined : firsts[random() % firsts.length];
      words.set(begin ?? this.initial);
      const changesOneIn = 4 ** (count % 4);
      const failsOneIn = 4 ** ((count >> 2) % 3);
      const decide = (alternatives: number) => (random() % failsOneIn === 0 ? random() % alternatives : 0);
      let start = random();
      for (let steps = 0; steps < maxWalkSteps; steps += 1) {
        before.set(words);
        if (random() % changesOneIn === 0) start = random() % system.threads.length;
        let status: Status = 'waits';
        for (let offset = 0; offset < system.threads.length && status === 'waits'; offset += 1) {
          words.set(before);
          this.choices.length = 0;
          status = this.step((start + offset) % system.threads.length, decide);
        }
        if (status !== 'done') break;
        // The latest count most: what is met late is met seldom.
        if (this.isFirst) firsts[found++ % maxFirsts] = words.slice();
      }
    }
  }

  // ---- one step ----

  private step(thread: number, decide?: (alternatives: number) => number): Status {
    const { words, builder, system } = this;
    for (let index = 0; index < this.changes; index += 1) this.isChanged[this.changed[index]!] = 0;
    this.changes = 0;
    this.touched.length = 0;
    this.isFirst = false;
    this.position = 0;
    this.arity.length = 0;
    const { base } = system.threads[thread]!;
    if (words[base] === 0) return 'waits';
    let block = builder.blocks[payloadOf(words[base]!) - 1]!;
    for (let blocks = 0; blocks < maxBlocksPerStep; blocks += 1) {
      let code: readonly Stmt[] = builder.codeOf(block);
      let next: Block | null = null;
      for (let at = 0; at < code.length; at += 1) {
        const stmt = code[at]!;
        switch (stmt.kind) {
          case 'set':
            if (this.assign(stmt.at, this.evaluate(stmt.value))) this.effective.add(stmt);
            break;
          case 'match':
            code = this.arm(stmt, this.evaluate(stmt.on));
            at = -1;
            break;
          case 'choose': {
            this.keep();
            const { position } = this;
            this.position += 1;
            this.arity[position] = stmt.names.length;
            if (position >= this.choices.length) this.choices.push(decide?.(stmt.names.length) ?? 0);
            code = this.arm(stmt, this.choices[position]!);
            at = -1;
            break;
          }
          case 'recycle':
            this.recycle(block, thread);
            break;
          case 'go':
            next = builder.blocks[stmt.to - 1]!;
            break;
          case 'wait':
            // A step that got nowhere does not exist; choices were made by no step then.
            if (blocks === 0 && this.position === 0) return 'waits';
            return this.end(block, thread);
          case 'stop':
            return this.end(block, thread);
          case 'finish':
            return this.end(null, thread);
          case 'end':
            this.hasEnds = true;
            return 'ends';
          case 'broken':
            break;
        }
      }
      if (!next) throw new ExportError(`block ${block.id} does not say what comes next`);
      block = next;
    }
    throw new ExportError('a loop without a visible operation does not end');
  }

  /** A step ends in front of a block, or with the thread. */
  private end(block: Block | null, thread: number): Status {
    if (block) {
      for (const at of block.dead) if (this.words[at] !== 0) this.clear(block, at);
      this.standAt(block);
    }
    if (!block) {
      this.assign(this.system.threads[thread]!.base, 0);
    }
    for (let register = 0; register < firstWaiting; register += 1) this.words[this.system.width + register] = 0;
    if (this.recycle(block, thread)) this.recycling.add(block?.id ?? -1 - thread);
    this.keep();
    return 'done';
  }

  private clear(block: Block, at: number): void {
    this.assign(at, 0);
    let cleared = this.cleared.get(block.id);
    if (!cleared) this.cleared.set(block.id, (cleared = new Set()));
    cleared.add(at);
  }

  private standAt(block: Block): void {
    this.assign(this.system.threads[block.instance.thread]!.base, integer(block.id));
  }

  private arm(
    stmt: { readonly arms: Map<number, readonly Stmt[]>; readonly make: (value: number) => readonly Stmt[] },
    value: number,
  ): readonly Stmt[] {
    let code = stmt.arms.get(value);
    if (!code) {
      stmt.arms.set(value, (code = stmt.make(value)));
      this.isFirst = true;
    }
    return code;
  }

  private nextFork(): boolean {
    for (let at = this.position - 1; at >= 0; at -= 1) {
      if (this.choices[at]! + 1 < this.arity[at]!) {
        this.choices[at]! += 1;
        this.choices.length = at + 1;
        return true;
      }
    }
    return false;
  }

  /** True if that changes the variable. */
  private assign(at: number, value: number): boolean {
    if (this.words[at] === value) return false;
    this.words[at] = value;
    this.touched.push(at);
    (this.values[at] ??= new Set()).add(value);
    const segment = this.segmentAt[at]!;
    if (segment < 0 || this.isChanged[segment] === 1) return true;
    this.isChanged[segment] = 1;
    this.changed[this.changes] = segment;
    this.changes += 1;
    return true;
  }

  private keep(): void {
    for (const at of this.touched) if (this.words[at] !== 0) this.kept[at] = 1;
  }

  private evaluate(value: Expr): number {
    return evaluate(value, this.wordAt, this.live);
  }

  private readonly wordAt = (at: number): number => this.words[at]!;

  // ---- memory nobody names ----

  /** True if there was any. */
  private recycle(running: Block | null, thread: number): boolean {
    const { system, words, marks, builder } = this;
    marks.fill(0);
    const queue: number[] = [];
    const mark = (start: number, end: number) => {
      for (let at = start; at < end; at += 1) {
        const word = words[at]!;
        if ((word & 3) !== tagPointer) continue;
        const target = payloadOf(word);
        if (target < nullPage || target >= constantBase) continue;
        const object = this.objectAt[target]!;
        if (object < 0 || system.objects[object]!.static) continue;
        this.named.add(at * system.objects.length + object);
        if (marks[object] === 1) continue;
        marks[object] = 1;
        queue.push(object);
      }
    };
    for (const { header, layout, static: fixed } of system.objects)
      if (fixed) mark(header + 1, header + 1 + layout.size);
    for (const { base, index } of system.threads) {
      const at = index === thread ? (running?.id ?? 0) : payloadOf(words[base]!);
      const top = builder.blocks[at - 1]?.instance;
      if (top) mark(base + 1, top.frame + top.function.frameSize);
    }
    for (let head = 0; head < queue.length; head += 1) {
      const { header, layout } = system.objects[queue[head]!]!;
      if ((payloadOf(words[header]!) & headerState) === this.live) mark(header + 1, header + 1 + layout.size);
    }
    let found = false;
    for (const { header, layout, index, static: fixed } of system.objects) {
      if (fixed || marks[index] === 1 || words[header] === 0) continue;
      found = true;
      for (let at = header; at <= header + layout.size; at += 1) if (words[at] !== 0) this.assign(at, 0);
    }
    return found;
  }
}

/** A counter with its bits mixed (Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, 2014), from a fixed seed. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}
