import { unreachable } from '../../models/base/unreachable.js';
import type { CType } from '../../models/program/cType.js';
import type { BinaryOperator } from '../../models/program/expression.js';
import type { ArithmeticOperator, NoResult } from '../../models/program/intArithmetic.js';
import { computation, conversion, fits, negated, widthOf } from '../../models/program/intArithmetic.js';
import type { IntType } from '../../models/program/intType.js';
import { printOperand, printPlace } from '../../models/program/printProgram.js';
import type { Operand } from '../../models/program/program.js';
import { Arrays } from './arrays.js';
import { largeNumbersOf } from './largeNumbers.js';
import type { LinkedFunction, LinkedSystem, ObjectSlot } from './linkedSystem.js';
import { structWalk } from './structWalk.js';
import {
  integer,
  isErrorWord,
  isLarge,
  payloadOf,
  pointer,
  tagInteger,
  tagOf,
  tagPointer,
  uninitialised,
} from './word.js';

type Evaluate = (fp: number) => number;

/** What evaluation needs to know of the run. */
export interface OperandContext {
  /** The running thread. */
  thread(): number;
  /** Compares two words of which at least one may point to freed memory. */
  freedCompare(left: number, right: number): boolean;
  /** An operation on an uninitialised value. */
  uninitialised(): void;
  /** An operand has no value in the model; what is returned, if anything, stands for it. */
  limit(what: string): number;
  /** `operation` divides by zero; what is returned, if anything, is its result. */
  divisionByZero(operation: string): number;
}

/**
 * Compiles operands to closures over `words`: `(frame) => word`. Operands make no memory access, so the only effects are
 * reports.
 */
