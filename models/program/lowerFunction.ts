import type { CType } from './cType.js';
import { printCType } from './cType.js';
import type { Expression } from './expression.js';
import type { FunctionDefinition } from './functionDefinition.js';
import type { IntType } from './intType.js';
import type { Node, NodeId, Operand, Program } from './program.js';
import type { SourceSpan } from './sourceSpan.js';
import type { Access, Statement } from './statement.js';

/** A node whose `next` is still a label, or a jump between labels that disappears in the end. */
type Draft =
  | { readonly kind: 'jump'; readonly to: Label }
  | { readonly kind: 'node'; readonly make: (resolve: (label: Label) => NodeId) => Node };
type Label = { at: number };

/** Pure macros that need no call: each is the identity on our words, because an error pointer is its errno, as in C. */
const identityMacros: ReadonlySet<string> = new Set(['PTR_ERR', 'ERR_PTR', 'ERR_CAST', 'likely', 'unlikely']);

/** Struct tag of the memory of an address-taken local of a scalar or pointer type; its only field is `value`. */
export const boxPrefix = 'boxed ';

/**
 * Lowers a function's statements to a control-flow graph.
 *
 * Input: names are those of the definition, of functions, of global variables or of constants. Output: every node makes at
 * most one memory access, call or event; conditions are branches on locals (short circuits become control flow); locals that
 * are aggregates or whose address is taken live in `stack` memory of their own, allocated at entry and freed at each return.
 * Unreachable nodes are dropped. Evaluation order: calls and loads from left to right, the value of an assignment before
 * the address of its place.
 *
 * Throws for what the builders make impossible to say in another way: an unknown label, an aggregate used as a value.
 */
export function lowerFunction(definition: FunctionDefinition): Program {
  let program = programs.get(definition);
  if (program === undefined) programs.set(definition, (program = new Lowering(definition).program()));
  return program;
}

/** Every system that a function is part of has the same program of it. */
const programs = new WeakMap<FunctionDefinition, Program>();

class Lowering {
  private readonly definition: FunctionDefinition;
  private readonly drafts: Draft[] = [];
  private readonly labels = new Map<string, Label>();
  private readonly variables: { name: string; type: CType | null }[] = [];
  private readonly types = new Map<string, CType>();
  /** Locals in stack memory; the variable of that name then holds its address. */
  private readonly boxed = new Map<string, 'aggregate' | 'scalar'>();
  private temporaries = 0;
  private line: number | undefined;
  private mailLine: number | undefined;

  constructor(definition: FunctionDefinition) {
    this.definition = definition;
  }

  program(): Program {
    const { definition } = this;
    const taken = new Set<string>();
    collectAddressTaken(definition.body, taken);
    for (const { name, type } of [...definition.parameters, ...definition.locals]) {
      if (this.types.has(name)) throw new Error(`${definition.name}: '${name}' is declared twice`);
      this.types.set(name, type);
      if (type.kind === 'struct') this.boxed.set(name, 'aggregate');
      else if (type.kind === 'array' || taken.has(name)) this.boxed.set(name, 'scalar');
    }
    const parameters = new Set(definition.parameters.map((parameter) => parameter.name));
    for (const [name, type] of this.types) {
      if (parameters.has(name) && this.boxed.has(name)) {
        this.variables.push({ name: `${name} (passed)`, type });
      } else {
        this.variables.push({ name, type: this.variableType(name, type) });
      }
    }
    for (const [name, type] of this.types) {
      if (!this.boxed.has(name)) continue;
      const tag = type.kind === 'struct' ? type.tag : `${boxPrefix}${printCType(type)}`;
      if (parameters.has(name)) this.variables.push({ name, type: this.variableType(name, type) });
      this.emit((next, span) => ({ kind: 'alloc', dst: name, tag, zeroed: false, stack: true, next, span }));
      if (parameters.has(name)) {
        const address: Operand = { kind: 'member', base: local(name), path: ['value'] };
        this.emit((next, span) => ({
          kind: 'store',
          address,
          value: local(`${name} (passed)`),
          access: 'plain',
          next,
          span,
        }));
      }
    }
    this.statements(definition.body);
    this.line = undefined;
    this.mailLine = undefined;
    this.emitReturn(null);
    for (const [name, label] of this.labels) {
      if (label.at < 0) throw new Error(`${definition.name}: goto to a missing label '${name}'`);
    }
    return { definition, variables: this.variables, nodes: this.resolve() };
  }

