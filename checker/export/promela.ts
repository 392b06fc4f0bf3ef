import { printNode } from '../../models/program/printProgram.js';
import { integer, payloadOf, tagOf, tagPointer } from '../system/word.js';
import { ExportError } from './exportError.js';
import { ExpressionPrinter } from './expressionPrinter.js';
import type { Block, ExportModel, Expr, JoinTree, ModelTransactions, Stmt } from './exportModel.js';
import { registers } from './exportModel.js';
import { orderOf, statementsOf } from './codeOrder.js';
import { CodeText } from './codeText.js';
import { guardOf } from './guards.js';
import type { NamedVariable } from './vocabulary.js';
import { identifier, Vocabulary } from './vocabulary.js';

/** Jumps in one `d_step`, as `sizeOf` counts them; SPIN's own limit is 2048 jumps (dstep.c). */
const maxPartSize = 1200;

/** Values of a program counter from `first` on, and what is said of them. */
interface Run {
  readonly first: number;
  readonly text: string;
}

/** Runs of blocks in front of which a step can end, in one `d_step` that tells whether it goes on. */
const maxBoundaries = 300;

/**
 * A model as Promela. Run `spin -a` on it, and compile with `-DSAFETY -DNOREDUCE`: SPIN then stores as many states as the full
 * search of the system has.
 *
 * Each thread is a process that repeats one `d_step`: a decision tree over the program counter, then the blocks of the step.
 * Where something is chosen, the `d_step` ends and begins again at the same block with the choice made; all of it is one `atomic`
 * step, so that only the ends of steps are stored. With transactions, the `atomic` step goes on where the search goes on, too. A path that ends in undefined behaviour goes back to the initial state, which
 * the search knows already; with `-DCHECK` given to spin it is an assertion instead.
 */
export function toPromela(model: ExportModel): string {
  return new PromelaPrinter(model).print();
}

class PromelaPrinter {
  private readonly model: ExportModel;
  private readonly vocabulary: Vocabulary;
  private readonly expressions: ExpressionPrinter;
  private readonly text: CodeText;
  /** For each thread the labelled blocks of each of its `d_step`s. */
  private readonly parts: readonly (readonly (readonly Block[])[])[];
  /** The part that is being printed. */
  private part = 0;
  /** The part of each labelled block, by id. */
  private readonly partOf = new Map<number, number>();

  constructor(model: ExportModel) {
    this.model = model;
    const order = orderOf(model);
    this.text = new CodeText(model, order);
    this.parts = order.map((blocks) => this.divide(blocks.filter(({ id }) => this.text.labelled.has(id))));
    for (const parts of this.parts)
      parts.forEach((blocks, part) => blocks.forEach(({ id }) => this.partOf.set(id, part)));
    this.vocabulary = new Vocabulary(model, order, this.entriesBesideStops());
    this.expressions = new ExpressionPrinter(model, this.vocabulary, {
      place: (at) => this.place(at),
      equal: '==',
      different: '!=',
      and: '&&',
      or: '||',
      not: '!',
      yes: 'true',
      no: 'false',
      either: (condition, then, otherwise) => `(${condition} -> ${then} : ${otherwise})`,
    });
  }

  /** SPIN bounds the number of jumps in a `d_step`. */
  private divide(blocks: readonly Block[]): Block[][] {
    const parts: Block[][] = [[]];
    // Each ends with the recycling of memory.
    const bound = this.model.complete ? maxPartSize : maxPartSize / 2;
    const most = Math.max(bound - 6 * this.model.dynamic.length, bound / 4);
    let size = 0;
    for (const block of blocks) {
      const own = this.text.sizeOf(block);
      if (size + own > most && parts.at(-1)!.length > 0) {
        parts.push([]);
        size = 0;
      }
      parts.at(-1)!.push(block);
      size += own;
    }
    return parts;
  }