export function operandCompiler(
  system: LinkedSystem,
  words: Int32Array,
  context: OperandContext,
): (fn: LinkedFunction, operand: Operand) => Evaluate {
  const compile = (fn: LinkedFunction, operand: Operand): { evaluate: Evaluate; type: CType } => {
    switch (operand.kind) {
      case 'int': {
        const word = fits(operand.value) ? integer(operand.value) : largeNumbers.get(operand.value)!;
        return { evaluate: () => word, type: { kind: 'int', name: 'int' } };
      }
      case 'local': {
        const slot = fn.slots.get(operand.name)!;
        return {
          evaluate: (fp) => words[fp + slot]!,
          type: fn.types.get(operand.name) ?? { kind: 'int', name: 'int' },
        };
      }
      case 'symbol':
        return symbol(operand.name);
      case 'member': {
        const base = compile(fn, operand.base);
        const { offset, type } = follow(base.type, operand.path);
        return { evaluate: displaced(base.evaluate, offset), type: { kind: 'pointer', to: type } };
      }
      case 'element': {
        const base = compile(fn, operand.base);
        const index = compile(fn, operand.index).evaluate;
        const array = base.type.kind === 'pointer' ? base.type.to : base.type;
        if (array.kind !== 'array') return { evaluate: moved(base.evaluate, index, array, operand), type: base.type };
        const size = sizeOf(array.of);
        const length = lengthOf(array);
        const evaluate: Evaluate = (fp) => {
          const start = base.evaluate(fp);
          const position = number(index(fp), operand);
          if (tagOf(start) !== tagPointer) return start;
          if (position < 0 || position >= length) return outside(operand);
          return pointer(payloadOf(start) + position * size);
        };
        return { evaluate, type: { kind: 'pointer', to: array.of } };
      }
      case 'offset': {
        const base = compile(fn, operand.base);
        const index = compile(fn, operand.index).evaluate;
        const to: CType = base.type.kind === 'pointer' ? base.type.to : { kind: 'void' };
        return { evaluate: moved(base.evaluate, index, to, operand), type: base.type };
      }
      case 'containerOf': {
        const base = compile(fn, operand.base);
        const { offset } = follow({ kind: 'pointer', to: { kind: 'struct', tag: operand.tag } }, operand.path);
        return {
          evaluate: displaced(base.evaluate, -offset),
          type: { kind: 'pointer', to: { kind: 'struct', tag: operand.tag } },
        };
      }
      case 'unary':
        return {
          evaluate: unary(operand, compile(fn, operand.operand).evaluate),
          type: { kind: 'int', name: 'int' },
        };
      case 'binary': {
        const { evaluate: left, type } = compile(fn, operand.left);
        const right = compile(fn, operand.right).evaluate;
        const computed = binary(operand, left, right);
        const evaluate =
          operand.operator === '-' && type.kind === 'pointer'
            ? distance(operand, left, right, sizeOf(type.to), computed)
            : computed;
        return { evaluate, type: { kind: 'int', name: 'int' } };
      }
      case 'convert': {
        const { evaluate, type } = compile(fn, operand.operand);
        return {
          evaluate: converted(operand, evaluate),
          type: type.kind === 'pointer' ? type : { kind: 'int', name: 'int' },
        };
      }
      default:
        return unreachable(operand);
    }
  };

  const { follow, sizeOf, lengthOf } = structWalk(system);
  const largeNumbers = largeNumbersOf(system);

  const symbol = (name: string): { evaluate: Evaluate; type: CType } => {
    if (name === 'current') {
      const tasks = system.threads.map((thread) => pointer(thread.task));
      return {
        evaluate: () => tasks[context.thread()]!,
        type: { kind: 'pointer', to: { kind: 'struct', tag: 'task_struct' } },
      };
    }
    const word = system.symbols.get(name);
    if (word === undefined)
      return {
        evaluate: () => context.limit(`the constant ${name} ${doesNotFit}`),
        type: { kind: 'int', name: 'int' },
      };
    const global = system.objects.find((object) => object.static && object.name === name);
    const tag = global?.tag ?? tableTag(name);
    const type: CType = tag === null ? { kind: 'int', name: 'int' } : { kind: 'pointer', to: { kind: 'struct', tag } };
    return { evaluate: () => word, type };
  };

  const tableTag = (name: string): string | null => system.tableTags.get(name) ?? null;

  /** The number in a word; 0 after a report if nobody wrote it. */
  const number = (word: number, operand: Operand): number => {
    if (tagOf(word) === tagInteger) return payloadOf(word);
    if (word === uninitialised) {
      context.uninitialised();
      return 0;
    }
    return payloadOf(
      context.limit(`${printOperand(operand)} ${isLarge(word) ? doesNotFit : 'computes with an address'}`),
    );
  };

  const outside = (operand: Operand): number =>
    context.limit(`${printPlace(operand)} is outside the array, which is not checked further`);

  /** `base + index` elements of type `to`, inside one array; an index of 0 is the pointer itself, whatever it points to. */
  const moved = (base: Evaluate, index: Evaluate, to: CType, operand: Operand): Evaluate => {
    const size = sizeOf(to);
    return (fp) => {
      const start = base(fp);
      const position = number(index(fp), operand);
      if (position === 0) return start;
      if (tagOf(start) !== tagPointer) {
        if (start === uninitialised) context.uninitialised();
        return context.limit(`${printOperand(operand)} moves something that points to no array`);
      }
      const array = arrays().around(payloadOf(start), to, size);
      const at = payloadOf(start) + position * size;
      if (!array || at < array.start || at >= array.end) return outside(operand);
      return pointer(at);
    };
  };

  /** How many elements lie between two pointers into one array; `otherwise` where they are no two pointers. */
  const distance =
    (operand: Operand, left: Evaluate, right: Evaluate, size: number, otherwise: Evaluate): Evaluate =>
    (fp) => {
      const [a, b] = [left(fp), right(fp)];
      if (a === b && a !== uninitialised) return 0;
      if (tagOf(a) !== tagPointer || tagOf(b) !== tagPointer) return otherwise(fp);
      const between = (payloadOf(a) - payloadOf(b)) / size;
      const inOne = objectOf(payloadOf(a)) === objectOf(payloadOf(b)) && Number.isInteger(between);
      return inOne
        ? integer(between)
        : context.limit(`${printOperand(operand)} is between pointers into different arrays`);
    };

  const objectOf = (address: number): ObjectSlot | undefined =>
    system.objects.find(({ header, layout }) => address > header && address <= header + layout.size);

  let found: Arrays | null = null;
  const arrays = (): Arrays => (found ??= new Arrays(system, sizeOf, lengthOf));

  /** The value, after a report if nobody wrote it. */
  const written =
    (operand: Evaluate): Evaluate =>
    (fp) => {
      const word = operand(fp);
      if (word === uninitialised) context.uninitialised();
      return word;
    };

  const settled = (result: number | NoResult, operand: Operand): number => {
    if (typeof result === 'number') return integer(result);
    switch (result) {
      case 'too large':
        return context.limit(`the value of ${printOperand(operand)} ${doesNotFit}`);
      case 'bad shift':
        return context.limit(`${printOperand(operand)} shifts by more than the width of the number`);
      case 'division by zero':
        return context.divisionByZero(printOperand(operand));
      default:
        return unreachable(result);
    }
  };

  const converted = (operand: Operand & { kind: 'convert' }, value: Evaluate): Evaluate => {
    const { from, to } = operand;
    if (to === 'bool') {
      const given = written(value);
      return (fp) => (given(fp) === 0 ? 0 : integer(1));
    }
    const convert = conversion(from, to);
    if (convert) return (fp) => settled(convert(number(value(fp), operand)), operand);
    if (widthOf(from) < 64 || widthOf(to) === 64) return value;
    return (fp) => {
      const word = value(fp);
      return word === uninitialised ? word : integer(number(word, operand));
    };
  };

  const unary = (operand: Operand & { kind: 'unary' }, given: Evaluate): Evaluate => {
    const value = written(given);
    const { operator, arithmetic: type } = operand;
    if (type !== undefined && operator === '-') return (fp) => settled(negated(number(given(fp), operand)), operand);
    if (type !== undefined && operator === '~') return (fp) => integer(~number(given(fp), operand));
    switch (operator) {
      case '!':
        return (fp) => (value(fp) === 0 ? integer(1) : 0);
      case '-':
        return (fp) => integer(-payloadOf(value(fp)));
      case '~':
        return (fp) => integer(~payloadOf(value(fp)));
      case 'IS_ERR':
        return (fp) => (isErrorWord(value(fp)) ? integer(1) : 0);
      default:
        return unreachable(operator);
    }
  };

  const arithmetic =
    (left: Evaluate, right: Evaluate, compute: (a: number, b: number) => number): Evaluate =>
    (fp) => {
      const a = left(fp);
      const b = right(fp);
      if (a === uninitialised || b === uninitialised) context.uninitialised();
      if (isLarge(a) || isLarge(b)) return context.limit(`arithmetic with a number that ${doesNotFit}`);
      return integer(compute(payloadOf(a), payloadOf(b)));
    };

  const same = (left: Evaluate, right: Evaluate, expected: boolean): Evaluate => {
    return (fp) => {
      const a = left(fp);
      const b = right(fp);
      if (a === uninitialised || b === uninitialised) context.uninitialised();
      let equal = a === b;
      if (tagOf(a) === tagPointer && tagOf(b) === tagPointer && !equal) equal = context.freedCompare(a, b);
      return equal === expected ? integer(1) : 0;
    };
  };

  const ordered = (left: Evaluate, right: Evaluate, compare: (a: number, b: number) => boolean): Evaluate => {
    return (fp) => {
      const a = left(fp);
      const b = right(fp);
      if (tagOf(a) !== tagInteger || tagOf(b) !== tagInteger) {
        if (a === uninitialised || b === uninitialised) context.uninitialised();
        if (isLarge(a) || isLarge(b)) return context.limit(`a comparison with a number that ${doesNotFit}`);
        return compare(a >>> 2, b >>> 2) ? integer(1) : 0;
      }
      return compare(a, b) ? integer(1) : 0;
    };
  };

  /** `&&` if `goOn` is true, `||` if not: the right side is evaluated only if the left one does not decide. */
  const logical = (left: Evaluate, right: Evaluate, goOn: boolean): Evaluate => {
    return (fp) => {
      const first = left(fp) !== 0;
      return (first === goOn ? right(fp) !== 0 : first) ? integer(1) : 0;
    };
  };

  /** An operation in one of C's types. */
  const computed = (
    operand: Operand & { kind: 'binary' },
    operator: ArithmeticOperator,
    type: IntType,
    left: Evaluate,
    right: Evaluate,
  ): Evaluate => {
    const compute = computation(operator, type);
    return (fp) => {
      const a = number(left(fp), operand);
      return settled(compute(a, number(right(fp), operand)), operand);
    };
  };

  /** A comparison in one of C's types; of two pointers their order in memory, as without a type. */
  const orderedIn = (
    operand: Operand & { kind: 'binary' },
    type: IntType,
    left: Evaluate,
    right: Evaluate,
    compare: (a: number, b: number) => boolean,
  ): Evaluate => {
    const signed = type !== 'u32' && type !== 'u64';
    return (fp) => {
      const a = left(fp);
      const b = right(fp);
      if (tagOf(a) === tagPointer && tagOf(b) === tagPointer) return compare(a >>> 2, b >>> 2) ? integer(1) : 0;
      if (((a | b) & 3) !== tagInteger) {
        if (a === uninitialised || b === uninitialised) context.uninitialised();
        else
          return context.limit(
            `${printOperand(operand)} ${isLarge(a) || isLarge(b) ? doesNotFit : 'compares an address with a number'}`,
          );
      }
      return (signed ? compare(a, b) : compare(a >>> 0, b >>> 0)) ? integer(1) : 0;
    };
  };

  const binary = (operand: Operand & { kind: 'binary' }, left: Evaluate, right: Evaluate): Evaluate => {
    const { operator, arithmetic: type } = operand;
    if (type !== undefined && isArithmetic(operator)) return computed(operand, operator, type, left, right);
    const order = (compare: (a: number, b: number) => boolean): Evaluate =>
      type === undefined ? ordered(left, right, compare) : orderedIn(operand, type, left, right, compare);
    switch (operator) {
      case '+':
        return arithmetic(left, right, (a, b) => a + b);
      case '-':
        return arithmetic(left, right, (a, b) => a - b);
      case '*':
        return arithmetic(left, right, (a, b) => a * b);
      case '/':
        return arithmetic(left, right, (a, b) => (b === 0 ? 0 : Math.trunc(a / b)));
      case '%':
        return arithmetic(left, right, (a, b) => (b === 0 ? 0 : a % b));
      case '^':
        return arithmetic(left, right, (a, b) => a ^ b);
      case '&':
        return arithmetic(left, right, (a, b) => a & b);
      case '|':
        return arithmetic(left, right, (a, b) => a | b);
      case '<<':
        return arithmetic(left, right, (a, b) => a << b);
      case '>>':
        return arithmetic(left, right, (a, b) => a >> b);
      case '==':
        return same(left, right, true);
      case '!=':
        return same(left, right, false);
      case '<':
        return order((a, b) => a < b);
      case '<=':
        return order((a, b) => a <= b);
      case '>':
        return order((a, b) => a > b);
      case '>=':
        return order((a, b) => a >= b);
      case '&&':
        return logical(written(left), written(right), true);
      case '||':
        return logical(written(left), written(right), false);
      default:
        return unreachable(operator);
    }
  };

  return (fn, operand) => compile(fn, operand).evaluate;
}

const doesNotFit = 'does not fit the numbers that are tracked (29 bits)';

function isArithmetic(operator: BinaryOperator): operator is ArithmeticOperator {
  return !['==', '!=', '<', '<=', '>', '>=', '&&', '||'].includes(operator);
}

/** `base` moved by `offset` words; NULL plus an offset stays derived from NULL, an error pointer stays itself. */
function displaced(base: Evaluate, offset: number): Evaluate {
  if (offset === 0) return base;
  return (fp) => {
    const word = base(fp);
    if (word === 0) return pointer(offset);
    if (tagOf(word) !== tagPointer) return word;
    const moved = payloadOf(word) + offset;
    return moved === 0 ? 0 : pointer(moved);
  };
}