  private variableType(name: string, type: CType): CType {
    const box = this.boxed.get(name);
    if (box === 'aggregate') return { kind: 'pointer', to: type };
    if (box === 'scalar') return { kind: 'pointer', to: { kind: 'struct', tag: `${boxPrefix}${printCType(type)}` } };
    return type;
  }

  private statements(body: readonly Statement[]): void {
    for (const statement of body) this.statement(statement);
  }

  private statement(statement: Statement): void {
    const { line, mailLine } = this;
    // A line of its own that is in no mail is not in the mail's line around it either.
    this.mailLine = statement.mailLine ?? (statement.line === undefined ? mailLine : undefined);
    this.line = statement.line ?? line;
    this.lowerStatement(statement);
    this.line = line;
    this.mailLine = mailLine;
  }

  private lowerStatement(statement: Statement): void {
    switch (statement.kind) {
      case 'block':
        return this.statements(statement.body);
      case 'assign':
        return this.assign(statement.place, statement.value, statement.access);
      case 'run':
        this.evaluateForEffect(statement.expression);
        return;
      case 'if': {
        const [then, otherwise, end] = [newLabel(), newLabel(), newLabel()];
        this.condition(statement.condition, then, otherwise);
        this.place(then);
        this.statements(statement.then);
        this.jump(end);
        this.place(otherwise);
        this.statements(statement.otherwise);
        return this.place(end);
      }
      case 'while': {
        const [head, body, end] = [newLabel(), newLabel(), newLabel()];
        this.place(head);
        this.condition(statement.condition, body, end);
        this.place(body);
        this.statements(statement.body);
        this.jump(head);
        return this.place(end);
      }
      case 'goto':
        return this.jump(this.named(statement.label));
      case 'label': {
        const label = this.named(statement.label);
        if (label.at >= 0) throw new Error(`${this.definition.name}: label '${statement.label}' is placed twice`);
        return this.place(label);
      }
      case 'return':
        return this.emitReturn(statement.value === null ? null : this.beforeLocalsEnd(this.value(statement.value)));
      case 'choose': {
        const end = newLabel();
        const starts = statement.alternatives.map(() => newLabel());
        this.emitTo((resolve, span) => ({
          kind: 'choose',
          name: statement.name,
          alternatives: statement.alternatives.map(({ name, fault }, index) => ({
            name,
            fault,
            next: resolve(starts[index]!),
          })),
          span,
        }));
        statement.alternatives.forEach((alternative, index) => {
          this.place(starts[index]!);
          this.statements(alternative.body);
          this.jump(end);
        });
        return this.place(end);
      }
      case 'await': {
        const address = this.address(statement.condition);
        return this.emit((next, span) => ({ kind: 'await', address, next, span }));
      }
      case 'alloc': {
        const { place, tag, zeroed } = statement;
        const direct = this.unboxed(place);
        const dst = direct ?? this.temporary({ kind: 'pointer', to: { kind: 'struct', tag } });
        this.emit((next, span) => ({ kind: 'alloc', dst, tag, zeroed, stack: false, next, span }));
        if (direct === null) this.store(place, local(dst), 'plain');
        return;
      }
      case 'free': {
        const pointer = this.value(statement.pointer);
        return this.emit((next, span) => ({ kind: 'free', pointer, stack: false, next, span }));
      }
      case 'report': {
        const { property, what, ends } = statement;
        return this.emit((next, span) => ({ kind: 'report', property, what, ends, next, span }));
      }
      case 'limit': {
        const { what, ends } = statement;
        return this.emit((next, span) => ({ kind: 'limit', what, ends, next, span }));
      }
    }
  }

  private assign(place: Expression, value: Expression, access: Access): void {
    const direct = this.unboxed(place);
    if (direct === null) return this.store(place, this.value(value, access), access);
    this.evaluateInto(direct, value, access);
  }

  private store(place: Expression, value: Operand, access: Access): void {
    const address = this.address(place);
    this.emit((next, span) => ({ kind: 'store', address, value, access, next, span }));
  }

  /** The name of the local variable that `place` is, or null if it is memory. */
  private unboxed(place: Expression): string | null {
    if (place.kind !== 'name' || !this.types.has(place.name) || this.boxed.has(place.name)) return null;
    return place.name;
  }

  private evaluateForEffect(expression: Expression): void {
    if (expression.kind === 'call' && this.callNeedsNode(expression)) this.call(null, expression);
    else if (expression.kind === 'event') this.event(null, expression);
    else this.value(expression);
  }