  /** Where a `d_step` begins again after a choice, or goes on in the next part. */
  private entriesBesideStops(): ReadonlySet<number> {
    const entries = new Set<number>();
    const search = (code: readonly Stmt[], part: number, block: Block): void => {
      for (const stmt of statementsOf(code)) {
        if (stmt.kind === 'choose') entries.add(block.id);
        if (stmt.kind !== 'go') continue;
        const to = this.model.blocks[stmt.to - 1]!;
        if (!this.text.labelled.has(stmt.to)) search(to.code!, part, to);
        else if (this.partOf.get(stmt.to) !== part) entries.add(stmt.to);
      }
    };
    for (const parts of this.parts)
      parts.forEach((blocks, part) => blocks.forEach((block) => search(block.code!, part, block)));
    return entries;
  }

  print(): string {
    const { model } = this;
    const bodies = model.system.threads.map(({ index }) => this.process(index));
    const recycling = this.recycling();
    return [
      ...this.head(),
      ...this.constants(),
      ...this.declarations(),
      ...this.macros(),
      ...recycling,
      ...bodies.flat(),
      '',
    ].join('\n');
  }

  private head(): string[] {
    const { system, states, transitions, complete, transactions } = this.model;
    const found = complete
      ? `${states} states, ${transitions} transitions${transactions ? ' without transactions; with them fewer' : ''}`
      : 'more states than were looked at: what the model does not foresee is an assertion';
    return [
      `/* ${comment(system.revision.title)} (${system.revision.id}), scenario ${system.scenario.id}: ${comment(system.scenario.title)}`,
      ` * ${found}`,
      ' *',
      ' * spin -a MODEL && gcc -O2 -DSAFETY -DNOREDUCE -DNOBOUNDCHECK -w -o pan pan.c && ./pan -n -m1000000',
      ' * Undefined behaviour as an error: spin -DCHECK -a MODEL',
      ' * For several cores (-DNCORE=2), which know no hidden variables: spin -DVISIBLE -a MODEL',
      ' */',
      '',
    ];
  }

  /** Names are made while the processes are printed. */
  private constants(): string[] {
    const { words, headers } = this.expressions.names();
    const define = ([name, code]: readonly [string, number]) => `#define ${name} ${code}`;
    return [
      '/* Values: numbers, pointers, functions, errors. */',
      ...words.map(define),
      '/* Memory: not allocated, allocated, freed; shared: other threads can reach it; since setup: not allocated by a thread. */',
      ...headers.map(define),
      '',
    ];
  }

  private declarations(): string[] {
    const groups = new Map<string, NamedVariable[]>();
    for (const variable of this.vocabulary.variables.values()) {
      const group = this.groupOf(variable);
      groups.set(group, [...(groups.get(group) ?? []), variable]);
    }
    const lines = ['#ifdef VISIBLE', '#define HIDDEN', '#else', '#define HIDDEN hidden', '#endif'];
    for (const [group, variables] of groups) {
      const hidden = group.startsWith('scratch_') ? 'HIDDEN ' : '';
      const ordered = [...variables].sort((a, b) => size(b) - size(a) || a.at - b.at);
      lines.push(`typedef T_${group} {`);
      lines.push(
        ordered
          .map(({ name, initial, largest }) => `  ${typeFor(largest)} ${name}${initial === 0 ? '' : ` = ${initial}`}`)
          .join(';\n'),
      );
      lines.push(`}`, `${hidden}T_${group} ${group};`);
    }
    return [
      '/* The state: objects and threads; what is only used inside of a step is hidden. */',
      ...lines,
      `typedef T_choice { bit busy; byte need; byte pick${this.model.transactions ? '; bit inside; bit lock; bit done; byte phase; byte steps; int ways' : ''} }`,
      'T_choice choice;',
      '',
    ];
  }

  private groupOf({ group, kept, at }: NamedVariable): string {
    if (at >= this.model.system.width && group === 'step') return group;
    return kept ? group : `scratch_${group}`;
  }

