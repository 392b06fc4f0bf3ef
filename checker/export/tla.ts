import { integer, payloadOf, tagOf, tagPointer } from '../system/word.js';
import { orderOf } from './codeOrder.js';
import { CodeText } from './codeText.js';
import type { Block, ExportModel, Stmt } from './exportModel.js';
import { registers } from './exportModel.js';
import { ExpressionPrinter } from './expressionPrinter.js';
import { readsOf } from './expressionValue.js';
import { guardOf } from './guards.js';
import { identifier, Vocabulary } from './vocabulary.js';

/**
 * A model as a TLA+ module, with as many distinct states in TLC as the full search of the system has.
 *
 * The state is one record. Each block is an operator from a record to the set of records that the rest of the step can lead to:
 * none where the path ends, several where something is chosen. What is assigned in a row is one EXCEPT, as long as nothing reads
 * what was assigned in it.
 */
export function toTla(model: ExportModel): string {
  return new TlaPrinter(model).print();
}

/** The module's name; a TLA+ file is named after it. */
export const tlaModule = 'Model';

class TlaPrinter {
  private readonly model: ExportModel;
  private readonly order: readonly (readonly Block[])[];
  private readonly text: CodeText;
  private readonly vocabulary: Vocabulary;
  private readonly expressions: ExpressionPrinter;
  /** Name of the record in the expression that is printed. */
  private record = 's';

  constructor(model: ExportModel) {
    this.model = model;
    this.order = orderOf(model);
    this.text = new CodeText(model, this.order);
    this.vocabulary = new Vocabulary(model, this.order, new Set());
    this.expressions = new ExpressionPrinter(model, this.vocabulary, {
      place: (at) => `${this.record}.${this.field(at)}`,
      equal: '=',
      different: '#',
      and: '/\\',
      or: '\\/',
      not: '~',
      yes: 'TRUE',
      no: 'FALSE',
      either: (condition, then, otherwise) => `(IF ${condition} THEN ${then} ELSE ${otherwise})`,
    });
  }

  print(): string {
    const blocks = this.order.flatMap((mine) => mine.filter(({ id }) => this.text.labelled.has(id)));
    const operators = blocks.flatMap((block) => this.operator(block));
    const threads = this.model.system.threads.flatMap(({ index }) => this.thread(index));
    const recycling = this.recycling();
    const { system, states, transitions, complete } = this.model;
    const found = complete
      ? `${states} states, ${transitions} transitions`
      : 'more states than were looked at: what the model does not foresee is an assertion';
    const { words, headers } = this.expressions.names();
    // In the box, where TLC does not look: in a definition of their own it would look for variables on every path through the operators.
    const steps = system.threads.map(({ index }) => `state' \\in ${this.stepOf(index)}(state)`);
    const define = ([name, code]: readonly [string, number]) => `${name} == ${code}`;
    return [
      `---- MODULE ${tlaModule} ----`,
      `\\* ${line(system.revision.title)} (${system.revision.id}), scenario ${system.scenario.id}: ${line(system.scenario.title)}`,
      `\\* ${found}`,
      `\\* In ${tlaModule}.cfg: SPECIFICATION Spec. Threads that have ended are no deadlock: java -cp tla2tools.jar tlc2.TLC -deadlock ${tlaModule}`,
      'EXTENDS Integers, TLC',
      '',
      'VARIABLE state',
      '',
      '\\* Values: numbers, pointers, functions, errors.',
      ...words.map(define),
      '\\* Memory: not allocated, allocated, freed; shared: other threads can reach it; since setup: not allocated by a thread.',
      ...headers.map(define),
      '',
      'Unforeseen == IF Assert(FALSE, "the model does not foresee this step") THEN {} ELSE {}',
      '',
      ...this.initial(),
      ...recycling,
      `RECURSIVE ${blocks.map((block) => `${this.text.label(block)}(_)`).join(', ')}`,
      '',
      ...operators,
      ...threads,
      `Spec == state = Start /\\ [][${steps.join(' \\/ ')}]_state`,
      '====',
      '',
    ].join('\n');
  }

  private field(at: number): string {
    const { group, name } = this.vocabulary.variables.get(at)!;
    return `${group}__${name}`;
  }

  private stepOf(thread: number): string {
    return `Step_${identifier(this.model.system.threads[thread]!.name)}`;
  }

  private initial(): string[] {
    const fields = [...this.vocabulary.variables.values()].map(({ at, initial }) => `${this.field(at)} |-> ${initial}`);
    return ['Start == [', `  ${fields.join(',\n  ')}]`, ''];
  }

  // ---- blocks ----

  private operator(block: Block): string[] {
    return [`${this.text.label(block)}(s) ==`, ...this.body(block, '  '), ''];
  }

  private body(block: Block, indent: string): string[] {
    return [`${indent}\\* ${line(this.text.describe(block))}`, ...this.statements(block.code!, block, 's', indent)];
  }

