import { describe, expect, test } from 'vitest';
import type { Declarations } from './declarations.js';
import type { SemanticType } from './semanticType.js';
import { declarationsOf } from './testing/fixture.js';

/** A type in one line: `ptr(struct x)`, `u32[4]`, `fn(int) void`. */
function show(type: SemanticType | null | undefined): string {
  switch (type?.kind) {
    case undefined:
      return 'none';
    case 'void':
    case 'float':
      return type.kind;
    case 'int':
      return type.name === type.int ? type.int : `${type.name}:${type.int}`;
    case 'record':
      return `${type.record} ${type.tag}`;
    case 'pointer':
      return `ptr(${show(type.to)})`;
    case 'array':
      return `${show(type.of)}[${type.length ?? ''}]`;
    case 'function': {
      const parameters = type.parameters.map((parameter) => `${show(parameter.type)} ${parameter.name ?? '-'}`);
      return `fn(${[...parameters, ...(type.variadic ? ['...'] : [])].join(', ')}) ${show(type.returns)}`;
    }
    case 'unknown':
      return `?${type.text}`;
  }
}

function fields(declarations: Declarations, tag: string): readonly string[] | null {
  const record = declarations.record(tag);
  return (
    record?.fields.map(({ name, type, overlay, bits }) => {
      const shared = overlay === null ? '' : ` |${overlay}`;
      return `${name}: ${show(type)}${bits === null ? '' : ` :${bits}`}${shared}`;
    }) ?? null
  );
}