  private macros(): string[] {
    const back = [...this.vocabulary.variables.values()].map(
      (variable) => `  ${this.place(variable.at)} = ${variable.initial};`,
    );
    return [
      '#ifdef CHECK',
      '#define BROKEN assert(false)',
      '#else',
      '#define BROKEN skip',
      '#endif',
      '#define UNFORESEEN assert(false)',
      '',
      '/* A path that ends: back to the initial state. */',
      'inline back_to_start() {',
      ...back,
      '  choice.busy = 0;',
      '  choice.need = 0;',
      ...(this.model.transactions
        ? [
            '  choice.inside = 0;',
            '  choice.lock = 0;',
            '  choice.phase = 0;',
            '  choice.steps = 0;',
            '  choice.ways = 0;',
          ]
        : []),
      '  choice.pick = 0',
      '}',
      '',
    ];
  }

  // ---- names ----

  private place(at: number): string {
    const variable = this.vocabulary.variables.get(at)!;
    return `${this.groupOf(variable)}.${variable.name}`;
  }

  private value(at: number, value: number): string {
    return this.expressions.value(at, value);
  }

  // ---- statements ----

  private statements(list: readonly Stmt[], block: Block, indent: string): string[] {
    const lines: string[] = [];
    if (this.model.transactions?.commits.has(list)) lines.push(`${indent}choice.phase = 2;`);
    for (const stmt of list) lines.push(...this.statement(stmt, block, indent));
    return lines;
  }

  private statement(stmt: Stmt, block: Block, indent: string): string[] {
    const { thread } = block.instance;
    switch (stmt.kind) {
      case 'set':
        return this.text.isPrinted(stmt) ? this.set(stmt, indent) : [];
      case 'match':
        return this.match(stmt, block, indent);
      case 'choose': {
        const pc = this.standAt(block);
        const options = [...stmt.arms].flatMap(([pick, code]) => {
          if (this.chooses(code)) throw new ExportError(`${printNode(block.linked.node)} chooses twice`);
          return [
            `${indent}:: choice.pick == ${pick + 1} -> choice.pick = 0; /* ${comment(stmt.names[pick]!)} */`,
            ...this.statements(code, block, `${indent}   `),
          ];
        });
        return [
          `${indent}if`,
          `${indent}:: choice.pick == 0 -> ${pc}; choice.busy = 1; choice.need = ${stmt.names.length}; goto ${this.exit(thread, 'out')}`,
          ...options,
          ...(this.model.complete ? [] : [`${indent}:: else -> UNFORESEEN`]),
          `${indent}fi;`,
        ];
      }
      case 'go':
        return this.go(this.model.blocks[stmt.to - 1]!, block, indent);
      case 'stop':
      case 'wait':
        return this.stop(block, indent);
      case 'finish': {
        const { base } = this.model.system.threads[thread]!;
        return [
          `${indent}${this.place(base)} = 0;`,
          `${indent}goto ${this.exit(thread, this.text.recycles(-1 - thread) ? 'recycle' : 'end')};`,
        ];
      }
      case 'end':
        return [`${indent}/* ${stmt.as}: ${comment(stmt.why)} */`, `${indent}goto ${this.exit(thread, 'cut')};`];
      case 'broken':
        return [`${indent}BROKEN; /* ${comment(stmt.why)} */`];
      case 'recycle':
        return [`${indent}recycle();`];
    }
  }

  private go(to: Block, from: Block, indent: string): string[] {
    if (!this.text.labelled.has(to.id)) return this.body(to, indent);
    if (this.partOf.get(to.id) === this.part) return [`${indent}goto ${this.text.label(to)};`];
    return [`${indent}${this.standAt(to)}; choice.busy = 1; goto ${this.exit(from.instance.thread, 'out')};`];
  }

