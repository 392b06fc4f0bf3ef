import { builtins } from '../../models/kernel/builtins.js';
import type { LifecycleTable } from '../../models/lifecycles/lifecycle.js';
import { outOfBounds, waits } from '../../models/lifecycles/lifecycle.js';
import { printNode } from '../../models/program/printProgram.js';
import type { Operand } from '../../models/program/program.js';
import { headerConflictShift, headerShared, headerState } from '../system/header.js';
import { outputGhosts } from '../system/idEntries.js';
import type { LinkedBinding, LinkedFunction, LinkedNode, LinkedSystem, ObjectSlot } from '../system/linkedSystem.js';
import { ModelError } from '../system/modelError.js';
import type { Operation } from '../system/operation.js';
import { compileOperation } from '../system/operation.js';
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
} from '../system/word.js';
import { ExportError } from './exportError.js';
import type { Block, Expr, Instance, Stmt } from './exportModel.js';
import { firstWaiting, registers, returnOf } from './exportModel.js';
import { OperandValues } from './operandValues.js';

type Code = readonly Stmt[];

const constant = (value: number): Expr => ({ kind: 'constant', value });
const variable = (at: number): Expr => ({ kind: 'variable', at });
const set = (at: number, value: Expr): Stmt => ({ kind: 'set', at, value });
/** A number that no program computes with: a block, or a register. */
const note = (at: number, value: number): Stmt => set(at, constant(integer(value)));

/**
 * Says what the nodes of a linked system do, as blocks of the neutral form, one at a time and on demand. Written after
 * `Interpreter` for searches without reduction, as a second account of the same semantics.
 */
export class BlockBuilder {
  readonly blocks: Block[] = [];
  /** Some block asks what threads wait for. */
  asksForWaiting = false;
  private readonly system: LinkedSystem;
  private readonly operands: OperandValues;
  private readonly operations: Operation[] = [];
  private readonly byKey = new Map<string, Block>();
  private readonly objectAt: Int32Array;
  private readonly outputAt: ReadonlyMap<number, number>;
  private readonly live: number;
  private readonly freed: number;
  private readonly visible: number;
  private readonly reaching: number;

  constructor(system: LinkedSystem) {
    this.system = system;
    this.operands = new OperandValues(system);
    for (const linked of system.nodes) this.operations.push(compileOperation(system, linked, () => () => 0));
    this.objectAt = new Int32Array(system.width).fill(-1);
    for (const { header, layout, index } of system.objects) this.objectAt.fill(index, header, header + layout.size + 1);
    this.outputAt = outputGhosts(system);
    const { memory } = system;
    this.live = memory.next[memory.column.get('alloc')!]!;
    this.freed = memory.next[this.live * memory.events.length + memory.column.get('free')!]!;
    this.visible = system.width + registers.visible;
    this.reaching = system.width + registers.reaching;
  }

  /** The first block of a thread. */
  root(thread: number): Block {
    const { root, base } = this.system.threads[thread]!;
    const fn = this.system.functions[root]!;
    return this.block(
      { thread, function: fn, frame: base + 1, operation: fn.index, atomic: fn.atomic ? fn : null },
      fn.entry,
    );
  }

  /** What a block does. */
  codeOf(block: Block): Code {
    block.code ??= this.node(block);
    return block.code;
  }

  private block(instance: Instance, node: number): Block {
    const { thread, function: fn, frame, operation, atomic } = instance;
    const key = `${thread} ${frame} ${operation} ${atomic?.index ?? -1} ${node} ${fn.index}`;
    const known = this.byKey.get(key);
    if (known) return known;
    const linked = this.system.nodes[node]!;
    const dead = linked.dead.map((slot) => frame + slot);
    const block: Block = { id: this.blocks.length + 1, instance, linked, dead, code: null };
    this.blocks.push(block);
    this.byKey.set(key, block);
    return block;
  }

  private go(instance: Instance, node: number): Stmt {
    return { kind: 'go', to: this.block(instance, node).id };
  }

  // ---- deciding ----

  private match(on: Expr, make: (value: number) => Code): Code {
    if (on.kind === 'constant') return make(on.value);
    return [{ kind: 'match', on, arms: new Map(), make }];
  }

  private when(on: Expr, then: () => Code, otherwise: () => Code): Code {
    return this.match(on, (value) => (value === 0 ? otherwise() : then()));
  }

