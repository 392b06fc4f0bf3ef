import { localsOfOperand } from '../../models/program/checkProgram.js';
import { fits } from '../../models/program/intArithmetic.js';
import type { Operand } from '../../models/program/program.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { operandCompiler } from '../system/operandCompiler.js';
import { PathEnd } from '../system/pathEnd.js';
import { integer, pointer } from '../system/word.js';
import type { Expr, Instance } from './exportModel.js';

/** What came of evaluating an operand for given values of its variables. */
export type Outcome =
  | { readonly kind: 'value'; readonly word: number }
  | { readonly kind: 'limit'; readonly why: string }
  | { readonly kind: 'cut'; readonly why: string }
  /** It compares these two pointers, and the answer depends on whether their memory is freed. */
  | { readonly kind: 'compare'; readonly left: number; readonly right: number };

class Asked extends Error {
  readonly left: number;
  readonly right: number;
  constructor(left: number, right: number) {
    super();
    this.left = left;
    this.right = right;
  }
}

/**
 * Operands as expressions of the export where they have a simple form, and their values for given values of their variables,
 * computed as the interpreter does, where they have not.
 */
export class OperandValues {
  private readonly system: LinkedSystem;
  private readonly words: Int32Array;
  private readonly compile: ReturnType<typeof operandCompiler>;
  private readonly evaluators = new WeakMap<Operand, (frame: number) => number>();
  private thread = 0;
  private answers: readonly boolean[] = [];
  private asked = 0;
  private ended: Outcome = { kind: 'cut', why: '' };

  constructor(system: LinkedSystem) {
    this.system = system;
    this.words = new Int32Array(system.width);
    this.compile = operandCompiler(system, this.words, {
      thread: () => this.thread,
      freedCompare: (left, right) => {
        const answer = this.answers[this.asked];
        this.asked += 1;
        if (answer === undefined) throw new Asked(left, right);
        return answer;
      },
      uninitialised: () => {},
      limit: (why) => this.end({ kind: 'limit', why }),
      divisionByZero: (what) => this.end({ kind: 'cut', why: `${what} divides by zero` }),
    });
  }

  private end(how: Outcome): never {
    this.ended = how;
    throw new PathEnd();
  }

  /** Variables an operand reads. */
  variablesOf(instance: Instance, operand: Operand): number[] {
    const { slots } = instance.function;
    return [...new Set(localsOfOperand(operand).map((name) => instance.frame + slots.get(name)!))];
  }

  /** The value where the variables (`variablesOf`) have these values, and pointers to freed memory compare like this. */
  evaluate(instance: Instance, operand: Operand, values: readonly number[], answers: readonly boolean[]): Outcome {
    this.variablesOf(instance, operand).forEach((at, index) => (this.words[at] = values[index]!));
    this.thread = instance.thread;
    this.answers = answers;
    this.asked = 0;
    let evaluator = this.evaluators.get(operand);
    if (!evaluator) this.evaluators.set(operand, (evaluator = this.compile(instance.function, operand)));
    try {
      return { kind: 'value', word: evaluator(instance.frame) };
    } catch (error) {
      if (error instanceof Asked) return { kind: 'compare', left: error.left, right: error.right };
      if (error instanceof PathEnd) return this.ended;
      throw error;
    }
  }

  /** The operand as an expression; null if it has to be evaluated value by value. */
  expressionOf(instance: Instance, operand: Operand): Expr | null {
    const inner = (one: Operand) => this.expressionOf(instance, one);
    switch (operand.kind) {
      case 'int':
        return fits(operand.value) ? { kind: 'constant', value: integer(operand.value) } : null;
      case 'local':
        return { kind: 'variable', at: instance.frame + instance.function.slots.get(operand.name)! };
      case 'symbol': {
        if (operand.name === 'current')
          return { kind: 'constant', value: pointer(this.system.threads[instance.thread]!.task) };
        const value = this.system.symbols.get(operand.name);
        return value === undefined ? null : { kind: 'constant', value };
      }
      case 'member': {
        const base = inner(operand.base);
        const by = base && this.displacement(instance, operand.base, operand);
        return base && by !== null ? displaced(base, by) : null;
      }
      case 'unary': {
        const of = inner(operand.operand);
        if (!of || operand.arithmetic !== undefined) return null;
        if (operand.operator === '!') return { kind: 'isZero', of };
        return operand.operator === 'IS_ERR' ? { kind: 'isError', of } : null;
      }
      case 'binary':
        return this.binary(operand, inner);
      default:
        return null;
    }
  }

  private binary(operand: Operand & { kind: 'binary' }, inner: (one: Operand) => Expr | null): Expr | null {
    const [left, right] = [inner(operand.left), inner(operand.right)];
    if (!left || !right) return null;
    // A number is never a pointer to freed memory: comparing with it is comparing words.
    const isNumber = right.kind === 'constant' && (right.value & 3) === 0;
    switch (operand.operator) {
      case '==':
        if (!isNumber) return null;
        return right.value === 0 ? { kind: 'isZero', of: left } : { kind: 'isSame', left, right };
      case '!=':
        if (!isNumber) return null;
        return right.value === 0
          ? { kind: 'isSet', of: left }
          : { kind: 'isZero', of: { kind: 'isSame', left, right } };
      case '<':
        return isNumber && right.value === 0 && operand.arithmetic === undefined
          ? { kind: 'isNegative', of: left }
          : null;
      case '>=':
        return isNumber && right.value === 0 && operand.arithmetic === undefined
          ? { kind: 'isZero', of: { kind: 'isNegative', of: left } }
          : null;
      case '&&':
        return { kind: 'and', left, right };
      case '||':
        return { kind: 'or', left, right };
      default:
        return null;
    }
  }

  /** By how many words `&base->path` is moved. */
  private displacement(instance: Instance, base: Operand, operand: Operand & { kind: 'member' }): number | null {
    // Asked of the compiler with a base it can move: a pointer that is nowhere near NULL.
    const variables = this.variablesOf(instance, base);
    const probe = pointer(1 << 20);
    if (base.kind === 'local' && variables.length === 1) {
      const moved = this.evaluate(instance, operand, [probe], []);
      return moved.kind === 'value' ? (moved.word - probe) >> 2 : null;
    }
    const [from, to] = [this.evaluate(instance, base, [probe], []), this.evaluate(instance, operand, [probe], [])];
    return from.kind === 'value' && to.kind === 'value' && (from.word & 3) === 1 ? (to.word - from.word) >> 2 : null;
  }
}

function displaced(base: Expr, by: number): Expr {
  if (by === 0) return base;
  if (base.kind === 'displaced') return { kind: 'displaced', base: base.base, by: base.by + by };
  // The address of a variable's field.
  if (base.kind === 'constant' && (base.value & 3) === 1) return { kind: 'constant', value: base.value + (by << 2) };
  return { kind: 'displaced', base, by };
}
