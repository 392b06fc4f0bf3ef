import { describe, expect, test } from 'vitest';
import { configurationFromFile, defaultConfiguration } from '../syntax/configuration.js';
import { HeaderCache } from './headerCache.js';
import { headerPaths, includeDirectories } from './includes.js';
import { declarationsIn, treeOf } from './testing/fixture.js';

describe('where headers are', () => {
  test.each([
    [
      'linux/x.h',
      true,
      ['arch/x86/include/linux/x.h', 'include/linux/x.h', 'arch/x86/include/uapi/linux/x.h', 'include/uapi/linux/x.h'],
    ],
    [
      'asm/x.h',
      true,
      [
        'arch/x86/include/asm/x.h',
        'include/asm/x.h',
        'arch/x86/include/uapi/asm/x.h',
        'include/uapi/asm/x.h',
        'include/asm-generic/x.h',
        'include/uapi/asm-generic/x.h',
      ],
    ],
    ['../x.h', false, ['drivers/x.h', 'arch/x86/x.h', 'x.h', 'arch/x86/include/x.h', 'include/x.h']],
    ['../../../../etc/x.h', true, ['etc/x.h']],
  ])('%s', (path, system, expected) => {
    expect(headerPaths({ path, system, line: 1 }, 'drivers/a/b.c', [])).toEqual(expected);
  });

  test('-I directories come after the own directory and before the kernel’s', () => {
    expect(
      headerPaths({ path: 'x.h', system: false, line: 1 }, 'drivers/a/b.c', ['drivers/a/inc']).slice(0, 3),
    ).toEqual(['drivers/a/x.h', 'drivers/a/inc/x.h', 'arch/x86/include/x.h']);
  });

  test('-I of Makefiles: variables, continued lines, and what directories above hand down', () => {
    const files: Record<string, string> = {
      'drivers/a/b/Makefile':
        'HOME_DIR = $(srctree)/drivers/a\n' +
        'ccflags-y := -I$(src) -DX \\\n  -I $(HOME_DIR)/shared\n' +
        'ccflags-$(CONFIG_Y) += -I${srctree}/drivers/gpu/include\n' +
        'CFLAGS_b.o := -I$(src)/trace\n' +
        'ccflags-y += -DY # -Inot/this\n' +
        'ccflags-y += -I$(UNKNOWN)/x -I/usr/include -I../../../..\n',
      'drivers/a/Makefile': 'subdir-ccflags-y += -I$(src)/include\nccflags-y += -I$(src)/own\n',
      'drivers/Kbuild': 'subdir-ccflags-y += -Idrivers/all\n',
      'drivers/Makefile': 'subdir-ccflags-y += -Idrivers/hidden_by_kbuild\n',
    };
    expect(includeDirectories((path) => files[path] ?? null, 'drivers/a/b/b.c')).toEqual([
      'drivers/a/b',
      'drivers/a/shared',
      'drivers/gpu/include',
      'drivers/a/b/trace',
      'drivers/a/include',
      'drivers/all',
    ]);
    // A path that is no path of a tree has none, and ends.
    expect(includeDirectories(() => null, '/elsewhere/b.c')).toEqual([]);
  });
});

/** `a.c` includes one.h, which includes two.h, which includes three.h. */
const chain = {
  'drivers/a.c': '#include <linux/one.h>\n#define OWN 1\nstruct own { int a; };\n',
  'include/linux/one.h': '#include <linux/two.h>\n#define ONE 1\n#define TWICE 1\n',
  'include/linux/two.h': '#include <linux/three.h>\n#define TWO 2\n#define TWICE 2\nstruct two { int a; };\n',
  'include/linux/three.h': '#define THREE 3\n',
};