  /** Goes on with the value of an operand as an expression, or ends the path where it has none. */
  private value(block: Block, operand: Operand, use: (value: Expr) => Code): Code {
    const simple = this.operands.expressionOf(block.instance, operand);
    return simple ? use(simple) : this.evaluated(block, operand, (word) => use(constant(word)));
  }

  private values(block: Block, operands: readonly Operand[], use: (values: readonly Expr[]) => Code): Code {
    const [first, ...rest] = operands;
    if (!first) return use([]);
    return this.value(block, first, (value) => this.values(block, rest, (others) => use([value, ...others])));
  }

  /** Goes on with the value of an operand as a known word. */
  private word(block: Block, operand: Operand, use: (word: number) => Code): Code {
    return this.value(block, operand, (value) => this.match(value, use));
  }

  private evaluated(block: Block, operand: Operand, use: (word: number) => Code): Code {
    const variables = this.operands.variablesOf(block.instance, operand);
    const gather = (known: readonly number[]): Code =>
      known.length < variables.length
        ? this.match(variable(variables[known.length]!), (value) => gather([...known, value]))
        : answer(known, []);
    const answer = (known: readonly number[], answers: readonly boolean[]): Code => {
      const outcome = this.operands.evaluate(block.instance, operand, known, answers);
      switch (outcome.kind) {
        case 'value':
          return use(outcome.word);
        case 'limit':
          return this.limit(block, outcome.why);
        case 'cut':
          return [{ kind: 'end', as: 'cut', why: outcome.why }];
        case 'compare':
          return this.compareFreed([outcome.left, outcome.right], (same) => answer(known, [...answers, same]));
      }
    };
    return gather([]);
  }

  /** Two different pointers are compared: where one leads to freed memory they may be equal. */
  private compareFreed([word, ...rest]: readonly number[], use: (same: boolean) => Code): Code {
    if (word === undefined) return use(false);
    const object = this.objectOf(word);
    if (!object) return this.compareFreed(rest, use);
    return this.when(
      { kind: 'isLive', header: object.header },
      () => this.compareFreed(rest, use),
      () => [
        { kind: 'broken', why: `freed-pointer-compare: a pointer to freed struct ${object.tag} is compared` },
        {
          kind: 'choose',
          names: ['differ', 'are the same'],
          arms: new Map(),
          make: (pick) => use(pick === 1),
        },
      ],
    );
  }

  /** The object a word points into; null if it points to none. */
  private objectOf(word: number): ObjectSlot | null {
    const at = payloadOf(word);
    if (tagOf(word) !== tagPointer || at < nullPage || at >= constantBase) return null;
    return this.system.objects[this.objectAt[at]!] ?? null;
  }

  /** The path ends at something the model does not represent: one step later if other threads may go on before. */
  private limit(block: Block, why: string): Code {
    const end: Stmt = { kind: 'end', as: 'limit', why };
    if (block.instance.atomic) return [end];
    return this.ifVisible(
      () => this.stop(block),
      () => [end],
    );
  }

  private ifVisible(then: () => Code, otherwise: () => Code): Code {
    return this.when(variable(this.visible), then, otherwise);
  }

  private cut(why: string): Code {
    return [{ kind: 'end', as: 'cut', why }];
  }

  /** A step ends in front of the block: what the thread waits for there is noted for those who ask. */
  private stop(block: Block): Code {
    return this.atBoundary(block, { kind: 'stop' });
  }

  private wait(block: Block): Code {
    return this.atBoundary(block, { kind: 'wait' });
  }

  private atBoundary(block: Block, end: Stmt): Code {
    const { node, id } = block.linked;
    const at = this.waitingOf(block.instance.thread);
    if (node.kind !== 'call' || !this.operations[id]!.callee?.mayWait || !node.args[0]) return [note(at, 0), end];
    const simple = this.operands.expressionOf(block.instance, node.args[0]);
    if (simple) return [set(at, simple), end];
    return this.evaluated(block, node.args[0], (word) => [set(at, constant(word)), end]);
  }

  // ---- nodes ----

