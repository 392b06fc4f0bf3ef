import { printErrno } from '../../models/program/errno.js';
import { headerConflictShift, headerOfSetup, headerShared, headerState } from '../system/header.js';
import { pathAt } from '../system/pathAt.js';
import {
  constantBase,
  integer,
  isErrorWord,
  nullPage,
  payloadOf,
  tagFunction,
  tagInteger,
  tagOf,
  tagPointer,
  uninitialised,
} from '../system/word.js';
import type { Block, ExportModel, Expr, Variable } from './exportModel.js';
import { firstWaiting, registers, returnOf } from './exportModel.js';
import { displace, evaluate, readsOf } from './expressionValue.js';

/** A variable as exports print it. */
export interface NamedVariable extends Variable {
  /** The object, thread or other group that holds it. */
  readonly group: string;
  /** Unique in its group. */
  readonly name: string;
  /** Code of its initial value. */
  readonly initial: number;
  /** Largest code it ever has. */
  readonly largest: number;
}

type Kind = 'word' | 'header' | 'counter' | 'return' | 'register';

/** Codes of words, smallest first: numbers from 0, pointers, functions and the like, other negative numbers, errors. */
interface WordCodes {
  readonly codes: ReadonlyMap<number, number>;
  readonly firstPointer: number;
  readonly firstOther: number;
  readonly firstNegative: number;
  readonly firstError: number;
}

/**
 * Names and small codes for everything in a model: a byte is enough for nearly every variable.
 *
 * Words are numbered all in one order, so that a copy is a copy; what is asked of a word (is it an error?) is a range of codes.
 * Headers have an order of their own; so have the program counters of each thread, and each place of a return.
 */
export class Vocabulary {
  readonly model: ExportModel;
  readonly variables: ReadonlyMap<number, NamedVariable>;
  /** Blocks of each thread that have a program counter, by their codes, from 1. */
  readonly entries: readonly (readonly Block[])[];
  readonly words: WordCodes;
  private readonly kinds: ReadonlyMap<number, { readonly kind: Kind; readonly thread: number }>;
  private readonly headers: ReadonlyMap<number, number>;
  private readonly counters: readonly ReadonlyMap<number, number>[];
  private readonly returns: ReadonlyMap<number, ReadonlyMap<number, number>>;
  private readonly byAddress: ReadonlyMap<number, Variable>;

  /** `order`: the blocks of each thread; `also`: blocks that need a program counter though no step begins there, by id. */
  constructor(model: ExportModel, order: readonly (readonly Block[])[], also: ReadonlySet<number>) {
    this.model = model;
    this.byAddress = new Map(model.variables.map((variable) => [variable.at, variable]));
    this.kinds = kindsOf(model);
    this.words = codesOf(this.wordsUsed());
    const headers = [...new Set(this.valuesOf('header'))];
    const rank = (header: number): number => {
      const payload = payloadOf(header);
      if (payload === 0) return 0;
      const shared = (payload & headerShared) !== 0 ? 1 : 0;
      return (payload & headerState) === model.live ? 1 + shared : 3 + shared;
    };
    headers.push(integer(model.live), integer(model.live | headerShared), 0);
    const ordered = [...new Set(headers)].sort((a, b) => rank(a) - rank(b) || a - b);
    this.headers = new Map(ordered.map((header, code) => [header, code]));
    this.returns = new Map(
      [...this.kinds].flatMap(([at, { kind }]) => {
        if (kind !== 'return') return [];
        const values = [...new Set([0, ...this.byAddress.get(at)!.values])];
        return [[at, new Map(values.map((value, code) => [value, code]))] as const];
      }),
    );
    const entries = model.system.threads.map(({ base, index }) => {
      const stops = new Set(this.byAddress.get(base)?.values ?? []);
      return order[index]!.filter(({ id }) => stops.has(integer(id)) || also.has(id));
    });
    this.entries = entries;
    this.counters = entries.map((blocks) => new Map(blocks.map(({ id }, index) => [integer(id), index + 1])));
    this.variables = this.nameVariables();
  }