  /** The set of records that statements lead to from the record named `record`. */
  private statements(list: readonly Stmt[], block: Block, record: string, indent: string): string[] {
    const lines: string[] = [];
    let current = record;
    let updates: string[] = [];
    const assigned = new Set<number>();
    /** What was assigned becomes a record of its own, named like the one before: `s` hides no other. */
    const flush = () => {
      if (updates.length === 0) return;
      const next = current.replace(/\d*$/, (digits) => String(Number(digits) + 1));
      lines.push(`${indent}LET ${next} == [${current} EXCEPT ${updates.join(', ')}] IN`);
      current = next;
      this.record = next;
      updates = [];
      assigned.clear();
    };
    for (const stmt of list) {
      this.record = current;
      switch (stmt.kind) {
        case 'set': {
          if (!this.text.isPrinted(stmt)) break;
          lines.push(...this.foreseen(stmt, indent, flush));
          if (!this.vocabulary.variables.has(stmt.at)) break;
          if (assigned.has(stmt.at) || readsOf(stmt.value).some((at) => assigned.has(at))) flush();
          updates.push(`!.${this.field(stmt.at)} = ${this.assigned(stmt)}`);
          assigned.add(stmt.at);
          break;
        }
        case 'recycle':
          flush();
          lines.push(`${indent}LET ${current}r == Recycled(${current}) IN`);
          current = `${current}r`;
          break;
        case 'broken':
          lines.push(`${indent}\\* ${line(stmt.why)}`);
          break;
        default:
          flush();
          this.record = current;
          return [...lines, ...this.last(stmt, block, current, indent)];
      }
    }
    throw new Error('statements that lead nowhere');
  }

  private assigned(stmt: Stmt & { readonly kind: 'set' }): string {
    const target = new Set(this.vocabulary.valuesOfExpr({ kind: 'variable', at: stmt.at }));
    return this.expressions.assigned(stmt.at, stmt.value, target);
  }

  /** A copy may be the first to bring a value that a variable was never seen with. */
  private foreseen({ at, value }: Stmt & { readonly kind: 'set' }, indent: string, flush: () => void): string[] {
    const target = new Set(this.vocabulary.valuesOfExpr({ kind: 'variable', at }));
    const source = this.vocabulary.valuesOfExpr(value);
    if (this.model.complete || source.every((one) => target.has(one))) return [];
    flush();
    const known = source.filter((one) => target.has(one)).map((one) => `(${this.expressions.test(value, one)})`);
    return [`${indent}IF ~(${known.join(' \\/ ') || 'FALSE'}) THEN Unforeseen ELSE`];
  }

  private last(stmt: Stmt, block: Block, record: string, indent: string): string[] {
    const { thread } = block.instance;
    const { base } = this.model.system.threads[thread]!;
    switch (stmt.kind) {
      case 'match':
        return this.match(stmt, block, record, indent);
      case 'choose':
        return [...stmt.arms].flatMap(([pick, code], index) => [
          `${indent}${index === 0 ? '(' : '\\union ('} \\* ${line(stmt.names[pick]!)}`,
          ...this.statements(code, block, record, `${indent}  `),
          `${indent})`,
        ]);
      case 'go': {
        const to = this.model.blocks[stmt.to - 1]!;
        if (this.text.labelled.has(to.id)) return [`${indent}${this.text.label(to)}(${record})`];
        return [`${indent}\\* ${line(this.text.describe(to))}`, ...this.statements(to.code!, to, record, indent)];
      }
      case 'stop':
      case 'wait':
        return this.stop(block, record, indent);
      case 'finish':
        return [this.end(record, [`!.${this.field(base)} = 0`], this.text.recycles(-1 - thread), indent)];
      case 'end':
        return [`${indent}{} \\* ${stmt.as}: ${line(stmt.why)}`];
      default:
        throw new Error(`${stmt.kind} is not the end of a list of statements`);
    }
  }

  private match(stmt: Stmt & { readonly kind: 'match' }, block: Block, record: string, indent: string): string[] {
    const arms = [...stmt.arms].sort(([a], [b]) => a - b);
    const { complete } = this.model;
    const isKnown = this.vocabulary.constantOf(stmt.on) !== null;
    const lines: string[] = [];
    arms.forEach(([value, code], index) => {
      const isLast = (complete || (isKnown && arms.length === 1)) && index === arms.length - 1;
      this.record = record;
      if (!isLast) lines.push(`${indent}IF ${this.expressions.test(stmt.on, value)} THEN (`);
      const inner = this.statements(code, block, record, isLast ? indent : `${indent}  `);
      lines.push(...inner, ...(isLast ? [] : [`${indent}) ELSE`]));
    });
    if (!complete && !(isKnown && arms.length === 1)) lines.push(`${indent}Unforeseen`);
    return lines;
  }