  private node(block: Block): Code {
    const { linked, instance } = block;
    const { node } = linked;
    const operation = this.operations[linked.id]!;
    const { frame } = instance;
    switch (node.kind) {
      case 'assign':
        return this.value(block, node.value, (value) => [
          set(frame + operation.dst, value),
          this.go(instance, node.next),
        ]);
      case 'branch':
        return this.value(block, node.condition, (value) =>
          this.when(
            value.kind === 'variable' || value.kind === 'displaced' ? { kind: 'isSet', of: value } : value,
            () => [this.go(instance, node.then)],
            () => [this.go(instance, node.otherwise)],
          ),
        );
      case 'load':
        return this.word(block, node.address, (address) =>
          this.touch(block, address, 'read', (noted) => [
            ...noted,
            set(frame + operation.dst, this.at(address)),
            this.go(instance, node.next),
          ]),
        );
      case 'store':
        return this.word(block, node.address, (address) =>
          this.touch(block, address, 'write', (noted) =>
            this.value(block, node.value, (value) => [
              ...noted,
              ...this.store(block, address, value, [this.go(instance, node.next)]),
            ]),
          ),
        );
      case 'await':
        return this.word(block, node.address, (address) =>
          this.touch(block, address, 'read', (noted) =>
            this.when(
              { kind: 'isZero', of: this.at(address) },
              () => this.wait(block),
              () => [...noted, this.go(instance, node.next)],
            ),
          ),
        );
      case 'event':
        return this.word(block, node.cell, (address) => this.event(block, operation, address));
      case 'call':
        return this.callByName(block, operation, node.args);
      case 'callIndirect':
        return this.word(block, node.target, (target) => {
          if (tagOf(target) !== tagFunction) return this.cut(`a call through ${invalid(target)}`);
          return this.call(block, node.args, this.system.functions[payloadOf(target) - 1]!);
        });
      case 'choose':
        return this.choose(block);
      case 'alloc':
        return this.allocate(block, operation);
      case 'free':
        return this.word(block, node.pointer, (address) => this.free(block, address, node.stack, node.next));
      case 'report': {
        const why = `${node.property}: ${node.what}`;
        if (node.ends) return this.cut(why);
        return [{ kind: 'broken', why }, this.go(instance, node.next)];
      }
      case 'limit':
        return node.ends ? this.limit(block, node.what) : [this.go(instance, node.next)];
      case 'return':
        return node.value === null
          ? this.return(block, constant(0))
          : this.value(block, node.value, (value) => this.return(block, value));
      case 'opaque':
        throw new ModelError(`${printNode(node)}: the linker left an unknown number`);
    }
  }

  private at(address: number): Expr {
    const at = payloadOf(address);
    return at >= constantBase ? constant(this.system.constants[at - constantBase]!) : variable(at);
  }

  /** An access to memory: goes on unless it is a second visible operation or undefined; `noted` notes that it is visible. */
  private touch(block: Block, address: number, access: string, use: (noted: Code) => Code): Code {
    const at = payloadOf(address);
    if (tagOf(address) !== tagPointer || at < nullPage)
      return this.beforeVisible(block, () => this.cut(`${access} through ${invalid(address)}`));
    if (at >= constantBase) return use([]);
    const object = this.system.objects[this.objectAt[at]!]!;
    return this.reach(block, object, (noted) =>
      this.when(
        { kind: 'isLive', header: object.header },
        () => use(noted),
        () => this.cut(`use-after-free: ${access} of struct ${object.tag}`),
      ),
    );
  }

  /** Something that may not happen behind a visible operation outside of atomic functions. */
  private beforeVisible(block: Block, use: () => Code): Code {
    if (block.instance.atomic) return use();
    return this.ifVisible(() => this.stop(block), use);
  }

  /** A shared object is touched: it is a visible operation, and there is one in a step. */
  private reach(block: Block, object: ObjectSlot, use: (noted: Code) => Code): Code {
    const mark = [note(this.visible, 1)];
    return this.when(
      { kind: 'isShared', header: object.header },
      () => {
        if (!block.instance.atomic)
          return this.ifVisible(
            () => this.stop(block),
            () => use(mark),
          );
        return this.when(
          variable(this.reaching),
          () => use(mark),
          () => {
            throw new ModelError(
              `${block.instance.function.definition.name} touches ${object.name}, which its 'shared' parameters do not name`,
            );
          },
        );
      },
      () => use([]),
    );
  }

