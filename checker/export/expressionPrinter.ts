import { headerShared, headerState } from '../system/header.js';
import { payloadOf } from '../system/word.js';
import { ExportError } from './exportError.js';
import type { ExportModel, Expr } from './exportModel.js';
import type { Vocabulary } from './vocabulary.js';
import { displace, evaluate, readsOf } from './expressionValue.js';
import { headerName } from './vocabulary.js';

/** How a language writes what expressions are made of. */
export interface Notation {
  /** A variable of the vocabulary. */
  readonly place: (at: number) => string;
  readonly equal: string;
  readonly different: string;
  readonly and: string;
  readonly or: string;
  readonly not: string;
  readonly yes: string;
  readonly no: string;
  readonly either: (condition: string, then: string, otherwise: string) => string;
}

/** Prints expressions of a model, and gives names to the values in them. */
export class ExpressionPrinter {
  private readonly model: ExportModel;
  private readonly vocabulary: Vocabulary;
  private readonly notation: Notation;
  private readonly wordNames = new Map<number, string>();
  private readonly headerNames = new Map<number, string>();

  constructor(model: ExportModel, vocabulary: Vocabulary, notation: Notation) {
    this.model = model;
    this.vocabulary = vocabulary;
    this.notation = notation;
  }

  /** The values that were printed by name so far, and their codes. */
  names(): {
    readonly words: readonly (readonly [string, number])[];
    readonly headers: readonly (readonly [string, number])[];
  } {
    const { words } = this.vocabulary;
    const byCode = (names: ReadonlyMap<number, string>, codeOf: (value: number) => number) =>
      [...names].map(([value, name]) => [name, codeOf(value)] as const).sort(([, a], [, b]) => a - b);
    return {
      words: byCode(this.wordNames, (word) => words.codes.get(word)!),
      headers: byCode(this.headerNames, (header) => this.vocabulary.headerCode(header)),
    };
  }

  /** A known value of a variable. */
  value(at: number, value: number): string {
    if (this.vocabulary.isHeader(at)) {
      let name = this.headerNames.get(value);
      if (name === undefined)
        this.headerNames.set(value, (name = unique(headerName(this.model, value), this.headerNames)));
      return name;
    }
    return this.vocabulary.isWord(at) ? this.word(value) : String(this.vocabulary.codeIn(at, value));
  }

  word(word: number): string {
    const code = this.vocabulary.words.codes.get(word);
    if (code === undefined) throw new ExportError('a value that no variable has');
    const wanted = this.vocabulary.wordName(word);
    if (wanted === String(code)) return wanted;
    let name = this.wordNames.get(word);
    if (name === undefined) {
      name = unique(/^\d/.test(wanted) ? `N_${wanted}` : wanted, this.wordNames);
      this.wordNames.set(word, name);
    }
    return name;
  }

  /** What is assigned to a variable that only ever has the values of `target`. */
  assigned(at: number, expr: Expr, target: ReadonlySet<number>): string {
    if (expr.kind === 'constant') return this.value(at, expr.value);
    if (expr.kind !== 'displaced' || this.vocabulary.constantOf(expr) !== null) return this.expression(expr);
    const { either } = this.notation;
    const results = [...new Set(this.vocabulary.valuesOfExpr(expr))].filter((one) => target.has(one));
    return results
      .slice(0, -1)
      .reduceRight((rest, one) => either(this.test(expr, one), this.word(one), rest), this.word(results.at(-1)!));
  }

  /** A value. */
  expression(expr: Expr): string {
    const fixed = this.vocabulary.constantOf(expr);
    if (fixed !== null) return this.word(fixed);
    switch (expr.kind) {
      case 'constant':
        return this.word(expr.value);
      case 'variable':
        return this.notation.place(expr.at);
      case 'displaced':
        throw new ExportError('an address inside of another expression');
      default:
        return this.notation.either(this.condition(expr), '1', '0');
    }
  }

