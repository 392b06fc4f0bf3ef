import { unreachable } from '../../models/base/unreachable.js';
import type { CType } from '../../models/program/cType.js';
import { conversion, fits, widthOf } from '../../models/program/intArithmetic.js';
import type { Operand } from '../../models/program/program.js';
import { largeNumbersOf } from '../system/largeNumbers.js';
import type { LinkedFunction, LinkedSystem } from '../system/linkedSystem.js';
import { structWalk } from '../system/structWalk.js';
import { integer, pointer, tagPointer } from '../system/word.js';

/** An operand that has no text of its own: the interpreter's closure evaluates it. */
export interface EvaluatedOperand {
  readonly function: LinkedFunction;
  readonly operand: Operand;
}

/** Operands as JavaScript expressions on the frame at `fp`. */
export interface OperandGenerator {
  /** The operand's word. */
  word(fn: LinkedFunction, operand: Operand): string;
  /** A test of the operand: true if it is not 0. A value that nobody wrote leaves the step to the interpreter. */
  test(fn: LinkedFunction, operand: Operand): string;
  /** What the texts so far call as `evaluated[n](fp)`. */
  readonly evaluated: readonly EvaluatedOperand[];
}

/** A text, the C type of its value as the interpreter's compiler knows it, and its word if it is known now. */
interface Value {
  readonly text: string;
  readonly type: CType;
  readonly word: number | null;
  /** The text is a comparison: a JavaScript boolean. */
  readonly isTest?: boolean;
}

const int: CType = { kind: 'int', name: 'int' };

const comparisons: Readonly<Record<string, string>> = {
  '<': 'less',
  '<=': 'lessOrEqual',
  '>': 'more',
  '>=': 'moreOrEqual',
};

/**
 * Makes texts of operands. The names they use are those of the generated module (`prelude.ts`). Where an operand has no
 * value or uses one that nobody wrote, the text throws `bail`.
 */
