import { describe, expect, it } from 'vitest';
import { awaitThat, free, loop, report, ret, run, set, when } from '../../models/program/build.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import type { IntType } from '../../models/program/intType.js';
import { parseExpression } from '../../models/program/parseExpression.js';
import type { Statement } from '../../models/program/statement.js';
import { exploreToy, summary, toyFn, toySystem } from '../testing/toySystem.js';
import type { Toy } from '../testing/toySystem.js';
import { link } from './link.js';
import { defaultOptions } from './linkedSystem.js';

const types = {
  world: {
    lock: 'struct mutex',
    refs: 'refcount_t',
    flag: 'int',
    size: 'u32',
    list: 'int[3]',
    ops: 'struct toy_ops *',
  },
  box: { size: 'u32', other: 'int' },
  toy_ops: { check: 'fn', other: 'fn', two: 'fn' },
  toy_arg: { size: 'u32 [in]', flags: 'u32', id: 's32 [out]', unused: 'u32 [in]' },
};

const marks = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

/** Shows that control got to a place: a warning whose operation is `mark_a`. */
const mark = (name: (typeof marks)[number]): Statement => run(`mark_${name}()`);

const markFunctions = marks.map((name) => toyFn(`void mark_${name}(void)`, [], [report('kernel-warning', 'reached')]));

/** `place` gets a number that nobody knows. */
const unknown = (place: string, type: IntType = 'u32', what = place): Statement => ({
  kind: 'assign',
  place: parseExpression(place),
  value: { kind: 'opaque', what, type },
  access: 'plain',
});

const probe = (
  locals: readonly string[],
  body: readonly Statement[],
  functions: readonly FunctionDefinition[] = [],
  rest: Partial<Toy> = {},
): Toy => ({
  types,
  functions: [toyFn('int probe(void)', locals, [...body, ret('0')]), ...functions, ...markFunctions],
  threads: { user: [run('probe()')] },
  ...rest,
});

/** Which marks are reached; with a search that is complete, and the same without the reduction. */
function reached(toy: Toy): readonly string[] {
  const [reduced, full] = [{}, { reduction: false }].map((search) => exploreToy(toy, defaultOptions, search));
  expect(reduced!.limits).toEqual([]);
  expect(full!.limits).toEqual([]);
  const found = (run: typeof reduced) => run!.findings.map(summary).sort();
  expect(found(full)).toEqual(found(reduced));
  return found(reduced).map((text) => text.replace('kernel-warning: mark_', ''));
}

const linked = (toy: Toy) => {
  const { revision, scenario } = toySystem(toy);
  return link(revision, scenario, defaultOptions);
};

/** The alternatives of all choices of a function. */
const choices = (toy: Toy, name: string): readonly string[] =>
  linked(toy).nodes.flatMap(({ node, function: fn }) =>
    fn.definition.name === name && node.kind === 'choose'
      ? node.alternatives.map((alternative) => alternative.name)
      : [],
  );

const ofNumbers = (toy: Toy) => linked(toy).approximations.filter((text) => text.includes('is unknown'));

