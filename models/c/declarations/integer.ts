import type { IntType } from '../../program/intType.js';
import type { SemanticType } from './semanticType.js';

/** C's arithmetic on integer constants, with the types and widths of LP64. Values are kept in the range of their type. */

/** A value of an integer type. */
export interface IntValue {
  readonly value: bigint;
  readonly int: IntType;
}

const WIDTHS: Readonly<Record<IntType, number>> = {
  bool: 1,
  s8: 8,
  u8: 8,
  s16: 16,
  u16: 16,
  s32: 32,
  u32: 32,
  s64: 64,
  u64: 64,
};

const NAMES: Readonly<Record<IntType, string>> = {
  bool: 'bool',
  s8: 'signed char',
  u8: 'unsigned char',
  s16: 'short',
  u16: 'unsigned short',
  s32: 'int',
  u32: 'unsigned int',
  s64: 'long',
  u64: 'unsigned long',
};

/** Width in bits; 1 for `bool`. */
export function widthOf(int: IntType): number {
  return WIDTHS[int];
}

function isSigned(int: IntType): boolean {
  return int.startsWith('s');
}

/** The type with the name of C's own that has this width: `int` for `s32`. */
export function plainInt(int: IntType): SemanticType & { readonly kind: 'int' } {
  return { kind: 'int', int, name: NAMES[int] };
}

/** What a conversion to `int` makes of a value: modulo its width, and 0 or 1 for `bool`. */
export function convert(value: bigint, int: IntType): IntValue {
  if (int === 'bool') return { value: value === 0n ? 0n : 1n, int };
  const width = WIDTHS[int];
  return { value: isSigned(int) ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value), int };
}

/** Integer promotion: what is narrower than `int` becomes `int`. */
export function promote(int: IntType): IntType {
  return WIDTHS[int] < 32 ? 's32' : int;
}

/** The usual arithmetic conversions: the type in which two operands are computed. */
export function commonType(a: IntType, b: IntType): IntType {
  const left = promote(a);
  const right = promote(b);
  if (WIDTHS[left] !== WIDTHS[right]) return WIDTHS[left] > WIDTHS[right] ? left : right;
  return isSigned(left) ? right : left;
}

type Arithmetic = '*' | '/' | '%' | '+' | '-' | '&' | '^' | '|';
type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/**
 * `left operator right`. Null where C leaves the result undefined: division by zero, a shift by a negative amount or by the
 * width or more. Signed overflow wraps: the kernel is compiled with `-fno-strict-overflow`.
 */
export function binary(
  operator: Arithmetic | Comparison | '<<' | '>>',
  left: IntValue,
  right: IntValue,
): IntValue | null {
  if (operator === '<<' || operator === '>>') {
    const int = promote(left.int);
    if (right.value < 0n || right.value >= BigInt(WIDTHS[int])) return null;
    return convert(operator === '<<' ? left.value << right.value : left.value >> right.value, int);
  }
  const int = commonType(left.int, right.int);
  const a = convert(left.value, int).value;
  const b = convert(right.value, int).value;
  switch (operator) {
    case '*':
      return convert(a * b, int);
    case '/':
      return b === 0n ? null : convert(a / b, int);
    case '%':
      return b === 0n ? null : convert(a % b, int);
    case '+':
      return convert(a + b, int);
    case '-':
      return convert(a - b, int);
    case '&':
      return convert(a & b, int);
    case '^':
      return convert(a ^ b, int);
    case '|':
      return convert(a | b, int);
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
  }
}

/** `int` 1 or 0, as comparisons and logical operators give it. */
export function truth(holds: boolean): IntValue {
  return { value: holds ? 1n : 0n, int: 's32' };
}
