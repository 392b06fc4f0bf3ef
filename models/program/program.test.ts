import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alloc,
  at,
  awaitThat,
  choose,
  fault,
  fn,
  free,
  goTo,
  label,
  loop,
  outcome,
  report,
  ret,
  run,
  set,
  when,
} from './build.js';
import { checkProgram } from './checkProgram.js';
import { parseCType, printCType } from './cType.js';
import { editFunction } from './editFunction.js';
import { lowerFunction } from './lowerFunction.js';
import { parseExpression } from './parseExpression.js';
import { printProgram } from './printProgram.js';
import { printExpression, printStatement } from './printStatement.js';

const file = 'test.c';

function printed(body: Parameters<typeof fn>[2], locals: string[] = []): string {
  return printProgram(lowerFunction(fn('int f(struct thing *thing, int n)', { file, locals }, body)))
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .join('\n');
}

describe('C types', () => {
  it.each([
    ['const struct tee_desc *', 'struct tee_desc *'],
    ['refcount_t', 'refcount_t'],
    ['unsigned int', 'int'],
    ['size_t', 'size_t'],
    ['struct file **', 'struct file **'],
    ['struct fd_entry[FDS]', 'struct fd_entry[FDS]'],
    ['u8[4]', 'u8[4]'],
    ['fn', 'fn'],
  ])('reads %s', (text, expected) => {
    expect(printCType(parseCType(text))).toBe(expected);
  });

  it('refuses what is no type', () => {
    expect(() => parseCType('struct')).not.toThrow();
    expect(() => parseCType('int (*f)(void)')).toThrow(/cannot read the C type/);
  });
});

describe('expressions', () => {
  it.each([
    'teedev->desc->ops->open',
    '!shm || shm->ctx != ctx',
    'data.use_case == TEE_IOC_UC_RESERVED',
    '&files->fd[n + 1].slot',
    'container_of(ref, struct tee_context, refcount)',
    '@lock(&teedev->mutex)',
    'tee_shm_get_from_id(ctx, ip.c)',
    '(a + b) < c && -n != ~flags',
  ])('prints %s as it reads it', (text) => {
    const once = printExpression(parseExpression(text));
    expect(printExpression(parseExpression(once))).toBe(once);
    expect(once.replace(/[ ()]/g, '')).toBe(text.replace(/[ ()]/g, ''));
  });

  it('binds operators as C does', () => {
    expect(printExpression(parseExpression('a | b & c == d'))).toBe('a | (b & (c == d))');
    expect(printExpression(parseExpression('a | b ^ c & d % e'))).toBe('a | (b ^ (c & (d % e)))');
    expect(printExpression(parseExpression('a - b - c'))).toBe('(a - b) - c');
    expect(printExpression(parseExpression('!a->b && c || d'))).toBe('(!a->b && c) || d');
  });

  it('knows errno names, NULL and truth values', () => {
    expect(parseExpression('-ENOMEM')).toMatchObject({ kind: 'int', value: -12, text: '-ENOMEM' });
    expect(parseExpression('NULL')).toMatchObject({ value: 0 });
    expect(parseExpression('true')).toMatchObject({ value: 1 });
  });

  it.each([
    ['a +', 'expected an expression, found the end'],
    ['f(a', "expected ')'"],
    ['a b', 'found b'],
    ['@(x)', 'found ('],
    ['a ? b', 'offset 1'],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => parseExpression(text)).toThrow(message);
  });

  it('never crashes on other text than with its own message', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          expect(String(error)).toMatch(/expression/);
        }
      }),
      { seed: 1 },
    );
  });
});