describe('types', () => {
  test.each([
    ['int x;', 'int:s32'],
    ['unsigned long x;', 'unsigned long:u64'],
    ['long long x;', 'long long:s64'],
    ['char x;', 'char:u8'],
    ['signed char x;', 'signed char:s8'],
    ['bool x;', 'bool'],
    ['_Bool x;', 'bool'],
    ['u8 x;', 'u8'],
    ['__be16 x;', '__be16:u16'],
    ['size_t x;', 'size_t:u64'],
    ['loff_t x;', 'loff_t:s64'],
    ['gfp_t x;', 'gfp_t:u32'],
    ['pid_t x;', 'pid_t:s32'],
    ['phys_addr_t x;', 'phys_addr_t:u64'],
    ['double x;', 'float'],
    ['__int128 x;', '?__int128'],
    ['void *x;', 'ptr(void)'],
    ['const char *const x[2];', 'ptr(char:u8)[2]'],
    ['struct thing *x;', 'ptr(struct thing)'],
    ['union other x;', 'union other'],
    ['enum colour x;', 'enum colour:u32'],
    ['enum signed_one x;', 'enum signed_one:s32'],
    ['enum long_one x;', 'enum long_one:u64'],
    ['enum unseen x;', 'enum unseen:u32'],
    ['u32 x[LENGTH];', 'u32[4]'],
    ['u32 x[LENGTH + 1][2];', 'u32[2][5]'],
    ['u32 x[NOT_KNOWN];', 'u32[]'],
    ['extern u32 x[];', 'u32[]'],
    ['u32 x[] = { 1, 2 };', 'u32[2]'],
    ['u32 x[] = { [LENGTH] = 1, 2 };', 'u32[6]'],
    ['u32 x[] = { [0 ... 9] = 1 };', 'u32[10]'],
    ['u32 x[] = { 1, [NOT_KNOWN] = 1 };', 'u32[]'],
    ['int (*x)(struct thing *t, int);', 'ptr(fn(ptr(struct thing) t, int:s32 -) int:s32)'],
    ['void (*x[3])(void);', 'ptr(fn() void)[3]'],
    ['handler_t x;', 'ptr(fn(int:s32 -, ...) void)'],
    ['number_t x;', 'unsigned int:u32'],
    ['alias_t x;', 'unsigned int:u32'],
    ['defined_t x;', 'u64'],
    ['pair_t x;', 'struct pair_t'],
    ['pair_p x;', 'ptr(struct pair_t)'],
    ['named_t x;', 'struct thing'],
    ['typeof(struct thing) x;', 'struct thing'],
    ['typeof(u8 *) x;', 'ptr(u8)'],
    ['spinlock_t x;', 'struct spinlock_t'],
    ['refcount_t x;', 'struct refcount_t'],
    ['never_declared_t x;', '?never_declared_t'],
    ['selfish_t x;', '?selfish_t'],
    ['static DEFINE_MUTEX(x);', 'struct mutex'],
    ['static DEFINE_SPINLOCK(x);', 'struct spinlock_t'],
    ['static DECLARE_BITMAP(x, 65);', 'unsigned long:u64[2]'],
    ['static DEFINE_PER_CPU(struct thing, x);', 'struct thing'],
    ['static DEFINE_PER_CPU(u32, x);', 'u32'],
    ['static LIST_HEAD(x);', 'struct list_head'],
    ['', 'none'],
  ])('%s', (text, expected) => {
    const before = `
      #define LENGTH 4
      #define defined_t u64
      struct thing { int a; };
      enum colour { RED, GREEN };
      enum signed_one { MINUS = -1 };
      enum long_one { LARGE = 0x100000000 };
      typedef void (*handler_t)(int, ...);
      typedef unsigned int number_t;
      typedef number_t alias_t;
      typedef struct { int a, b; } pair_t, *pair_p;
      typedef struct thing named_t;
      typedef selfish_t selfish_t;
    `;
    expect(show(declarationsOf(`${before}\n${text}\n`).variable('x')?.type)).toBe(expected);
  });

  test('an anonymous struct is called by its place', () => {
    expect(show(declarationsOf('\n\nstatic struct { int a; } x;').variable('x')?.type)).toBe('struct a.c:3');
  });

  test('typeof of an expression is for the caller, who knows the names in scope', () => {
    expect(show(declarationsOf('static int y; static typeof(y) x;').variable('x')?.type)).toBe('?typeof');
  });

  test('members, those of anonymous structs and unions among them', () => {
    const declarations = declarationsOf(`
      struct x {
        u32 kind : 4, other : 28;
        u32 : 8;
        union {
          u32 number;
          struct { u8 low; union { u8 high; s8 signed_high; }; };
        };
        struct { int inner; };
        union { void *pointer; u64 address; };
        struct { int named; } sub;
        DECLARE_BITMAP(bits, 128);
        DECLARE_FLEX_ARRAY(struct x *, tail);
      };
    `);
    expect(fields(declarations, 'x')).toEqual([
      'kind: u32 :4',
      'other: u32 :28',
      'number: u32 |0',
      'low: u8 |0',
      'high: u8 |0',
      'signed_high: s8 |0',
      'inner: int:s32',
      'pointer: ptr(void) |1',
      'address: u64 |1',
      'sub: struct a.c:11',
      'bits: unsigned long:u64[2]',
      'tail: ptr(struct x)[]',
    ]);
    expect(fields(declarations, 'a.c:11')).toEqual(['named: int:s32']);
    expect(declarations.record('x')).toMatchObject({ record: 'struct', tag: 'x', file: 'a.c', line: 2 });
    expect(declarations.record('x')?.fields[2]).toMatchObject({ name: 'number', line: 6 });
  });

  test('all members of a union share its memory', () => {
    const declarations = declarationsOf('union u { u8 a; struct { u8 b; u8 c; }; union { u8 d; }; };');
    expect(fields(declarations, 'u')).toEqual(['a: u8 |0', 'b: u8 |0', 'c: u8 |0', 'd: u8 |0']);
    expect(declarations.record('u')?.record).toBe('union');
  });

  test('a struct group is there twice: by its members and by its name', () => {
    const declarations = declarationsOf(
      'struct s { u8 a; struct_group(both, u8 b; u16 c;); struct_group_tagged(t, d, u8 e;); };',
    );
    expect(fields(declarations, 's')).toEqual([
      'a: u8',
      'b: u8 |0',
      'c: u16 |0',
      expect.stringMatching(/^both: struct a\.c:1(#\d)? \|0$/),
      'e: u8 |1',
      'd: struct t |1',
    ]);
    expect(fields(declarations, 't')).toEqual(['e: u8']);
  });

  test('a macro of the file that declares members', () => {
    const declarations = declarationsOf('#define HEADER(n) u32 magic; u8 name[n]\nstruct s { HEADER(8); int a; };');
    expect(fields(declarations, 's')).toEqual(['magic: u32', 'name: u8[8]', 'a: int:s32']);
  });

  test('a struct inside another has a tag of its own', () => {
    const declarations = declarationsOf('struct outer { struct inner { int a; } i, *p; struct { int x; } u, v; };');
    expect(fields(declarations, 'outer')).toEqual([
      'i: struct inner',
      'p: ptr(struct inner)',
      'u: struct a.c:1',
      'v: struct a.c:1',
    ]);
    expect(fields(declarations, 'inner')).toEqual(['a: int:s32']);
  });

  test('two anonymous ones on a line are two', () => {
    const declarations = declarationsOf('struct s { struct { int a; } x; struct { int b; } y; };');
    expect(fields(declarations, 's')).toEqual(['x: struct a.c:1', 'y: struct a.c:1#2']);
    expect(fields(declarations, 'a.c:1')).toEqual(['a: int:s32']);
    expect(fields(declarations, 'a.c:1#2')).toEqual(['b: int:s32']);
  });

  test('a type of a block is known once it was resolved', () => {
    const declarations = declarationsOf('void f(void) { struct here { int a; } x; enum { BLOCK = 3 }; }');
    const body = declarations.functionBody('f')?.item.body.body ?? [];
    expect(declarations.record('here')).toBeNull();
    for (const statement of body) {
      if (statement.kind === 'declaration') declarations.resolve(statement.declaration.base);
    }
    expect(fields(declarations, 'here')).toEqual(['a: int:s32']);
    expect(declarations.constant('BLOCK')?.value).toBe(3n);
  });

  test('what is built in', () => {
    const declarations = declarationsOf('');
    expect(fields(declarations, 'refcount_t')).toEqual(['refs: struct atomic_t']);
    expect(fields(declarations, 'atomic_t')).toEqual(['counter: int:s32']);
    expect(fields(declarations, 'spinlock_t')).toEqual([]);
    expect(fields(declarations, 'mutex')).toBeNull();
  });

  test('names of types', () => {
    const declarations = declarationsOf('typedef int mine; static int y;');
    expect(['mine', 'u32', 'atomic_t', 'y', 'int'].map((name) => declarations.isTypeName(name))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('variables and functions', () => {
  const declarations = declarationsOf(`
    struct ops { int (*open)(void); };
    extern const struct ops later;
    static const struct ops table;
    static int my_open(void);
    static const struct ops table = { .open = my_open };
    static int my_open(void) { return 0; }
    extern int outside;
    static const char *text = "x";
    static const char *const fixed = "x";
    int prototype(struct ops *o, int array[4], int callback(int), ...);
    typedef int handler_fn(int, void *);
    handler_fn by_typedef;
  `);

  test('the definition with an initialiser is the one that counts', () => {
    expect(declarations.variable('table')).toMatchObject({
      name: 'table',
      type: { kind: 'record', record: 'struct', tag: 'ops' },
      initialiser: { kind: 'list', elements: [{ designators: [{ kind: 'field', name: 'open' }] }] },
      defined: true,
      isStatic: true,
      isConst: true,
      file: 'a.c',
      line: 6,
    });
  });

  test('extern, static and const', () => {
    expect(declarations.variable('later')).toMatchObject({ defined: false, isStatic: false, isConst: true });
    expect(declarations.variable('outside')).toMatchObject({ defined: false, isConst: false, initialiser: null });
    expect(declarations.variable('text')).toMatchObject({ isConst: false, isStatic: true });
    expect(declarations.variable('fixed')).toMatchObject({ isConst: true });
    expect(declarations.variable('prototype')).toBeNull();
  });

  test('function types: parameters decay, (void) is none', () => {
    expect(show(declarations.functionType('my_open'))).toBe('fn() int:s32');
    expect(show(declarations.functionType('prototype'))).toBe(
      'fn(ptr(struct ops) o, ptr(int:s32) array, ptr(fn(int:s32 -) int:s32) callback, ...) int:s32',
    );
    expect(show(declarations.functionType('by_typedef'))).toBe('fn(int:s32 -, ptr(void) -) int:s32');
    expect(declarations.functionType('table')).toBeNull();
  });

  test('bodies', () => {
    expect(declarations.functionBody('my_open')).toMatchObject({ file: 'a.c', item: { name: 'my_open', line: 7 } });
    expect(declarations.functionBody('prototype')).toBeNull();
  });

  test('what macros at file scope define, with the line of their use', () => {
    const defined = declarationsOf(`
      #define NAMES(x) static const char *x##_names[] = { "a", "b" }
      #define BOTH(x) static int x##_open(void) { return 0; } static const struct ops x##_ops = { .open = x##_open, }; NAMES(x)
      #define ENDLESS(x) ENDLESS(x)
      #define NOTHING(x) if (x) {
      struct ops { int (*open)(void); };
      BOTH(my);
      ENDLESS(my);
      NOTHING(my);
      static NOWHERE(my);
    `);
    expect(defined.variable('my_ops')).toMatchObject({
      type: { kind: 'record', tag: 'ops' },
      initialiser: { kind: 'list' },
      isStatic: true,
      isConst: true,
      file: 'a.c',
      line: 7,
    });
    expect(defined.variable('my_names')).toMatchObject({ line: 7, type: { kind: 'array', length: 2 } });
    expect(defined.functionBody('my_open')).toMatchObject({ file: 'a.c', item: { line: 7, endLine: 7 } });
    expect(show(defined.functionType('my_open'))).toBe('fn() int:s32');
    expect(defined.variable('my')).toBeNull();
  });

  test('macros', () => {
    const macro = (name: string) => declarationsOf('#define ONE 1\n#define F(x, ...) x\n').macro(name);
    expect(macro('ONE')).toMatchObject({ parameters: null, body: '1', file: 'a.c', line: 1 });
    expect(macro('F')).toMatchObject({ parameters: ['x', '...'] });
    expect(macro('TWO')).toBeNull();
  });
});
