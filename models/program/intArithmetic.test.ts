import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArithmeticOperator, NoResult } from './intArithmetic.js';
import { computation, conversion, fits, isSigned, negated, residueOf, widthOf } from './intArithmetic.js';
import type { IntType } from './intType.js';

const types: readonly IntType[] = ['bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64'];
const wide: readonly IntType[] = ['s32', 'u32', 's64', 'u64'];
const operators: readonly ArithmeticOperator[] = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'];
const runs = { numRuns: 3000 };

/** The value that a residue stands for, worked out with big integers alone. */
function valueOf(residue: number, type: IntType): bigint {
  if (type === 'bool') return BigInt(residue);
  const bits = Number(type.slice(1));
  return type.startsWith('u') ? BigInt.asUintN(bits, BigInt(residue)) : BigInt(residue);
}

function rangeOf(type: IntType): readonly [bigint, bigint] {
  if (type === 'bool') return [0n, 1n];
  const bits = BigInt(type.slice(1));
  return type.startsWith('u') ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

/** Residues of a type, often near the ends of the window, near 0 and near powers of two. */
function residues(type: IntType): fc.Arbitrary<number> {
  const [least, most] = rangeOf(type);
  const low = type.startsWith('u') && Number(type.slice(1)) >= 32 ? -(2 ** 29) : Math.max(Number(least), -(2 ** 29));
  const high = Math.min(Number(most), 2 ** 29 - 1);
  const powers = fc
    .tuple(fc.nat({ max: 29 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([exponent, near, negative]) => (negative ? -1 : 1) * 2 ** exponent + near)
    .map((value) => Math.min(Math.max(value, low), high));
  return fc.oneof(
    powers,
    fc.integer({ min: low, max: high }),
    fc.integer({ min: Math.max(low, -70), max: Math.min(high, 70) }),
  );
}

/** What C computes, as a residue or as the reason why there is none. */
function expected(operator: ArithmeticOperator, type: IntType, left: bigint, right: bigint): number | NoResult {
  const bits = BigInt(type.slice(1));
  const [least, most] = rangeOf(type);
  if ((operator === '<<' || operator === '>>') && (right < 0n || right >= bits)) return 'bad shift';
  if ((operator === '/' || operator === '%') && right === 0n) return 'division by zero';
  const exact = {
    '+': () => left + right,
    '-': () => left - right,
    '*': () => left * right,
    '/': () => left / right,
    '%': () => left % right,
    '&': () => left & right,
    '|': () => left | right,
    '^': () => left ^ right,
    '<<': () => left << right,
    '>>': () => left >> right,
  }[operator]();
  if (type.startsWith('s') && (exact < least || exact > most)) return 'too large';
  const residue = Number(BigInt.asIntN(Number(bits), exact));
  return residue >= -(2 ** 29) && residue < 2 ** 29 ? residue : 'too large';
}

describe('arithmetic in C', () => {
  for (const type of wide) {
    for (const operator of operators) {
      it(`computes ${operator} in ${type}, or says why it cannot`, () => {
        const compute = computation(operator, type);
        fc.assert(
          fc.property(residues(type), residues(type), (a, b) => {
            expect(compute(a, b)).toBe(expected(operator, type, valueOf(a, type), valueOf(b, type)));
          }),
          runs,
        );
      });
    }

    it(`negates in ${type}`, () => {
      fc.assert(
        fc.property(residues(type), (a) => {
          expect(negated(a)).toBe(expected('-', type, 0n, valueOf(a, type)));
        }),
        runs,
      );
    });

    it(`complements in ${type} without ever leaving the window`, () => {
      fc.assert(
        fc.property(residues(type), (a) => {
          expect(~a).toBe(residueOf(~valueOf(a, type), type));
        }),
        runs,
      );
    });
  }

  it('computes in s32 what C promotes', () => {
    for (const type of ['bool', 's8', 'u8', 's16', 'u16'] as const) {
      expect(computation('-', type)(1, 2)).toBe(-1);
      expect(computation('<<', type)(1, 31)).toBe('too large');
      expect(computation('<<', type)(1, 32)).toBe('bad shift');
    }
  });

  for (const from of types) {
    for (const to of types) {
      it(`converts ${from} to ${to}`, () => {
        const convert = conversion(from, to) ?? ((value: number) => value);
        fc.assert(
          fc.property(residues(from), (a) => {
            expect(convert(a)).toBe(residueOf(valueOf(a, from), to) ?? 'too large');
          }),
          { numRuns: 500 },
        );
      });
    }
  }
});

describe('residues', () => {
  it('stand for one value of each type', () => {
    for (const type of types) {
      fc.assert(
        fc.property(residues(type), (a) => {
          expect(residueOf(valueOf(a, type), type)).toBe(a);
        }),
        { numRuns: 500 },
      );
    }
  });

  it('exist near 0 and near the ends of a wide unsigned type only', () => {
    expect(residueOf(0xffff_ffffn, 'u32')).toBe(-1);
    expect(residueOf(0xffff_ffffn, 'u64')).toBeNull();
    expect(residueOf(2n ** 64n - 1n, 'u64')).toBe(-1);
    expect(residueOf(0x4000_0000n, 's32')).toBeNull();
    expect(residueOf(2n ** 29n - 1n, 's32')).toBe(2 ** 29 - 1);
    expect(residueOf(2n ** 29n, 'u64')).toBeNull();
    expect(residueOf(300n, 'u8')).toBe(44);
    expect(residueOf(200n, 's8')).toBe(-56);
    expect(residueOf(7n, 'bool')).toBe(1);
  });

  it('fit in the window of 30 bits', () => {
    expect([-(2 ** 29) - 1, -(2 ** 29), 2 ** 29 - 1, 2 ** 29].map(fits)).toEqual([false, true, true, false]);
  });

  it('know their types', () => {
    expect(types.map(widthOf)).toEqual([1, 8, 8, 16, 16, 32, 32, 64, 64]);
    expect(types.filter(isSigned)).toEqual(['s8', 's16', 's32', 's64']);
  });
});