  /** The code of a value of a variable. */
  codeIn(at: number, value: number): number {
    const kind = this.kinds.get(at) ?? { kind: 'word', thread: 0 };
    switch (kind.kind) {
      case 'header':
        return this.headers.get(value)!;
      case 'counter':
        return value === 0 ? 0 : this.counters[kind.thread]!.get(value)!;
      case 'return':
        return this.returns.get(at)!.get(value)!;
      case 'register':
        return payloadOf(value);
      case 'word':
        return this.words.codes.get(value)!;
    }
  }

  isWord(at: number): boolean {
    return (this.kinds.get(at)?.kind ?? 'word') === 'word';
  }

  isHeader(at: number): boolean {
    return this.kinds.get(at)?.kind === 'header';
  }

  headerCode(header: number): number {
    return this.headers.get(header)!;
  }

  /** Whether an operand can only be one value; null if it can be more. */
  constantOf(expr: Expr): number | null {
    if (readsOf(expr).some((at) => (this.byAddress.get(at)?.values.length ?? 1) > 1)) return null;
    const value = (at: number) => this.byAddress.get(at)?.values[0] ?? this.model.initial[at]!;
    return evaluate(expr, value, this.model.live);
  }

  /** Values an expression can have. */
  valuesOfExpr(expr: Expr): readonly number[] {
    if (expr.kind === 'constant') return [expr.value];
    if (expr.kind === 'variable') return this.byAddress.get(expr.at)?.values ?? [this.model.initial[expr.at]!];
    if (expr.kind === 'displaced') return this.valuesOfExpr(expr.base).map((value) => displace(value, expr.by));
    return [0, integer(1)];
  }

  /** A readable name for a word. */
  wordName(word: number): string {
    const at = payloadOf(word);
    if (word === uninitialised) return 'UNINITIALISED';
    if (tagOf(word) === tagInteger) return at < 0 ? printErrno(at).replace('-', '') : String(at);
    const { system } = this.model;
    if (tagOf(word) === tagFunction) return `f_${identifier(system.functions[at - 1]?.definition.name ?? String(at))}`;
    if (tagOf(word) !== tagPointer) return `LARGE_${at}`;
    if (at < nullPage) return `NULL_plus_${at}`;
    if (at >= constantBase) {
      const name = [...system.symbols].find(([, value]) => value === word)?.[0];
      return name === undefined ? `constant_${at - constantBase}` : `p_${identifier(name)}`;
    }
    const object = system.objects.find(({ header, layout }) => at > header && at <= header + layout.size);
    if (!object) return `p_${at}`;
    const offset = at - object.header - 1;
    const path = offset === 0 ? '' : `_${identifier(pathAt(system, object.layout, offset))}`;
    return `p_${identifier(object.name)}${path}`;
  }

  private wordsUsed(): Set<number> {
    const used = new Set<number>([0, integer(1)]);
    for (const { at, values } of this.model.variables) if (this.isWord(at)) for (const value of values) used.add(value);
    return used;
  }

  private valuesOf(kind: Kind): number[] {
    return this.model.variables.flatMap(({ at, values }) => (this.kinds.get(at)?.kind === kind ? values : []));
  }

  private nameVariables(): Map<number, NamedVariable> {
    const { model } = this;
    const { system } = model;
    const named = new Map<number, NamedVariable>();
    const taken = new Set<string>();
    for (const variable of model.variables) {
      const { at, values } = variable;
      if (values.length < 2 && this.kinds.get(at)?.kind !== 'counter') continue;
      const { group, name: wanted } = this.placeOf(at);
      let name = wanted;
      for (let count = 2; taken.has(`${group} ${name}`); count += 1) name = `${wanted}_${count}`;
      taken.add(`${group} ${name}`);
      const codes = values.map((value) => this.codeIn(at, value));
      const thread = system.threads.find(({ base }) => base === at);
      const largest = thread ? this.entries[thread.index]!.length : Math.max(...codes);
      named.set(at, { ...variable, group, name, initial: this.codeIn(at, model.initial[at]!), largest });
    }
    return named;
  }

