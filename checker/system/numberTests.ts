import type { ArithmeticOperator, NoResult } from '../../models/program/intArithmetic.js';
import { computation, conversion, fits, negated, residueOf } from '../../models/program/intArithmetic.js';
import type { IntType } from '../../models/program/intType.js';
import type { Operand } from '../../models/program/program.js';

/** A number or a truth value that code computes of one number; null where it has no value in the model. */
export type NumberFunction = (value: number) => number | null;

/** Something that code asks about a number: a branch, seen through everything computed of the number before. */
export interface NumberTest {
  readonly truth: NumberFunction;
  /** Numbers in the computation: where the answer changes is near them. */
  readonly constants: readonly number[];
  /** With the number's name in the place of `?`, or null if the test is too long to show. */
  readonly text: string | null;
}

/** At most this many values are tried for one number. */
const mostRepresentatives = 16;
const mostCandidates = 4096;
/** As many pairs of a number and a constant are looked at for what one makes of the other. */
const mostPairs = 10_000;
/** All numbers up to this one are tried. */
const mostSmall = 64;
/** Masks with more bits are tried bit by bit only at their ends. */
const mostBits = 6;

/** The values that are tried for a number. */
export interface Representatives {
  readonly values: readonly number[];
  /** There are others that the tests tell apart from these. */
  readonly incomplete: boolean;
}

/**
 * One value for each way to answer all tests that some value of the type gives, as far as the numbers in the tests show; the
 * smallest that is not negative first. `extra` are values that are tried in any case.
 */
export function representatives(
  type: IntType,
  tests: readonly NumberTest[],
  extra: readonly number[],
): Representatives {
  const tried = candidates(type, tests, extra);
  // A test that has no answer for any value ends every path that makes it.
  const asked = tests.filter(({ truth }) => tried.some((value) => truth(value) !== null));
  const values: number[] = [];
  const known = new Set<string>();
  const open = new Set<string>();
  for (const value of tried) {
    const answers = asked.map(({ truth }) => answer(truth(value))).join('');
    if (answers.includes('?')) open.add(answers);
    else if (extra.includes(value) || !known.has(answers)) values.push(value);
    if (!answers.includes('?')) known.add(answers);
    if (values.length > mostRepresentatives) break;
  }
  // A value for which some test cannot be worked out counts if the other tests tell it apart.
  const lost = [...open].some((answers) => ![...known].some((other) => agree(answers, other)));
  return {
    values: values.length === 0 ? [0] : values.slice(0, mostRepresentatives),
    incomplete: lost || values.length > mostRepresentatives,
  };
}

function answer(result: number | null): string {
  if (result === null) return '?';
  return result === 0 ? '0' : '1';
}

function agree(open: string, known: string): boolean {
  return [...open].every((one, at) => one === '?' || one === known[at]);
}

function byPreference(a: number, b: number): number {
  if (a < 0 === b < 0) return Math.abs(a) - Math.abs(b);
  return a < 0 ? 1 : -1;
}

/** Small numbers, constants, what masks, shifts and sums make of them, and the neighbours of all these; by preference. */
function candidates(type: IntType, tests: readonly NumberTest[], extra: readonly number[]): number[] {
  const constants = [...new Set(tests.flatMap(({ constants: found }) => found))];
  const found = new Set([...extra, -1]);
  for (let small = 0; small <= mostSmall; small += 1) found.add(small);
  const add = (value: number) => {
    for (const near of [value - 1, value, value + 1]) if (found.size < mostCandidates) found.add(near);
  };
  let level = [0, ...constants];
  for (let round = 0; round < 2; round += 1) {
    level.forEach(add);
    const bounds = new Set(level.flatMap((value) => [value - 1, value, value + 1]));
    if (bounds.size * constants.length > mostPairs) break;
    level = [...bounds].flatMap((value) => constants.flatMap((constant) => undone(value, constant)));
  }
  level.forEach(add);
  for (const bits of combinations(constants)) add(bits);
  const small = [...found].filter((value) => residueOf(BigInt(value), type) === value).sort(byPreference);
  return [...small, ...constants.filter((value) => !fits(value))];
}

/** The numbers from which an operation with `constant` may make `value`. */
function undone(value: number, constant: number): number[] {
  if (!fits(constant)) return [];
  const shifted = constant >= 0 && constant < 30 ? [value * 2 ** constant, Math.trunc(value / 2 ** constant)] : [];
  const divided = constant === 0 ? [] : [Math.trunc(value / constant)];
  return [
    value + constant,
    value - constant,
    constant - value,
    value ^ constant,
    ~value,
    value * constant,
    ...shifted,
    ...divided,
  ];
}

