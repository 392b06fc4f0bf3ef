import { destinationOf } from '../../models/program/checkProgram.js';
import type { Operand } from '../../models/program/program.js';
import { findingId } from '../finding/findingId.js';
import type { Interpreter } from '../system/interpreter.js';
import type { Observer } from '../system/step.js';
import type { LinkedFunction, LinkedNode, LinkedSystem } from '../system/linkedSystem.js';
import { operandCompiler } from '../system/operandCompiler.js';
import { constantBase, nullPage, payloadOf, tagOf, tagPointer } from '../system/word.js';
import type { WordChange } from './describeState.js';
import { StateDescriber } from './describeState.js';
import type { HolderSnapshot } from './holders.js';
import { HolderBook } from './holders.js';
import { readableNode } from './readableNode.js';
import type { Change, OperationKind, ReplayFrame, ReplayOperation } from './replayData.js';
import { threadFile } from './scheduleRunner.js';

/** What a step consisted of. */
export interface RecordedStep {
  readonly operations: readonly ReplayOperation[];
  readonly changes: readonly Change[];
}

/** What was recorded before an atomic function began. */
interface Checkpoint {
  readonly operations: number;
  readonly changes: number;
  readonly holders: HolderSnapshot;
  readonly state: Int32Array;
}

/**
 * Listens to the interpreter and writes down what each node did. It keeps a copy of the state before the node that runs, so that
 * addresses can be computed again and changes be told apart.
 */
export class Recorder implements Observer {
  readonly describer: StateDescriber;
  readonly holders: HolderBook;
  private readonly system: LinkedSystem;
  private readonly interpreter: Interpreter;
  private readonly before: Int32Array;
  private readonly compile: (fn: LinkedFunction, operand: Operand) => (fp: number) => number;
  private thread = 0;
  private stepNumber = 0;
  private operations: ReplayOperation[] = [];
  private changes: Change[] = [];
  private alternative: string | null = null;
  private checkpoint: Checkpoint | null = null;
  private seenViolations = 0;
  /** Objects that are local variables. */
  private readonly locals = new Set<string>();

  constructor(system: LinkedSystem, interpreter: Interpreter) {
    this.system = system;
    this.interpreter = interpreter;
    this.before = new Int32Array(system.width);
    this.describer = new StateDescriber(system);
    this.holders = new HolderBook(system, this.describer);
    this.compile = operandCompiler(system, this.before, {
      thread: () => this.thread,
      freedCompare: () => false,
      uninitialised: () => undefined,
      // No address: what a node works on is not shown where the path ends in working it out.
      limit: () => 0,
      divisionByZero: () => 0,
    });
  }

  /** Call before each step. */
  begin(stepNumber: number): void {
    this.stepNumber = stepNumber;
    this.operations = [];
    this.changes = [];
    this.alternative = null;
    this.checkpoint = null;
    this.seenViolations = 0;
    this.before.set(this.interpreter.words);
  }

  /** Call after each step; `failedAt` is the node at which behaviour ended, or -1. */
  finish(thread: number, failedAt: number): RecordedStep {
    const failed = this.system.nodes[failedAt];
    this.thread = thread;
    if (failed) {
      this.record(thread, failed, true);
    } else {
      if (this.wasUndone(thread)) this.goBack();
      this.takeChanges(thread);
    }
    return { operations: this.operations, changes: this.changes };
  }

  /** Frames of a thread in the current state, innermost first. */
  stackOf(thread: number): ReplayFrame[] {
    return framesOf(this.interpreter.callStack(thread));
  }

  call(_thread: number, linked: LinkedNode, callee: LinkedFunction): void {
    if (!callee.atomic || linked.function.atomic) return;
    this.checkpoint = {
      operations: this.operations.length,
      changes: this.changes.length,
      holders: this.holders.snapshot(),
      state: this.before.slice(),
    };
  }

  node(thread: number, linked: LinkedNode): void {
    this.record(thread, linked, false);
  }