export function operandGenerator(system: LinkedSystem): OperandGenerator {
  const { follow, sizeOf, lengthOf } = structWalk(system);
  const largeNumbers = largeNumbersOf(system);
  const staticTags = new Map(system.objects.filter((object) => object.static).map(({ name, tag }) => [name, tag]));
  const evaluated: EvaluatedOperand[] = [];

  const known = (word: number, type: CType): Value => ({ text: String(word), type, word });

  const symbol = (name: string): Value => {
    if (name === 'current')
      return {
        text: 'currentTask()',
        type: { kind: 'pointer', to: { kind: 'struct', tag: 'task_struct' } },
        word: null,
      };
    const word = system.symbols.get(name);
    if (word === undefined) return { text: 'fail()', type: int, word: null };
    const tag = staticTags.get(name) ?? system.tableTags.get(name);
    return known(word, tag === undefined ? int : { kind: 'pointer', to: { kind: 'struct', tag } });
  };

  /** `base` moved by `offset` words, as the interpreter's `displaced`. */
  const displaced = (base: Value, offset: number, type: CType): Value => {
    if (offset === 0) return { ...base, type };
    const { word } = base;
    if (word === null) return { text: `displaced(${base.text}, ${4 * offset})`, type, word };
    if (word === 0) return known(pointer(offset), type);
    if ((word & 3) !== tagPointer) return known(word, type);
    const moved = (word >> 2) + offset;
    return known(moved === 0 ? 0 : pointer(moved), type);
  };

  const byInterpreter = (fn: LinkedFunction, operand: Operand, type: CType): Value => {
    evaluated.push({ function: fn, operand });
    return { text: `evaluated[${evaluated.length - 1}](fp)`, type, word: null };
  };

  const test = (value: Value): string => {
    if (value.isTest) return value.text;
    if (value.word !== null && value.word !== 3) return String(value.word !== 0);
    return `isTrue(${value.text})`;
  };
  const word = (value: Value): string => (value.isTest ? `(${value.text} ? 4 : 0)` : value.text);
  const plain = (value: Value): Value => ({ text: word(value), type: value.type, word: value.word });
  const comparison = (text: string): Value => ({ text, type: int, word: null, isTest: true });
  const computed = (text: string): Value => ({ text, type: int, word: null });

  const binary = (fn: LinkedFunction, operand: Operand & { kind: 'binary' }): Value => {
    const { operator, arithmetic } = operand;
    const left = value(fn, operand.left);
    if (operator === '-' && left.type.kind === 'pointer') return byInterpreter(fn, operand, int);
    const right = value(fn, operand.right);
    const [a, b] = [word(left), word(right)];
    switch (operator) {
      case '&&':
        return comparison(`(${test(left)} && ${test(right)})`);
      case '||':
        return comparison(`(${test(left)} || ${test(right)})`);
      case '==':
        return comparison(same(left, right, a, b));
      case '!=':
        return comparison(`!${same(left, right, a, b)}`);
      case '<':
      case '<=':
      case '>':
      case '>=': {
        const name = comparisons[operator]!;
        if (arithmetic === undefined) return comparison(`${name}(${a}, ${b})`);
        return comparison(
          `${name}As${arithmetic === 'u32' || arithmetic === 'u64' ? 'Unsigned' : 'Signed'}(${a}, ${b})`,
        );
      }
      case '+':
      case '-':
        return computed(
          `${operator === '+' ? 'sum' : 'difference'}${arithmetic === undefined ? '' : 'InC'}(${a}, ${b})`,
        );
      case '&':
      case '|':
      case '^': {
        const name = { '&': 'bitAnd', '|': 'bitOr', '^': 'bitXor' }[operator];
        return computed(`${name}${arithmetic === undefined ? '' : 'InC'}(${a}, ${b})`);
      }
      default:
        return byInterpreter(fn, operand, int);
    }
  };

  /** Equality. A number that is known and no pointer equals nothing but itself. */
  const same = (left: Value, right: Value, a: string, b: string): string => {
    const isPlain = ({ word: known }: Value) => known !== null && (known & 3) !== tagPointer && known !== 3;
    if (isPlain(right)) return `(written(${a}) === ${b})`;
    if (isPlain(left)) return `(${a} === written(${b}))`;
    return `same(${a}, ${b})`;
  };

  const unary = (fn: LinkedFunction, operand: Operand & { kind: 'unary' }): Value => {
    const { operator, arithmetic } = operand;
    const given = value(fn, operand.operand);
    switch (operator) {
      case '!':
        return comparison(`!${test(given)}`);
      case 'IS_ERR':
        return comparison(`isError(${word(given)})`);
      case '-':
        return arithmetic === undefined
          ? computed(`(-(written(${word(given)}) >> 2) << 2)`)
          : byInterpreter(fn, operand, int);
      case '~':
        return arithmetic === undefined
          ? computed(`(~(written(${word(given)}) >> 2) << 2)`)
          : byInterpreter(fn, operand, int);
      default:
        return unreachable(operator);
    }
  };

  const converted = (fn: LinkedFunction, operand: Operand & { kind: 'convert' }): Value => {
    const { from, to } = operand;
    const given = value(fn, operand.operand);
    const type = given.type.kind === 'pointer' ? given.type : int;
    if (to === 'bool') return { ...comparison(test(given)), type };
    if (conversion(from, to) !== null) return byInterpreter(fn, operand, type);
    if (widthOf(from) < 64 || widthOf(to) === 64) return { ...given, type };
    return { text: `numberOrUnwritten(${word(given)})`, type, word: null };
  };

  const value = (fn: LinkedFunction, operand: Operand): Value => {
    switch (operand.kind) {
      case 'int':
        return known(fits(operand.value) ? integer(operand.value) : largeNumbers.get(operand.value)!, int);
      case 'local':
        return { text: `w[fp + ${fn.slots.get(operand.name)!}]`, type: fn.types.get(operand.name) ?? int, word: null };
      case 'symbol':
        return symbol(operand.name);
      case 'member': {
        const base = value(fn, operand.base);
        const { offset, type } = follow(base.type, operand.path);
        return displaced(plain(base), offset, { kind: 'pointer', to: type });
      }
      case 'containerOf': {
        const base = value(fn, operand.base);
        const type: CType = { kind: 'pointer', to: { kind: 'struct', tag: operand.tag } };
        return displaced(plain(base), -follow(type, operand.path).offset, type);
      }
      case 'element': {
        const base = value(fn, operand.base);
        const array = base.type.kind === 'pointer' ? base.type.to : base.type;
        if (array.kind !== 'array') return byInterpreter(fn, operand, base.type);
        const index = word(value(fn, operand.index));
        const text = `element(${word(base)}, ${index}, ${4 * sizeOf(array.of)}, ${lengthOf(array)})`;
        return { text, type: { kind: 'pointer', to: array.of }, word: null };
      }
      case 'offset':
        return byInterpreter(fn, operand, value(fn, operand.base).type);
      case 'unary':
        return unary(fn, operand);
      case 'binary':
        return binary(fn, operand);
      case 'convert':
        return converted(fn, operand);
      default:
        return unreachable(operand);
    }
  };

  return {
    word: (fn, operand) => word(value(fn, operand)),
    test: (fn, operand) => test(value(fn, operand)),
    evaluated,
  };
}

/** Whether evaluating an operand may look at the memory of pointers: equality is reported for a freed one. */
export function comparesPointers(operand: Operand): boolean {
  switch (operand.kind) {
    case 'int':
    case 'local':
    case 'symbol':
      return false;
    case 'member':
    case 'containerOf':
      return comparesPointers(operand.base);
    case 'element':
    case 'offset':
      return comparesPointers(operand.base) || comparesPointers(operand.index);
    case 'unary':
    case 'convert':
      return comparesPointers(operand.operand);
    case 'binary':
      return (
        operand.operator === '==' ||
        operand.operator === '!=' ||
        comparesPointers(operand.left) ||
        comparesPointers(operand.right)
      );
    default:
      return unreachable(operand);
  }
}