describe('a number that nobody knows', () => {
  it('takes every way at a test of it, and the same one twice', () => {
    const toy = probe(
      ['u32 x'],
      [
        unknown('x'),
        when('x > 4', [mark('a')], [mark('b')]),
        when('x > 4', [when('x <= 4', [mark('c')])], [when('x >= 5', [mark('d')])]),
        when('x == 4', [mark('e')]),
      ],
    );
    expect(reached(toy)).toEqual(['a', 'b', 'e']);
    expect(choices(toy, 'probe')).toEqual(['x = 0', 'x = 4', 'x = 5']);
    expect(ofNumbers(toy)).toEqual([]);
  });

  it('is one number where it is only passed on', () => {
    const toy = probe(
      ['u32 x'],
      [unknown('x'), set('world.size', 'x'), run('take(x)')],
      [toyFn('void take(u32 n)', [], [])],
    );
    expect(reached(toy)).toEqual([]);
    expect(choices(toy, 'probe')).toEqual([]);
    expect(ofNumbers(toy)).toEqual([]);
  });

  it('is named by the one test that is made of it', () => {
    const toy = probe(['u32 x'], [unknown('x', 'u32', 'arg.size'), when('x >= 1', [mark('a')])]);
    expect(choices(toy, 'probe')).toEqual(['not arg.size >= 1', 'arg.size >= 1']);
  });

  it('has the bits of masks alone and together', () => {
    const toy = probe(
      ['u32 x'],
      [
        unknown('x'),
        when('x & 1', [when('x & 4', [mark('a')], [mark('b')])], [when('x & 4', [mark('c')], [mark('d')])]),
        when('x & ~5', [mark('e'), ret('0')]),
        when('x == 2', [mark('f')]),
      ],
    );
    expect(reached(toy)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it.each<readonly [string, Toy]>([
    [
      'a field',
      probe(
        ['u32 x', 'struct box box'],
        [
          unknown('box.size'),
          set('x', 'box.size'),
          when('x > 9', [mark('a')], [mark('b')]),
          when('box.size > 9 && x <= 9', [mark('c')]),
        ],
      ),
    ],
    [
      'a parameter',
      probe(
        ['u32 x'],
        [unknown('x'), run('check(x)')],
        [toyFn('void check(u32 n)', [], [when('n > 9', [mark('a')], [mark('b')])])],
      ),
    ],
    [
      'a result',
      probe(
        ['u32 x'],
        [set('x', 'get()'), when('x > 9', [mark('a')], [mark('b')])],
        [toyFn('u32 get(void)', ['u32 n'], [unknown('n'), ret('n')])],
      ),
    ],
    [
      'a pointer',
      probe(
        ['u32 x'],
        [run('get(&x)'), when('x > 9', [mark('a')], [mark('b')])],
        [toyFn('void get(u32 *to)', [], [unknown('*to')])],
      ),
    ],
    [
      'a parameter whose address is taken',
      probe(
        ['u32 x'],
        [unknown('x'), run('check(x)')],
        [toyFn('void check(u32 n)', ['u32 *p'], [set('p', '&n'), when('*p > 9', [mark('a')], [mark('b')])])],
      ),
    ],
    [
      'a computation',
      probe(['u32 x', 'u32 y'], [unknown('x'), set('y', 'x & 12'), when('y == 8', [mark('a')], [mark('b')])]),
    ],
    [
      'a function that tests a computation',
      probe(
        ['u32 x'],
        [unknown('x'), run('check(x >> 4)')],
        [toyFn('void check(u32 n)', [], [when('n > 9', [mark('a')], [mark('b')])])],
      ),
    ],
    [
      'a function that returns a computation',
      probe(
        ['u32 x'],
        [set('x', 'get()'), when('x > 9', [mark('a')], [mark('b')])],
        [toyFn('u32 get(void)', ['u32 n'], [unknown('n'), ret('n >> 4')])],
      ),
    ],
    [
      'a field that gets a computation',
      probe(['u32 x'], [unknown('x'), set('world.size', 'x >> 4'), when('world.size > 9', [mark('a')], [mark('b')])]),
    ],
    [
      'a field that a worker waits for',
      probe([], [mark('b'), unknown('world.flag')], [], {
        threads: { user: [run('probe()')], worker: { daemon: true, body: [awaitThat('world.flag'), mark('a')] } },
      }),
    ],
    ['an array', probe([], [unknown('world.list[1]'), when('world.list[1] > 9', [mark('a')], [mark('b')])])],
    [
      'an operation of a table',
      probe(
        ['u32 x'],
        [unknown('x'), set('world.ops', '&toy'), run('world.ops->check(x)')],
        [toyFn('void toy_check(u32 n)', [], [when('n > 9', [mark('a')], [mark('b')])])],
        { tables: [{ name: 'toy', type: 'toy_ops', fields: { check: 'toy_check' } }] },
      ),
    ],
  ])('is told apart behind %s', (_name, toy) => {
    expect(reached(toy)).toEqual(['a', 'b']);
    expect(ofNumbers(toy)).toEqual([]);
  });

  it('has signs and errors if its type allows', () => {
    const body = [when('IS_ERR(x)', [mark('a')]), when('x < 0', [mark('b')]), when('x > 0', [mark('c')])];
    expect(reached(probe(['int x'], [unknown('x', 's32'), ...body]))).toEqual(['a', 'b', 'c']);
    expect(reached(probe(['u8 x'], [unknown('x', 'u8'), ...body]))).toEqual(['c']);
  });

  it('keeps its type where code computes in one', () => {
    const test = {
      kind: 'binary',
      operator: '<',
      arithmetic: 'u32',
      left: parseExpression('x'),
      right: parseExpression('0'),
    } as const;
    const body: Statement[] = [{ kind: 'if', condition: test, then: [mark('a')], otherwise: [mark('b')] }];
    expect(reached(probe(['u32 x'], [unknown('x'), ...body]))).toEqual(['b']);
  });

  it('is approximated where it meets another number', () => {
    const toy = probe(
      ['u32 x'],
      [unknown('x', 'u32', 'arg.size'), set('world.size', '1'), when('x > world.size', [mark('a')], [mark('b')])],
    );
    expect(reached(toy)).toEqual(['a', 'b']);
    expect(ofNumbers(toy)).toEqual([
      "probe (under): 'arg.size' is unknown, only 0, 1, 2 are tried: it meets another number in x > %1 in probe",
    ]);
  });

  it('is approximated where what is computed of it meets another number', () => {
    const body = [unknown('x'), set('world.size', '1'), set('y', 'x & 12'), when('y > world.size', [mark('a')])];
    expect(ofNumbers(probe(['u32 x', 'u32 y'], body))).toEqual([expect.stringContaining('in y > %1 in probe')]);
  });

  it('is approximated where an event takes it', () => {
    const toy = probe(['int x'], [unknown('x', 's32'), run('refcount_set(&world.refs, x)')]);
    expect(ofNumbers(toy)).toEqual([expect.stringContaining("an argument of the event 'set' in refcount_set")]);
  });

  it('is approximated where it is tested behind too many computations', () => {
    const names = Array.from({ length: 9 }, (_, index) => `x${index}`);
    const steps = names.slice(1).map((name, index) => set(name, `${names[index]} + 1`));
    const toy = probe(
      names.map((name) => `u32 ${name}`),
      [unknown('x0'), ...steps, when('x8 > 50', [mark('a')])],
    );
    expect(ofNumbers(toy)).toHaveLength(1);
  });

  it('is approximated where it selects something', () => {
    const toy = probe(['u32 x'], [unknown('x'), when('x > 2', [ret('0')]), set('world.list[x]', '1'), mark('a')]);
    expect(reached(toy)).toEqual(['a']);
    expect(choices(toy, 'probe')).toEqual(['x = 0', 'x = 1', 'x = 2', 'x = 3']);
    expect(ofNumbers(toy)).toEqual([expect.stringContaining('it is an index in probe')]);
  });

  it('is approximated where a loop changes it', () => {
    const toy = probe(['u32 x'], [unknown('x'), loop('x > 0', [set('x', 'x - 1')]), mark('a')]);
    expect(reached(toy)).toEqual(['a']);
    expect(ofNumbers(toy)).toEqual([expect.stringContaining('computed again and again, by x - 1')]);
  });

  it('is approximated where more values differ than are tried', () => {
    const tests = Array.from({ length: 20 }, (_, index) => when(`x == ${3 * index}`, [mark('a')]));
    const toy = probe(['u32 x'], [unknown('x'), ...tests]);
    expect(choices(toy, 'probe')).toHaveLength(16);
    expect(ofNumbers(toy)).toEqual([expect.stringContaining('the code tells more values apart')]);
  });

  it('is told apart by those functions only that may be called with it', () => {
    const checks = ['toy_check', 'toy_other', 'toy_two'].map((name, index) =>
      toyFn(
        `void ${name}(u32 n${name === 'toy_two' ? ', int m' : ''})`,
        [],
        [when(`n > ${9 * (index + 1)}`, [mark('a')])],
      ),
    );
    const table = { name: 'toy', type: 'toy_ops', fields: { check: 'toy_check', other: 'toy_other', two: 'toy_two' } };
    const bySlot = probe(['u32 x'], [unknown('x'), set('world.ops', '&toy'), run('world.ops->check(x)')], checks, {
      tables: [table],
    });
    expect(choices(bySlot, 'probe')).toEqual(['not x > 9', 'x > 9']);
    const byCount = probe(
      ['u32 x', 'fn f'],
      [unknown('x'), set('world.ops', '&toy'), set('f', 'toy_check'), run('f(x)')],
      checks,
      { tables: [table] },
    );
    expect(choices(byCount, 'probe')).toEqual(['x = 0', 'x = 10', 'x = 19']);
  });

  it('is the first value during setup', () => {
    const toy = probe(
      [],
      [when('world.size > 3', [mark('a')], [mark('b')])],
      [toyFn('void init(void)', ['u32 x'], [unknown('x'), set('world.size', 'x')])],
      { setup: { body: [run('init()')] } },
    );
    expect(reached(toy)).toEqual(['b']);
    expect(ofNumbers(toy)).toEqual(["init (under): 'x' is unknown, setup takes 0 only"]);
  });

  it('is what a kernel function is asked with', () => {
    const toy = probe(
      ['u32 x', 'struct box *box'],
      [unknown('x', 'u32', 'gfp'), set('box', 'kzalloc_box(x)'), when('box', [free('box'), mark('a')], [mark('b')])],
      [
        toyFn(
          'struct box *kzalloc_box(u32 gfp)',
          ['struct box *b'],
          [
            when('gfp == 7', [ret('NULL')]),
            { kind: 'alloc', place: parseExpression('b'), tag: 'box', zeroed: true },
            ret('b'),
          ],
        ),
      ],
    );
    expect(reached(toy)).toEqual(['a', 'b']);
  });
});

describe('what user space puts into a struct that nobody fills in', () => {
  const handler = toyFn(
    'int handle(struct toy_arg *user)',
    ['struct toy_arg arg'],
    [
      set('arg.size', 'user->size'),
      set('arg.flags', 'user->flags'),
      when('arg.flags & ~1', [mark('a'), ret('-EINVAL')]),
      when('arg.flags & 1', [mark('b')], [mark('c')]),
      when('arg.size == 0', [mark('d'), ret('-EINVAL')]),
      when('user->size != arg.size', [mark('e')]),
      set('arg.id', '1'),
      set('user->id', 'arg.id'),
      ret('0'),
    ],
  );
  const call = (filled: readonly Statement[]): Toy => ({
    types,
    functions: [handler, ...markFunctions],
    threads: { user: { locals: ['struct toy_arg arg'], body: [...filled, run('handle(&arg)')] } },
  });

  it('is any number that the code tells apart, the same wherever it is copied to', () => {
    expect(reached(call([]))).toEqual(['a', 'b', 'c', 'd']);
    expect(choices(call([]), 'user_body')).toEqual(
      expect.arrayContaining(['arg.flags = 0', 'arg.flags = 1', 'arg.flags = 2']),
    );
  });

  it('is what the environment stores, where it stores something', () => {
    expect(reached(call([set('arg.flags', '1'), set('arg.size', '8')]))).toEqual(['b']);
    expect(reached(call([set('arg.flags', '1')]))).toEqual(['b', 'd']);
  });

  const inputs = (toy: Toy) =>
    linked(toy).functions.flatMap(({ program }) =>
      program.variables.flatMap(({ name }) => (name.endsWith(' (user)') ? [name] : [])),
    );

  it('is nothing for a field that is output or that nobody reads', () => {
    expect(inputs(call([]))).toEqual(['arg.flags (user)', 'arg.size (user)']);
    expect(inputs(call([set('arg.flags', '1'), set('arg.size', '8')]))).toEqual([]);
  });

  it('is nothing in a struct that user space does not know', () => {
    const reader = toyFn('void read(struct box *box)', [], [when('box->size > 1', [mark('a')])]);
    const body = [run('read(&box)')];
    const toy = {
      types,
      functions: [reader, ...markFunctions],
      threads: { user: { locals: ['struct box box'], body } },
    };
    expect(inputs(toy)).toEqual([]);
    expect(exploreToy(toy).findings.map(summary)).toContain('uninitialised box.size: read');
  });
});
