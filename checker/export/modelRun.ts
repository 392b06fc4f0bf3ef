import { headerState } from '../system/header.js';
import { Interpreter } from '../system/interpreter.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { noAssumptions } from '../system/sharedWords.js';
import { constantBase, integer, nullPage, payloadOf, tagPointer } from '../system/word.js';
import { BlockBuilder } from './blockBuilder.js';
import { ExportError } from './exportError.js';
import type { Block, DynamicObject, ExportModel, Expr, ModelTransactions, Stmt, Variable } from './exportModel.js';
import { firstWaiting, lengthOf, returnOf } from './exportModel.js';
import { evaluate } from './expressionValue.js';
import type { ContentFacts } from './stateParts.js';
import { StateParts } from './stateParts.js';

/** How far a search came. */
export type SearchedStates = Pick<ExportModel, 'states' | 'transitions' | 'complete'>;

/** How a step went: it was made, it cannot be made now, or the path ends in it. */
type StepStatus = 'done' | 'waits' | 'ends';

const maxBlocksPerStep = 100_000;

/**
 * Makes the steps of a model, one at a time, in `words`, and the model's blocks as it comes to them; takes note of what the model
 * has to hold. To make a step in all ways: clear `choices`, and step in the same state until `nextFork` says that there is no other way.
 */
export class ModelRun {
  readonly words: Int32Array;
  /** The state after setup. */
  readonly initial: Int32Array;
  readonly parts: StateParts;
  /** The alternatives taken in this step, in order. */
  readonly choices: number[] = [];
  /** Parts that this step, in all ways since they were forgotten, read or wrote, in order. */
  readonly observed: number[] = [];
  /** Parts that this way to make the step changed. */
  readonly changed: number[] = [];
  /** Lists of statements that this way to make the step came to, in order. */
  readonly trace: (readonly Stmt[])[] = [];
  /** Variables, and their values, that the step read before it wrote them, in all ways since observations were forgotten, in order. */
  readonly reads: number[] = [];
  /** Memory that nothing names any more stays at the end of a step; somebody else gives it back. */
  defersRecycling = false;
  /** The step came to an arm of a decision for the first time. */
  isFirst = false;
  /**
   * Memory ran out since observations were forgotten, and some that nothing names was looked for: that depends on the whole state,
   * and nothing is observed from then on.
   */
  ranOut = false;
  /** Blocks in front of which a step ended that gave memory back; the end of thread `t` is `-1 - t`. */
  readonly recycling = new Set<number>();
  readonly system: LinkedSystem;
  private readonly builder: BlockBuilder;
  private readonly live: number;
  private readonly objectAt: Int32Array;
  private readonly partAt: Int32Array;
  private readonly values: (Set<number> | undefined)[];
  private readonly kept: Uint8Array;
  /** Variables set by this step. */
  private readonly touched: number[] = [];
  private readonly isObserved: Uint8Array;
  private readonly isChanged: Uint8Array;
  /** Number of the step that wrote a variable last, and of the one, in all its ways, that read it last. */
  private readonly writtenIn: Int32Array;
  private readonly readIn: Int32Array;
  private ways = 0;
  private steps = 1;
  private readonly arity: number[] = [];
  private position = 0;
  /** Variables that named objects: variable times the number of objects, plus the object. */
  private readonly named = new Set<number>();
  private readonly marks: Uint8Array;
  private hasEnds = false;
  private readonly effective = new Set<Stmt>();
  private readonly cleared = new Map<number, Set<number>>();

