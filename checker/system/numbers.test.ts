import { describe, expect, it } from 'vitest';
import { choose, fn, outcome, ret, run, set, when } from '../../models/program/build.js';
import type { BinaryOperator, Expression } from '../../models/program/expression.js';
import type { IntType } from '../../models/program/intType.js';
import { parseExpression } from '../../models/program/parseExpression.js';
import type { Statement } from '../../models/program/statement.js';
import { sampleSystem } from '../fuzz/sampleSystem.js';
import { operationLanguage } from '../language/operationLanguage.js';
import { replay } from '../replay/replay.js';
import { exploreToy, summary, toyFn, toySystem } from '../testing/toySystem.js';
import type { Toy } from '../testing/toySystem.js';
import { link } from './link.js';
import { defaultOptions } from './linkedSystem.js';

const types = {
  world: {
    lock: 'struct mutex',
    flag: 'int',
    left: 'int',
    list: 'int[3]',
    right: 'int',
    rows: 'struct row[2]',
    table: 'int[2][3]',
  },
  row: { a: 'int', pair: 'int[2]', b: 'int' },
};

const text = parseExpression;

const typed = (operator: BinaryOperator, arithmetic: IntType, left: string, right: string): Expression => ({
  kind: 'binary',
  operator,
  left: text(left),
  right: text(right),
  arithmetic,
});

const assign = (place: string, value: Expression): Statement => ({
  kind: 'assign',
  place: text(place),
  value,
  access: 'plain',
});

const convert = (from: IntType, to: IntType, operand: string): Expression => ({
  kind: 'convert',
  from,
  to,
  operand: text(operand),
});

/** `base[index]` for a pointer. */
const at = (base: string, index: string): Expression => ({
  kind: 'index',
  base: text(base),
  index: text(index),
  pointer: true,
});

const limit = (what: string, ends: boolean): Statement => ({ kind: 'limit', what, ends });

/** Fires unless the condition holds. */
const mustBe = (condition: string): Statement => run(`BUG_ON(!(${condition}))`);

const probe = (locals: readonly string[], body: readonly Statement[], rest: Partial<Toy> = {}): Toy => ({
  types,
  functions: [toyFn('int probe(void)', locals, [...body, ret('0')]), ...(rest.functions ?? [])],
  threads: { user: [run('probe()')], ...rest.threads },
});

const outcomes = (toy: Toy) => {
  const { findings, limits } = exploreToy(toy);
  return { findings: findings.map(summary), limits };
};

const nothing = { findings: [], limits: [] };