  /** Evaluates into an existing local, so that a call's result needs no temporary. */
  private evaluateInto(dst: string, expression: Expression, access: Access): void {
    if (expression.kind === 'call' && this.callNeedsNode(expression)) return this.call(dst, expression);
    if (expression.kind === 'event') return this.event(dst, expression);
    if (expression.kind === 'opaque') return this.opaque(dst, expression);
    if (this.isMemory(expression)) {
      const address = this.address(expression);
      return this.emit((next, span) => ({ kind: 'load', dst, address, access, next, span }));
    }
    const value = this.value(expression);
    this.emit((next, span) => ({ kind: 'assign', dst, value, next, span }));
  }

  private callNeedsNode(call: Expression & { kind: 'call' }): boolean {
    if (call.callee.kind !== 'name') return true;
    const { name } = call.callee;
    return !identityMacros.has(name) && !['IS_ERR', 'IS_ERR_OR_NULL', 'READ_ONCE', 'BIT'].includes(name);
  }

  private value(expression: Expression, access: Access = 'plain'): Operand {
    switch (expression.kind) {
      case 'int':
        return { kind: 'int', value: expression.value, text: expression.text };
      case 'name':
        if (this.boxed.get(expression.name) === 'aggregate' || this.types.get(expression.name)?.kind === 'array') {
          throw new Error(`${this.definition.name}: the aggregate '${expression.name}' is used as a value`);
        }
        if (this.boxed.has(expression.name)) return this.loadTemporary(expression, access);
        return this.types.has(expression.name) ? local(expression.name) : { kind: 'symbol', name: expression.name };
      case 'member':
      case 'index':
      case 'deref':
        return this.loadTemporary(expression, access);
      case 'address':
        return this.address(expression.place);
      case 'containerOf':
        return {
          kind: 'containerOf',
          base: this.value(expression.pointer),
          tag: expression.tag,
          path: expression.path,
        };
      case 'unary':
        return {
          kind: 'unary',
          operator: expression.operator,
          operand: this.value(expression.operand, access),
          ...computedIn(expression),
        };
      case 'binary':
        if (expression.operator === '&&' || expression.operator === '||') return this.truth(expression);
        return {
          kind: 'binary',
          operator: expression.operator,
          left: this.value(expression.left, access),
          right: this.value(expression.right, access),
          ...computedIn(expression),
        };
      case 'convert': {
        const { from, to } = expression;
        return { kind: 'convert', from, to, operand: this.value(expression.operand, access) };
      }
      case 'opaque': {
        const dst = this.temporary({ kind: 'int', name: expression.type });
        this.opaque(dst, expression);
        return local(dst);
      }
      case 'call': {
        if (this.callNeedsNode(expression)) {
          const dst = this.temporary(null);
          this.call(dst, expression);
          return local(dst);
        }
        return this.macro(expression, access);
      }
      case 'event': {
        const dst = this.temporary({ kind: 'int', name: 'int' });
        this.event(dst, expression);
        return local(dst);
      }
    }
  }

  private macro(call: Expression & { kind: 'call' }, access: Access): Operand {
    const name = call.callee.kind === 'name' ? call.callee.name : '';
    const [argument] = call.args;
    if (!argument) throw new Error(`${this.definition.name}: ${name}() without an argument`);
    if (identityMacros.has(name)) return this.value(argument, access);
    if (name === 'READ_ONCE') return this.value(argument, 'marked');
    if (name === 'BIT') {
      const one: Operand = { kind: 'int', value: 1, text: '1' };
      return { kind: 'binary', operator: '<<', left: one, right: this.value(argument, access) };
    }
    const operand = this.value(argument, access);
    const isError: Operand = { kind: 'unary', operator: 'IS_ERR', operand };
    if (name === 'IS_ERR') return isError;
    const isNull: Operand = { kind: 'unary', operator: '!', operand };
    return { kind: 'binary', operator: '|', left: isNull, right: isError };
  }

  /** 0 or 1 in a temporary, by control flow. */
  private truth(condition: Expression): Operand {
    const dst = this.temporary({ kind: 'int', name: 'int' });
    const [yes, no, end] = [newLabel(), newLabel(), newLabel()];
    this.condition(condition, yes, no);
    for (const [label, value] of [
      [yes, 1],
      [no, 0],
    ] as const) {
      this.place(label);
      const operand: Operand = { kind: 'int', value, text: String(value) };
      this.emit((next, span) => ({ kind: 'assign', dst, value: operand, next, span }));
      this.jump(end);
    }
    this.place(end);
    return local(dst);
  }

