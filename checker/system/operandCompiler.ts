import { unreachable } from '../../models/base/unreachable.js';
import type { CType } from '../../models/program/cType.js';
import type { Operand } from '../../models/program/program.js';
import type { LinkedFunction, LinkedSystem, StructLayout } from './linkedSystem.js';
import { integer, isErrorWord, payloadOf, pointer, tagInteger, tagOf, tagPointer, uninitialised } from './word.js';

type Evaluate = (fp: number) => number;

/** What evaluation needs to know of the run. */
export interface OperandContext {
  /** The running thread. */
  thread(): number;
  /** Compares two words of which at least one may point to freed memory. */
  freedCompare(left: number, right: number): boolean;
  /** An operation on an uninitialised value. */
  uninitialised(): void;
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
        const word = integer(operand.value);
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
        const of = array.kind === 'array' ? array.of : array;
        const size = sizeOf(of);
        const evaluate: Evaluate = (fp) => {
          const start = base.evaluate(fp);
          return tagOf(start) === tagPointer ? pointer(payloadOf(start) + payloadOf(index(fp)) * size) : start;
        };
        return { evaluate, type: { kind: 'pointer', to: of } };
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
          evaluate: unary(operand.operator, compile(fn, operand.operand).evaluate),
          type: { kind: 'int', name: 'int' },
        };
      case 'binary':
        return {
          evaluate: binary(operand.operator, compile(fn, operand.left).evaluate, compile(fn, operand.right).evaluate),
          type: { kind: 'int', name: 'int' },
        };
      default:
        return unreachable(operand);
    }
  };

  const symbol = (name: string): { evaluate: Evaluate; type: CType } => {
    if (name === 'current') {
      const tasks = system.threads.map((thread) => pointer(thread.task));
      return {
        evaluate: () => tasks[context.thread()]!,
        type: { kind: 'pointer', to: { kind: 'struct', tag: 'task_struct' } },
      };
    }
    const word = system.symbols.get(name)!;
    const global = system.objects.find((object) => object.static && object.name === name);
    const tag = global?.tag ?? tableTag(name);
    const type: CType = tag === null ? { kind: 'int', name: 'int' } : { kind: 'pointer', to: { kind: 'struct', tag } };
    return { evaluate: () => word, type };
  };

  const tableTag = (name: string): string | null => system.tableTags.get(name) ?? null;

  const follow = (base: CType, path: readonly string[]): { offset: number; type: CType } => {
    let type: CType = base.kind === 'pointer' ? base.to : base;
    let offset = 0;
    for (const field of path) {
      const layout: StructLayout | undefined = type.kind === 'struct' ? system.layouts.get(type.tag) : undefined;
      const found = layout?.fields.get(field);
      // A field of a type that no object of the system has: the code cannot run, any offset will do.
      if (!found) return { offset, type: { kind: 'int', name: 'int' } };
      offset += found.offset;
      type = found.type;
    }
    return { offset, type };
  };

  const sizeOf = (type: CType): number => {
    if (type.kind === 'struct') return system.layouts.get(type.tag)?.size ?? 1;
    return 1;
  };

  /** The value, after a report if nobody wrote it. */
  const written =
    (operand: Evaluate): Evaluate =>
    (fp) => {
      const word = operand(fp);
      if (word === uninitialised) context.uninitialised();
      return word;
    };

  const unary = (operator: '!' | '-' | '~' | 'IS_ERR', operand: Evaluate): Evaluate => {
    const value = written(operand);
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

  const binary = (operator: (Operand & { kind: 'binary' })['operator'], left: Evaluate, right: Evaluate): Evaluate => {
    switch (operator) {
      case '+':
        return arithmetic(left, right, (a, b) => a + b);
      case '-':
        return arithmetic(left, right, (a, b) => a - b);
      case '*':
        return arithmetic(left, right, (a, b) => a * b);
      case '/':
        return arithmetic(left, right, (a, b) => (b === 0 ? 0 : Math.trunc(a / b)));
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
        return ordered(left, right, (a, b) => a < b);
      case '<=':
        return ordered(left, right, (a, b) => a <= b);
      case '>':
        return ordered(left, right, (a, b) => a > b);
      case '>=':
        return ordered(left, right, (a, b) => a >= b);
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