describe("an operation in one of C's types", () => {
  it('computes modulo the type', () => {
    const body = [
      assign('x', typed('-', 'u32', '0', '1')),
      mustBe('x == -1'),
      assign('x', typed('*', 'u32', '65536', '65536')),
      mustBe('x == 0'),
      assign('x', typed('%', 's32', '-7', '4')),
      mustBe('x == -3'),
      assign('x', typed('^', 's32', '5', '3')),
      mustBe('x == 6'),
      assign('x', { kind: 'unary', operator: '~', operand: text('5'), arithmetic: 'u64' }),
      mustBe('x == -6'),
      assign('x', { kind: 'unary', operator: '-', operand: text('5'), arithmetic: 'u64' }),
      mustBe('x == -5'),
      assign('x', convert('s32', 'u8', '-1')),
      mustBe('x == 255'),
      assign('x', convert('s64', 's32', '-1')),
      mustBe('x == -1'),
      assign('x', convert('u32', 'bool', '8')),
      mustBe('x == 1'),
    ];
    expect(outcomes(probe(['int x'], body))).toEqual(nothing);
  });

  it('compares in it: the negative residues of an unsigned type are its largest values', () => {
    const body = [
      assign('x', typed('<', 's32', '-1', '1')),
      mustBe('x == 1'),
      assign('x', typed('<', 'u32', '-1', '1')),
      mustBe('x == 0'),
      assign('x', typed('>=', 'u64', '-1', '-2')),
      mustBe('x == 1'),
      assign('x', typed('<=', 'u64', '3', '-2')),
      mustBe('x == 1'),
      assign('x', typed('>', 'u32', '3', '-2')),
      mustBe('x == 0'),
      assign('x', typed('==', 'u32', '-1', '-1')),
      mustBe('x == 1'),
      assign('x', typed('!=', 'u32', '-1', '1')),
      mustBe('x == 1'),
    ];
    expect(outcomes(probe(['int x'], body))).toEqual(nothing);
  });

  const ends = (value: Expression): readonly string[] => {
    const { findings, limits } = outcomes(
      probe(['int x', 'struct world *w'], [set('w', '&world'), assign('x', value), run('BUG_ON(true)')]),
    );
    expect(findings).toEqual([]);
    return limits;
  };
  const place = 'drivers/toy/toy.c probe: ';
  const tooLarge = 'does not fit the numbers that are tracked (29 bits)';

  it('ends the path where the result cannot be stored', () => {
    expect(ends(typed('*', 's64', '536870911', '2'))).toEqual([`${place}the value of 536870911 * 2 ${tooLarge}`]);
    expect(ends(convert('u32', 'u64', '-1'))).toEqual([`${place}the value of (u64)-1 ${tooLarge}`]);
    expect(ends(typed('+', 's32', '0x40000000', '1'))).toHaveLength(1);
  });

  it('ends the path at a constant that cannot be stored, and only there', () => {
    const toy = (value: string) => ({ ...probe(['int x'], [set('x', value)]), capacities: { HUGE: 2 ** 40 } });
    expect(outcomes(toy('HUGE')).limits).toEqual([`${place}the constant HUGE ${tooLarge}`]);
    expect(outcomes(toy('1'))).toEqual(nothing);
  });

  it('refuses to link a table with a number that cannot be stored', () => {
    const tables = [{ name: 'toy', type: 'row', fields: { a: 2 ** 40 } }];
    const toy = { ...probe(['struct row *r', 'int x'], [set('r', '&toy'), set('x', 'r->a')]), tables };
    expect(() => exploreToy(toy)).toThrow('toy.a is 1099511627776');
  });

  it('names the line', () => {
    const statement: Statement = { ...assign('x', typed('+', 's32', '536870911', '1')), line: 12 };
    expect(outcomes(probe(['int x'], [statement])).limits).toEqual([
      expect.stringMatching(/^drivers\/toy\/toy\.c:12 /),
    ]);
  });

  it('ends the path where C leaves it undefined', () => {
    expect(ends(typed('<<', 'u32', '1', '32'))).toEqual([
      `${place}1 << 32 shifts by more than the width of the number`,
    ]);
    expect(ends(typed('<<', 'u64', '1', '-1'))).toHaveLength(1);
  });

  it('ends the path where an address is taken for a number', () => {
    expect(ends(typed('&', 'u64', 'w', '7'))).toEqual([`${place}w & 7 computes with an address`]);
    expect(ends(typed('<', 'u64', 'w', '7'))).toEqual([`${place}w < 7 compares an address with a number`]);
    expect(ends(convert('u64', 'u32', 'w'))).toEqual([`${place}(u32)w computes with an address`]);
    expect(ends(typed('+', 'u64', 'probe', '7'))).toHaveLength(1);
  });

  it('lets an address pass through the integers that hold one', () => {
    const body = [assign('w', convert('u64', 's64', '&world')), set('w->flag', '3'), mustBe('world.flag == 3')];
    expect(outcomes(probe(['struct world *w'], body))).toEqual(nothing);
    expect(outcomes(probe(['int x'], [assign('x', convert('u64', 'bool', '&world')), mustBe('x == 1')]))).toEqual(
      nothing,
    );
  });

  it('oopses at a division by zero', () => {
    expect(outcomes(probe(['int x'], [assign('x', typed('/', 'u32', '1', 'world.flag'))]))).toEqual({
      findings: ['kernel-bug: division in probe'],
      limits: [],
    });
  });

  it('reports an operand that nobody wrote', () => {
    const body = [when('world.flag', [set('y', '1')]), assign('x', typed('+', 's32', 'y', '1'))];
    expect(outcomes(probe(['int x', 'int y'], body)).findings).toEqual(['uninitialised: read']);
  });
});