  choice(_thread: number, _node: LinkedNode, alternative: string): void {
    this.alternative = alternative;
  }

  /**
   * The interpreter runs an atomic function that may turn out to be a second visible operation on trial, and takes it back: then
   * the thread stands somewhere else than the last node left it.
   */
  private wasUndone(thread: number): boolean {
    const { words } = this.interpreter;
    const { base } = this.system.threads[thread]!;
    const fp = payloadOf(words[base]!);
    return this.checkpoint !== null && (this.before[base] !== words[base] || this.before[fp] !== words[fp]);
  }

  private goBack(): void {
    const { operations, changes, holders, state } = this.checkpoint!;
    this.operations.length = operations;
    this.changes.length = changes;
    this.holders.restore(holders);
    this.before.set(state);
  }

  private record(thread: number, linked: LinkedNode, failed: boolean): void {
    this.thread = thread;
    const stack = this.stackBefore(thread, linked);
    const fp = payloadOf(this.before[this.system.threads[thread]!.base]!) || this.system.threads[thread]!.base + 1;
    const kind = this.kindOf(linked);
    const address = this.addressOf(linked, fp);
    const isShared = address !== null && this.isShared(address);
    const value = this.valueOf(linked, fp);
    const changes = this.takeChanges(thread, linked, address);
    const breaks = this.newViolations();
    const isQuiet = (kind === 'load' || kind === 'store') && !isShared && !failed;
    // A call or a return may be what a monitor waits for.
    const isPlain = kind === null && changes.every((change) => change.local);
    if ((isPlain || isQuiet) && breaks.length === 0) return;
    const place = linked.node.span;
    this.operations.push({
      kind: kind ?? (linked.node.kind === 'call' || linked.node.kind === 'callIndirect' ? 'call' : 'other'),
      text:
        kind === 'choice'
          ? `${linked.node.kind === 'choose' ? linked.node.name : ''}: ${this.alternative ?? ''}`
          : readableNode(linked.function.program, linked.node),
      function: linked.function.definition.name,
      place,
      entry: stack.findLast((frame) => frame.origin !== 'environment')?.function ?? '',
      within: withinOf(stack),
      shared: isShared && kind !== 'call',
      target: address === null ? null : this.describer.place(address),
      value,
      changes,
      failed,
      fault: isFault(linked, this.alternative),
      breaks,
    });
  }

  /** Ids of what was broken since the last node. */
  private newViolations(): string[] {
    const { violations } = this.interpreter;
    const added = violations.slice(this.seenViolations);
    this.seenViolations = violations.length;
    return added.map(findingId);
  }

  /** Changes since the last node; the holders of references hear of them too. */
  private takeChanges(thread: number, linked?: LinkedNode, address?: number | null): Change[] {
    const { words } = this.interpreter;
    const changed = this.describer.changes(this.before, words);
    if (linked?.node.kind === 'alloc') this.noteAllocation(linked.node.stack, changed);
    const changes = changed.map((change) => ({ ...change, local: this.locals.has(change.object) }));
    if (changes.length > 0) {
      const stack = linked ? this.stackBefore(thread, linked) : [];
      const actor = {
        thread: this.system.threads[thread]!.name,
        function: stack.find((frame) => frame.isCode)?.function ?? '',
        step: this.stepNumber,
      };
      this.holders.update(this.before, words, actor);
      if (linked?.node.kind === 'store' && typeof address === 'number') {
        this.holders.stored(address, this.before[address] ?? 0, words[address] ?? 0, actor);
      }
      this.changes.push(...changes);
    }
    this.before.set(words);
    return changes;
  }

  private noteAllocation(isLocal: boolean, changes: readonly WordChange[]): void {
    for (const { object } of changes) {
      if (isLocal) this.locals.add(object);
      else this.locals.delete(object);
    }
  }