describe('reading headers', () => {
  test('nothing is read before a name is missing nearer by', () => {
    const tree = treeOf(chain);
    const headers = () => tree.reads.filter((path) => path.endsWith('.h') && path in chain);
    const declarations = declarationsIn(tree, 'drivers/a.c');
    expect(declarations.constant('OWN')?.value).toBe(1n);
    expect(declarations.sizeOf({ kind: 'record', record: 'struct', tag: 'own' })).toBe(4);
    expect(headers()).toEqual([]);
    expect(declarations.constant('ONE')?.value).toBe(1n);
    expect(headers()).toEqual(['include/linux/one.h']);
    expect(declarations.constant('TWO')?.value).toBe(2n);
    expect(headers()).toEqual(['include/linux/one.h', 'include/linux/two.h']);
  });

  test.each([
    [0, null, null, null],
    [1, 1n, null, null],
    [2, 1n, 2n, null],
    [3, 1n, 2n, 3n],
  ])('to the depth of %d', (depth, one, two, three) => {
    const declarations = declarationsIn(treeOf(chain), 'drivers/a.c', { depth });
    expect(['ONE', 'TWO', 'THREE'].map((name) => declarations.constant(name)?.value ?? null)).toEqual([
      one,
      two,
      three,
    ]);
  });

  test('two levels by default, and the nearest definition counts', () => {
    const declarations = declarationsIn(treeOf(chain), 'drivers/a.c');
    expect(declarations.constant('TWO')?.value).toBe(2n);
    expect(declarations.constant('THREE')).toBeNull();
    expect(declarations.constant('TWICE')?.value).toBe(1n);
    expect(declarations.problems).toEqual([]);
  });

  test('a header’s own definition comes before the common constants', () => {
    const tree = treeOf({ 'a.c': '#include "x.h"\n', 'x.h': '#define EINVAL 1000\n' });
    expect(declarationsIn(tree, 'a.c').constant('EINVAL')?.value).toBe(1000n);
    expect(declarationsIn(treeOf({ 'a.c': '' }), 'a.c').constant('EINVAL')?.value).toBe(22n);
  });

  test('a number of the configuration that nobody gives is a common constant', () => {
    const tree = treeOf({ 'a.c': '#include "x.h"\n', 'x.h': '#define HZ CONFIG_HZ\n#define PAGE_SIZE SOMETHING\n' });
    const configuration = configurationFromFile('CONFIG_HZ=1000\n');
    const none = configurationFromFile('');
    expect(declarationsIn(tree, 'a.c', { configuration }).constant('HZ')?.value).toBe(1000n);
    expect(declarationsIn(tree, 'a.c', { configuration: none }).constant('HZ')?.value).toBe(250n);
    expect(declarationsIn(tree, 'a.c').constant('PAGE_SIZE')?.value).toBe(4096n);
  });

  test('headers that include each other', () => {
    const tree = treeOf({
      'a.c': '#include "x.h"\n#include "x.h"\n',
      'x.h': '#include "y.h"\n#define X 1\n',
      'y.h': '#include "x.h"\n#include "a.c"\n#define Y 2\n',
    });
    const declarations = declarationsIn(tree, 'a.c', { depth: 9 });
    expect(declarations.constant('Y')?.value).toBe(2n);
    expect(declarations.constant('NOWHERE')).toBeNull();
    expect(declarations.problems).toEqual([]);
  });

  test('static inline functions and structs of headers know their file', () => {
    const tree = treeOf({
      'a.c': '#include "x.h"\n',
      'x.h': 'struct s { int a; };\nstatic inline int f(struct s *s) { return s->a; }\nextern int g(void);\n',
    });
    const declarations = declarationsIn(tree, 'a.c');
    expect(declarations.functionBody('f')).toMatchObject({ file: 'x.h', item: { line: 2 } });
    expect(declarations.functionBody('g')).toBeNull();
    expect(declarations.functionType('g')?.returns).toMatchObject({ kind: 'int', int: 's32' });
    expect(declarations.record('s')).toMatchObject({ file: 'x.h', line: 1 });
  });

  test('a typedef of one header is known when the next is parsed', () => {
    const tree = treeOf({
      'a.c': '#include "x.h"\n#include "y.h"\n',
      'x.h': 'typedef struct { int a; } Odd;\n',
      'y.h': 'static inline int f(int b) { return (Odd)(b).a; }\nstruct s { Odd odd; };\n',
    });
    const declarations = declarationsIn(tree, 'a.c');
    expect(declarations.record('s')?.fields[0]?.type).toEqual({ kind: 'record', record: 'struct', tag: 'Odd' });
    expect(declarations.problems).toEqual([]);
  });

  test('a header is parsed once for all files, under the configuration that was given', () => {
    const tree = treeOf({
      'a.c': '#include "x.h"\n',
      'b.c': '#include "x.h"\n',
      'x.h': '#ifdef CONFIG_X\n#define X 1\n#else\n#define X 2\n#endif\n',
    });
    const configuration = configurationFromFile('');
    const cache = new HeaderCache(tree, configuration);
    for (const file of ['a.c', 'b.c']) {
      expect(declarationsIn(tree, file, { configuration, cache }).constant('X')?.value).toBe(2n);
    }
    expect(tree.reads.filter((path) => path === 'x.h')).toHaveLength(1);
    expect(declarationsIn(tree, 'a.c').constant('X')?.value).toBe(1n);
  });
});