  private store(block: Block, address: number, value: Expr, rest: Code): Code {
    const at = payloadOf(address);
    const owner = this.system.objects[this.objectAt[at]!]!;
    const ghost = block.linked.function.definition.origin === 'environment' ? undefined : this.outputAt.get(at);
    const code: Stmt[] = [set(at, value)];
    if (ghost !== undefined) code.push(set(ghost, constant(integer(1))));
    if (value.kind === 'constant' && this.objectOf(value.value) === null) return [...code, ...rest];
    return [
      ...code,
      ...this.when(
        { kind: 'isPointer', of: value },
        () =>
          this.when(
            { kind: 'isShared', header: owner.header },
            () => this.match(value, (word) => this.share([this.objectOf(word)!], rest)),
            () => rest,
          ),
        () => rest,
      ),
    ];
  }

  /** Marks objects, and what they name, as reachable by other threads. */
  private share([object, ...others]: readonly ObjectSlot[], rest: Code): Code {
    if (!object) return rest;
    if (object.tag === 'task_struct') return this.share(others, rest);
    const { header, layout } = object;
    const words = Array.from({ length: layout.size }, (_, offset) => header + 1 + offset);
    const follow = (index: number, found: readonly ObjectSlot[]): Code => {
      if (index === words.length) return this.share([...others, ...found], rest);
      const value = variable(words[index]!);
      return this.when(
        { kind: 'isPointer', of: value },
        () => this.match(value, (word) => follow(index + 1, [...found, this.objectOf(word)!])),
        () => follow(index + 1, found),
      );
    };
    return this.when(
      { kind: 'isShared', header },
      () => this.share(others, rest),
      () =>
        this.match(variable(header), (word) => [
          set(header, constant(integer(payloadOf(word) | headerShared))),
          ...follow(0, []),
        ]),
    );
  }

  private event(block: Block, operation: Operation, address: number): Code {
    const { instance, linked } = block;
    const { node } = linked;
    if (node.kind !== 'event') throw new ModelError('event expected');
    const at = payloadOf(address);
    if (tagOf(address) !== tagPointer || at < nullPage)
      return this.beforeVisible(block, () => this.cut(`${node.event} through ${invalid(address)}`));
    if (at >= constantBase) throw new ModelError(`${printNode(node)}: an event on a constant`);
    const object = this.system.objects[this.objectAt[at]!]!;
    const table = operation.table!;
    const apply = (noted: Code, column: number): Code =>
      this.match(variable(at), (state) => {
        const cell = payloadOf(state) * table.events.length + column;
        const next = table.next[cell]!;
        if (next === waits) {
          if (instance.atomic) throw new ModelError(`${printNode(node)}: waits in the middle of a step`);
          return this.wait(block);
        }
        if (next === outOfBounds) return this.outOfBounds(table);
        const broken = this.broken(table, cell, `${node.event} on ${object.name}`);
        if (broken && table.ends[cell] === 1) return this.cut(broken);
        const code: Stmt[] = [...noted];
        if (broken) code.push({ kind: 'broken', why: broken });
        if (integer(next) !== state) code.push(set(at, constant(integer(next))));
        if (operation.dst >= 0) code.push(set(instance.frame + operation.dst, constant(integer(table.result[cell]!))));
        return [...code, this.go(instance, node.next)];
      });
    return this.reach(block, object, (noted) =>
      this.when(
        { kind: 'isLive', header: object.header },
        () => {
          if (operation.parameter === 1) return apply(noted, operation.column + instance.thread);
          if (operation.parameter === 0) return apply(noted, operation.column);
          return this.word(block, node.args[0]!, (argument) => apply(noted, operation.column + payloadOf(argument)));
        },
        () => this.cut(`use-after-free: ${node.event} on struct ${object.tag}`),
      ),
    );
  }

  private broken(table: LifecycleTable, cell: number, what: string): string | null {
    const property = table.violates[cell];
    return property ? `${property}: ${what}` : null;
  }

  private outOfBounds(table: LifecycleTable): Code {
    return [{ kind: 'end', as: 'limit', why: `the lifecycle '${table.lifecycle.id}' passes its bound` }];
  }

  // ---- calls ----

  private callByName(block: Block, operation: Operation, args: readonly Operand[]): Code {
    const { instance, linked } = block;
    const { node } = linked;
    if (node.kind !== 'call') throw new ModelError('call expected');
    const answer = (value: Expr): Code =>
      operation.dst >= 0
        ? [set(instance.frame + operation.dst, value), this.go(instance, node.next)]
        : [this.go(instance, node.next)];
    if (operation.forced !== null) return answer(constant(integer(operation.forced)));
    if (!builtins.has(node.callee)) return this.call(block, args, operation.callee!);
    if (node.callee === '__capacity_exhausted')
      return [{ kind: 'end', as: 'limit', why: `${linked.function.definition.name} needs more room` }];
    this.asksForWaiting = true;
    return this.word(block, args[0]!, (lock) => {
      const others = this.system.threads.filter(({ index }) => index !== instance.thread);
      const waiting = others.map(({ index }): Expr => ({
        kind: 'isSame',
        left: variable(this.waitingOf(index)),
        right: constant(lock),
      }));
      const [first = constant(0), ...rest] = waiting;
      return answer(rest.reduce((left, right): Expr => ({ kind: 'or', left, right }), first));
    });
  }

