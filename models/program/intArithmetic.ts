/**
 * C's integer arithmetic on residues.
 *
 * A value v of an integer type is stored as the number r in [-2^29, 2^29) with r = v modulo 2^width; types narrower than 32
 * bits and `bool` are stored as their value. So the largest u64 is -1, and a value far from 0 and from the ends of its type
 * has no residue. A result is a residue, or `NoResult` that says why there is none.
 */
import { unreachable } from '../base/unreachable.js';
import type { IntType } from './intType.js';

const smallest = -(2 ** 29);
const beyond = 2 ** 29;

/** Why an operation has no result that could be stored. */
export type NoResult =
  /** The value has no residue in the window, or a signed operation overflows. */
  | 'too large'
  /** A shift by less than 0, or by the width or more. */
  | 'bad shift'
  /** The divisor is 0. */
  | 'division by zero';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

export type Computation = (left: number, right: number) => number | NoResult;

/** Whether a number can be stored. */
export function fits(value: number): boolean {
  return value >= smallest && value < beyond;
}

/** The residue of any integer as a value of `type`; null if it has none. */
export function residueOf(value: bigint, type: IntType): number | null {
  const bits = widthOf(type);
  if (type === 'bool') return value === 0n ? 0 : 1;
  const wrapped = Number(bits >= 32 || isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
  return fits(wrapped) ? wrapped : null;
}

/** Whether residues order as the values do: not those of the wide unsigned types, whose negative ones are the largest. */
export function isSigned(type: IntType): boolean {
  return type.startsWith('s');
}

/**
 * The operation in the type C computes in; a narrow type is promoted to `s32`. Signed overflow has no result. A negative
 * number shifted left is multiplied, as gcc documents it; shifted right it keeps its sign.
 */
export function computation(operator: ArithmeticOperator, type: IntType): Computation {
  const bits = widthOf(type) === 64 ? 64 : 32;
  const wide = bits === 64;
  const unsigned = type === 'u32' || type === 'u64';
  switch (operator) {
    case '+':
      return (a, b) => checked(a + b);
    case '-':
      return (a, b) => checked(a - b);
    case '*':
      // Below 2^58, so that only the 32-bit product can wrap.
      return type === 'u32' ? (a, b) => checked(Math.imul(a, b)) : (a, b) => checked(a * b);
    case '/':
      return dividing(
        unsigned,
        bits,
        (a, b) => Math.trunc(a / b),
        (a, b) => a / b,
      );
    case '%':
      return dividing(
        unsigned,
        bits,
        (a, b) => a % b,
        (a, b) => a % b,
      );
    case '&':
      return (a, b) => a & b;
    case '|':
      return (a, b) => a | b;
    case '^':
      return (a, b) => a ^ b;
    case '<<':
      return (a, n) => {
        if (n < 0 || n >= bits) return 'bad shift';
        if (!unsigned) return checked(a * 2 ** n);
        return wide ? wrapped(BigInt(a) << BigInt(n), bits) : checked(a << n);
      };
    case '>>':
      return (a, n) => {
        if (n < 0 || n >= bits) return 'bad shift';
        if (a >= 0 || !unsigned) return a >> Math.min(n, 31);
        return wrapped(BigInt.asUintN(bits, BigInt(a)) >> BigInt(n), bits);
      };
    default:
      return unreachable(operator);
  }
}

/** `-a` in any type. */
export function negated(value: number): number | NoResult {
  return checked(-value);
}

/** The value of type `from` as one of type `to`; null stands for the identity. */
export function conversion(from: IntType, to: IntType): ((value: number) => number | NoResult) | null {
  if (from === to || from === 'bool') return null;
  if (to === 'bool') return (value) => (value === 0 ? 0 : 1);
  const bits = widthOf(to);
  if (bits === 64) return from === 'u32' ? (value) => (value < 0 ? 'too large' : value) : null;
  if (bits === 32) return null;
  const shift = 32 - bits;
  return isSigned(to) ? (value) => (value << shift) >> shift : (value) => value & (2 ** bits - 1);
}

/** Width in bits; 1 for `bool`. */
export function widthOf(type: IntType): number {
  return type === 'bool' ? 1 : Number(type.slice(1));
}

/** Division or remainder; `exactly` for residues that are no values. */
function dividing(
  unsigned: boolean,
  bits: number,
  simply: (a: number, b: number) => number,
  exactly: (a: bigint, b: bigint) => bigint,
): Computation {
  return (a, b) => {
    if (b === 0) return 'division by zero';
    if (!unsigned || (a >= 0 && b > 0)) return checked(simply(a, b));
    return wrapped(exactly(BigInt.asUintN(bits, BigInt(a)), BigInt.asUintN(bits, BigInt(b))), bits);
  };
}

/** `+ 0`: a state has no negative zero. */
function checked(value: number): number | NoResult {
  return fits(value) ? value + 0 : 'too large';
}

function wrapped(value: bigint, bits: number): number | NoResult {
  return checked(Number(BigInt.asIntN(bits, value)));
}