  private condition(expression: Expression, yes: Label, no: Label): void {
    if (expression.kind === 'unary' && expression.operator === '!') return this.condition(expression.operand, no, yes);
    if (expression.kind === 'binary' && (expression.operator === '&&' || expression.operator === '||')) {
      const middle = newLabel();
      if (expression.operator === '&&') this.condition(expression.left, middle, no);
      else this.condition(expression.left, yes, middle);
      this.place(middle);
      return this.condition(expression.right, yes, no);
    }
    const condition = this.value(expression);
    this.emitTo((resolve, span) => ({ kind: 'branch', condition, then: resolve(yes), otherwise: resolve(no), span }));
  }

  private call(dst: string | null, call: Expression & { kind: 'call' }): void {
    const { callee } = call;
    if (callee.kind === 'name' && !this.types.has(callee.name)) {
      const args = call.args.map((arg) => this.value(arg));
      const name = callee.name;
      return this.emit((next, span) => ({ kind: 'call', dst, callee: name, args, next, span }));
    }
    const slot = callee.kind === 'member' ? callee.field : null;
    const target = this.value(callee);
    const args = call.args.map((arg) => this.value(arg));
    this.emit((next, span) => ({ kind: 'callIndirect', dst, target, slot, args, next, span }));
  }

  private event(dst: string | null, expression: Expression & { kind: 'event' }): void {
    const cell = this.value(expression.cell);
    const args = expression.args.map((arg) => this.value(arg));
    const { event } = expression;
    this.emit((next, span) => ({ kind: 'event', dst, cell, event, args, next, span }));
  }

  private opaque(dst: string, { what, type }: Expression & { kind: 'opaque' }): void {
    this.emit((next, span) => ({ kind: 'opaque', dst, what, type, next, span }));
  }

  private isMemory(expression: Expression): boolean {
    if (expression.kind === 'name') return this.boxed.get(expression.name) === 'scalar';
    return expression.kind === 'member' || expression.kind === 'index' || expression.kind === 'deref';
  }

  private loadTemporary(place: Expression, access: Access): Operand {
    const address = this.address(place);
    const dst = this.temporary(null);
    this.emit((next, span) => ({ kind: 'load', dst, address, access, next, span }));
    return local(dst);
  }

  private address(place: Expression): Operand {
    switch (place.kind) {
      case 'name':
        switch (this.boxed.get(place.name)) {
          case 'aggregate':
            return local(place.name);
          case 'scalar':
            return { kind: 'member', base: local(place.name), path: ['value'] };
          case undefined:
            if (this.types.has(place.name)) throw new Error(`${this.definition.name}: no address for '${place.name}'`);
            return { kind: 'symbol', name: place.name };
        }
      // eslint-disable-next-line no-fallthrough -- every case above returns or throws
      case 'member': {
        if (place.arrow) return { kind: 'member', base: this.value(place.base), path: [place.field] };
        const base = this.address(place.base);
        if (base.kind === 'member') return { ...base, path: [...base.path, place.field] };
        return { kind: 'member', base, path: [place.field] };
      }
      case 'index':
        // A variable that is not in memory can only be a pointer: hand-written programs say `pages[n]` of it.
        if (place.pointer || this.unboxed(place.base) !== null)
          return { kind: 'offset', base: this.value(place.base), index: this.value(place.index) };
        return { kind: 'element', base: this.address(place.base), index: this.value(place.index) };
      case 'deref':
        return this.value(place.pointer);
      default:
        throw new Error(`${this.definition.name}: an expression of kind '${place.kind}' is not a place`);
    }
  }

  /** What is computed of locals' addresses is computed while their memory is there. */
  private beforeLocalsEnd(value: Operand): Operand {
    if (this.boxed.size === 0 || (value.kind !== 'binary' && value.kind !== 'unary')) return value;
    const dst = this.temporary({ kind: 'int', name: 'int' });
    this.emit((next, span) => ({ kind: 'assign', dst, value, next, span }));
    return local(dst);
  }

  private emitReturn(value: Operand | null): void {
    for (const name of this.boxed.keys()) {
      this.emit((next, span) => ({ kind: 'free', pointer: local(name), stack: true, next, span }));
    }
    this.emitTo((_resolve, span) => ({ kind: 'return', value, span }));
  }

  private temporary(type: CType | null): string {
    this.temporaries += 1;
    const name = `%${this.temporaries}`;
    this.variables.push({ name, type });
    return name;
  }