describe('an index', () => {
  it('scales by the size of the element, arrays of arrays and of structs too', () => {
    const body = [
      set('world.table[2][1]', '5'),
      set('world.table[1][1]', '4'),
      set('world.table[2][0]', '3'),
      mustBe('world.table[2][1] == 5 && world.table[1][1] == 4 && world.table[2][0] == 3'),
      mustBe('world.table[0][0] == 0 && world.table[1][0] == 0'),
      set('world.rows[1].pair[1]', '7'),
      set('world.rows[0].b', '8'),
      mustBe(
        'world.rows[1].pair[1] == 7 && world.rows[0].pair[1] == 0 && world.rows[1].a == 0 && world.rows[1].b == 0',
      ),
    ];
    expect(outcomes(probe([], body))).toEqual(nothing);
  });

  it.each(['3', '-1', '1000'])('outside the array ends the path: %s', (index) => {
    const { findings, limits } = outcomes(
      probe(['int i'], [set('i', index), set('world.list[i]', '1'), run('BUG_ON(true)')]),
    );
    expect(findings).toEqual([]);
    expect(limits).toEqual([
      'drivers/toy/toy.c probe: world.list[i] is outside the array, which is not checked further',
    ]);
  });

  it('works on a local array', () => {
    const body = [set('a[1]', '4'), set('a[0]', '3'), mustBe('a[1] == 4 && a[0] == 3')];
    expect(outcomes(probe(['int[2] a'], body))).toEqual(nothing);
    expect(outcomes(probe(['int[2] a'], [set('a[2]', '4')])).limits).toHaveLength(1);
  });

  it('moves a pointer inside its array', () => {
    const body = [
      set('p', '&world.list[1]'),
      assign('*p', text('1')),
      { kind: 'assign', place: at('p', '1'), value: text('2'), access: 'plain' } as const,
      { kind: 'assign', place: at('p', '-1'), value: text('3'), access: 'plain' } as const,
      mustBe('world.list[0] == 3 && world.list[1] == 1 && world.list[2] == 2'),
      mustBe('world.left == 0 && world.right == 0'),
      assign('p', { kind: 'address', place: at('p', '1') }),
      mustBe('*p == 2'),
    ];
    expect(outcomes(probe(['int *p'], body))).toEqual(nothing);
  });

  it('moves a pointer to a struct by the struct', () => {
    const body = [
      set('r', '&world.rows[0]'),
      assign('r', { kind: 'address', place: at('r', '1') }),
      set('r->b', '4'),
      mustBe('world.rows[1].b == 4'),
    ];
    expect(outcomes(probe(['struct row *r'], body))).toEqual(nothing);
  });

  it.each([
    ['&world.list[1]', '2', 'int *'],
    ['&world.list[1]', '-2', 'int *'],
    ['&world.left', '1', 'int *'],
    ['NULL', '1', 'int *'],
    ['&world.rows[0].a', '1', 'int *'],
    ['&world.rows[0].b', '1', 'struct row *'],
  ])('does not move a pointer out of its array: %s by %s, as %s', (start, by, type) => {
    const { findings, limits } = outcomes(
      probe([`${type}p`, `${type}q`], [set('p', start), assign('q', { kind: 'address', place: at('p', by) })]),
    );
    expect(findings).toEqual([]);
    expect(limits).toHaveLength(1);
  });

  it('of 0 is the pointer itself, whatever it points to', () => {
    const body = [
      set('p', '&world.left'),
      { ...set('*p', '6'), place: at('p', '0') } as Statement,
      mustBe('world.left == 6'),
    ];
    expect(outcomes(probe(['int *p'], body))).toEqual(nothing);
  });
});