  /** Sets the program counter. */
  private standAt(block: Block): string {
    const { base } = this.model.system.threads[block.instance.thread]!;
    return `${this.place(base)} = ${this.value(base, integer(block.id))}`;
  }

  private set({ at, value }: Stmt & { kind: 'set' }, indent: string): string[] {
    const { vocabulary, expressions } = this;
    const target = new Set(vocabulary.valuesOfExpr({ kind: 'variable', at }));
    const source = vocabulary.valuesOfExpr(value);
    const lines: string[] = [];
    // By induction every variable only ever has values it was seen with: a copy may be the first to break that.
    if (!this.model.complete && source.some((one) => !target.has(one))) {
      const known = source.filter((one) => target.has(one)).map((one) => `(${expressions.test(value, one)})`);
      lines.push(`${indent}if :: ${known.join(' || ') || 'false'} :: else -> UNFORESEEN fi;`);
    }
    if (!vocabulary.variables.has(at)) return lines;
    return [...lines, `${indent}${this.place(at)} = ${expressions.assigned(at, value, target)};`];
  }

  private chooses(code: readonly Stmt[]): boolean {
    return [...statementsOf(code)].some(({ kind }) => kind === 'choose');
  }

  private match(stmt: Stmt & { kind: 'match' }, block: Block, indent: string): string[] {
    const arms = [...stmt.arms].sort(([a], [b]) => a - b);
    const { complete } = this.model;
    // What cannot be otherwise is not asked.
    const isKnown = this.vocabulary.constantOf(stmt.on) !== null;
    if (arms.length === 1 && (complete || isKnown)) return this.statements(arms[0]![1], block, indent);
    const lines = [`${indent}if`];
    arms.forEach(([value, code], index) => {
      const isLast = complete && index === arms.length - 1;
      lines.push(`${indent}:: ${isLast ? 'else' : this.expressions.test(stmt.on, value)} ->`);
      const inner = this.statements(code, block, `${indent}   `);
      lines.push(...(inner.length === 0 ? [`${indent}   skip`] : inner));
    });
    if (!complete) lines.push(`${indent}:: else -> UNFORESEEN`);
    lines.push(`${indent}fi;`);
    return lines;
  }

  // ---- processes ----

  private process(thread: number): string[] {
    const { system, transactions } = this.model;
    const name = `run_${identifier(system.threads[thread]!.name)}`;
    const parts = this.parts[thread]!;
    const widest = Math.max(0, ...parts.flat().map((block) => this.widestChoice(block)));
    return [
      `active proctype ${name}() {`,
      'end:',
      '  do',
      '  :: atomic {',
      '    do',
      '    :: if',
      ...parts.flatMap((_, part) => this.step(thread, part)),
      '      fi;',
      '      if',
      ...(transactions ? this.boundary(thread, transactions) : ['      :: !choice.busy -> break']),
      ...(parts.length > 1 ? ['      :: choice.busy && choice.need == 0'] : []),
      ...Array.from({ length: widest }, (_, pick) => `      :: choice.need > ${pick} -> choice.pick = ${pick + 1}`),
      '      fi',
      '    od',
      '    }',
      '  od',
      '}',
      '',
    ];
  }

