import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowableWords } from '../cached/growableWords.js';
import { hashOf } from '../cached/visitedSet.js';
import { hashOfWords } from './hashCode.js';
import type { Code } from './wasmModule.js';
import {
  add,
  and,
  atomicLoad,
  block,
  callFunction,
  choose,
  compareExchange,
  constant,
  doubleConstant,
  encodeModule,
  equal,
  exit,
  exitIf,
  get,
  giveBack,
  greaterUnsigned,
  instantiate,
  isZero,
  lessSigned,
  lessUnsigned,
  load,
  loop,
  lowestBit,
  multiply,
  multiplyDoubles,
  not,
  or,
  set,
  shiftLeft,
  shiftRight,
  store,
  subtract,
  toDouble,
  truncated,
  when,
  xor,
} from './wasmModule.js';

type Binary = (left: number, right: number) => number;

/** A function of two words. */
function compiled(body: Code, locals = 0, memory = new GrowableWords(16)): Binary {
  const bytes = encodeModule([{ name: 'run', parameters: 2, results: 1, locals, body }]);
  return instantiate<{ run: Binary }>(bytes, memory.memory).run;
}

const [left, right] = [get(0), get(1)];
const word = fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 63, 64, -64, -65, 127, 128, 2 ** 31 - 1, -(2 ** 31)));

describe('an expression', () => {
  it.each<[string, Code, Binary]>([
    ['add', add(left, right), (a, b) => (a + b) | 0],
    ['subtract', subtract(left, right), (a, b) => (a - b) | 0],
    ['multiply', multiply(left, right), Math.imul],
    ['and', and(left, right), (a, b) => a & b],
    ['or', or(left, right), (a, b) => a | b],
    ['xor', xor(left, right), (a, b) => a ^ b],
    ['not', not(left), (a) => ~a],
    ['shift left', shiftLeft(left, right), (a, b) => a << b],
    ['shift right', shiftRight(left, right), (a, b) => (a >>> b) | 0],
    ['equal', equal(left, right), (a, b) => Number(a === b)],
    ['is zero', isZero(left), (a) => Number(a === 0)],
    ['less, signed', lessSigned(left, right), (a, b) => Number(a < b)],
    ['less, unsigned', lessUnsigned(left, right), (a, b) => Number(a >>> 0 < b >>> 0)],
    ['greater, unsigned', greaterUnsigned(left, right), (a, b) => Number(a >>> 0 > b >>> 0)],
    ['lowest bit', lowestBit(or(left, constant(1 << 20))), (a) => 31 - Math.clz32((a | (1 << 20)) & -(a | (1 << 20)))],
    ['choose', choose(left, constant(7), right), (a, b) => (b === 0 ? 7 : a)],
    [
      'a fraction, as a double',
      truncated(multiplyDoubles(toDouble(left), doubleConstant(0.3))),
      (a) => ((a >>> 0) * 0.3) | 0,
    ],
  ])('gives what JavaScript gives: %s', (_, body, meaning) => {
    const run = compiled(body);
    fc.assert(fc.property(word, word, (a, b) => run(a, b) === meaning(a, b)));
  });

  it('has any constant', () => {
    fc.assert(
      fc.property(word, (value) => compiled(constant(value))(0, 0) === value),
      { numRuns: 300 },
    );
  });
});

describe('a statement', () => {
  it('loads and stores words of the memory, which may grow', () => {
    const memory = new GrowableWords(16);
    const run = compiled([...store(left, right, 8), ...load(left, 8)], 0, memory);
    expect(run(4, 77)).toBe(77);
    expect(memory.words[3]).toBe(77);
    memory.reserve(1 << 20);
    expect(run(4 * 1_000_000, -5)).toBe(-5);
    expect(memory.words[1_000_002]).toBe(-5);
  });

  it('exchanges a word that is as expected, and no other', () => {
    const memory = new GrowableWords(16);
    const run = compiled([...set(2, compareExchange(constant(8), left, right)), ...get(2)], 1, memory);
    const read = compiled(atomicLoad(left), 0, memory);
    memory.words[2] = 5;
    expect([run(4, 9), read(8, 0)]).toEqual([5, 5]);
    expect([run(5, 9), read(8, 0)]).toEqual([5, 9]);
    expect(memory.words.subarray(0, 4)).toEqual(Int32Array.of(0, 0, 9, 0));
  });

  it('goes round, and out of blocks', () => {
    // The sum of the numbers from the first to the second, or -1 if it passes 1000.
    const sum = compiled(
      [
        ...block(
          loop(
            exitIf(1, lessSigned(right, left)),
            set(2, add(get(2), left)),
            when(lessSigned(constant(1000), get(2)), giveBack(constant(-1))),
            set(0, add(left, constant(1))),
            exit(0),
          ),
        ),
        ...get(2),
      ],
      1,
    );
    expect(sum(3, 10)).toBe(52);
    expect(sum(3, 2)).toBe(0);
    expect(sum(30, 1000)).toBe(-1);
  });

  it('calls another function', () => {
    const bytes = encodeModule([
      { parameters: 1, results: 1, locals: 0, body: multiply(get(0), get(0)) },
      { name: 'run', parameters: 2, results: 1, locals: 0, body: add(callFunction(0, left), callFunction(0, right)) },
    ]);
    expect(instantiate<{ run: Binary }>(bytes, new GrowableWords(16).memory).run(3, 4)).toBe(25);
  });
});

it.each([1, 2, 7, 20])('the hash of %i words is that of the visited set', (width) => {
  const memory = new GrowableWords(64);
  const run = compiled([...hashOfWords(2, left, width), ...get(2)], 1, memory);
  const words = fc.array(word, { minLength: width, maxLength: width });
  fc.assert(
    fc.property(words, (state) => {
      memory.words.set(state, 8);
      expect(run(32, 0)).toBe(hashOf(Int32Array.from(state), 0, width));
    }),
  );
});