  private waitingOf(thread: number): number {
    return this.system.width + firstWaiting + thread;
  }

  private call(block: Block, args: readonly Operand[], callee: LinkedFunction): Code {
    const { instance, linked } = block;
    const outermost = callee.atomic && !instance.atomic;
    if (!callee.atomic && instance.atomic)
      throw new ModelError(`${linked.function.definition.name} is atomic but calls ${callee.definition.name}`);
    if (callee.sharedAny)
      throw new ExportError(`${callee.definition.name} does not name the objects it touches, which no export can say`);
    const frame = instance.frame + linked.function.frameSize;
    const thread = this.system.threads[instance.thread]!;
    const inner: Instance = {
      thread: instance.thread,
      function: callee,
      frame,
      operation: this.operationOf(instance, callee),
      atomic: instance.atomic ?? (callee.atomic ? callee : null),
    };
    const enter = (touching: boolean): Code => {
      if (frame + callee.frameSize > thread.base + thread.size)
        return [{ kind: 'end', as: 'limit', why: 'the call stack is deeper than the model has room for' }];
      if (args.length !== callee.parameterSlots.length)
        throw new ModelError(`${printNode(linked.node)}: ${callee.definition.name} takes other arguments`);
      return this.values(block, args, (values) => {
        const code: Stmt[] = values.map((value, index) => set(frame + callee.parameterSlots[index]!, value));
        for (const slot of callee.unwrittenSlots) code.push(set(frame + slot, constant(uninitialised)));
        code.push(note(returnOf(this.system, frame), block.id));
        for (const slot of linked.deadDuringCall) code.push(set(instance.frame + slot, constant(0)));
        if (outermost) code.push(note(this.reaching, touching ? 1 : 0));
        const rest = [this.go(inner, callee.entry)];
        return [
          ...code,
          ...this.monitors(inner, callee.onCall, constant(0), linked, () => this.forgetOutputs(inner, rest)),
        ];
      });
    };
    const unlessBlocked = (touching: boolean): Code =>
      outermost && callee.mayWait ? this.unlessBlocked(block, args, callee, () => enter(touching)) : enter(touching);
    if (!outermost) return enter(false);
    return this.touching(
      block,
      callee.shared.map((position) => args[position]!),
      () =>
        this.ifVisible(
          () => this.stop(block),
          () => unlessBlocked(true),
        ),
      () => unlessBlocked(false),
    );
  }

  private operationOf(caller: Instance, callee: LinkedFunction): number {
    if (callee.definition.origin !== 'kernel') return callee.index;
    const { origin, entry } = caller.function.definition;
    return origin === 'kernel' && !entry ? caller.operation : callee.index;
  }

  private touching(block: Block, [first, ...rest]: readonly Operand[], then: () => Code, otherwise: () => Code): Code {
    if (!first) return otherwise();
    return this.word(block, first, (word) => {
      const object = this.objectOf(word);
      const next = () => this.touching(block, rest, then, otherwise);
      return object ? this.when({ kind: 'isShared', header: object.header }, then, next) : next();
    });
  }

  /** A kernel function that may wait applies its waiting event to a pointer it was given: that is tested before it begins. */
  private unlessBlocked(block: Block, args: readonly Operand[], callee: LinkedFunction, use: () => Code): Code {
    const events = callee.program.nodes.flatMap((node, index) => (node.kind === 'event' ? [{ node, index }] : []));
    const test = (from: number): Code => {
      const event = events[from];
      if (!event) return use();
      const { cell } = event.node;
      const position = callee.definition.parameters.findIndex(
        (parameter) => cell.kind === 'local' && parameter.name === cell.name,
      );
      if (position < 0) throw new ModelError(`${callee.definition.name}: waits for what is no parameter`);
      const { table, column, parameter } = this.operations[callee.entry + event.index]!;
      return this.word(block, args[position]!, (word) => {
        const object = this.objectOf(word);
        if (!object) return test(from + 1);
        const at = parameter === 1 ? column + block.instance.thread : column;
        return this.when(
          { kind: 'isLive', header: object.header },
          () =>
            this.match(variable(payloadOf(word)), (state) =>
              table!.next[payloadOf(state) * table!.events.length + at] === waits ? this.wait(block) : test(from + 1),
            ),
          () => test(from + 1),
        );
      });
    };
    return test(0);
  }