describe('a limit', () => {
  const place = 'drivers/toy/toy.c probe: inline assembly';

  it('that ends the path is told, and nothing behind it is looked at', () => {
    const toy = probe([], [limit('inline assembly', true), run('BUG_ON(true)')]);
    expect(outcomes(toy)).toEqual({ findings: [], limits: [place] });
  });

  it('that does not end it is told once, and what is behind it is looked at', () => {
    const toy = probe([], [limit('inline assembly', false), limit('inline assembly', false), run('BUG_ON(true)')]);
    expect(outcomes(toy)).toEqual({ findings: ['kernel-bug: BUG_ON'], limits: [place] });
  });

  it('that no path reaches is not told', () => {
    expect(outcomes(probe([], [when('world.flag', [limit('inline assembly', true)])]))).toEqual(nothing);
  });

  it('in setup is told too', () => {
    const toy: Toy = {
      ...probe([], []),
      setup: { body: [limit('inline assembly', false)] },
    };
    expect(exploreToy(toy).limits).toEqual(['<toy> setup_body: inline assembly']);
  });

  it('in what the end of a run is compared with is told, also if no run gets there', () => {
    const worker = { daemon: true, body: [when('!get()', [limit('inline assembly', true)])] };
    const toy = probe([], [], {
      functions: [toyFn('int get(void)', [], [ret('0')])],
      threads: { worker },
    });
    const forcedOutcomes = [{ caller: null, callee: 'get', value: 1, text: 'get=1' }];
    expect(exploreToy(toy, { ...defaultOptions, forcedOutcomes }).limits).toEqual([
      '<toy> worker_body: inline assembly',
    ]);
  });

  /** Another thread takes what `probe` published, though `probe` itself is not followed to its end. */
  const behindVisible = probe(
    [],
    [run('mutex_lock(&world.lock)'), set('world.flag', '1'), run('mutex_unlock(&world.lock)'), limit('the end', true)],
    {
      threads: {
        other: [run('mutex_lock(&world.lock)'), run('BUG_ON(world.flag)'), run('mutex_unlock(&world.lock)')],
      },
    },
  );
  const behindArithmetic = probe(
    ['int x'],
    [
      set('world.flag', '1', 'marked'),
      run('helper()'),
      assign('x', typed('<<', 's32', '1', '30')),
      run('BUG_ON(true)'),
    ],
    {
      functions: [fn('void helper(void)', { file: 'drivers/toy/toy.c' }, [])],
      threads: { other: [run('BUG_ON(READ_ONCE(world.flag))')] },
    },
  );
  const chosen = probe(
    [],
    [
      choose('way', [outcome('one', [limit('one way', true)]), outcome('two', [limit('two ways', false)])]),
      run('mutex_lock(&world.lock)'),
      run('mutex_unlock(&world.lock)'),
    ],
  );

  it.each([
    ['behind a visible operation', behindVisible, ['kernel-bug: BUG_ON'], 1],
    ['in a computation behind a visible operation', behindArithmetic, ['kernel-bug: BUG_ON'], 1],
    ['one way of several', chosen, [], 2],
  ] as const)('is met by the reduced search as by the full one: %s', (_name, toy, found, count) => {
    const reduced = exploreToy(toy);
    const full = exploreToy(toy, defaultOptions, { reduction: false });
    expect(reduced.findings.map(summary)).toEqual(found);
    expect(full.findings.map(summary)).toEqual(found);
    expect(reduced.limits).toHaveLength(count);
    expect([...full.limits].sort()).toEqual([...reduced.limits].sort());
  });

  const linked = (toy: Toy) => {
    const { revision, scenario } = toySystem(toy);
    return link(revision, scenario, defaultOptions);
  };

  it('is told by sampling', () => {
    const options = { maxStates: Infinity, timeout: Infinity, now: () => 0 };
    const { result } = sampleSystem(
      linked(chosen),
      { seed: 1, runs: 20, path: null, known: [], properties: null },
      options,
    );
    expect(result.limits).toEqual(expect.arrayContaining([expect.stringContaining('one way')]));
    expect(result.limits).toEqual(expect.arrayContaining([expect.stringContaining('two ways')]));
  });

  it('is a letter of the language of operations', () => {
    const labels = operationLanguage(linked(chosen)).edges.map(({ label }) => label?.text);
    expect(labels).toEqual(expect.arrayContaining(['limit: two ways', 'exhausted']));
    expect(labels).not.toContain('limit: one way');
  });

  it('ends a replay where it ended the search', () => {
    const system = linked(probe([], [limit('inline assembly', true), run('BUG_ON(true)')]));
    const step = { thread: 0, decisions: [] };
    const once = replay(system, [step], []);
    expect(once.ok && once.value.steps.length).toBe(1);
    expect(replay(system, [step, step], []).ok).toBe(false);
  });
});
