import type { CType } from '../../program/cType.js';
import type { Expression } from '../../program/expression.js';
import type { Statement, Variable } from '../../program/statement.js';
import type { Value } from './value.js';
import { isStable, name } from './value.js';

/**
 * A statement on its way: `ifUsed` names a field, `tag.field`, that the statement only clears or copies. It is dropped in the end if
 * nothing else names the field, so that copying a struct does not make the state as wide as the struct.
 */
export type Draft = Statement & {
  readonly ifUsed?: string;
  /** A union of which the statement keeps track: it is dropped if only one of its members is used. */
  readonly ifMixed?: string;
};

/** Collects the statements, labels and locals of one function. */
export class Emitter {
  readonly locals: Variable[] = [];
  private statements: Draft[] = [];
  private line: number | undefined;
  private mailLine: number | undefined;
  private readonly mailLines: Int32Array | null;
  private readonly names: Set<string>;
  private temporaries = 0;
  private labels = 0;

  /** `mailLines` as in `PatchedFile.inputLines`; `names` are taken by parameters. */
  constructor(mailLines: Int32Array | null, names: readonly string[]) {
    this.mailLines = mailLines;
    this.names = new Set(names);
  }

  /** What follows comes from this line of the file. */
  at(line: number): void {
    this.line = line;
    const mail = this.mailLines?.[line - 1] ?? 0;
    this.mailLine = mail > 0 ? mail : undefined;
  }

  get currentLine(): number {
    return this.line ?? 0;
  }

  emit(statement: Statement, ifUsed?: string): void {
    this.statements.push(this.placed(statement, ifUsed));
  }

  /** A statement that keeps track of which member of a union is in use. */
  emitForUnion(statement: Statement, key: string): void {
    this.statements.push({ ...this.placed(statement), ifMixed: key });
  }

  /** Statements that `produce` emits, apart from the others. */
  within(produce: () => void): Draft[] {
    const outer = this.statements;
    this.statements = [];
    try {
      produce();
      return this.statements;
    } finally {
      this.statements = outer;
    }
  }

  append(statements: readonly Draft[]): void {
    this.statements.push(...statements);
  }

  /** How many statements there are now: a place for `insert`. */
  get mark(): number {
    return this.statements.length;
  }

  /**
   * Values of several operands, in order. If finding a later one emits statements, earlier ones that read memory are kept in
   * temporaries before them.
   */
  inOrder<T extends Value>(operands: readonly (() => T)[]): T[] {
    const values: T[] = [];
    for (const operand of operands) {
      let mark = this.mark;
      const value = operand();
      if (this.mark > mark) {
        values.forEach((earlier, index) => {
          if (isStable(earlier.expression) || earlier.ctype.kind === 'struct') return;
          const temporary = this.temporary(earlier.ctype);
          const keep = this.placed({ kind: 'assign', place: temporary, value: earlier.expression, access: 'plain' });
          this.statements.splice(mark, 0, keep);
          mark += 1;
          values[index] = { ...earlier, expression: temporary };
        });
      }
      values.push(value);
    }
    return values;
  }

  /** A value that can be named twice. */
  kept(value: Value): Value {
    return isStable(value.expression) || value.ctype.kind === 'struct' ? value : this.copied(value);
  }

  /** The value as it is now, in a variable that nobody changes. */
  copied(value: Value): Value {
    const temporary = this.temporary(value.ctype);
    this.emit({ kind: 'assign', place: temporary, value: value.expression, access: 'plain' });
    return { ...value, expression: temporary };
  }

  temporary(ctype: CType): Expression {
    const type: CType = ctype.kind === 'array' ? { kind: 'pointer', to: ctype.of } : ctype;
    return name(
      this.declare(`_${(this.temporaries += 1)}`, type.kind === 'void' ? { kind: 'int', name: 'int' } : type),
    );
  }

  /** A local of that name, or of that name with a number where it is taken. */
  declare(wanted: string, type: CType): string {
    let free = wanted;
    for (let number = 2; this.names.has(free); number += 1) free = `${wanted}.${number}`;
    this.names.add(free);
    this.locals.push({ name: free, type });
    return free;
  }

  /** A label that C's labels cannot be. */
  newLabel(purpose: string): string {
    this.labels += 1;
    return `${purpose} ${this.labels}`;
  }

  finish(): Draft[] {
    return this.statements;
  }

  private placed(statement: Statement, ifUsed?: string): Draft {
    const { line, mailLine } = this;
    const hasLine = statement.line !== undefined || line === undefined;
    return {
      ...statement,
      ...(hasLine ? {} : { line }),
      ...(hasLine || mailLine === undefined ? {} : { mailLine }),
      ...(ifUsed === undefined ? {} : { ifUsed }),
    };
  }
}
