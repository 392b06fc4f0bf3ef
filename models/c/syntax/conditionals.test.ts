import { describe, expect, test } from 'vitest';
import { configurationFromFile, defaultConfiguration } from './configuration.js';
import { parseTranslationUnit, type Configuration } from './parse.js';
import { parse, problemTexts } from './testing/parse.js';

/** Names declared at file scope, and the decisions. */
function conditional(text: string, configuration: Configuration = defaultConfiguration()) {
  const unit = parseTranslationUnit(text, { file: 'test.c', configuration });
  const names = unit.items.flatMap((item) => (item.kind === 'declaration' ? item.names.map(({ name }) => name) : []));
  return { names, unit };
}

/** Whether the condition holds. */
function holds(condition: string, configuration?: Configuration): boolean {
  return conditional(`#if ${condition}\nint yes;\n#endif\n`, configuration).names.includes('yes');
}

describe('conditions by the default policy', () => {
  test.each([
    ['0', false],
    ['1', true],
    ['CONFIG_TEE', true],
    ['defined(CONFIG_TEE) && !defined CONFIG_TEE_MODULE', true],
    ['IS_ENABLED(CONFIG_TEE)', true],
    ['IS_BUILTIN(CONFIG_TEE)', true],
    ['IS_MODULE(CONFIG_TEE)', false],
    ['IS_REACHABLE(CONFIG_TEE)', true],
    ['IS_ENABLED(CONFIG_KASAN)', false],
    ['defined(CONFIG_DEBUG_LOCK_ALLOC) || defined(CONFIG_LOCKDEP)', false],
    ['defined(CONFIG_PREEMPT_RT)', false],
    ['defined(CONFIG_CPU_BIG_ENDIAN)', false],
    ['defined(CONFIG_KASAN_SW_TAGS) || defined(CONFIG_KCSAN) || defined(CONFIG_KMSAN)', false],
    ['CONFIG_64BIT', true],
    ['CONFIG_32BIT', false],
    ['BITS_PER_LONG == 64', true],
    ['defined(__KERNEL__)', true],
    ['defined(__ASSEMBLY__) || defined(__cplusplus) || defined(MODULE)', false],
    ['defined(__LITTLE_ENDIAN) && !defined(__BIG_ENDIAN)', true],
    ['LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)', true],
    ['LINUX_VERSION_CODE < KERNEL_VERSION(5, 4, 300)', false],
    ['GCC_VERSION >= 40900', true],
    ['__has_attribute(__cleanup__)', false],
    ['UNKNOWN', false],
    ['UNKNOWN == 0', true],
    ['(1 + 2) * 3 - 7 == 2', true],
    ['1 << 4 | 3 & ~1', true],
    ['-1 < 0 && 5 / 2 == 2 && 5 % 2 != 0', true],
    ['0 ? 1 : 0 ? 1 : 3 > 2', true],
    ['0x10UL >= 16', true],
    ["'a' == 97", true],
    ['BIT(3) == 8', true],
    ['1 ^ 1', false],
    ['0 || 2', true],
  ])('#if %s', (condition, expected) => {
    expect(holds(condition)).toBe(expected);
    expect(problemTexts(conditional(`#if ${condition}\n#endif\n`).unit)).toEqual([]);
  });

  test.each([
    ['1 +', 'it ends too early'],
    ['(1', "')' is missing"],
    ['1 2', "unexpected '2'"],
    ['1 / 0', 'division by 0'],
    ['UNKNOWN(1)', 'UNKNOWN() is not defined in this file'],
    ['1.5', "'1.5' is no integer"],
  ])('#if %s is false, with a note', (condition, why) => {
    const { unit, names } = conditional(`#if ${condition}\nint a;\n#else\nint b;\n#endif\n`);
    expect(names).toEqual(['b']);
    expect(problemTexts(unit)).toEqual([`note 1: #if ${condition}: ${why}; taken as false`]);
  });
});

test('branches, nesting, and the record of every decision', () => {
  const { names, unit } = conditional(
    '#ifdef CONFIG_A\nint a;\n#  if 0\nint b;\n#  elif defined( X )  \nint c;\n#  else\nint d;\n#  endif\n' +
      '#else\n#ifdef Y\nint e;\n#endif\n#endif\n#ifndef CONFIG_KASAN\nint f;\n#endif\n',
  );
  expect(names).toEqual(['a', 'd', 'f']);
  expect(unit.conditionals).toEqual([
    { line: 1, directive: '#ifdef CONFIG_A', taken: true, reason: 'policy: CONFIG_ symbols are set' },
    { line: 3, directive: '#if 0', taken: false, reason: 'a constant' },
    { line: 5, directive: '#elif defined( X )', taken: false, reason: 'X is not defined here' },
    { line: 7, directive: '#else', taken: true, reason: 'no branch before it is taken' },
    { line: 10, directive: '#else', taken: false, reason: 'an earlier branch is taken' },
    { line: 11, directive: '#ifdef Y', taken: false, reason: 'inside a branch that is not taken' },
    {
      line: 15,
      directive: '#ifndef CONFIG_KASAN',
      taken: true,
      reason: 'policy: CONFIG_KASAN is not set: sanitisers replace what they watch',
    },
  ]);
});