  constructor(system: LinkedSystem) {
    this.system = system;
    this.builder = new BlockBuilder(system);
    const length = lengthOf(system);
    this.words = new Int32Array(length);
    this.initial = new Int32Array(length);
    this.kept = new Uint8Array(length);
    this.values = Array.from({ length });
    this.parts = new StateParts(system, this.words, (part) => this.factsOf(part));
    this.partAt = this.parts.partAt;
    this.isObserved = new Uint8Array(this.parts.count);
    this.isChanged = new Uint8Array(this.parts.count);
    this.writtenIn = new Int32Array(length);
    this.readIn = new Int32Array(length);
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

  /** The frames of a thread from the last one called to the first, each with the node it stands at. */
  framesOf(thread: number): readonly { readonly frame: number; readonly node: number }[] {
    const frames: { frame: number; node: number }[] = [];
    let id = payloadOf(this.words[this.system.threads[thread]!.base]!);
    while (id !== 0) {
      const { instance, linked } = this.builder.blocks[id - 1]!;
      frames.push({ frame: instance.frame, node: linked.id });
      id = payloadOf(this.words[returnOf(this.system, instance.frame)]!);
    }
    return frames;
  }

  get threads(): number {
    return this.system.threads.length;
  }

  /** The block in front of which a thread stands, -1 - thread for one that has ended. */
  standOf(thread: number): number {
    return payloadOf(this.words[this.system.threads[thread]!.base]!) || -1 - thread;
  }

  /** Takes note that memory with this content is given back. */
  giveBack(part: number, number: number): void {
    const { header, layout } = this.system.objects[part]!;
    const content = this.parts.contentOf(part, number);
    for (let at = header; at <= header + layout.size; at += 1)
      if (content[at - header] !== 0) (this.values[at] ??= new Set()).add(0);
  }

  /** The model, as far as it was run. `complete`: every step of every reachable state was made. */
  model({ states, transitions, complete }: SearchedStates, transactions: ModelTransactions | null): ExportModel {
    return {
      system: this.system,
      live: this.live,
      blocks: this.builder.blocks,
      initial: this.initial,
      variables: this.variables(complete),
      dynamic: this.dynamic(),
      states,
      transitions,
      complete,
      effective: this.effective,
      cleared: this.cleared,
      recycling: this.recycling,
      hasEnds: this.hasEnds,
      transactions,
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

  // ---- one step ----

  /**
   * Makes the next step of a thread in the state in `words`, with the alternatives in `choices` and, behind them, those that
   * `decide` takes or the first ones.
   */
  step(thread: number, decide?: (alternatives: number) => number): StepStatus {
    const { words, builder, system } = this;
    for (const part of this.changed) this.isChanged[part] = 0;
    this.changed.length = 0;
    this.touched.length = 0;
    this.isFirst = false;
    this.trace.length = 0;
    this.ways += 1;
    this.position = 0;
    this.arity.length = 0;
    const { base } = system.threads[thread]!;
    this.observe(base);
    if (words[base] === 0) return 'waits';
    let block = builder.blocks[payloadOf(words[base]!) - 1]!;
    for (let blocks = 0; blocks < maxBlocksPerStep; blocks += 1) {
      let code: readonly Stmt[] = builder.codeOf(block);
      let next: Block | null = null;
      this.trace.push(code);
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
            this.ranOut = true;
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
  private end(block: Block | null, thread: number): StepStatus {
    if (block) {
      for (const at of block.dead) if (this.words[at] !== 0) this.clear(block, at);
      this.standAt(block);
    }
    if (!block) {
      this.assign(this.system.threads[thread]!.base, 0);
    }
    this.forgetRegisters();
    if (!this.defersRecycling && this.recycle(block, thread)) this.recycling.add(block?.id ?? -1 - thread);
    this.keep();
    return 'done';
  }

  /** Registers are 0 between steps. */
  forgetRegisters(): void {
    this.words.fill(0, this.system.width, this.system.width + firstWaiting);
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
    this.trace.push(code);
    return code;
  }

  /** Whether there is another way to make the step: `choices` then begin with what makes it so. */
  nextFork(): boolean {
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
    this.observe(at);
    this.writtenIn[at] = this.ways;
    if (this.words[at] === value) return false;
    this.words[at] = value;
    this.touched.push(at);
    (this.values[at] ??= new Set()).add(value);
    const part = this.partAt[at]!;
    if (part < 0 || this.isChanged[part] === 1) return true;
    this.isChanged[part] = 1;
    this.changed.push(part);
    return true;
  }

  private observe(at: number): void {
    const part = this.partAt[at]!;
    if (part < 0 || this.isObserved[part] === 1 || this.ranOut) return;
    this.isObserved[part] = 1;
    this.observed.push(part);
  }

  forgetObserved(): void {
    for (const part of this.observed) this.isObserved[part] = 0;
    this.observed.length = 0;
    this.reads.length = 0;
    this.steps += 1;
    this.ranOut = false;
  }

  private keep(): void {
    for (const at of this.touched) if (this.words[at] !== 0) this.kept[at] = 1;
  }

  private evaluate(value: Expr): number {
    return evaluate(value, this.wordAt, this.live);
  }

  private readonly wordAt = (at: number): number => {
    this.observe(at);
    if (this.writtenIn[at] !== this.ways && this.readIn[at] !== this.steps && this.partAt[at]! >= 0) {
      this.readIn[at] = this.steps;
      this.reads.push(at, this.words[at]!);
    }
    return this.words[at]!;
  };

  // ---- memory nobody names ----

  /** Calls `each` for what variables from `start` up to `end` name. */
  private namesIn(start: number, end: number, each: (object: number) => void): void {
    const { objects } = this.system;
    for (let at = start; at < end; at += 1) {
      const word = this.words[at]!;
      if ((word & 3) !== tagPointer) continue;
      const target = payloadOf(word);
      if (target < nullPage || target >= constantBase) continue;
      const object = this.objectAt[target]!;
      if (object < 0 || objects[object]!.static) continue;
      this.named.add(at * objects.length + object);
      each(object);
    }
  }

  /** End of the stack of a thread that stands in front of a block or in it. */
  private stackEnd(thread: number, block: number): number {
    const top = this.builder.blocks[block - 1]?.instance;
    return top ? top.frame + top.function.frameSize : this.system.threads[thread]!.base + 1;
  }

  /** What the content of a part in the words names. */
  private factsOf(part: number): ContentFacts {
    const { system, words, parts } = this;
    const names: number[] = [];
    const note = (object: number) => void names.push(object);
    const object = system.objects[part];
    if (object) {
      const { header, layout } = object;
      const isLive = (payloadOf(words[header]!) & headerState) === this.live;
      if (isLive) this.namesIn(header + 1, header + 1 + layout.size, note);
      return { names, isPresent: words[header] !== 0 };
    }
    const thread = parts.stacks.indexOf(part);
    const { base } = system.threads[thread] ?? { base: -1 };
    if (base >= 0) this.namesIn(base + 1, this.stackEnd(thread, payloadOf(words[base]!)), note);
    return { names, isPresent: false };
  }

  /** True if there was any. */
  private recycle(running: Block | null, thread: number): boolean {
    const { system, words, marks } = this;
    marks.fill(0);
    const queue: number[] = [];
    const mark = (object: number) => {
      if (marks[object] === 1) return;
      marks[object] = 1;
      queue.push(object);
    };
    for (const { header, layout, static: fixed } of system.objects)
      if (fixed) this.namesIn(header + 1, header + 1 + layout.size, mark);
    for (const { base, index } of system.threads) {
      const block = index === thread ? (running?.id ?? 0) : payloadOf(words[base]!);
      this.namesIn(base + 1, this.stackEnd(index, block), mark);
    }
    for (let head = 0; head < queue.length; head += 1) {
      const { header, layout } = system.objects[queue[head]!]!;
      if ((payloadOf(words[header]!) & headerState) === this.live)
        this.namesIn(header + 1, header + 1 + layout.size, mark);
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