  private return(block: Block, value: Expr): Code {
    const { instance, linked } = block;
    const { frame } = instance;
    const fn = linked.function;
    return this.monitors(instance, fn.onReturn, value, linked, () => {
      const code: Stmt[] = [];
      for (let slot = 2; slot < fn.frameSize; slot += 1) code.push(set(frame + slot, constant(0)));
      if (fn.definition.name === 'syscall_exit') code.push(note(this.visible, 1));
      return this.match(variable(returnOf(this.system, frame)), (caller) => {
        const leave: Code = [note(returnOf(this.system, frame), 0), ...code];
        if (caller === 0) return [...leave, note(this.waitingOf(instance.thread), 0), { kind: 'finish' }];
        const at = this.blocks[payloadOf(caller) - 1]!;
        const { node } = at.linked;
        if (node.kind !== 'call' && node.kind !== 'callIndirect') throw new ModelError('call expected');
        const { dst } = this.operations[at.linked.id]!;
        const result = dst < 0 ? [] : [set(at.instance.frame + dst, value)];
        return [...result, ...leave, { kind: 'go', to: this.block(at.instance, node.next).id }];
      });
    });
  }

  // ---- monitors ----

  private monitors(
    instance: Instance,
    [binding, ...rest]: readonly LinkedBinding[],
    result: Expr,
    linked: LinkedNode,
    use: () => Code,
  ): Code {
    if (!binding) return use();
    const next = () => this.monitors(instance, rest, result, linked, use);
    const argument = (slot: number) => variable(instance.frame + slot);
    const apply = (): Code => {
      if (binding.slot === -2) return follow(pointer(this.system.threads[instance.thread]!.task));
      return this.match(binding.slot === -1 ? result : argument(binding.slot), follow);
    };
    const follow = (object: number): Code => {
      if (tagOf(object) !== tagPointer) return next();
      if (binding.field < 0) return watch(object);
      const holder = payloadOf(object) + binding.field;
      if (holder < nullPage || holder >= constantBase) return next();
      return this.match(variable(holder), (word) => (tagOf(word) === tagPointer ? watch(word) : next()));
    };
    const watch = (object: number): Code => {
      const slot = this.objectOf(pointer(payloadOf(object) - binding.back));
      if (!slot || slot.tag !== binding.table.lifecycle.cType) return next();
      const ghost = slot.header + 1 + binding.cell;
      const { table } = binding;
      return this.when({ kind: 'isZero', of: variable(slot.header) }, next, () =>
        this.match(variable(ghost), (state) => {
          const cell = payloadOf(state) * table.events.length + binding.column;
          const to = table.next[cell]!;
          if (to === waits) throw new ModelError(`monitor ${table.lifecycle.id} waits`);
          if (to === outOfBounds) return this.outOfBounds(table);
          const broken = this.broken(table, cell, `${binding.binding.event} of ${slot.name}`);
          if (broken && table.ends[cell] === 1) return this.cut(broken);
          const code: Stmt[] = broken ? [{ kind: 'broken', why: broken }] : [];
          if (integer(to) !== state) code.push(set(ghost, constant(integer(to))));
          return [...code, ...next()];
        }),
      );
    };
    const { outcome = 'any' } = binding.binding;
    if (outcome === 'any') return apply();
    const decisive = binding.outcomeSlot >= 0 ? argument(binding.outcomeSlot) : result;
    switch (outcome) {
      case 'true':
        return this.when({ kind: 'isSet', of: decisive }, apply, next);
      case 'false':
        return this.when({ kind: 'isSet', of: decisive }, next, apply);
      case 'pointer':
        return this.when(
          { kind: 'isSet', of: decisive },
          () => this.when({ kind: 'isError', of: decisive }, next, apply),
          next,
        );
      case 'ok':
        return this.when({ kind: 'isNegative', of: decisive }, next, apply);
      case 'error':
        return this.when({ kind: 'isError', of: decisive }, apply, next);
    }
  }

