import { describe, expect, test } from 'vitest';
import type { Attribute, Item, Statement, TypeSyntax } from './ast.js';
import { parseFragment } from './parse.js';
import { defaultConfiguration } from './configuration.js';
import { printExpression, printType } from './printExpression.js';
import { expressionOf, functionsOf, parse, problemTexts, statements } from './testing/parse.js';

/** A statement in a few words: `if(a) return`, `for call`. */
function outline(statement: Statement): string {
  switch (statement.kind) {
    case 'expression':
      return printExpression(statement.expression);
    case 'block':
      return `{ ${statement.body.map(outline).join('; ')} }`;
    case 'if': {
      const otherwise = statement.otherwise ? ` else ${outline(statement.otherwise)}` : '';
      return `if (${printExpression(statement.condition)}) ${outline(statement.then)}${otherwise}`;
    }
    case 'while':
      return `while (${printExpression(statement.condition)}) ${outline(statement.body)}`;
    case 'do':
      return `do ${outline(statement.body)} while (${printExpression(statement.condition)})`;
    case 'for': {
      const { initial, condition, step, body } = statement;
      const first =
        initial === null ? '' : initial.kind === 'declaration' ? declared(initial) : printExpression(initial);
      const rest = [condition, step].map((part) => (part ? printExpression(part) : ''));
      return `for (${[first, ...rest].join('; ')}) ${outline(body)}`;
    }
    case 'switch':
      return `switch (${printExpression(statement.value)}) ${outline(statement.body)}`;
    case 'case': {
      const high = statement.high ? ` ... ${printExpression(statement.high)}` : '';
      return `case ${printExpression(statement.low)}${high}`;
    }
    case 'label':
      return `${statement.label}:`;
    case 'goto':
      return `goto ${statement.label}`;
    case 'computedGoto':
      return `goto *${printExpression(statement.target)}`;
    case 'return':
      return statement.value ? `return ${printExpression(statement.value)}` : 'return';
    case 'macroLoop':
      return `${statement.name}(${statement.args.map(({ text }) => text).join(', ')}) ~ ${outline(statement.body)}`;
    case 'declaration':
      return declared(statement.declaration);
    case 'nestedFunction':
      return `function ${statement.function.name}`;
    case 'asm':
      return statement.text;
    default:
      return statement.kind;
  }
}

function declared(item: Item & { readonly kind: 'declaration' }): string {
  const names = item.names.map(({ name, type, initialiser, bits }) => {
    const value =
      initialiser === null ? '' : initialiser.kind === 'list' ? ' = {}' : ` = ${printExpression(initialiser.value)}`;
    return `${printType(type, name)}${bits ? `:${printExpression(bits)}` : ''}${value}`;
  });
  return [...item.storage, names.join(', ') || printType(item.base)].join(' ');
}

function attributeText({ name, args }: Attribute): string {
  return args === null ? name : `${name}(${args.map(({ text }) => text).join(', ')})`;
}

