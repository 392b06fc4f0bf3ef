import { beforeAll, describe, expect, test } from 'vitest';
import type { ConstantValue } from './declarations.js';
import { declarationsOf, gcc, runC } from './testing/fixture.js';
import { describeWith } from '../testing/inputs.js';
import { configurationFromFile } from '../syntax/configuration.js';

/** Value and type of a macro whose body is the expression. */
function evaluate(expression: string, before = ''): ConstantValue | null {
  return declarationsOf(`${before}\n#define SUBJECT ${expression}\n`).constant('SUBJECT');
}

function shown(result: ConstantValue | null): string | null {
  return result === null ? null : `${result.type.int} ${result.value}`;
}

/** What both this evaluator and gcc understand without any header. */
const shared = [
  '1',
  '2147483647',
  '2147483648',
  '0x7fffffff',
  '0x80000000',
  '0xffffffff',
  '0xffffffffffffffff',
  '017777777777',
  '1U',
  '1L',
  '1UL',
  '4294967296U',
  '0x8000000000000000L',
  "'a'",
  "'\\n'",
  '-1',
  '-2147483648',
  '-0x80000000',
  '~0',
  '~0U',
  '~0UL',
  '!5',
  '!0UL',
  '+(unsigned char)200',
  '-(unsigned char)200',
  '~(unsigned short)1',
  '1 << 31',
  '1U << 31',
  '1UL << 40',
  '-8 >> 1',
  '0x80000000 >> 4',
  '(short)-1 >> 3',
  '(signed char)1 << 2UL',
  '7 / -2',
  '-7 % 3',
  '-1 / 2U',
  '5U - 6',
  '5L - 6U',
  '5UL - 6',
  '2147483647 + 1',
  '65535 * 65537',
  '-1 < 0U',
  '-1 < 0L',
  '-1L < 0U',
  '-1 == 0xffffffff',
  '3 > 2 == 1',
  '6 & 3 | 8 ^ 1',
  '1 || 1 / 0',
  '0 && 1 / 0',
  '2 && 3',
  '1 ? -1 : 0U',
  '0 ? 1UL : -1',
  '5 ?: 6',
  '0 ?: 6L',
  '(unsigned char)300',
  '(signed char)200',
  '(_Bool)256',
  '(short)40000 + 0',
  '(unsigned long)-1',
  '(long)(int)0x80000000',
  '(unsigned)-1 + 1L',
  'sizeof(int)',
  'sizeof(char) - 2',
  'sizeof(long [4])',
  'sizeof(void *)',
  'sizeof 1L',
  'sizeof(1 ? (char)1 : (char)2)',
  '_Alignof(short)',
  '-sizeof(int) > 0',
  '(2 + 3) * 4 - 1',
  '1 - 2 - 3',
  '100 / 10 / 2',
];

describeWith({ gcc }, 'constants as gcc computes them', () => {
  const typed = shared.map(
    (text) =>
      `printf(_Generic((${text}), _Bool: "bool", char: "u8", signed char: "s8", unsigned char: "u8", short: "s16",` +
      ` unsigned short: "u16", int: "s32", unsigned: "u32", long: "s64", unsigned long: "u64"));` +
      ` printf(_Generic((${text}), unsigned long: " %lu\\n", long: " %ld\\n", unsigned: " %u\\n", default: " %d\\n"), ${text});`,
  );
  let expected: readonly string[] = [];
  beforeAll(() => {
    expected = runC(`#include <stdio.h>\nint main(void) {\n${typed.join('\n')}\n}\n`);
  });
  test.each(shared.map((text, index) => [text, index] as const))('%s', (text, index) => {
    expect(shown(evaluate(`(${text})`))).toBe(expected[index]);
  });
});