describe('lowering', () => {
  it('makes one access a node and keeps the order of C', () => {
    expect(printed([set('thing->count', 'thing->next->count + n'), ret('0')])).toMatchInlineSnapshot(`
      "0: %1 = thing->next
      1: %2 = %1->count
      2: thing->count = %2 + n
      3: return 0"
    `);
  });

  it('turns short circuits into branches', () => {
    expect(printed([when('!thing || thing->count > n && f(n)', [ret('-EINVAL')]), ret('0')])).toMatchInlineSnapshot(`
      "0: if (thing) goto 1 else 5
      1: %1 = thing->count
      2: if (%1 > n) goto 3 else 6
      3: %2 = f(n)
      4: if (%2) goto 5 else 6
      5: return -EINVAL
      6: return 0"
    `);
  });

  it('gives address-taken and aggregate locals memory that ends at every return', () => {
    expect(
      printed([set('info.size', 'n'), run('g(&id, &info)'), ret('id')], ['int id', 'struct info info']),
    ).toMatchInlineSnapshot(
      `
      "0: id = new local boxed int
      1: info = new local info
      2: info->size = n
      3: g(&id->value, info)
      4: %1 = id->value
      5: end of local *id
      6: end of local *info
      7: return %1"
    `,
    );
  });

  it('follows gotos and drops what cannot be reached', () => {
    const text = printed([
      loop('n', [when('thing->stop', [goTo('out')]), set('n', 'n - 1')]),
      label('out'),
      ret('n'),
      run('never()'),
    ]);
    expect(text).not.toContain('never');
    expect(text).toContain('return n');
  });

  it('numbers the alternatives of a choice', () => {
    const text = printed([
      choose('kzalloc', [outcome('success', [alloc('thing', 'thing')]), fault('NULL', [set('thing', 'NULL')])]),
      free('thing'),
      ret('0'),
    ]);
    expect(text).toContain('choose kzalloc success→1, NULL→2');
  });

  it('marks accesses and lines', () => {
    const program = lowerFunction(
      fn('void f(struct thing *t)', { file }, [
        at(7, set('t->a', '1', 'marked'), run('READ_ONCE(t->b)')),
        awaitThat('t->c'),
      ]),
    );
    expect(program.nodes.map((node) => [node.kind, node.span.line])).toEqual([
      ['store', 7],
      ['load', 7],
      ['await', undefined],
      ['return', undefined],
    ]);
    expect(program.nodes.slice(0, 2).every((node) => 'access' in node && node.access === 'marked')).toBe(true);
  });

  it('keeps the line of the mail with the line of the file', () => {
    const set = { kind: 'run', expression: parseExpression('t->b') } as const;
    const program = lowerFunction(
      fn('void f(struct thing *t)', { file }, [
        {
          kind: 'block',
          line: 7,
          mailLine: 70,
          body: [set, { ...set, line: 8 }, { ...set, line: 9, mailLine: 90 }, set],
        },
        set,
      ]),
    );
    expect(program.nodes.map(({ span }) => [span.line, span.mailLine])).toEqual([
      [7, 70],
      [8, undefined],
      [9, 90],
      [7, 70],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('keeps the types that C computes in, and says what is not known', () => {
    const p = parseExpression('p');
    const n = parseExpression('n');
    const place = { kind: 'index', base: p, index: n, pointer: true } as const;
    const value = {
      kind: 'binary',
      operator: '+',
      arithmetic: 'u32',
      left: { kind: 'convert', from: 's32', to: 'u32', operand: { kind: 'opaque', what: 'get()', type: 's32' } },
      right: { kind: 'unary', operator: '~', operand: n, arithmetic: 's32' },
    } as const;
    const statements = [
      { kind: 'assign', place, value, access: 'plain' },
      { kind: 'assign', place: n, value: { kind: 'opaque', what: 'arg', type: 'u32' }, access: 'plain' },
      { kind: 'limit', what: 'no way on', ends: true },
    ] as const;
    expect(statements.map(printStatement)).toEqual([
      'p[n] = (u32)unknown(get()) + ~n',
      'n = unknown(arg)',
      'limit: no way on',
    ]);
    const program = lowerFunction(fn('void f(int *p, int n)', { file }, statements));
    expect(checkProgram(program)).toEqual([]);
    expect(printProgram(program).split('\n').slice(1)).toEqual([
      '    0: %1 = unknown(get())',
      '    1: p[n] = (u32)%1 + ~n',
      '    2: n = unknown(arg)',
      '    3: limit: no way on',
      '    4: return',
    ]);
    expect(program.nodes[1]).toMatchObject({
      address: { kind: 'offset' },
      value: { arithmetic: 'u32', left: { from: 's32', to: 'u32' }, right: { arithmetic: 's32' } },
    });
  });

  it('gives arrays memory of their own', () => {
    expect(printed([set('a[n]', '1'), ret('a[0]')], ['int[4] a'])).toBe(
      [
        '0: a = new local boxed int[4]',
        '1: a->value[n] = 1',
        '2: %1 = a->value[0]',
        '3: end of local *a',
        '4: return %1',
      ].join('\n'),
    );
    expect(() => printed([ret('a')], ['int[4] a'])).toThrow('aggregate');
  });

  it('refuses unknown labels, double declarations and aggregates as values', () => {
    expect(() => printed([goTo('nowhere'), ret('0')])).toThrow("missing label 'nowhere'");
    expect(() => printed([ret('0')], ['int n'])).toThrow("'n' is declared twice");
    expect(() => printed([ret('info')], ['struct info info'])).toThrow('aggregate');
  });
});

describe('well-formedness', () => {
  it('accepts what lowering makes and refuses dangling targets, undeclared names and unreachable nodes', () => {
    const program = lowerFunction(fn('int f(int n)', { file }, [when('n', [ret('1')]), ret('0')]));
    expect(checkProgram(program)).toEqual([]);
    const [branch, ...rest] = program.nodes;
    expect(checkProgram({ ...program, nodes: [{ ...branch!, then: 9 } as typeof branch & object, ...rest] })).toEqual(
      expect.arrayContaining([expect.stringContaining('does not exist'), expect.stringContaining('cannot be reached')]),
    );
    expect(checkProgram({ ...program, variables: [] })).toEqual([
      expect.stringContaining("'n', which is not declared"),
    ]);
  });
});

describe('edits', () => {
  const original = fn('void f(struct thing *t)', { file }, [
    when('t', [run('put(t)')]),
    run('put(t)'),
    report('kernel-warning', 'x'),
  ]);

  it('replaces exactly the statement it names', () => {
    const edited = editFunction(original, [{ find: 'put(t)', occurrence: 1, by: () => [] }]);
    expect(edited.body.map(printStatement)).toEqual(['if (t)', 'report kernel-warning']);
    expect(original.body).toHaveLength(3);
  });

  it('refuses an edit that finds nothing or too much', () => {
    expect(() => editFunction(original, [{ find: 'get(t)', by: () => [] }])).toThrow("no statement 'get(t)'");
    expect(() => editFunction(original, [{ find: 'put(t)', by: () => [] }])).toThrow('say which');
  });
});
