import { beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../testing/inputs.js';
import type { SemanticType } from './semanticType.js';
import { declarationsOf, gcc, runC } from './testing/fixture.js';

/** In the kernel's words; for gcc, `preamble` says what they mean. */
const fixture = `
typedef enum { RED, GREEN } colour_t;
enum wide { WIDE = 0x100000000 };
struct plain { u8 a; u32 b; u16 c; u64 d; u8 e; };
struct pointers { char *p; int (*call)(int, char *); void **pp; bool flag; };
struct nested { u8 a; struct plain p; u8 b; union { u32 x; u64 y; u8 z[9]; } u; u8 c; };
struct anonymous { u8 a; union { u32 b; struct { u8 c; u64 d; }; }; struct { u16 e; }; u8 f; };
struct arrays { u8 a[3]; u16 b[2][3]; struct plain p[2]; u8 c; };
struct flexible { u32 count; u8 tag; u64 data[]; };
struct zero { u32 count; u64 data[0]; };
struct packed_one { u8 a; u32 b; u64 c; } __packed;
struct __packed packed_before { u8 a; u32 b; };
struct __attribute__((packed, aligned(2))) gnu_before { u8 a; u32 b; };
struct declared_inside { u8 a; struct nothing; enum { INSIDE = 3 }; u32 b; };
struct packed_member { u8 a; u32 b __packed; u64 c; };
struct packed_inside { u8 a; struct packed_one p; u32 b; };
struct packed_outside { u8 a; struct plain p; u8 b; } __packed;
struct packed_group { u8 a; struct { u8 b; u32 c; } __packed; u32 d; };
struct aligned_member { u8 a; u8 b __aligned(16); u8 c; };
struct aligned_twice { u8 a; u8 b __aligned(4) __aligned(16) __aligned(8); u8 c; };
struct aligned_one { u8 a; } __aligned(32);
struct aligned_inside { u8 a; struct aligned_one o; u8 b; };
struct packed_aligned { u8 a; u32 b; u8 c; } __packed __aligned(4);
struct bits { u32 a : 3; u32 b : 5; u32 c : 25; u32 d : 1; u8 e; };
struct bits_mixed { u8 a; u16 b : 9; u8 c : 7; u64 d : 40; u32 e : 1; u8 f; };
struct bits_zero { u32 a : 3; u32 : 0; u32 b : 3; u8 : 4; u8 c; };
struct bits_padding { u8 a; u32 : 3; u8 b; };
struct bits_packed { u8 a : 3; u32 b : 30; u16 c : 9; u8 d; } __packed;
struct bits_full { u8 a; u32 b : 24; u32 c : 8; };
struct bits_bool { bool a : 1; bool b : 1; u8 c; u64 d : 1; };
struct enums { colour_t a; enum wide b; u8 c; };
union together { u8 a; u32 b[3]; struct { u64 c; u8 d; }; };
union packed_union { u8 a; u64 b; } __packed;
struct empty { };
struct with_empty { u8 a; struct empty e; u32 b; };
struct bitmap { u8 a; DECLARE_BITMAP(map, 65); u8 b; };
struct flexible_union { u32 a; union { DECLARE_FLEX_ARRAY(u16, x); DECLARE_FLEX_ARRAY(u8, y); }; };
struct grouped { u8 a; struct_group(middle, u32 b; u8 c;); u8 d; };
struct computed { u8 a[sizeof(struct plain) / 3]; u8 b[BIT(3) + 1]; u32 c[GREEN + 2]; u8 d; };
struct counted { u8 a; u32 count; struct plain items[] __attribute__((aligned(8))); };
`;

const preamble = `
#include <stdio.h>
#include <stddef.h>
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
#define bool _Bool
#define __packed __attribute__((packed))
#define __aligned(n) __attribute__((aligned(n)))
#define BIT(n) (1UL << (n))
#define DECLARE_BITMAP(name, bits) unsigned long name[((bits) + 63) / 64]
#define DECLARE_FLEX_ARRAY(type, name) struct { struct { } empty_##name; type name[]; }
#define struct_group(name, members...) union { struct { members }; struct { members } name; }
`;

const records = [...fixture.matchAll(/^(struct|union) (?:__packed |__attribute__\(\(.*?\)\) )?(\w+)/gm)].map(
  ([, record, tag]) => ({
    record: record as 'struct' | 'union',
    tag: tag!,
  }),
);

describeWith({ gcc }, 'layouts as gcc makes them', () => {
  const declarations = declarationsOf(fixture);
  const questions = records.flatMap(({ record, tag }) => {
    const members = declarations.record(tag)!.fields.filter(({ bits }) => bits === null);
    return [
      { text: `sizeof(${record} ${tag})`, title: `sizeof ${tag}` },
      { text: `_Alignof(${record} ${tag})`, title: `alignof ${tag}` },
      ...members.map(({ name }) => ({ text: `offsetof(${record} ${tag}, ${name})`, title: `${tag}.${name}` })),
    ];
  });
  const program = questions.map(({ text }) => `printf("%zu\\n", (size_t)${text});`).join('\n');
  let answers: readonly string[] = [];
  beforeAll(() => {
    answers = runC(`${preamble}${fixture}\nint main(void) {\n${program}\n}\n`);
  });

  test.each(questions.map(({ text, title }, index) => [title, text, index] as const))('%s', (_, text, index) => {
    const asked = declarationsOf(`${fixture}\n#define SUBJECT ${text}\n`);
    expect(String(asked.constant('SUBJECT')?.value)).toBe(answers[index]);
  });

  test('asks about every record, with members', () => {
    expect(records).toHaveLength(37);
    expect(questions.length).toBeGreaterThan(150);
  });
});

describe('layouts', () => {
  test.each<[string, number | null]>([
    ['plain', 32],
    ['anonymous', 32],
    ['packed_one', 13],
    ['bits', 12],
    ['bitmap', 32],
    ['grouped', 16],
    ['flexible', 8],
  ])('struct %s has %s bytes', (tag, size) => {
    expect(declarationsOf(fixture).sizeOf({ kind: 'record', record: 'struct', tag })).toBe(size);
  });

  const unknown = `
    struct incomplete;
    struct a { struct incomplete x; };
    struct b { struct incomplete *x; };
    struct c { u8 x[SOME_LENGTH]; };
    struct d { struct d x; };
    struct e { u32 x : SOME_WIDTH; };
    struct f { some_type x; };
    struct g { SOME_MEMBERS(x); };
    struct h { u8 x[-1]; };
    struct i { struct c x; u8 y; };
    struct j { u8 x[sizeof(struct j)]; };
  `;
  test.each<[string, number | null]>([
    ['incomplete', null],
    ['a', null],
    ['b', 8],
    ['c', null],
    ['d', null],
    ['e', null],
    ['f', null],
    ['g', null],
    ['h', null],
    ['i', null],
    ['j', null],
  ])('what is not known has no size: struct %s', (tag, size) => {
    expect(declarationsOf(unknown).sizeOf({ kind: 'record', record: 'struct', tag })).toBe(size);
  });

  test.each<[string, SemanticType, number | null]>([
    ['a pointer', { kind: 'pointer', to: { kind: 'unknown', text: 'x' } }, 8],
    ['void', { kind: 'void' }, null],
    ['an array without length', { kind: 'array', of: { kind: 'int', int: 'u8', name: 'u8' }, length: null }, null],
    ['a lock', { kind: 'record', record: 'struct', tag: 'spinlock_t' }, 4],
    ['a count', { kind: 'record', record: 'struct', tag: 'refcount_t' }, 4],
    ['atomic64_t', { kind: 'record', record: 'struct', tag: 'atomic64_t' }, 8],
    ['bool', { kind: 'int', int: 'bool', name: 'bool' }, 1],
    ['a function', { kind: 'function', returns: { kind: 'void' }, parameters: [], variadic: false }, null],
  ])('%s', (_, type, size) => {
    expect(declarationsOf('').sizeOf(type)).toBe(size);
  });
});