describe('constants', () => {
  test.each([
    ['1 / 0', null],
    ['1 % 0', null],
    ['1 << 32', null],
    ['1 << -1', null],
    ['1UL << 64', null],
    ['unknown', null],
    ['1 + unknown', null],
    ['1.5', null],
    ['"text"', null],
    ['(void *)0', null],
    ['f(1)', null],
    ['sizeof(struct nowhere)', null],
    ['-9223372036854775807 - 1', 's64 -9223372036854775808'],
    ['9223372036854775807 + 1', 's64 -9223372036854775808'],
  ])('%s', (text, expected) => {
    expect(shown(evaluate(text))).toBe(expected);
  });

  test.each([
    ['BIT(0)', 'u64 1'],
    ['BIT(63)', 'u64 9223372036854775808'],
    ['BIT(64)', null],
    ['BIT_ULL(40) | 1', 'u64 1099511627777'],
    ['GENMASK(7, 4)', 'u64 240'],
    ['GENMASK_ULL(63, 0)', 'u64 18446744073709551615'],
    ['GENMASK(0, 1)', null],
    ['DMA_BIT_MASK(32)', 'u64 4294967295'],
    ['DMA_BIT_MASK(64)', 'u64 18446744073709551615'],
    ['UL(3)', 'u64 3'],
    ['_AC(1, UL) << 12', 'u64 4096'],
    ['_AC(7, U)', 'u32 7'],
    ['_AC(7, L)', 's64 7'],
    ['_IO(0xa4, 3)', 'u32 41987'],
    ['_IOR(0xa4, 0, struct answer)', 'u64 2148312064'],
    ['_IOW(0xa4, 5, __u64)', 'u64 1074308101'],
    ["_IOWR('x', 255, int)", 'u64 3221518591'],
    ['_IOC(3U, 0xa4, 1, 16)', 'u32 3222316033'],
    ['_IOC_NR(_IOR(0xa4, 9, int))', 'u64 9'],
    ['_IOC_TYPE(_IO(0xa4, 9))', 'u32 164'],
    ['_IOC_DIR(_IOWR(0xa4, 9, int))', 'u64 3'],
    ['_IOC_SIZE(_IOW(0xa4, 9, struct answer))', 'u64 12'],
    ['_IOR(0xa4, 0, struct nowhere)', null],
    ['min(3, 4)', 's32 3'],
    ['max(3U, 4)', 'u32 4'],
    ['min_t(u8, 257, 2)', 'u8 1'],
    ['max_t(size_t, 1, 2)', 'u64 2'],
    ['min(1)', null],
    ['DIV_ROUND_UP(9, 8)', 's32 2'],
    ['DIV_ROUND_UP(9, 0)', null],
    ['ALIGN(5, 8UL)', 'u64 8'],
    ['roundup(10, 6)', 's32 12'],
    ['BITS_TO_LONGS(65)', 's32 2'],
    ['ARRAY_SIZE(table)', 'u64 3'],
    ['ARRAY_SIZE(sparse)', 'u64 8'],
    ['ARRAY_SIZE(answer)', null],
    ['sizeof(table)', 'u64 12'],
    ['sizeof(table[0])', 'u64 4'],
    ['sizeof(((struct answer *)0)->name)', 'u64 4'],
    ['sizeof(struct answer)', 'u64 12'],
    ['sizeof_field(struct answer, name)', 'u64 4'],
    ['offsetof(struct answer, name)', 'u64 8'],
    ['offsetof(struct answer, name[2])', 'u64 10'],
    ['offsetof(struct answer, nothing)', null],
    ['offsetofend(struct answer, b)', 'u64 8'],
    ['IS_ENABLED(CONFIG_SOMETHING)', 's32 1'],
    ['IS_MODULE(CONFIG_SOMETHING)', 's32 0'],
    ['TWICE(4)', 's32 8'],
    ['TWICE(TWICE(4)) + 1', 's32 17'],
    ['OPEN', 's32 -1'],
    ['SECOND', 's32 6'],
    ['FOURTH', 's32 -2'],
    ['FIFTH', 's32 -1'],
    ['HUGE_ONE', 'u32 4294967295'],
    ['BOTH', 's32 7'],
  ])('%s', (text, expected) => {
    const before = `
      struct answer { u32 a; u32 b; char name[4]; };
      static int table[] = { 1, 2, 3 };
      static int sparse[] = { [3] = 1, [7] = 2, [1] = 3 };
      #define TWICE(x) ((x) * 2)
      #define OPEN (-1)
      enum { FIRST = 5, SECOND, THIRD = FIRST - 8, FOURTH, FIFTH };
      enum { HUGE_ONE = 0xffffffff };
      enum { BOTH = 7 };
      #define BOTH BOTH
    `;
    expect(shown(evaluate(text, before))).toBe(expected);
  });

  test('a macro whose replacement falls apart in its place is no constant, rather than a wrong one', () => {
    const before = `
      #define SUM 1 + 2
      #define ALIAS SUM
      #define SHIFTED 1 << 4
      #define CHOICE 1 ? 2 : 3
      #define CAST (u8)0x1ff
      #define ADD(a, b) a + b
      #define CLOSED ((1) + (2))
      #define BROKEN (1) + (2)
    `;
    expect(shown(evaluate('SUM', before))).toBe('s32 3');
    expect(shown(evaluate('SUM + 1', before))).toBe('s32 4');
    expect(shown(evaluate('SHIFTED | 1', before))).toBe('s32 17');
    expect(shown(evaluate('CAST + 1', before))).toBe('s32 256');
    expect(shown(evaluate('CLOSED * 3', before))).toBe('s32 9');
    for (const wrong of [
      'SUM * 3',
      '3 * SUM',
      '1 - SUM',
      '-SUM',
      '(u8)SUM',
      'ALIAS * 3',
      'CHOICE + 1',
      'ADD(1, 2) * 3',
    ]) {
      expect(evaluate(wrong, before), wrong).toBeNull();
    }
    expect(evaluate('BROKEN * 3', before)).toBeNull();
    expect(evaluate('CHOICE ? 1 : 2', before)).toBeNull();
  });

  test('no end of replacement is no constant', () => {
    expect(evaluate('LOOP', '#define LOOP (LOOP + 1)')).toBeNull();
    expect(evaluate('PING', '#define PING PONG\n#define PONG PING')).toBeNull();
    expect(evaluate('GROW(1)', '#define GROW(x) (GROW(x) + GROW(x))')).toBeNull();
    // Each doubles the work of the one before: a value that would take years.
    const doubling = Array.from({ length: 60 }, (_, index) => `#define A${index + 1} (A${index} + A${index})`).join(
      '\n',
    );
    expect(shown(evaluate('A8', `#define A0 1UL\n${doubling}`))).toBe('u64 256');
    expect(evaluate('A60', `#define A0 1UL\n${doubling}`)).toBeNull();
    expect(evaluate('EGG', 'enum { EGG = HEN, HEN = EGG };')).toBeNull();
  });

  test('names that a block declares hide those of the file', () => {
    const declarations = declarationsOf('#define size 4\nenum { count = 5 };\nstatic char buffer[16];\n');
    const name = { kind: 'name', name: 'size', line: 1 } as const;
    const sizeOfBuffer = {
      kind: 'sizeof',
      operator: 'sizeof',
      of: { kind: 'name', name: 'buffer', line: 1 },
      line: 1,
    } as const;
    const int = { kind: 'int', int: 's32', name: 'int' } as const;
    expect(declarations.evaluate(name)?.value).toBe(4n);
    expect(declarations.evaluate(name, (local) => (local === 'size' ? int : null))).toBeNull();
    const enumerator = { kind: 'name', name: 'count', line: 1 } as const;
    expect(declarations.evaluate(enumerator)?.value).toBe(5n);
    expect(declarations.evaluate(enumerator, (local) => (local === 'count' ? int : null))).toBeNull();
    expect(declarations.evaluate(sizeOfBuffer)?.value).toBe(16n);
    expect(declarations.evaluate(sizeOfBuffer, (local) => (local === 'buffer' ? int : null))?.value).toBe(4n);
  });

  test('a .config decides IS_ENABLED and gives numbers', () => {
    const configuration = configurationFromFile('CONFIG_A=y\nCONFIG_B=m\nCONFIG_N=300\n');
    const text =
      '#define A IS_ENABLED(CONFIG_A)\n#define B IS_ENABLED(CONFIG_B)\n#define C IS_ENABLED(CONFIG_C)\n' +
      '#define M IS_MODULE(CONFIG_B)\n#define I IS_BUILTIN(CONFIG_B)\n#define N (CONFIG_N * 2)\n';
    const declarations = declarationsOf(text, { configuration });
    expect([...'ABCMIN'].map((name) => shown(declarations.constant(name)))).toEqual([
      's32 1',
      's32 1',
      's32 0',
      's32 1',
      's32 0',
      's32 600',
    ]);
  });

  test('says by what name it was asked', () => {
    expect(declarationsOf('').constant('EINVAL')).toEqual({
      value: 22n,
      type: { kind: 'int', int: 's32', name: 'int' },
      from: 'EINVAL',
    });
    const minus = {
      kind: 'unary',
      operator: '-',
      operand: { kind: 'name', name: 'EINVAL', line: 1 },
      line: 1,
    } as const;
    expect(declarationsOf('').evaluate(minus)).toMatchObject({ value: -22n, from: '-EINVAL' });
  });
});