/** Every union of the bits of the constants, taken as masks. */
function combinations(constants: readonly number[]): number[] {
  const bits = new Set<number>();
  for (const constant of constants) {
    const inside = Array.from({ length: 29 }, (_, bit) => 2 ** bit).filter((bit) => (constant & bit) !== 0);
    const kept = inside.length <= mostBits ? inside : [inside[0]!, inside.at(-1)!];
    kept.forEach((bit) => bits.add(bit));
  }
  let unions = [0];
  for (const bit of [...bits].sort((a, b) => a - b)) {
    if (unions.length * 2 > mostCandidates / 4) break;
    unions = [...unions, ...unions.map((union) => union | bit)];
  }
  return unions;
}

/** What an operand computes of the one local variable in it, and the numbers it does so with; null if it is more than that. */
export function functionOf(
  operand: Operand,
  constantOf: (name: string) => number | null,
): { readonly compute: NumberFunction; readonly constants: readonly number[] } | null {
  const constants: number[] = [];
  const compute = compile(operand, constants, constantOf);
  return compute && { compute, constants };
}

function compile(
  operand: Operand,
  constants: number[],
  constantOf: (name: string) => number | null,
): NumberFunction | null {
  switch (operand.kind) {
    case 'int':
      constants.push(operand.value);
      return () => operand.value;
    case 'symbol': {
      const value = constantOf(operand.name);
      if (value === null) return null;
      constants.push(value);
      return () => value;
    }
    case 'local':
      return (value) => value;
    case 'convert': {
      const inner = compile(operand.operand, constants, constantOf);
      const convert = conversion(operand.from, operand.to);
      return inner && convert ? mapped(inner, convert) : inner;
    }
    case 'unary': {
      const inner = compile(operand.operand, constants, constantOf);
      if (operand.operator === 'IS_ERR') constants.push(-4095, -1);
      return inner && mapped(inner, unary[operand.operator]);
    }
    case 'binary': {
      const left = compile(operand.left, constants, constantOf);
      const right = compile(operand.right, constants, constantOf);
      if (!left || !right) return null;
      const compute = binary(operand);
      const isIdentity = operand.operator === '==' || operand.operator === '!=';
      return (value) => {
        const a = left(value);
        const b = right(value);
        if (a === null || b === null) return null;
        // Of a number beyond the window only its identity is known.
        if (!isIdentity && !(fits(a) && fits(b))) return null;
        return numberOrNull(compute(a, b));
      };
    }
    case 'member':
    case 'element':
    case 'offset':
    case 'containerOf':
      return null;
  }
}

function mapped(inner: NumberFunction, outer: (value: number) => number | NoResult): NumberFunction {
  return (value) => {
    const result = inner(value);
    return result === null || !fits(result) ? null : numberOrNull(outer(result));
  };
}

function numberOrNull(result: number | NoResult): number | null {
  return typeof result === 'number' ? result : null;
}

const unary = {
  '!': (value: number) => (value === 0 ? 1 : 0),
  '-': negated,
  '~': (value: number) => ~value,
  IS_ERR: (value: number) => (value < 0 && value >= -4095 ? 1 : 0),
};

function binary({
  operator,
  arithmetic,
}: Operand & { kind: 'binary' }): (left: number, right: number) => number | NoResult {
  const unsigned = arithmetic === 'u32' || arithmetic === 'u64';
  const ordered =
    (compare: (left: number, right: number) => boolean) =>
    (left: number, right: number): number =>
      (unsigned ? compare(left >>> 0, right >>> 0) : compare(left, right)) ? 1 : 0;
  switch (operator) {
    case '==':
      return (left, right) => (left === right ? 1 : 0);
    case '!=':
      return (left, right) => (left === right ? 0 : 1);
    case '<':
      return ordered((left, right) => left < right);
    case '<=':
      return ordered((left, right) => left <= right);
    case '>':
      return ordered((left, right) => left > right);
    case '>=':
      return ordered((left, right) => left >= right);
    case '&&':
      return (left, right) => (left !== 0 && right !== 0 ? 1 : 0);
    case '||':
      return (left, right) => (left !== 0 || right !== 0 ? 1 : 0);
    default:
      return computation(operator satisfies ArithmeticOperator, arithmetic ?? 's64');
  }
}