  /** The step ends in front of a block. */
  private stop(block: Block, record: string, indent: string): string[] {
    const { base } = this.model.system.threads[block.instance.thread]!;
    const counters = this.vocabulary.valuesOfExpr({ kind: 'variable', at: base });
    if (!counters.includes(integer(block.id))) return [`${indent}Unforeseen`];
    const dead = this.text.clearedAt(block).filter((at) => this.vocabulary.variables.has(at));
    const updates = dead.map((at) => `!.${this.field(at)} = 0`);
    updates.push(`!.${this.field(base)} = ${this.expressions.value(base, integer(block.id))}`);
    return [this.end(record, updates, this.text.recycles(block.id), indent)];
  }

  private end(record: string, updates: readonly string[], recycles: boolean, indent: string): string {
    const cleared = Object.values(registers)
      .map((register) => this.model.system.width + register)
      .filter((at) => this.vocabulary.variables.has(at))
      .map((at) => `!.${this.field(at)} = 0`);
    const last = `[${record} EXCEPT ${[...updates, ...cleared].join(', ')}]`;
    return `${indent}{${recycles ? `Recycled(${last})` : last}}`;
  }

  private thread(thread: number): string[] {
    const { base } = this.model.system.threads[thread]!;
    const entries = this.vocabulary.entries[thread]!;
    this.record = 's';
    const guard = guardOf(this.model, thread, entries, this.expressions, {
      and: '/\\',
      or: '\\/',
      not: '~',
      yes: 'TRUE',
    });
    const pc = `s.${this.field(base)}`;
    return [
      `${this.stepOf(thread)}(s) ==`,
      `  IF ~(${guard}) THEN {} ELSE`,
      ...entries.map(
        (block, index) =>
          `  ${index === 0 ? 'CASE' : '  []'} ${pc} = ${this.expressions.value(base, integer(block.id))} -> ${this.text.label(block)}(s)`,
      ),
      '',
    ];
  }

  // ---- memory nobody names ----

  private recycling(): string[] {
    const { model, vocabulary } = this;
    const { objects } = model.system;
    this.record = 's';
    const dynamic = model.dynamic.filter(({ object }) => vocabulary.variables.has(objects[object]!.header));
    const ownerOf = new Map<number, number>();
    for (const { object } of dynamic) {
      const { header, layout } = objects[object]!;
      for (let at = header; at <= header + layout.size; at += 1) ownerOf.set(at, object);
    }
    const name = (object: number) => `"${objects[object]!.name}"`;
    const pointsTo = (at: number, object: number): string => {
      const { header, layout } = objects[object]!;
      const inside = vocabulary
        .valuesOfExpr({ kind: 'variable', at })
        .filter(
          (word) => tagOf(word) === tagPointer && payloadOf(word) > header && payloadOf(word) <= header + layout.size,
        );
      return inside.map((word) => `s.${this.field(at)} = ${this.expressions.word(word)}`).join(' \\/ ');
    };
    const roots: string[] = [];
    const inner: string[] = [];
    for (const { object, namedBy } of dynamic) {
      const named: string[] = [];
      for (const at of namedBy) {
        const owner = ownerOf.get(at);
        const points = vocabulary.variables.has(at) ? `(${pointsTo(at, object)})` : 'TRUE';
        if (owner === undefined) named.push(points);
        else if (owner !== object) {
          const live = this.expressions.condition({ kind: 'isLive', header: objects[owner]!.header });
          inner.push(`(IF ${name(owner)} \\in named /\\ ${live} /\\ ${points} THEN {${name(object)}} ELSE {})`);
        }
      }
      if (named.length > 0) roots.push(`(IF ${named.join(' \\/ ')} THEN {${name(object)}} ELSE {})`);
    }
    const clear = dynamic.flatMap(({ object }) => {
      const { header, layout } = objects[object]!;
      const fields: string[] = [];
      for (let at = header; at <= header + layout.size; at += 1)
        if (vocabulary.variables.has(at))
          fields.push(`!.${this.field(at)} = IF ${name(object)} \\in named THEN @ ELSE 0`);
      return fields;
    });
    if (clear.length === 0) return ['Recycled(s) == s', ''];
    return [
      '\\* Memory that nothing names any more is given back.',
      'NamedFromOutside(s) ==',
      `  ${roots.join('\n  \\union ') || '{}'}`,
      'NamedFrom(named, s) ==',
      `  ${inner.join('\n  \\union ') || '{}'}`,
      'RECURSIVE Named(_, _)',
      'Named(named, s) ==',
      '  LET more == named \\union NamedFrom(named, s) IN IF more = named THEN named ELSE Named(more, s)',
      'Recycled(s) ==',
      '  LET named == Named(NamedFromOutside(s), s) IN',
      `  [s EXCEPT ${clear.join(',\n    ')}]`,
      '',
    ];
  }
}

/** As a comment that ends with its line. */
function line(text: string): string {
  return text.replace(/\s+/g, ' ');
}