  /** Frames before the node ran, innermost first; the node that runs stands in the first one. */
  private stackBefore(thread: number, linked: LinkedNode): ReplayFrame[] {
    const { nodes, threads } = this.system;
    const stack: LinkedNode[] = [];
    for (let fp = payloadOf(this.before[threads[thread]!.base]!); fp !== 0; fp = payloadOf(this.before[fp + 1]!)) {
      const node = nodes[payloadOf(this.before[fp]!) - 1];
      if (node) stack.push(node);
    }
    stack[0] = linked;
    return framesOf(stack);
  }

  private kindOf(linked: LinkedNode): OperationKind | null {
    const { node } = linked;
    switch (node.kind) {
      case 'load':
      case 'store':
      case 'event':
      case 'await':
      case 'alloc':
      case 'report':
        return node.kind;
      case 'free':
        return node.stack ? null : 'free';
      case 'choose':
        return 'choice';
      case 'call': {
        // The answers of the interpreter itself (builtins) are no functions.
        const callee = this.system.functions[this.system.functionIndex.get(node.callee) ?? -1];
        return callee?.definition.origin === 'kernel' ? 'call' : null;
      }
      default:
        return null;
    }
  }

  /** Address of the word that a node works on, in the state before it; null if it works on none or on no memory. */
  private addressOf(linked: LinkedNode, fp: number): number | null {
    const operand = this.placeOperand(linked);
    if (!operand) return null;
    const word = this.compile(linked.function, operand)(fp);
    const at = payloadOf(word);
    return tagOf(word) === tagPointer && at >= nullPage && at < constantBase ? at : null;
  }

  private placeOperand({ node }: LinkedNode): Operand | null {
    switch (node.kind) {
      case 'load':
      case 'store':
      case 'await':
        return node.address;
      case 'event':
        return node.cell;
      case 'free':
        return node.pointer;
      case 'call':
        return node.args[0] ?? null;
      default:
        return null;
    }
  }

  private isShared(address: number): boolean {
    const object = this.describer.objectOf(address);
    return object !== null && this.describer.isShared(this.before, object);
  }

  /** What the node wrote to its destination, if it is a load or an event. */
  private valueOf(linked: LinkedNode, fp: number): string | null {
    const { node, function: fn } = linked;
    if (node.kind !== 'load' && node.kind !== 'event') return null;
    const name = destinationOf(node);
    const slot = name === null ? undefined : fn.slots.get(name);
    if (name === null || slot === undefined) return null;
    return this.describer.value(this.interpreter.words[fp + slot]!, fn.types.get(name) ?? null);
  }
}

function isFault({ node }: LinkedNode, alternative: string | null): boolean {
  return node.kind === 'choose' && node.alternatives.some(({ name, fault }) => fault && name === alternative);
}

/** A frame as data; `caller` is the next one on the stack. */
export function frameOf(linked: LinkedNode, caller: LinkedNode | undefined): ReplayFrame {
  const { node, function: fn } = linked;
  return {
    function: fn.definition.name,
    origin: fn.definition.origin,
    isCode: isCode(linked, caller),
    place: node.span,
    text: readableNode(fn.program, node),
  };
}

/** System calls, and what a thread of the kernel runs, are the code that a report is about, although they are kernel models. */
function isCode({ function: fn }: LinkedNode, caller: LinkedNode | undefined): boolean {
  const { origin, entry } = fn.definition;
  return origin !== 'kernel' || entry === true || caller?.function.definition.file === threadFile;
}

/** Frames as data, innermost first. */
function framesOf(stack: readonly LinkedNode[]): ReplayFrame[] {
  return stack.map((frame, index) => frameOf(frame, stack[index + 1]));
}

/** The call of a kernel function, made by other code, that the innermost frame is part of. */
function withinOf(stack: readonly ReplayFrame[]): ReplayFrame | null {
  if (stack[0]?.isCode !== false) return null;
  return stack.find((frame) => frame.isCode) ?? null;
}