describe('which includes are a step', () => {
  const tree = treeOf({
    'drivers/a.c': '#include "private.h"\n',
    'drivers/private.h': '#include "inner.h"\n#include <linux/one.h>\n#define PRIVATE 1\n',
    'drivers/inner.h': '#define INNER 1\n#define NEAREST 1\n',
    'include/linux/one.h': '#include <uapi/linux/one.h>\n#include <uapi/linux/two.h>\n#define NEAREST 2\n',
    'include/uapi/linux/one.h': '#define UAPI_ONE 1\n',
    'include/uapi/linux/two.h': '#define UAPI_TWO 1\n',
  });
  const names = ['PRIVATE', 'INNER', 'UAPI_ONE', 'UAPI_TWO', 'NEAREST'];
  const values = (depth: number) => {
    const declarations = declarationsIn(tree, 'drivers/a.c', { depth });
    return names.map((name) => declarations.constant(name)?.value ?? null);
  };

  test('headers in quotes are not, nor is a header’s own uapi part', () => {
    expect(values(0)).toEqual([1n, 1n, null, null, 1n]);
    expect(values(1)).toEqual([1n, 1n, 1n, null, 1n]);
    expect(values(2)).toEqual([1n, 1n, 1n, 1n, 1n]);
  });
});

describe('types of headers that lie deeper', () => {
  const files = {
    'a.c': '#include <linux/one.h>\nstruct mine { struct deep d; name_t n; call_t *c; record_t r; union both b; };\n',
    'include/linux/one.h': '#include <linux/two.h>\n',
    'include/linux/two.h': '#include <linux/three.h>\n#include <linux/gone.h>\nstruct two { u64 a; };\n',
    'include/linux/three.h':
      '#include <linux/four.h>\n#include <linux/three.h>\nstruct other { struct deep *d; };\nint f( { ] ;\n',
    'include/linux/four.h':
      'struct deep;\n#if 0\nstruct deep { char no; };\n#endif\nstruct __randomize deep {\n\tu64 a, b;\n};\n' +
      'typedef u16 name_t;\ntypedef int (call_t)(int);\ntypedef struct {\n\tu8 x;\n} record_t;\n' +
      'union both { u8 a; u32 b; };\n#define FOUR 4\nstruct sized { u8 a[FOUR]; struct { int x; } in; struct two t; };\n#define DEFINE_FOUR(x) static int x##_four = FOUR\n',
    'include/linux/five.h': 'struct five { int a; };\n',
  };

  test('are found by the text of the header, which is then parsed', () => {
    const tree = treeOf(files);
    const declarations = declarationsIn(tree, 'a.c');
    expect(declarations.record('mine')?.fields.map(({ type }) => type)).toMatchObject([
      { kind: 'record', tag: 'deep' },
      { kind: 'int', int: 'u16' },
      { kind: 'pointer', to: { kind: 'function' } },
      { kind: 'record', tag: 'record_t' },
      { kind: 'record', record: 'union', tag: 'both' },
    ]);
    expect(declarations.record('deep')?.fields.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(declarations.sizeOf({ kind: 'record', record: 'struct', tag: 'mine' })).toBe(40);
    expect(declarations.record('five')).toBeNull();
    expect(declarations.record('nowhere')).toBeNull();
    expect(tree.reads.filter((path) => path === 'include/linux/four.h')).toHaveLength(1);
    // What is wrong in the header between, nobody has seen: it was not parsed.
    expect(declarations.problems).toEqual([]);
  });

  test('have the constants of their header, whose anonymous structs are known too', () => {
    const declarations = declarationsIn(treeOf(files), 'a.c');
    const fields = declarations.record('sized')?.fields;
    expect(fields?.[0]?.type).toMatchObject({ kind: 'array', length: 4 });
    expect(fields?.[1]?.type).toEqual({ kind: 'record', record: 'struct', tag: 'include/linux/four.h:15' });
    expect(declarations.record('include/linux/four.h:15')?.fields.map(({ name }) => name)).toEqual(['x']);
    expect(declarations.sizeOf({ kind: 'record', record: 'struct', tag: 'sized' })).toBe(16);
    expect(declarations.constant('FOUR')).toBeNull();
  });

  test('constants of such headers are not, but macros that define something at file scope are', () => {
    const declarations = declarationsIn(treeOf({ ...files, 'a.c': `${files['a.c']}DEFINE_FOUR(my);\n` }), 'a.c');
    expect(declarations.constant('FOUR')).toBeNull();
    expect(declarations.variable('my_four')).toMatchObject({ file: 'a.c', line: 3 });
  });

  test('with a depth of 0 nothing is looked for', () => {
    expect(declarationsIn(treeOf(files), 'a.c', { depth: 0 }).record('deep')).toBeNull();
  });
});

describe('headers that bring nothing', () => {
  test('missing: a problem at the include, a note if it belongs to an architecture or to the build', () => {
    const tree = treeOf({
      'a.c': '#include "x.h"\n#include <linux/gone.h>\n#include <asm/gone.h>\n',
      'x.h': '\n#include <generated/bounds.h>\n#include "away.h"\n#define X 1\n',
    });
    const declarations = declarationsIn(tree, 'a.c');
    expect(declarations.problems).toEqual([]);
    expect(declarations.constant('X')?.value).toBe(1n);
    expect(declarations.constant('Y')).toBeNull();
    expect(declarations.problems.map(({ file, line, severity, message }) => [file, line, severity, message])).toEqual([
      ['x.h', 3, 'error', '"away.h" is not in the tree: what it declares is unknown'],
      ['a.c', 2, 'error', '<linux/gone.h> is not in the tree: what it declares is unknown'],
      ['a.c', 3, 'note', '<asm/gone.h> is not in the tree: what it declares is unknown'],
      ['x.h', 2, 'note', '<generated/bounds.h> is not in the tree: what it declares is unknown'],
    ]);
  });

  test('too large: not parsed, and the others are', () => {
    const tree = treeOf({
      'a.c': '#include "large.h"\n#include "small.h"\n',
      'large.h': `#define LARGE 1\n${'#define REGISTER 0x1\n'.repeat(300_000)}`,
      'small.h': '#define SMALL 1\n',
    });
    const declarations = declarationsIn(tree, 'a.c');
    expect(declarations.constant('SMALL')?.value).toBe(1n);
    expect(declarations.constant('LARGE')).toBeNull();
    expect(declarations.problems).toMatchObject([{ file: 'a.c', line: 1, severity: 'error' }]);
    expect(declarations.problems[0]?.message).toBe(
      'large.h has 6300016 characters, more than the limit of 4194304: what it declares is unknown',
    );
    expect(declarationsIn(tree, 'a.c', { headerLimit: 10_000_000 }).constant('LARGE')?.value).toBe(1n);
  });

  test('a tree that throws', () => {
    const files = treeOf({ 'a.c': '#include "x.h"\n#include "y.h"\n', 'y.h': '#define Y 1\n' });
    const tree = {
      read(path: string): string | null {
        if (path === 'x.h') throw new Error('it is a binary file');
        if (path.endsWith('Makefile')) throw new Error('it is a symbolic link');
        return files.read(path);
      },
    };
    const declarations = declarationsIn(tree, 'a.c');
    expect(declarations.constant('Y')?.value).toBe(1n);
    expect(declarations.problems).toMatchObject([
      { message: 'x.h cannot be read (it is a binary file): what it declares is unknown' },
    ]);
  });

  test('damaged: its problems are listed, and what can be read is known', () => {
    const tree = treeOf({
      'a.c': '#include "x.h"\n',
      'x.h': '#define BEFORE 1\nstruct s { int a; };\nint f( { ] ;\n\nstruct t { int b; };\n#define AFTER 2\n',
    });
    const declarations = declarationsIn(tree, 'a.c');
    expect(declarations.constant('AFTER')?.value).toBe(2n);
    expect(declarations.record('s')).not.toBeNull();
    expect(declarations.record('t')).not.toBeNull();
    expect(declarations.problems.length).toBeGreaterThan(0);
    expect(declarations.problems.every(({ file }) => file === 'x.h')).toBe(true);
  });

  test('the policy about CONFIG_ symbols does not make numbers of them', () => {
    const tree = treeOf({ 'a.c': '#define SHIFT CONFIG_SOME_SHIFT\n' });
    expect(declarationsIn(tree, 'a.c', { configuration: defaultConfiguration() }).constant('SHIFT')).toBeNull();
  });
});