  /** A truth value. */
  condition(expr: Expr): string {
    const { words } = this.vocabulary;
    const { equal, different, and, or, yes, no } = this.notation;
    const fixed = this.vocabulary.constantOf(expr);
    if (fixed !== null) return fixed === 0 ? no : yes;
    if ('of' in expr && expr.of.kind === 'displaced') return this.byValue(expr);
    switch (expr.kind) {
      case 'isZero':
        return isTruth(expr.of) ? this.negated(this.condition(expr.of)) : `(${this.expression(expr.of)} ${equal} 0)`;
      case 'isSet':
        return isTruth(expr.of) ? this.condition(expr.of) : `(${this.expression(expr.of)} ${different} 0)`;
      case 'isError':
        return `(${this.expression(expr.of)} >= ${words.firstError})`;
      case 'isNegative':
        return `(${this.expression(expr.of)} >= ${words.firstNegative})`;
      case 'isPointer': {
        const of = this.expression(expr.of);
        return `(${of} >= ${words.firstPointer} ${and} ${of} < ${words.firstOther})`;
      }
      case 'isSame':
        // A value that no variable has.
        if (expr.right.kind === 'constant' && !words.codes.has(expr.right.value)) return no;
        return `(${this.expression(expr.left)} ${equal} ${this.expression(expr.right)})`;
      case 'and':
        return `(${this.condition(truth(expr.left))} ${and} ${this.condition(truth(expr.right))})`;
      case 'or':
        return `(${this.condition(truth(expr.left))} ${or} ${this.condition(truth(expr.right))})`;
      case 'isLive':
        return this.headerIs(expr.header, (payload) => (payload & headerState) === this.model.live);
      case 'isShared':
        return this.headerIs(expr.header, (payload) => (payload & headerShared) !== 0);
      default:
        return `(${this.expression(expr)} ${different} 0)`;
    }
  }

  /** A truth value that depends on one variable, by the values for which it holds: a moved pointer may have no code. */
  private byValue(expr: Expr): string {
    const { or, no } = this.notation;
    const [at, ...others] = [...new Set(readsOf(expr))];
    if (at === undefined || others.length > 0) throw new ExportError('an address that depends on several variables');
    const on: Expr = { kind: 'variable', at };
    const right = this.vocabulary
      .valuesOfExpr(on)
      .filter((value) => evaluate(expr, () => value, this.model.live) !== 0);
    return right.length === 0 ? no : `(${right.map((value) => this.test(on, value)).join(` ${or} `)})`;
  }

  private headerIs(header: number, holds: (payload: number) => boolean): string {
    const { place, equal, or, yes, no } = this.notation;
    const values = this.vocabulary.valuesOfExpr({ kind: 'variable', at: header });
    const right = values.filter((value) => holds(payloadOf(value)));
    if (right.length === values.length) return yes;
    if (right.length === 0) return no;
    return `(${right.map((value) => `${place(header)} ${equal} ${this.value(header, value)}`).join(` ${or} `)})`;
  }

  /** `on` has this value. */
  test(on: Expr, value: number): string {
    const { place, equal, or, no } = this.notation;
    const fixed = this.vocabulary.constantOf(on);
    if (fixed !== null && !this.isCounter(on)) return fixed === value ? this.notation.yes : no;
    switch (on.kind) {
      case 'variable':
        return `${place(on.at)} ${equal} ${this.value(on.at, value)}`;
      case 'displaced': {
        const bases = this.vocabulary.valuesOfExpr(on.base).filter((base) => displace(base, on.by) === value);
        return bases.map((base) => this.test(on.base, base)).join(` ${or} `) || no;
      }
      default:
        return value === 0 ? this.negated(this.condition(on)) : this.condition(on);
    }
  }

  /** A program counter stands even if it has only one value. */
  private isCounter(on: Expr): boolean {
    return on.kind === 'variable' && this.vocabulary.variables.has(on.at);
  }

  private negated(condition: string): string {
    return `${this.notation.not}(${condition})`;
  }
}

function isTruth(expr: Expr): boolean {
  return expr.kind !== 'constant' && expr.kind !== 'variable' && expr.kind !== 'displaced';
}

function truth(expr: Expr): Expr {
  return isTruth(expr) ? expr : { kind: 'isSet', of: expr };
}

function unique(wanted: string, taken: ReadonlyMap<number, string>): string {
  const names = new Set(taken.values());
  let name = wanted;
  for (let count = 2; names.has(name); count += 1) name = `${wanted}_${count}`;
  return name;
}