  /** Behind a step: whether the thread makes the next one in the same transition. A path that was cut is at the initial state. */
  private boundary(thread: number, { joins, longest, mostWays }: ModelTransactions): string[] {
    const { base } = this.model.system.threads[thread]!;
    const pc = this.place(base);
    const runs = this.runsOf(base, this.vocabulary.entries[thread]!, '0', (block) => {
      const text = this.treeText(joins.get(block)!);
      return text === '0' ? text : `((${text} >> choice.phase) & 1)`;
    });
    const parts = Array.from({ length: Math.ceil(runs.length / maxBoundaries) }, (_, part) =>
      runs.slice(part * maxBoundaries, (part + 1) * maxBoundaries),
    );
    return [
      '      :: !choice.busy && !choice.done -> break',
      '      :: choice.done -> choice.done = 0;',
      '        if',
      ...parts.flatMap((some, part) => {
        const above = part === 0 ? [] : [`${pc} >= ${some[0]!.first}`];
        const below = part === parts.length - 1 ? [] : [`${pc} < ${parts[part + 1]![0]!.first}`];
        return [
          '        :: d_step {',
          `          ${[...above, ...below].join(' && ') || 'true'} -> choice.steps = choice.steps + 1;`,
          ...this.tell('choice.busy', pc, some, '          '),
          '          if',
          `          :: choice.busy && choice.steps < ${longest} && choice.ways <= ${mostWays}`,
          '          :: else -> choice.busy = 0; choice.phase = 0; choice.steps = 0; choice.ways = 0',
          '          fi',
          '          }',
        ];
      }),
      '        fi;',
      '        if',
      '        :: !choice.busy -> break',
      '        :: choice.busy',
      '        fi',
    ];
  }

  /** In front of a step, but not where it goes on after a choice: whether it takes a lock. */
  private begin(base: number, entries: readonly Block[], { locks, ways }: ModelTransactions): string[] {
    const taken = this.runsOf(base, entries, '0', (block) => this.treeText(locks.get(block)!));
    const same = 'choice.ways';
    const made = this.runsOf(base, entries, same, (block) => {
      const text = this.treeText(ways.get(block)!);
      return text === '1' ? same : `(${same} == 0 -> ${text} : ${same} * ${text})`;
    });
    return [
      '      if',
      '      :: !choice.inside -> choice.inside = 1;',
      ...this.tell('choice.lock', this.place(base), taken, '         '),
      ...(made.length === 1 ? [] : this.tell(same, this.place(base), made, '         ')),
      '      :: else',
      '      fi;',
    ];
  }

  /**
   * What is said of each block in front of which a step ends, by program counter: neighbours of which the same is said together, from
   * the first of them on.
   */
  private runsOf(
    base: number,
    entries: readonly Block[],
    otherwise: string,
    say: (block: number) => string,
  ): readonly Run[] {
    const runs: Run[] = [{ first: 0, text: otherwise }];
    const stops = new Set(this.vocabulary.valuesOfExpr({ kind: 'variable', at: base }));
    for (const { id } of entries) {
      if (!stops.has(integer(id))) continue;
      const text = say(id);
      if (text !== runs.at(-1)!.text) runs.push({ first: this.vocabulary.codeIn(base, integer(id)), text });
    }
    return runs;
  }

  private tell(what: string, pc: string, runs: readonly Run[], indent: string): string[] {
    if (runs.length === 1) return [`${indent}${what} = ${runs[0]!.text};`];
    const half = runs.length >> 1;
    return [
      `${indent}if`,
      `${indent}:: ${pc} < ${runs[half]!.first} ->`,
      ...this.tell(what, pc, runs.slice(0, half), `${indent} `),
      `${indent}:: else ->`,
      ...this.tell(what, pc, runs.slice(half), `${indent} `),
      `${indent}fi;`,
    ];
  }

  private treeText(tree: JoinTree): string {
    if (typeof tree === 'number') return String(tree);
    const texts = new Map<string, number[]>();
    for (const [value, child] of tree.children) {
      const text = this.treeText(child);
      texts.set(text, [...(texts.get(text) ?? []), value]);
    }
    // The one with most values needs no test.
    const [most, ...others] = [...texts].sort(([, a], [, b]) => b.length - a.length);
    const on: Expr = { kind: 'variable', at: tree.at };
    return others.reduceRight((rest, [text, values]) => {
      const tests = values.map((value) => this.expressions.test(on, value)).join(' || ');
      return `((${tests}) -> ${text} : ${rest})`;
    }, most![0]);
  }

