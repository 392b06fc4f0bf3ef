import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinaryOperator } from '../../models/program/expression.js';
import type { IntType } from '../../models/program/intType.js';
import type { Operand } from '../../models/program/program.js';
import type { NumberTest } from './numberTests.js';
import { functionOf, representatives } from './numberTests.js';

const x: Operand = { kind: 'local', name: 'x' };
const int = (value: number): Operand => ({ kind: 'int', value, text: String(value) });
const binary = (operator: BinaryOperator, left: Operand, right: Operand, arithmetic?: IntType): Operand => ({
  kind: 'binary',
  operator,
  left,
  right,
  ...(arithmetic ? { arithmetic } : {}),
});

function test(operand: Operand): NumberTest {
  const { compute, constants } = functionOf(operand, (name) => (name === 'LIMIT' ? 40 : null))!;
  return { truth: compute, constants, text: null };
}

const valuesOf = (type: IntType, operands: readonly Operand[], extra: readonly number[] = []) =>
  representatives(type, operands.map(test), extra);

describe('representatives of a number', () => {
  it('are one where nothing is asked', () => {
    expect(valuesOf('u32', [])).toEqual({ values: [0], incomplete: false });
  });

  it('are the smallest that answer differently', () => {
    expect(valuesOf('u32', [x]).values).toEqual([0, 1]);
    expect(valuesOf('s32', [binary('<', x, int(0), 's32')]).values).toEqual([0, -1]);
    expect(valuesOf('u32', [binary('<', x, int(0), 'u32')]).values).toEqual([0]);
    expect(valuesOf('u32', [binary('>', x, int(4096), 'u32')]).values).toEqual([0, 4097]);
    expect(valuesOf('u64', [binary('>=', x, { kind: 'symbol', name: 'LIMIT' }, 'u64')]).values).toEqual([0, 40]);
    expect(valuesOf('u32', [binary('==', x, int(7)), binary('==', x, int(9))]).values).toEqual([0, 7, 9]);
    expect(valuesOf('bool', [x, binary('==', x, int(7))])).toEqual({ values: [0, 1], incomplete: false });
    expect(valuesOf('s32', [{ kind: 'unary', operator: 'IS_ERR', operand: x }]).values).toEqual([0, -1]);
  });

  it('set the bits of masks alone and together, and one outside all of them', () => {
    const [a, b] = [binary('&', x, int(1)), binary('&', x, int(4))];
    const unknown = binary('&', x, { kind: 'unary', operator: '~', operand: int(5), arithmetic: 'u32' }, 'u32');
    expect(valuesOf('u32', [a, b, unknown]).values).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(valuesOf('u32', [binary('==', binary('&', x, int(0x300)), int(0x200))]).values).toEqual([0, 512]);
  });

  it('see through shifts and conversions', () => {
    expect(valuesOf('u32', [binary('==', binary('>>', x, int(12), 'u32'), int(3), 'u32')]).values).toEqual([0, 12288]);
    const low: Operand = { kind: 'convert', from: 'u32', to: 'u8', operand: x };
    expect(valuesOf('u32', [binary('==', low, int(255), 's32')]).values).toEqual([0, 255]);
  });

  it('include the values that are asked for', () => {
    expect(valuesOf('u32', [binary('>', x, int(9), 'u32')], [0, 1, 2])).toEqual({
      values: [0, 1, 2, 10],
      incomplete: false,
    });
  });

  it('are not complete where more values differ than are tried', () => {
    const many = Array.from({ length: 20 }, (_, index) => binary('==', x, int(3 * index)));
    const { values, incomplete } = valuesOf('u32', many);
    expect(values).toHaveLength(16);
    expect(incomplete).toBe(true);
  });

  it('are not complete where a value that cannot be stored would differ', () => {
    const wide: Operand = { kind: 'convert', from: 'u32', to: 'u64', operand: x };
    expect(valuesOf('u32', [wide])).toEqual({ values: [0, 1], incomplete: false });
    const sign: Operand = binary('<', { kind: 'convert', from: 'u32', to: 's32', operand: x }, int(0), 's32');
    expect(valuesOf('u32', [wide, sign])).toEqual({ values: [0, 1], incomplete: true });
  });

  it('do without a test that never has an answer', () => {
    expect(valuesOf('u64', [binary('>', x, int(2 ** 40), 'u64'), x])).toEqual({ values: [0, 1], incomplete: false });
  });

  it('give every combination of answers that some value gives', () => {
    const constant = fc
      .oneof(
        fc.nat({ max: 255 }),
        fc.nat({ max: 7 }).map((bit) => 2 ** bit),
      )
      .map(int);
    const part = fc.oneof(
      fc.constant(x),
      fc
        .tuple(fc.constantFrom<BinaryOperator>('&', '+', '-', '^'), constant)
        .map(([operator, c]) => binary(operator, x, c, 's32')),
      fc.nat({ max: 5 }).map((count) => binary('>>', x, int(count), 's32')),
    );
    const operator = fc.constantFrom<BinaryOperator>('==', '!=', '<', '<=', '>', '>=');
    const tests = fc.oneof(
      part,
      fc.tuple(operator, part, constant).map(([op, left, right]) => binary(op, left, right, 's32')),
    );
    // Of two tests: what three or more ask of one number together can need a value that no constant is near.
    fc.assert(
      fc.property(fc.array(tests, { maxLength: 2 }), (operands) => {
        const asked = operands.map(test);
        const answers = (value: number) => asked.map(({ truth }) => (truth(value) === 0 ? '0' : '1')).join('');
        const all = new Set(Array.from({ length: 32768 }, (_, value) => answers(value - 16384)));
        const { values } = representatives('s32', asked, []);
        expect(new Set(values.map(answers))).toEqual(all);
        expect(values).toHaveLength(all.size);
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