describe('expressions', () => {
  test.each([
    ['a = b = 1', 'a = b = 1'],
    ['a + b * n - 1', 'a + b * n - 1'],
    ['(a + b) * n', '(a + b) * n'],
    ['a - (b - n)', 'a - (b - n)'],
    ['a << 1 | b & ~n', 'a << 1 | b & ~n'],
    ['(a | b) & n', '(a | b) & n'],
    ['a == b && !n || a != 1', 'a == b && !n || a != 1'],
    ['a ? b : n ? 1 : 2', 'a ? b : n ? 1 : 2'],
    ['(a ? b : n) ? 1 : 2', '(a ? b : n) ? 1 : 2'],
    ['a ?: b', 'a ?: b'],
    ['a <<= 2, b |= 1', 'a <<= 2, b |= 1'],
    ['*p->x[3].y++', '*p->x[3].y++'],
    ['(*p).x', '(*p).x'],
    ['&p->m', '&p->m'],
    ['++*p', '++*p'],
    ['- -a', '-(-a)'],
    ['!(a < b)', '!(a < b)'],
    ['p->ops->get(p, &a)', 'p->ops->get(p, &a)'],
    ['(*p->fn)(a)', '(*p->fn)(a)'],
    ['(u64)a << 32', '(u64)a << 32'],
    ['(struct s *)n', '(struct s *)n'],
    ['(void __user *)n', '(void *)n'],
    ['(__force void *)n', '(void *)n'],
    ['(const void __mark __force *)n', '(void *)n'],
    ['(size_t)-1', '(size_t)-1'],
    ['(unsigned long)&p->x', '(unsigned long)&p->x'],
    ['(unknown *)p', '(unknown *)p'],
    ['(unknown)a', '(unknown)a'],
    ['(int (*)(void *))p', '(int (*)(void *))p'],
    ['(a)(b)', 'a(b)'],
    ['(struct s){ .x = 1, .y[2] = 3 }', '(struct s){ .x = 1, .y[2] = 3 }'],
    ['(unknown) { 0 }', '(unknown){ 0 }'],
    ['sizeof(struct s)', 'sizeof(struct s)'],
    ['sizeof(u32) * 2', 'sizeof(u32) * 2'],
    ['sizeof(*p)', 'sizeof(*p)'],
    ['sizeof *p', 'sizeof(*p)'],
    ['sizeof(p)->x', 'sizeof(p->x)'],
    ['_Alignof(long)', '_Alignof(long)'],
    ['__builtin_offsetof(struct s, a.b[2])', 'offsetof(struct s, a.b[2])'],
    ['_Generic(a, int: 1, default: 2)', '_Generic(a, …)'],
    ['({ a = 1; a; })', '({ … })'],
    ['&&out', '&&out'],
    ['"a" "b\\n"', '"ab\\n"'],
    ['printk(KERN_ERR "x %" PRIu64 " y\\n", n)', 'printk(KERN_ERR "x %" PRIu64 " y\\n", n)'],
    ["a == '\\n'", "a == '\\n'"],
    ['container_of(p, struct s, member)', 'container_of(p, struct s, member)'],
    ['guard(mutex)(&p->lock)', 'guard(mutex)(&p->lock)'],
    ['__extension__ (a)', 'a'],
  ])('%s', (text, printed) => {
    const { expression, unit } = expressionOf(text);
    expect(problemTexts(unit)).toEqual([]);
    expect(printExpression(expression)).toBe(printed);
  });

  test.each([
    ['42', 42n, false, false],
    ['0x1fUL', 31n, true, true],
    ['0777', 511n, false, false],
    ['0b101u', 5n, true, false],
    ['18446744073709551615ull', 18446744073709551615n, true, true],
  ])('integer %s', (text, value, unsigned, long) => {
    expect(expressionOf(`a = ${text}`).expression).toMatchObject({
      kind: 'assign',
      operator: null,
      value: { kind: 'int', value, unsigned, long, text },
    });
  });

  test.each([
    ["'a'", 97],
    ["'\\e'", 27],
    ["'\\n'", 10],
    ["'\\0'", 0],
    ["'\\x41'", 65],
    ["'\\377'", 255],
    ["'\\''", 39],
    ["'ab'", 0x6162],
    ["L'é'", 0xe9],
  ])('character %s', (text, value) => {
    expect(expressionOf(`a = ${text}`).expression).toMatchObject({ value: { kind: 'char', value, text } });
  });

  test('a string keeps its escapes, and names the macros between its parts', () => {
    expect(expressionOf('f("a\\t" PRIu64 "\\"b")').expression).toMatchObject({
      args: [{ kind: 'expression', value: { kind: 'string', text: 'a\\t<PRIu64>\\"b' } }],
    });
  });

  test('a name in parentheses before others is a call or a cast by what is known of it', () => {
    const note = (text: string, isTypeName?: (name: string) => boolean): string[] =>
      problemTexts(parse(`int f(int (*known)(int), int b)\n{\n\treturn ${text};\n}\n`, isTypeName));
    expect(note('(known)(b)')).toEqual([]);
    expect(note('(f)(known, b)')).toEqual([]);
    expect(note('(mystery)(b)')).toEqual([
      "note 3: '(mystery)(…)' is taken as a call: it is a cast if mystery is a type, which no typedef in sight says",
    ]);
    expect(note('(mystery)(b)', (name) => name === 'mystery')).toEqual([]);
    // A local variable that is called like a type is a variable.
    const unit = parse('int f(int size_t)\n{\n\treturn (size_t) * 2;\n}\n');
    expect(functionsOf(unit)[0]!.body.body[0]).toMatchObject({ value: { kind: 'binary', operator: '*' } });
  });

  test('typedefs of the file decide casts and declarations', () => {
    const unit = parse('typedef struct s thing;\nint f(int b)\n{\n\tthing *x = (thing)(b);\n\treturn 0;\n}\n');
    expect(problemTexts(unit)).toEqual([]);
    expect(functionsOf(unit)[0]!.body.body[0]).toMatchObject({
      kind: 'declaration',
      declaration: { names: [{ name: 'x', initialiser: { value: { kind: 'cast' } } }] },
    });
  });

  test('arguments are expressions, types, statements, or tokens; their text is normalised', () => {
    const { expression } = expressionOf('m(a /* x */ +\n\t  1, struct s *, u32, return -1, if (a) b(), 3 x = , )');
    if (expression.kind !== 'call') throw new Error('no call');
    expect(expression.args.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'expression: a + 1',
      'type: struct s *',
      'type: u32',
      'statement: return -1',
      'statement: if (a) b()',
      'tokens: 3 x =',
      'tokens: ',
    ]);
  });

  test('a directive between arguments', () => {
    const { body, unit } = statements('\tf(a,\n#ifdef CONFIG_KASAN\n\t  b,\n#else\n\t  n,\n#endif\n\t  1);');
    expect(problemTexts(unit)).toEqual([]);
    expect(body.map(outline)).toEqual(['f(a, n, 1)']);
  });
});