  /** One of the `d_step`s of a thread. */
  private step(thread: number, part: number): string[] {
    this.part = part;
    const { transactions } = this.model;
    const { base } = this.model.system.threads[thread]!;
    const blocks = this.parts[thread]![part]!;
    const entries = this.vocabulary.entries[thread]!.filter(({ id }) => this.partOf.get(id) === part);
    const others = this.vocabulary.entries[thread]!.filter(({ id }) => this.partOf.get(id)! > part);
    const pc = this.place(base);
    const range = [
      ...(part > 0 ? [`${pc} >= ${this.value(base, integer(entries[0]!.id))}`] : []),
      ...(others.length > 0 ? [`${pc} < ${this.value(base, integer(others[0]!.id))}`] : []),
    ];
    const guard = `(choice.busy || ${guardOf(this.model, thread, entries, this.expressions, { and: '&&', or: '||', not: '!', yes: 'true' })})`;
    return [
      '      :: d_step {',
      `      (${[...range, guard].join(' && ')}) -> choice.busy = 0; choice.need = 0;`,
      ...(transactions ? this.begin(base, entries, transactions) : []),
      ...this.dispatch(base, entries, '      '),
      ...blocks.flatMap((block) => [`${this.text.label(block)}:`, ...this.body(block, '      ')]),
      `${this.exit(thread, 'cut')}:`,
      `      BROKEN; back_to_start(); goto ${this.exit(thread, 'out')};`,
      `${this.exit(thread, 'recycle')}:`,
      '      recycle();',
      `${this.exit(thread, 'end')}:`,
      ...this.clearRegisters(),
      ...(this.model.transactions
        ? [
            '      choice.phase = ((choice.phase == 0 && choice.lock) -> 1 : choice.phase);',
            '      choice.inside = 0; choice.lock = 0; choice.done = 1;',
          ]
        : []),
      `${this.exit(thread, 'out')}:`,
      '      skip',
      '      }',
    ];
  }

  /** Label of the end of a `d_step`: of a path that is cut, of a step, or of the `d_step` alone. */
  private exit(thread: number, what: 'cut' | 'recycle' | 'end' | 'out'): string {
    return `${identifier(this.model.system.threads[thread]!.name)}_${what}_${this.part}`;
  }

  private clearRegisters(): string[] {
    return Object.values(registers)
      .map((register) => this.model.system.width + register)
      .filter((at) => this.vocabulary.variables.has(at))
      .map((at) => `      ${this.place(at)} = 0;`);
  }

  private widestChoice({ code }: Block): number {
    return Math.max(0, ...[...statementsOf(code!)].map((stmt) => (stmt.kind === 'choose' ? stmt.names.length : 0)));
  }

  /** A binary decision over the program counter. */
  private dispatch(base: number, entries: readonly Block[], indent: string): string[] {
    if (entries.length === 1) return [`${indent}goto ${this.text.label(entries[0]!)};`];
    const half = entries.length >> 1;
    const first = this.value(base, integer(entries[half]!.id));
    return [
      `${indent}if`,
      `${indent}:: ${this.place(base)} < ${first} ->`,
      ...this.dispatch(base, entries.slice(0, half), `${indent} `),
      `${indent}:: else ->`,
      ...this.dispatch(base, entries.slice(half), `${indent} `),
      `${indent}fi;`,
    ];
  }

  private body(block: Block, indent: string): string[] {
    return [`${indent}/* ${comment(this.text.describe(block))} */`, ...this.statements(block.code!, block, indent)];
  }

  /** The step ends in front of a block. */
  private stop(block: Block, indent: string): string[] {
    const { model, vocabulary } = this;
    const { thread } = block.instance;
    const { base } = model.system.threads[thread]!;
    if (!vocabulary.valuesOfExpr({ kind: 'variable', at: base }).includes(integer(block.id)))
      return [`${indent}UNFORESEEN;`];
    const dead = this.text.clearedAt(block).filter((at) => vocabulary.variables.has(at));
    return [
      ...dead.map((at) => `${indent}${this.place(at)} = 0;`),
      `${indent}${this.standAt(block)};`,
      `${indent}goto ${this.exit(thread, this.text.recycles(block.id) ? 'recycle' : 'end')};`,
    ];
  }