test("a header's guard does not hide it", () => {
  const { names } = conditional('#ifndef POND_H\n#define POND_H\nint a;\n#endif\n');
  expect(names).toEqual(['a']);
});

test('what the file defines counts from there on, until it is undefined', () => {
  const { names, unit } = conditional(
    '#ifdef A\nint a;\n#endif\n#define A (B + 1)\n#define B 2\n#define F(x, y) ((x) * y)\n#if A == 3 && F(A, 2) == 6\nint b;\n' +
      '#endif\n#undef A\n#ifdef A\nint c;\n#endif\n#define EMPTY\n#ifdef EMPTY\nint d;\n#endif\n#if EMPTY\n#endif\n',
  );
  expect(names).toEqual(['b', 'd']);
  expect([...unit.macros.keys()]).toEqual(['A', 'B', 'F', 'EMPTY']);
  expect(unit.conditionals[2]).toMatchObject({ taken: false, reason: "A is #undef'ined in this file" });
  expect(problemTexts(unit)).toEqual(['note 18: #if EMPTY: EMPTY is defined as nothing; taken as false']);
});

test('macros and includes, only of branches that are taken', () => {
  const unit = parse(
    '#include <linux/slab.h>\n#include "pond.h" /* ducks */\n#if 0\n#include "x.h"\n#define X\n#endif\n' +
      '#define LOG(fmt, args...) \\\n\tprintk(fmt "//", /* b */ ##args) // c\n#define V(...) __VA_ARGS__\n#define V (1)\n',
  );
  expect(unit.includes).toEqual([
    { line: 1, path: 'linux/slab.h', system: true },
    { line: 2, path: 'pond.h', system: false },
  ]);
  expect([...unit.macros.values()]).toEqual([
    { name: 'LOG', parameters: ['fmt', 'args...'], body: 'printk(fmt "//",   ##args)', file: 'test.c', line: 7 },
    { name: 'V', parameters: null, body: '(1)', file: 'test.c', line: 10 },
  ]);
});

test.each([
  ['#if 1\nint a;\n', ['error 1: this #if has no #endif']],
  ['#endif\nint a;\n', ['error 1: #endif without an #if']],
  ['#else\nint a;\n', ['error 1: #else without an #if']],
  ['#elif 1\nint a;\n', ['error 1: #elif without an #if']],
  ['#if 1\nint a;\n#else\n#else\n#endif\n', ['error 4: a second #else']],
  ['#if 0\n#else\nint a;\n#elif 1\n#endif\n', ['error 4: #elif after #else']],
  ['#ifdef\n#endif\nint a;\n', ['error 1: #ifdef: a name must follow']],
  ['#define 1\nint a;\n', ['error 1: #define 1: a name must follow']],
  ['#error "no"\nint a;\n', ['note 1: the configuration reaches \'#error "no"\'']],
  ['#if 0\n#error "no"\ndon\'t "\n#endif\nint a;\n', []],
  ['#if 0\n@ \u0000 é "\n#endif\nint a;\n', []],
  ['#define U "http://x" /* y */ z\nint a;\n', []],
  ['#pragma once\n#warning x\n# 1 "x.c"\n#\nint a;\n', []],
])('%j', (text, problems) => {
  const { names, unit } = conditional(text);
  expect(problemTexts(unit)).toEqual(problems);
  expect(names).toEqual(['a']);
});

describe('a .config', () => {
  const configuration = configurationFromFile(
    '# comment\nCONFIG_TEE=m\nCONFIG_OPTEE=y\nCONFIG_HZ=1000\nCONFIG_NAME="x"\r\nCONFIG_MASK=0x10\n# CONFIG_KASAN is not set\n',
  );

  test.each([
    ['defined(CONFIG_TEE)', false],
    ['defined(CONFIG_TEE_MODULE)', true],
    ['IS_ENABLED(CONFIG_TEE)', true],
    ['IS_BUILTIN(CONFIG_TEE)', false],
    ['IS_MODULE(CONFIG_TEE)', true],
    ['IS_ENABLED(CONFIG_OPTEE)', true],
    ['CONFIG_OPTEE == 1', true],
    ['CONFIG_HZ == 1000', true],
    ['CONFIG_MASK == 16', true],
    ['defined(CONFIG_NAME)', true],
    ['defined(CONFIG_KASAN)', false],
    ['defined(CONFIG_OTHER)', false],
    ['defined(__KERNEL__)', true],
    ['defined(OTHER)', false],
  ])('#if %s', (condition, expected) => {
    expect(holds(condition, configuration)).toBe(expected);
  });

  test('says what it found', () => {
    expect(configuration.symbol('CONFIG_TEE')).toEqual({ value: undefined, reason: '.config: CONFIG_TEE=m' });
    expect(configuration.symbol('CONFIG_TEE_MODULE')).toEqual({ value: 1, reason: '.config: CONFIG_TEE=m' });
    expect(configuration.symbol('CONFIG_X')).toEqual({ value: undefined, reason: '.config: CONFIG_X is not set' });
  });
});
