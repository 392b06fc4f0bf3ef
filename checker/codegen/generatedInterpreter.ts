import { printSpan } from '../../models/program/sourceSpan.js';
import { Interpreter } from '../system/interpreter.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { operandCompiler } from '../system/operandCompiler.js';
import type { SharedWords } from '../system/sharedWords.js';
import type { Access, StepStatus } from '../system/step.js';
import { generateSteps } from './generateSteps.js';
import { headerState } from '../system/header.js';
import { registers, stepBailed, stepDone } from './prelude.js';
import type { StepTables } from './stepTables.js';
import { stepTables } from './stepTables.js';
import { UnnamedMemory } from './unnamedMemory.js';

/** What a generated module is given. */
interface StepEnvironment extends StepTables {
  readonly segmentAt: Int32Array;
  readonly furtherParts: Int32Array;
  readonly w: Int32Array;
  readonly s: Int32Array;
  readonly log: Int32Array;
  readonly before: Int32Array;
  readonly savedFrame: Int32Array;
  readonly work: Int32Array;
  readonly isChanged: Uint8Array;
  readonly changed: Int32Array;
  readonly isObserved: Uint8Array;
  readonly observed: Int32Array;
  readonly accesses: Access[];
  readonly visibleLog: number[];
  readonly lockEdges: Interpreter['lockEdges'];
  readonly edges: Uint8Array;
  readonly choices: number[];
  readonly arity: number[];
  readonly constants: Int32Array;
  readonly faults: number;
  readonly evaluated: readonly ((fp: number) => number)[];
  readonly noteLimit: (node: number) => void;
  readonly bail: Error;
}

/** What a generated module returns. */
interface GeneratedModule {
  step(thread: number): number;
  undo(): void;
  assume(shared: SharedWords): void;
}

/** Words outside of frames that one step may write; with more it is left to the interpreter. */
const logSize = 1 << 14;

/**
 * An interpreter whose steps are made by generated code: the same states, reports and choices, faster.
 *
 * Steps that break something or reach a bound, those of setup, and all of them while somebody watches (`observer`), are
 * made by the interpreter.
 */
export class GeneratedInterpreter extends Interpreter {
  /** How many steps were left to the interpreter after they had been begun. */
  bails = 0;
  private readonly registers = new Int32Array(Object.keys(registers).length);
  private readonly module: GeneratedModule;
  private readonly unnamed: UnnamedMemory;
  private readonly tables: StepTables;

  constructor(system: LinkedSystem, unstable: ReadonlySet<string>) {
    super(system, unstable);
    const { text, evaluated } = generateSteps(system);
    const tables = stepTables(system, {
      lockCells: this.lockCells,
      idEntries: this.idEntries,
      outputAt: this.outputAt,
    });
    const s = this.registers;
    const bail = new Error('left to the interpreter');
    const fail = (): never => {
      throw bail;
    };
    const compile = operandCompiler(system, this.words, {
      thread: () => s[registers.thread]!,
      // Only two pointers that differ are asked about.
      freedCompare: fail,
      uninitialised: fail,
      limit: fail,
      divisionByZero: fail,
    });
    const log = new Int32Array(logSize);
    const largestStack = Math.max(...system.threads.map(({ size }) => size));
    const before = new Int32Array(largestStack);
    const environment: StepEnvironment = {
      ...tables,
      segmentAt: this.segmentAt,
      furtherParts: this.furtherParts,
      w: this.words,
      s,
      log,
      before,
      savedFrame: new Int32Array(largestStack),
      work: new Int32Array(system.width),
      isChanged: this.isChanged,
      changed: this.changed,
      isObserved: this.isObserved,
      observed: this.observed,
      accesses: this.accesses,
      visibleLog: this.visibleLog,
      lockEdges: this.lockEdges,
      edges: this.coverage,
      choices: this.choices,
      arity: this.arity,
      constants: system.constants,
      faults: system.options.faults ?? 0,
      evaluated: evaluated.map(({ function: fn, operand }) => compile(fn, operand)),
      noteLimit: (node) => this.noteLimit(node),
      bail,
    };
    // The text is made of the linked system alone: names of its functions and numbers, no input is copied into code.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    this.module = new Function('environment', text)(environment) as GeneratedModule;
    this.module.assume(this.shared);
    this.tables = tables;
    const { words, memoryLive: live } = this;
    this.unnamed = new UnnamedMemory(system, tables, { words, log, before, registers: s, live });
  }

  override assume(weakened: ReadonlySet<string>): void {
    super.assume(weakened);
    this.module.assume(this.shared);
  }

  override step(thread: number): StepStatus {
    if (this.inSetup || this.observer !== null) return super.step(thread);
    const { registers: s, choices } = this;
    const observed = this.observations;
    const chosen = choices.length;
    s[registers.changes] = this.changes;
    s[registers.observations] = observed;
    if (this.violations.length > 0) this.violations.length = 0;
    if (this.lockEdges.length > 0) this.lockEdges.length = 0;
    if (this.accesses.length > 0) this.accesses.length = 0;
    this.limit = '';
    this.thread = thread;
    const status = this.module.step(thread);
    this.changes = s[registers.changes]!;
    if (status === stepBailed) return this.byInterpreter(thread, observed, chosen);
    this.observations = s[registers.observations]!;
    this.visibles = s[registers.visibles]!;
    this.visiblePlace = s[registers.visiblePlace]!;
    this.visibleColumn = s[registers.visibleColumn]!;
    if (this.words[this.tables.baseOf[thread]!] === 0 && status !== stepDone) return 'waits';
    if (choices.length !== s[registers.choices]!) choices.length = s[registers.choices]!;
    if (status !== stepDone) return 'waits';
    if (!this.deferRecycling && this.unnamed.find(thread) > 0 && !this.recycleUnnamed()) {
      this.module.undo();
      return this.byInterpreter(thread, observed, chosen);
    }
    if (!this.deferRecycling) this.returnMemory();
    return 'done';
  }

  /** Recycles what `unnamed` found; false if some of it is still allocated: a leak, to be reported by the interpreter. */
  private recycleUnnamed(): boolean {
    const { words, unnamed } = this;
    const { header, size } = this.tables;
    for (let index = 0; index < unnamed.count; index += 1)
      if ((words[header[unnamed.found[index]!]!]! & (headerState << 2)) === this.memoryLive << 2) return false;
    for (let index = 0; index < unnamed.count; index += 1) {
      const object = unnamed.found[index]!;
      words.fill(0, header[object], header[object]! + size[object]! + 1);
      this.changeAll(object);
    }
    return true;
  }

  /** Makes a step anew that was taken back. */
  private byInterpreter(thread: number, observed: number, chosen: number): StepStatus {
    this.bails += 1;
    for (let index = observed; index < this.registers[registers.observations]!; index += 1)
      this.isObserved[this.observed[index]!] = 0;
    this.observations = observed;
    this.choices.length = Math.min(this.choices.length, chosen);
    return super.step(thread);
  }

  private noteLimit(node: number): void {
    const linked = this.system.nodes[node]!.node;
    if (linked.kind === 'limit') this.limits.add(`${printSpan(linked.span)}: ${linked.what}`);
  }
}