  // ---- memory nobody names ----

  private recycling(): string[] {
    const { model, vocabulary } = this;
    const { system } = model;
    const objects = model.dynamic.filter(({ object }) => vocabulary.variables.has(system.objects[object]!.header));
    const ownerOf = new Map<number, number>();
    for (const { object } of objects) {
      const { header, layout } = system.objects[object]!;
      for (let at = header; at <= header + layout.size; at += 1) ownerOf.set(at, object);
    }
    const mark = (object: number) => `named_${identifier(system.objects[object]!.name)}`;
    const pointsTo = (at: number, object: number): string => {
      const { header, layout } = system.objects[object]!;
      const inside = vocabulary
        .valuesOfExpr({ kind: 'variable', at })
        .filter(
          (word) => tagOf(word) === tagPointer && payloadOf(word) > header && payloadOf(word) <= header + layout.size,
        );
      const isOnly = inside.length + 1 === vocabulary.valuesOfExpr({ kind: 'variable', at }).length;
      if (isOnly && vocabulary.valuesOfExpr({ kind: 'variable', at }).includes(0)) return `${this.place(at)}`;
      return inside.map((word) => `${this.place(at)} == ${this.expressions.word(word)}`).join(' || ');
    };
    const lines = ['/* Memory that nothing names any more is given back. */'];
    for (const { object } of objects) lines.push(`HIDDEN byte ${mark(object)};`);
    lines.push('inline recycle() {');
    const inner: string[] = [];
    for (const { object, namedBy } of objects) {
      const roots = namedBy.filter((at) => !ownerOf.has(at) && vocabulary.variables.has(at));
      const header = this.place(system.objects[object]!.header);
      const named = roots.map((at) => pointsTo(at, object));
      const always = namedBy.some((at) => !ownerOf.has(at) && !vocabulary.variables.has(at));
      lines.push(`  ${mark(object)} = (${header} != 0 && (${always ? 'true' : named.join(' || ') || 'false'}));`);
      for (const at of namedBy) {
        const owner = ownerOf.get(at);
        if (owner === undefined || owner === object || !vocabulary.variables.has(at)) continue;
        const live = this.expressions.condition({ kind: 'isLive', header: system.objects[owner]!.header });
        inner.push(
          `${header} != 0 && !${mark(object)} && ${mark(owner)} && ${live} && (${pointsTo(at, object)}) -> ${mark(object)} = 1`,
        );
      }
    }
    if (inner.length > 0) lines.push('  do', ...inner.map((line) => `  :: ${line}`), '  :: else -> break', '  od;');
    for (const { object } of objects) {
      const { header, layout } = system.objects[object]!;
      const clear: string[] = [];
      for (let at = header; at <= header + layout.size; at += 1)
        if (vocabulary.variables.has(at)) clear.push(`${this.place(at)} = 0;`);
      lines.push(`  if :: ${this.place(header)} != 0 && !${mark(object)} -> ${clear.join(' ')} :: else fi;`);
    }
    // A mark is nothing that states differ in.
    lines.push('#ifdef VISIBLE', ...objects.map(({ object }) => `  ${mark(object)} = 0;`), '#endif');
    lines.push('  skip', '}', '');
    return lines;
  }
}

function typeFor(largest: number): string {
  if (largest <= 1) return 'bit';
  if (largest <= 255) return 'byte';
  return largest <= 32767 ? 'short' : 'int';
}

function size({ largest }: NamedVariable): number {
  if (largest <= 1) return 0;
  return largest <= 255 ? 1 : 2;
}

function comment(text: string): string {
  return text.replace(/\*\//g, '* /').replace(/\/\*/g, '/ *').replace(/\s+/g, ' ');
}