  private span(): SourceSpan {
    const { file, name } = this.definition;
    const { line, mailLine } = this;
    return {
      file,
      function: name,
      ...(line === undefined ? {} : { line }),
      ...(mailLine === undefined ? {} : { mailLine }),
    };
  }

  /** Adds a node that goes on to the one emitted after it. */
  private emit(make: (next: NodeId, span: SourceSpan) => Node): void {
    const next = newLabel();
    this.emitTo((resolve, span) => make(resolve(next), span));
    this.place(next);
  }

  private emitTo(make: (resolve: (label: Label) => NodeId, span: SourceSpan) => Node): void {
    const span = this.span();
    this.drafts.push({ kind: 'node', make: (resolve) => make(resolve, span) });
  }

  private jump(to: Label): void {
    this.drafts.push({ kind: 'jump', to });
  }

  private place(label: Label): void {
    label.at = this.drafts.length;
  }

  private named(name: string): Label {
    let label = this.labels.get(name);
    if (!label) this.labels.set(name, (label = newLabel()));
    return label;
  }

  /** Follows jumps, numbers the reachable nodes from the entry in emission order, and makes them. */
  private resolve(): Node[] {
    const target = (start: number): number => {
      let at = start;
      for (let steps = 0; ; steps += 1) {
        const draft = this.drafts[at];
        if (!draft) throw new Error(`${this.definition.name}: control runs off the end`);
        if (draft.kind === 'node') return at;
        if (steps > this.drafts.length) throw new Error(`${this.definition.name}: an empty loop never ends`);
        at = draft.to.at;
      }
    };
    const reached = new Set<number>();
    const work = [target(0)];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      const draft = this.drafts[at]!;
      if (draft.kind === 'node')
        draft.make((label) => {
          work.push(target(label.at));
          return 0;
        });
    }
    const order = [...reached].sort((a, b) => a - b);
    const entry = target(0);
    const numbered = [entry, ...order.filter((at) => at !== entry)];
    const number = new Map(numbered.map((at, index) => [at, index]));
    return numbered.map((at) => {
      const draft = this.drafts[at]!;
      if (draft.kind !== 'node') throw new Error('a jump was numbered: target() follows jumps');
      return draft.make((label) => number.get(target(label.at))!);
    });
  }
}

function newLabel(): Label {
  return { at: -1 };
}

function local(name: string): Operand {
  return { kind: 'local', name };
}

function computedIn({ arithmetic }: Expression & { kind: 'unary' | 'binary' }): { arithmetic?: IntType } {
  return arithmetic === undefined ? {} : { arithmetic };
}

function collectAddressTaken(body: readonly Statement[], taken: Set<string>): void {
  const visit = (expression: Expression): void => {
    switch (expression.kind) {
      case 'address': {
        let place = expression.place;
        while (place.kind === 'member' && !place.arrow) place = place.base;
        if (place.kind === 'name') taken.add(place.name);
        visit(expression.place);
        return;
      }
      case 'member':
        return visit(expression.base);
      case 'index':
        visit(expression.base);
        return visit(expression.index);
      case 'deref':
        return visit(expression.pointer);
      case 'unary':
      case 'convert':
        return visit(expression.operand);
      case 'binary':
        visit(expression.left);
        return visit(expression.right);
      case 'call':
        visit(expression.callee);
        return expression.args.forEach(visit);
      case 'event':
        visit(expression.cell);
        return expression.args.forEach(visit);
      case 'containerOf':
        return visit(expression.pointer);
      case 'int':
      case 'name':
      case 'opaque':
        return;
    }
  };
  for (const statement of body) {
    switch (statement.kind) {
      case 'assign':
        visit(statement.place);
        visit(statement.value);
        break;
      case 'run':
        visit(statement.expression);
        break;
      case 'if':
        visit(statement.condition);
        collectAddressTaken(statement.then, taken);
        collectAddressTaken(statement.otherwise, taken);
        break;
      case 'while':
        visit(statement.condition);
        collectAddressTaken(statement.body, taken);
        break;
      case 'return':
        if (statement.value) visit(statement.value);
        break;
      case 'choose':
        for (const alternative of statement.alternatives) collectAddressTaken(alternative.body, taken);
        break;
      case 'block':
        collectAddressTaken(statement.body, taken);
        break;
      case 'await':
        visit(statement.condition);
        break;
      case 'free':
        visit(statement.pointer);
        break;
      case 'alloc':
        visit(statement.place);
        break;
      case 'goto':
      case 'label':
      case 'report':
      case 'limit':
        break;
    }
  }
}