  /** Nothing is written yet when a call begins. */
  private forgetOutputs({ frame, function: fn }: Instance, rest: Code): Code {
    if (fn.checksOutputsOf < 0) return rest;
    return this.match(variable(frame + fn.parameterSlots[fn.checksOutputsOf]!), (word) => {
      const object = this.objectOf(word);
      if (!object) return rest;
      const ghosts = [...object.layout.outputs.values()];
      return [...ghosts.map((offset) => set(object.header + 1 + offset, constant(0))), ...rest];
    });
  }

  // ---- choices ----

  private choose(block: Block): Code {
    const { instance, linked } = block;
    const { node } = linked;
    if (node.kind !== 'choose') throw new ModelError('choose expected');
    const { faultCounter, options } = this.system;
    const among = (noFaults: boolean, failures: number): Code => {
      const allowed = noFaults ? node.alternatives.filter(({ fault }) => !fault) : node.alternatives;
      if (allowed.length === 0) throw new ModelError(`'${node.name}' can only fail`);
      const take = (pick: number): Code => {
        const { fault, next } = allowed[pick]!;
        const counted = fault && faultCounter >= 0 ? [set(faultCounter, constant(integer(failures + 1)))] : [];
        return [...counted, this.go(instance, next)];
      };
      if (allowed.length === 1) return take(0);
      const names = allowed.map(({ name }) => `${node.name}: ${name}`);
      return [{ kind: 'choose', names, arms: new Map(), make: take }];
    };
    return this.beforeVisible(block, () => {
      if (faultCounter < 0) return among(false, 0);
      return this.match(variable(faultCounter), (word) => among(payloadOf(word) >= options.faults!, payloadOf(word)));
    });
  }

  // ---- memory ----

  private allocate({ instance, linked }: Block, { pool, dst }: Operation): Code {
    const { node } = linked;
    if (node.kind !== 'alloc') throw new ModelError('alloc expected');
    const slots = pool![instance.thread]!;
    const take = ({ header, layout }: ObjectSlot): Code => {
      const unwritten = node.zeroed
        ? []
        : layout.values.map((offset) => set(header + 1 + offset, constant(uninitialised)));
      return [
        set(header, constant(integer(this.live))),
        ...unwritten,
        set(instance.frame + dst, constant(pointer(header + 1))),
        this.go(instance, node.next),
      ];
    };
    const find = (index: number, otherwise: () => Code): Code => {
      const slot = slots[index];
      if (!slot) return otherwise();
      return this.when(
        { kind: 'isZero', of: variable(slot.header) },
        () => take(slot),
        () => find(index + 1, otherwise),
      );
    };
    return find(0, () => [
      { kind: 'recycle' },
      ...find(0, () => [{ kind: 'end', as: 'limit', why: `more than ${slots.length} objects of struct ${node.tag}` }]),
    ]);
  }

  private free(block: Block, address: number, stack: boolean, next: number): Code {
    const { instance } = block;
    const object = this.objectOf(address);
    if (!object) return this.cut(`free of ${invalid(address)}`);
    const { header, layout } = object;
    const { memory } = this.system;
    const release = (noted: Code): Code =>
      this.match(variable(header), (word) => {
        const state = payloadOf(word);
        const cell = (state & headerState) * memory.events.length + memory.column.get('free')!;
        if (memory.violates[cell]) return this.cut(`${memory.violates[cell]}: struct ${object.tag} is freed again`);
        if (object.static || payloadOf(address) !== header + 1)
          return this.cut(`double-free: struct ${object.tag}, which no allocation returned, is freed`);
        const conflict = stack ? 0 : (instance.operation + 1) << headerConflictShift;
        const code: Stmt[] = [set(header, constant(integer(this.freed | (state & headerShared) | conflict)))];
        const ghosts = new Set(layout.cells.filter(({ path }) => path.startsWith('@')).map(({ offset }) => offset));
        for (let offset = 0; offset < layout.size; offset += 1)
          if (!ghosts.has(offset)) code.push(set(header + 1 + offset, constant(0)));
        return [...noted, ...code, this.go(instance, next)];
      });
    return stack ? release([]) : this.reach(block, object, release);
  }
}

function invalid(word: number): string {
  if (word === uninitialised) return 'an uninitialised pointer';
  return isErrorWord(word) ? 'an error pointer' : 'NULL';
}