  private placeOf(at: number): { readonly group: string; readonly name: string } {
    const { system } = this.model;
    if (at === system.faultCounter) return { group: 'failures', name: 'count' };
    const object = system.objects.find(({ header, layout }) => at >= header && at <= header + layout.size);
    if (object) {
      const offset = at - object.header - 1;
      const cell = object.layout.cells.find((candidate) => candidate.offset === offset);
      const output = [...object.layout.outputs].find(([, ghost]) => ghost === offset);
      let name = pathAt(system, object.layout, offset);
      if (cell?.path.startsWith('@')) name = `monitor_${cell.table.lifecycle.id}`;
      if (output) name = `written_${output[0]}`;
      return {
        group: identifier(object.name),
        name: offset < 0 ? 'header' : `_${identifier(name)}`.replace(/^_(?=.)/, '') || 'value',
      };
    }
    const thread = system.threads.find(({ base, size }) => at >= base && at < base + size);
    if (thread) {
      const offset = at - thread.base;
      return {
        group: identifier(`thread_${thread.name}`),
        name: offset === 0 ? 'pc' : `f${offset}`,
      };
    }
    const register = at - system.width;
    if (register >= firstWaiting + system.threads.length) {
      const frame = at - returnOf(system, 0);
      const caller = system.threads.find(({ base, size }) => frame >= base && frame < base + size)!;
      return { group: identifier(`thread_${caller.name}`), name: `return${frame - caller.base}` };
    }
    if (register >= firstWaiting)
      return { group: identifier(`thread_${system.threads[register - firstWaiting]!.name}`), name: 'waits_for' };
    return { group: 'step', name: register === registers.visible ? 'visible' : 'reaching' };
  }
}

/** A name in Promela, in the C that SPIN makes of it, and in TLA+. */
export function identifier(text: string): string {
  const name = text.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'x';
  return reserved.has(name) || /^\d/.test(name) ? `x_${name}` : name;
}

const reserved = new Set(
  [
    'active assert atomic bit bool break byte c_code c_decl c_expr c_state c_track chan d_step do else empty enabled end eval',
    'fi for full get_priority goto hidden if in init inline int len local ltl mtype nempty never nfull notrace np od of pc_value',
    'printf priority proctype provided return run select set_priority short show skip step timeout trace true false typedef',
    'unless unsigned xr xs now auto case char const continue default double enum extern float long register signed sizeof',
    'static struct switch union void volatile while restrict choice',
  ].flatMap((line) => line.split(' ')),
);

/** What to call a header in a comment: `live, shared`, `freed by kfree`. */
export function headerName(model: ExportModel, header: number): string {
  const payload = payloadOf(header);
  if (payload === 0) return 'FREE';
  const shared = (payload & headerShared) === 0 ? '' : '_SHARED';
  const since = (payload & headerOfSetup) === 0 ? '' : '_SINCE_SETUP';
  if ((payload & headerState) === model.live) return `LIVE${since}${shared}`;
  const by = model.system.functions[(payload >> headerConflictShift) - 1]?.definition.name;
  return `FREED${by === undefined ? '' : `_BY_${identifier(by)}`}${shared}`;
}

function kindsOf(model: ExportModel): Map<number, { readonly kind: Kind; readonly thread: number }> {
  const { system } = model;
  const kinds = new Map<number, { readonly kind: Kind; readonly thread: number }>();
  for (const { header } of system.objects) kinds.set(header, { kind: 'header', thread: -1 });
  for (const { base, index } of system.threads) kinds.set(base, { kind: 'counter', thread: index });
  for (const { instance } of model.blocks)
    kinds.set(returnOf(system, instance.frame), { kind: 'return', thread: instance.thread });
  for (const register of Object.values(registers)) kinds.set(system.width + register, { kind: 'register', thread: -1 });
  const known = new Set(model.variables.map(({ at }) => at));
  for (const at of kinds.keys()) if (!known.has(at)) kinds.delete(at);
  return kinds;
}

function codesOf(used: ReadonlySet<number>): WordCodes {
  const rank = (word: number): number => {
    if (tagOf(word) === tagInteger) {
      if (word >= 0) return 0;
      return isErrorWord(word) ? 4 : 3;
    }
    const at = payloadOf(word);
    return tagOf(word) === tagPointer && at >= nullPage && at < constantBase ? 1 : 2;
  };
  const ordered = [...used].sort((a, b) => rank(a) - rank(b) || a - b);
  const first = (wanted: number) => ordered.filter((word) => rank(word) < wanted).length;
  return {
    codes: new Map(ordered.map((word, code) => [word, code])),
    firstPointer: first(1),
    firstOther: first(2),
    firstNegative: first(3),
    firstError: first(4),
  };
}