test.each(['1.5', '.5f', '2.', '1e3', '1.5e-3L', '0x1.8p3'])('float %s', (text) => {
  expect(expressionOf(`a = ${text}`).expression).toMatchObject({ value: { kind: 'float', text } });
});

test.each(['08', '1x', '0b2', '1.2.3'])('%s is no number', (text) => {
  expect(problemTexts(statements(`\ta = ${text};`).unit)).toEqual([`error 3: expected a number, found '${text}'`]);
});

describe('statements', () => {
  test.each([
    ['if (a) return 1; else if (b) return 2; else return 3;', ['if (a) return 1 else if (b) return 2 else return 3']],
    ['if (a) if (b) n = 1; else n = 2;', ['if (a) if (b) n = 1 else n = 2']],
    ['while (a--) { if (b) continue; break; }', ['while (a--) { if (b) continue; break }']],
    ['do a++; while (a < b);', ['do a++ while (a < b)']],
    ['do { a++; } while_each_thing(a, b);', ['do { a++ } while (while_each_thing(a, b))']],
    ['for (a = 0, b = 1; a < b; a++) n++;', ['for (a = 0, b = 1; a < b; a++) n++']],
    ['for (;;) ;', ['for (; ; ) empty']],
    ['for (int i = 0; i < 3; i++) { }', ['for (int i = 0; i < 3; i++) {  }']],
    [
      'switch (a) { case 1: case 2 ... 5: n = 1; break; default: n = 2; }',
      ['switch (a) { case 1; case 2 ... 5; n = 1; break; default; n = 2 }'],
    ],
    ['goto out;\nout:\n\treturn a;', ['goto out', 'out:', 'return a']],
    ['if (a) out: n = 1;', ['if (a) { out:; n = 1 }']],
    ['void *t = &&out; goto *t; out: ;', ['void *t = &&out', 'goto *t', 'out:', 'empty']],
    ['__label__ x, y;', ['empty']],
    ['list_for_each_entry(p, &n, x) a++;', ['list_for_each_entry(p, &n, x) ~ a++']],
    ['list_for_each(p, q) { a++; }', ['list_for_each(p, q) ~ { a++ }']],
    ['for_each_cpu(a, b)\n\t\t*p = 1;', ['for_each_cpu(a, b) ~ *p = 1']],
    ['scoped_guard(mutex, &p->m) return 1;', ['scoped_guard(mutex, &p->m) ~ return 1']],
    [
      'scoped_cond_guard(mutex_intr, return -4, &p->m) a = 1;',
      ['scoped_cond_guard(mutex_intr, return -4, &p->m) ~ a = 1'],
    ],
    ['asm volatile("nop" : : "r" (a));', ['asm volatile("nop" : : "r" (a))']],
    ['asm goto ("x" : : : : out); out: ;', ['asm goto ("x" : : : : out)', 'out:', 'empty']],
    ['int g(int x) { return x; } a = g(1);', ['function g', 'a = g(1)']],
    ['fallthrough;', ['fallthrough']],
    ['__attribute__((fallthrough));', ['empty']],
    ['static DEFINE_MUTEX(lock);', ['static DEFINE_MUTEX(lock)']],
    ['DEFINE_WAIT(w);', ['DEFINE_WAIT(w)']],
    ['DECLARE_BITMAP(map, 8) = { 0 };', ['DECLARE_BITMAP(map, 8) map = {}']],
    ['LIST(struct s *) l = { 0 };', ['LIST(struct s *) l = {}']],
    ['CLASS(fd, f)(a);', ['CLASS(fd, f)(a)']],
    ['typeof(*p) x = *p; __auto_type y = x;', ['typeof(*p) x = *p', '__auto_type y = x']],
    ['struct s *q = p, r, *t[2];', ['struct s *q = p, struct s r, struct s *t[2]']],
    ['unknown_type x; other *y = 0;', ['unknown_type x', 'other *y = 0']],
    ['a * b;', ['a * b']],
    ['u32 x, *y = &x;', ['u32 x, u32 *y = &x']],
    ['int (*fn)(int, ...) = p, m[2][3] = { { 1 } };', ['int (*fn)(int, ...) = p, int m[2][3] = {}']],
    ['u8 (*q)[3], r;', ['u8 (*q)[3], u8 r']],
    ['extern void g(void); register int r = 1;', ['extern void g(void)', 'register int r = 1']],
    ['static_assert(sizeof(a) == 4);', ['static_assert(sizeof(a) == 4)']],
    ['_Static_assert(1, "x");', ['_Static_assert(1, "x")']],
  ])('%s', (text, outlines) => {
    const { body, unit } = statements(`\t${text}`);
    expect(unit.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(body.map(outline)).toEqual(outlines);
  });

  test('what is cleaned up at the end of the scope', () => {
    const { body, unit } = statements(
      '\tstruct s *x __free(kfree) = 0;\n\tint y __attribute__((__cleanup__(put), unused));\n\tint z __cleanup(drop) = 1;',
    );
    expect(problemTexts(unit)).toEqual([]);
    const attributes = body.map((statement) =>
      statement.kind === 'declaration' ? statement.declaration.names.flatMap((name) => name.attributes) : [],
    );
    expect(attributes.map((list) => list.map(attributeText))).toEqual([
      ['__free(kfree)'],
      ['cleanup(put)', 'unused'],
      ['__cleanup(drop)'],
    ]);
  });

  test('every statement has the line it begins on, a block and a function also the last one', () => {
    const unit = parse('int f(int a)\n{\n\tif (a)\n\t\treturn\n\t\t\t1;\n\n\treturn 2;\n}\n');
    const [f] = functionsOf(unit);
    expect(f).toMatchObject({ line: 1, endLine: 8, body: { line: 2, endLine: 8 } });
    expect(f!.body.body).toMatchObject([{ line: 3, then: { line: 4, value: { line: 5 } } }, { line: 7 }]);
  });
});

describe('a missing semicolon is never a call in silence', () => {
  test.each([
    ['one(a)\n\ttwo(b);', 'loop one'],
    ['one(a)\n\tif (b) return 1;', 'loop one'],
    ['one(a)\n\t{ b = 1; }', 'loop one'],
    ['one(a)\n\t*p = 1;', 'loop one'],
    ['one(a)\n\t(p)->x = 1;', 'loop one'],
    ['one(a)\n\t++b;', 'loop one'],
    ['one(a)\n\treturn 1;', 'loop one'],
    ['one(a)', 'problem'],
    ['if (b)\n\t\tone(a)\n\telse\n\t\ttwo(a);', 'problem'],
    ['one(a)\nout:\n\treturn 1;', 'problem'],
    ['switch (a) { case 1: one(a) case 2: break; }', 'problem'],
    ['p->one(a)\n\ttwo(b);', 'problem'],
    ['a = one(a)\n\ttwo(b);', 'problem'],
    ['a = b\n\t*p = 1;', 'problem'],
    ['a = "x"\n\ttwo(b);', 'problem'],
    ['int x\n\tint y;', 'problem'],
    ['struct s *x\n\ttwo(b);', 'problem'],
    ['struct s *x\n\t__two(b);', 'problem'],
    ['int x = one(a)\n\ttwo(b);', 'problem'],
    ['return 1', 'problem'],
    ['goto out\n\tone(a);\nout: ;', 'problem'],
    ['break\n\tone(a);', 'problem'],
    ['a++\n\tb++;', 'problem'],
    ['++(a + b);', 'problem'],
    ['fallthrough\n\tb = 1;', 'problem'],
    ['do { } while (a)\n\tb = 1;', 'problem'],
  ])('%j: %s', (text, outcome) => {
    const { body, unit } = statements(`\t${text}`);
    if (outcome === 'problem') expect(unit.problems.length).toBeGreaterThan(0);
    else expect(body[0]).toMatchObject({ kind: 'macroLoop', name: 'one' });
  });

  test("a 'return' that takes the next statement as its value, in a function without one", () => {
    const unit = parse('void f(int a)\n{\n\tif (a)\n\t\treturn\n\tg(a);\n}\n');
    expect(problemTexts(unit)).toEqual(["note 4: 'return' with a value in a function without one: is a ';' missing?"]);
    expect(problemTexts(parse('void f(int a)\n{\n\treturn g(a);\n}\n'))).toEqual([]);
  });
});

describe('file scope', () => {
  /** Items in a few words. */
  function itemsOf(text: string): string[] {
    return parse(text).items.map((item) => {
      switch (item.kind) {
        case 'function':
          return `function ${[...item.storage, printType(item.type, item.name)].join(' ')}`;
        case 'declaration':
          return declared(item);
        case 'macroCall':
          return [...item.storage, `${item.name}(${item.args.map(({ text: shown }) => shown).join(', ')})`].join(' ');
        default:
          return item.kind;
      }
    });
  }

  test.each([
    ['static inline int __must_check f(void)\n{\n}\n', 'function static inline int f(void)'],
    [
      'static __always_inline void *f(struct s __user *p, ...)\n{\n}\n',
      'function static __always_inline void *f(struct s *p, ...)',
    ],
    ['int (*f(int a))(void)\n{\n}\n', 'function int (*f(int a))(void)'],
    ['static int __init\nf(void)\n{\n}\n', 'function static int f(void)'],
    ['void f(void) __releases(&lock)\n\t__acquires(&lock)\n{\n}\n', 'function void f(void)'],
    [
      'SYSCALL_DEFINE2(open2, const char __user *, name, int, flags)\n{\n}\n',
      'function long sys_open2(char *name, int flags)',
    ],
    ['TEST(something)\n{\n}\n', 'function int TEST(something)(void)'],
    ['MODULE_LICENSE("GPL");', 'MODULE_LICENSE("GPL")'],
    ['EXPORT_SYMBOL_GPL(f)\n', 'EXPORT_SYMBOL_GPL(f)'],
    ['static DEFINE_MUTEX(lock);', 'static DEFINE_MUTEX(lock)'],
    ['static DEFINE_PER_CPU(int, count) = 1;', 'static DEFINE_PER_CPU(int, count) count = 1'],
    ['LIST_OF_THINGS\n', 'LIST_OF_THINGS()'],
    ['static DEFINE_THING(x) __read_mostly;', 'static DEFINE_THING(x)'],
    ['char *__pool __read_mostly;', 'char *__pool'],
    ['int x = 1, y __initdata;', 'int x = 1, int y'],
    ['static const char s[] = "a" B_NAME\n\tC_NAME;', 'static char s[] = "a<B_NAME><C_NAME>"'],
    ['int __some_section\nf(void);', 'int f(void)'],
    ['typedef unsigned __int128 big; struct s x;', 'typedef unsigned __int128 big'],
    ['asm(".globl x");', 'asm'],
    ['typedef int (*fn_t)(int);', 'typedef int (*fn_t)(int)'],
    ['extern int a, *b, c[];', 'extern int a, int *b, int c[]'],
    ['struct s;', 'struct s'],
    ['static const struct ops table = { .get = f, };', 'static struct ops table = {}'],
    ['unsigned long long int a; long unsigned b; signed char c;', 'unsigned long long a'],
    ['static int x __read_mostly = 3;', 'static int x = 3'],
    ['__printf(1, 2)\nvoid f(const char *fmt, ...);', 'void f(char *fmt, ...)'],
    ['MY_ALIGNMENT(8) struct s x;', 'struct s x'],
    ['int x __attribute__((aligned(8)));', 'int x'],
    ['extern "C"', 'bad'],
    [';', ''],
  ])('%j', (text, first) => {
    expect(itemsOf(text)[0] ?? '').toBe(first);
    if (first !== 'bad') expect(parse(text).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('annotations of a function, before and behind its parameters', () => {
    const unit = parse(
      'static int __must_check __init f(void) __acquires(&l)\n{\n}\nconst char *g(const int a, int __user *b)\n{\n}\n',
    );
    const [f, g] = functionsOf(unit);
    expect(f!.attributes.map(attributeText)).toEqual(['__must_check', '__init', '__acquires(&l)']);
    expect(g!.attributes.map(attributeText)).toEqual(['const']);
    expect(g!.type.parameters.map((parameter) => parameter.attributes.map(attributeText))).toEqual([
      ['const'],
      ['__user'],
    ]);
  });

  test('members: bit-fields, anonymous unions, flexible arrays, groups, macros', () => {
    const unit = parse(
      'struct s {\n\tint a:3, :0, b:2;\n\tunion {\n\t\tint c;\n\t\tstruct t d;\n\t};\n\tDECLARE_BITMAP(map, 8);\n' +
        '\tu32 __unused[2];\n\tvoid (*cb)(struct s *);\n\tstruct_group(g,\n\t\tint e;\n\t\tint f;\n\t);\n' +
        '#ifdef CONFIG_LOCKDEP\n\tint hidden;\n#endif\n\tunknown (*fn)(void);\n\tchar rest[] __counted_by(a);\n} __packed;\n',
    );
    expect(problemTexts(unit)).toEqual([]);
    const [item] = unit.items;
    if (item?.kind !== 'declaration' || item.base.kind !== 'record' || !item.base.fields) throw new Error('no struct');
    const show = (type: TypeSyntax, name: string | null): string => printType(type, name ?? '');
    expect(
      item.base.fields.map(({ name, type, bits }) => show(type, name) + (bits ? `:${printExpression(bits)}` : '')),
    ).toEqual([
      'int a:3',
      'int:0',
      'int b:2',
      'union { … }',
      'DECLARE_BITMAP(map, 8)',
      'u32 __unused[2]',
      'void (*cb)(struct s *)',
      'union { … }',
      'unknown (*fn)(void)',
      'char rest[]',
    ]);
    expect(item.base.fields[3]).toMatchObject({ name: null, type: { fields: [{ name: 'c' }, { name: 'd' }] } });
    expect(item.base.fields[7]).toMatchObject({
      type: {
        fields: [
          { name: null, type: { record: 'struct', fields: [{ name: 'e' }, { name: 'f' }] } },
          { name: 'g', type: { record: 'struct', fields: [{ name: 'e' }, { name: 'f' }] } },
        ],
      },
    });
    expect(item.base.fields.at(-1)!.attributes.map(attributeText)).toEqual(['__counted_by(a)']);
    expect(item.attributes.map(attributeText)).toEqual(['__packed']);
    expect(item.base).toMatchObject({ tag: 's', line: 1, endLine: 19 });
  });

  test('attributes in front of a tag are those of the declaration', () => {
    expect(parse('struct __attribute__((packed)) t {\n\tint a;\n\tPADDING\n};\n')).toMatchObject({
      items: [
        {
          attributes: [{ name: 'packed' }],
          base: { tag: 't', fields: [{ name: 'a' }, { type: { name: 'PADDING' } }] },
        },
      ],
      problems: [],
    });
    const [item] = parse('struct __packed s {\n\tint a;\n};\n').items;
    if (item?.kind !== 'declaration') throw new Error('no declaration');
    expect(item.attributes.map(attributeText)).toEqual(['__packed']);
    expect(item.base).toMatchObject({ tag: 's', fields: [{ name: 'a' }] });
  });

  test('enumerators', () => {
    const unit = parse('enum e {\n\tA,\n\tB = 1 << 3,\n\tMORE(x)\n\tC\n};\n');
    expect(unit.items[0]).toMatchObject({
      base: {
        kind: 'enum',
        tag: 'e',
        enumerators: [{ name: 'A', value: null }, { name: 'B', line: 3 }, { name: 'C' }],
      },
    });
    expect(problemTexts(unit)).toEqual(['note 4: the enumerators that the macro MORE stands for are not known']);
  });

  test('initialisers: designators of all forms, directives inside, macros that bring their comma', () => {
    const unit = parse(
      'static struct s t[] = {\n\t[0] = { .a = 1, .b.c = 2 },\n\t[1 ... 3] = { a: 5 },\n#ifdef CONFIG_X86_32\n\t{ 9 },\n' +
        '#endif\n\tENTRY(1)\n\tENTRY(2)\n\tLAST\n\t{ }\n};\n',
    );
    expect(problemTexts(unit)).toEqual([]);
    expect(unit.items[0]).toMatchObject({
      names: [
        {
          initialiser: {
            kind: 'list',
            elements: [
              {
                designators: [{ kind: 'index', high: null }],
                value: { elements: [{}, { designators: [{ name: 'b' }, { name: 'c' }] }] },
              },
              {
                designators: [{ kind: 'index', high: { value: 3n } }],
                value: { elements: [{ designators: [{ kind: 'field', name: 'a' }] }] },
              },
              { value: { value: { kind: 'call' } } },
              { value: { value: { kind: 'call' } } },
              { value: { value: { kind: 'name', name: 'LAST' } } },
              { value: { kind: 'list', elements: [] } },
            ],
          },
        },
      ],
    });
  });

  test.each([
    ['\ufeffint f(void)\n{\n\treturn 1;\n}\n'],
    ['int f(void)\r\n{\r\n\treturn \\\r\n\t1;\r\n}\r\n'],
    ['int f(void)\n{\n\tret\\\nurn 1;\n}\n'.replace('ret\\\nurn', 'return\\\n')],
    ['int f(void) // a\n{ /* b\n */\treturn 1;\n}'],
  ])('the same function in %j', (text) => {
    const unit = parse(text);
    expect(problemTexts(unit)).toEqual([]);
    expect(functionsOf(unit)[0]!.body.body).toMatchObject([{ kind: 'return', value: { value: 1n } }]);
  });

  test('lines and columns behind continued lines and comments', () => {
    const unit = parse(
      'int a; /* x\n\n*/ int f(void)\n{\n\tx = "a\\\nb" y;\n}\n#define M a \\\n\tb /* c\n\td */ e\nint = 3;\n',
    );
    expect(unit.problems.map(({ line, column, function: name }) => [line, column, name])).toEqual([
      [6, 4, 'f'],
      [11, 5, null],
    ]);
    expect(unit.macros.get('M')).toEqual({ name: 'M', parameters: null, body: 'a \tb   e', file: 'test.c', line: 8 });
  });
});

describe('damage stays where it is', () => {
  const twoFunctions = (first: string): string => `${first}\nint g(void)\n{\n\treturn 1;\n}\n`;

  test.each([
    [
      'a statement',
      'int f(int a)\n{\n\ta = = 1;\n\treturn a;\n}',
      ["error 3: expected an expression, found '='"],
      true,
    ],
    [
      'a lost brace inside',
      'int f(int a)\n{\n\tif (a) {\n\t\ta = 1;\n\treturn a;\n}',
      ["error 3: '{' without its '}': taken to end at line 5"],
      true,
    ],
    [
      'the lost last brace',
      'int f(int a)\n{\n\treturn a;\n',
      ["error 2: '{' without its '}': taken to end at line 3"],
      true,
    ],
    [
      'a brace too many',
      'int f(int a)\n{\n\tif (a)\n\t\ta = 1;\n\t}\n\treturn a;\n}',
      ["error 5: '}' without its '{'"],
      true,
    ],
    [
      'the lost first brace',
      'int f(int a)\n\tif (a)\n\t\ta = 1;\n\treturn a;\n}',
      ["error 2: expected ';', found 'if'", "error 5: '}' without its '{'"],
      false,
    ],
    [
      'a lost parenthesis',
      'int f(int a)\n{\n\tif (g(a) {\n\t\ta = 1;\n\t}\n\treturn a;\n}',
      ["error 3: '(' without its ')'"],
      true,
    ],
    [
      'a parenthesis too many',
      'int f(int a)\n{\n\tif (a)) {\n\t\ta = 1;\n\t}\n\treturn a;\n}',
      ["error 3: ')' without its '('"],
      true,
    ],
    [
      'parameters of K&R',
      'int f(a)\nint a;\n{\n\treturn a;\n}',
      ["error 2: declarations of parameters in the style of K&R are not read: f is left out, found 'int'"],
      false,
    ],
    ['a member', 'struct s {\n\tint a b c;\n\tint d;\n};', ["error 2: expected ';', found 'b'"], false],
    [
      'an element',
      'int t[] = { 1 2, 3, = };',
      [
        "error 1: expected ',' between the elements of an initialiser, found '2'",
        "error 1: expected an expression, found '='",
      ],
      false,
    ],
    [
      'a struct without its semicolon',
      'struct s {\n\tint a;\n}',
      ["error 4: a second type (is a ';' missing?), found 'int'"],
      false,
    ],
  ])('%s', (_, first, problems, survives) => {
    const unit = parse(twoFunctions(first));
    expect(problemTexts(unit)).toEqual(problems);
    const names = functionsOf(unit).map(({ name }) => name);
    expect(names.includes('f')).toBe(survives);
    if (problems[0]!.includes("';'") === false || survives) expect(names).toContain('g');
  });

  test('what is missing from a tree is a node in it, and a problem that names the function', () => {
    const unit = parse('int f(int a)\n{\n\ta = = 1;\n\treturn a;\n}\n');
    expect(functionsOf(unit)[0]!.body.body).toMatchObject([{ kind: 'bad', line: 3, endLine: 3 }, { kind: 'return' }]);
    expect(unit.problems[0]).toEqual({
      file: 'test.c',
      line: 3,
      column: 6,
      severity: 'error',
      message: "expected an expression, found '='",
      function: 'f',
    });
  });

  test('an element and a macro parameter that cannot be read leave a mark', () => {
    const unit = parse('int t[] = { 1 2, 3 };\n');
    expect(unit.items[0]).toMatchObject({
      names: [
        { initialiser: { elements: [{}, { value: { value: { kind: 'bad' } } }, { value: { value: { value: 3n } } }] } },
      ],
    });
    expect(problemTexts(parse('void f(int a, ARGUMENTS(b), int c)\n{\n}\n'))).toEqual([]);
    expect(functionsOf(parse('void f(int a, ARGUMENTS(b), int c)\n{\n}\n'))[0]!.type.parameters).toMatchObject([
      { name: 'a' },
      { name: null, type: { kind: 'macro', name: 'ARGUMENTS' } },
      { name: 'c' },
    ]);
  });

  test('code that is not indented is no damage if its brackets match', () => {
    const unit = parse('int f(int a)\n{\nif (a) {\na = 1;\n}\nreturn a;\n}\nint g(void)\n{\n}\n');
    expect(problemTexts(unit)).toEqual([]);
    expect(functionsOf(unit).map(({ name }) => name)).toEqual(['f', 'g']);
  });

  test('a merge conflict is one problem with a name; its first side is read', () => {
    const unit = parse(
      'int f(int a)\n{\n<<<<<<< HEAD\n\ta = 1;\n||||||| base\n\ta = 2;\n=======\n\ta = 3;\n>>>>>>> topic\n\treturn a;\n}\nint g(void)\n{\n}\n',
    );
    expect(unit.problems).toMatchObject([{ line: 3, column: 1, severity: 'error', function: 'f' }]);
    expect(unit.problems[0]!.message).toMatch(/^merge-conflict marker '<<<<<<<'/);
    const [f, g] = functionsOf(unit);
    expect(f!.body.body.map(outline)).toEqual(['bad', 'a = 1', 'return a']);
    expect(g!.name).toBe('g');
  });

  test('a lone conflict marker, and one at file scope', () => {
    const unit = parse('=======\nint a;\n<<<<<<< HEAD\nint b;\n=======\nint c;\n>>>>>>> x\nint d;\n');
    expect(unit.problems.map(({ line }) => line)).toEqual([1, 3]);
    expect(unit.items.map(({ kind }) => kind)).toEqual(['bad', 'declaration', 'bad', 'declaration', 'declaration']);
  });

  test('strings and comments that do not end', () => {
    expect(problemTexts(parse('int f(void)\n{\n\tg("x);\n\treturn 1;\n}\nint b;\n'))).toContain(
      'error 3: this string is not closed on its line',
    );
    expect(problemTexts(parse('int a;\n/* x\nint b;\n'))).toEqual(['error 2: this comment is not closed']);
  });
});

describe('fragments', () => {
  const options = { file: 'test.c', configuration: defaultConfiguration(), line: 7 };

  test('every node has the line of the use', () => {
    const result = parseFragment('a +\n\nb', 'expression', options);
    expect(result.tree).toMatchObject({ kind: 'binary', line: 7, left: { line: 7 }, right: { line: 7 } });
  });

  test('statements, the last one without its semicolon', () => {
    const result = parseFragment('do { a++; } while (0)', 'statements', options);
    expect(result.tree).toMatchObject([{ kind: 'do', line: 7 }]);
    expect(parseFragment('int x = 1; g(x);', 'statements', options).tree).toMatchObject([
      { kind: 'declaration' },
      { kind: 'expression' },
    ]);
    expect(parseFragment('', 'statements', options).tree).toEqual([]);
  });

  test('types', () => {
    expect(parseFragment('struct s *', 'type', options).tree).toMatchObject({
      kind: 'typeName',
      type: { kind: 'pointer' },
    });
  });

  test.each([
    ['a b', 'expression', "expected the end, found 'b'"],
    ['', 'expression', 'expected an expression, found the end of the file'],
    ['(a', 'expression', "'(' without its ')'"],
    ['1', 'type', "expected a type, found '1'"],
    ['{ a = = 1; }', 'statements', "expected an expression, found '='"],
  ] as const)('%j is no %s', (text, as, message) => {
    expect(parseFragment(text, as as 'expression', options)).toEqual({ tree: null, message });
  });
});
