import { describe, expect, it } from 'vitest';
import { kzalloc } from '../../models/kernel/slab.js';
import { choose, fn, loop, outcome, ret, run, set, when } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import { exploreToy, summary, toyFn } from '../testing/toySystem.js';
import type { Toy } from '../testing/toySystem.js';
import { defaultOptions } from './linkedSystem.js';

const types = {
  world: { lock: 'struct mutex', spin: 'spinlock_t', refs: 'refcount_t', flag: 'int', box: 'struct box *' },
  box: { data: 'int' },
};

/** One thread that runs `body` as the driver's function `probe`. */
const probe = (locals: readonly string[], body: readonly Statement[], rest: Partial<Toy> = {}): Toy => ({
  types,
  ...rest,
  functions: [...(rest.functions ?? []), toyFn('int probe(void)', locals, [...body, ret('0')])],
  threads: rest.threads ?? { user: [run('probe()')] },
});

const findings = (toy: Toy, options = defaultOptions) => exploreToy(toy, options).findings.map(summary);

/** Two visible operations, if there is no reduction: states before, between and after them. */
const visible = [set('world.flag', '1'), set('world.flag', '2')];

/** Either of two values in the local `x`. */
const either = choose('value', [outcome('one', [set('x', '1')]), outcome('two', [set('x', '2')])]);

describe('a bound of the model that is reached', () => {
  const endless = loop('true', [run('refcount_inc(&world.refs)')]);

  it('makes the search incomplete when a count passes its bound', () => {
    const { findings, limits } = exploreToy(probe([], [run('refcount_set(&world.refs, 1)'), endless]));
    expect(findings).toEqual([]);
    expect(limits).toEqual([
      "a count of the lifecycle 'refcount' passes its bound 12, which its definition in models/lifecycles sets",
    ]);
  });

  it('makes the search incomplete when ids run out', () => {
    const toy: Toy = {
      types: { world: { idr: 'struct idr' } },
      functions: [toyFn('void probe(void)', [], [loop('idr_alloc(&world.idr, NULL, 1, 0, GFP_KERNEL) > 0', [])])],
      threads: { user: [run('probe()')] },
    };
    expect(exploreToy(toy).limits).toEqual([expect.stringContaining("capacities['IDS']")]);
  });
});

describe('states that differ only in what nobody can read', () => {
  const states = (locals: readonly string[], body: readonly Statement[], rest?: Partial<Toy>) =>
    exploreToy(probe(locals, body, rest), defaultOptions, { reduction: false }).states;

  it('are one, in a variable that is not read any more', () => {
    const alone = states(['int x'], [...visible, ...visible]);
    expect(states(['int x'], [either, when('x == 3', [run('BUG_ON(true)')]), ...visible, ...visible])).toBe(alone);
    expect(states(['int x'], [either, ...visible, ...visible, when('x == 3', [run('BUG_ON(true)')])])).toBeGreaterThan(
      alone,
    );
  });

  it('are one, in a caller’s variable that is not read after the call', () => {
    const callee = { functions: [toyFn('void visit(int x)', [], [...visible, ...visible])] };
    const alone = states(['int x'], [run('visit(0)')], callee);
    expect(states(['int x'], [either, run('visit(x / 3)')], callee)).toBe(alone);
    expect(
      states(['int x'], [either, run('visit(x / 3)'), when('x == 3', [run('BUG_ON(true)')])], callee),
    ).toBeGreaterThan(alone);
  });

  it('are one, in the frame of a call that is over', () => {
    const callee = { functions: [toyFn('int visit(int x)', ['int y'], [set('y', 'x + 1'), ...visible, ret('y - x')])] };
    const one = states(['int x'], [either, run('visit(x)'), ...visible, ...visible], callee);
    const other = states(['int x'], [set('x', '1'), run('visit(x)'), ...visible, ...visible], callee);
    // There are two ways to be inside the callee, where the choice is read, and one to be behind it.
    expect(one - other).toBe(1);
  });

  it('are one, in memory that was freed', () => {
    const body = (data: string) => [
      kzalloc('box', 'box'),
      when('!box', [ret('0')]),
      either,
      set('box->data', data),
      run('kfree(box)'),
      ...visible,
      ...visible,
      when('box == &world.box', [run('BUG_ON(true)')]),
    ];
    expect(states(['int x', 'struct box *box'], body('x'))).toBe(states(['int x', 'struct box *box'], body('x / 3')));
  });
});

describe('a finding that is assumed fixed', () => {
  it('does not end the path', () => {
    const toy = probe(
      ['struct box *box'],
      [kzalloc('box', 'box'), set('box->data', '1'), when('!box', [run('WARN_ON(true)')]), run('kfree(box)')],
    );
    const [first] = exploreToy(toy).findings;
    expect(findings(toy)).toEqual(['null-dereference box.data: write']);
    expect(findings(toy, { ...defaultOptions, assumeFixed: [first!.id] })).toContain('kernel-warning: WARN_ON');
  });
});

describe('an atomic function', () => {
  it('must name the shared memory it touches', () => {
    const sneaky = fn('void sneaky(void)', { file: 'drivers/toy/toy.c', atomic: { shared: [] } }, [
      set('world.flag', '1'),
    ]);
    expect(() => exploreToy(probe([], [run('sneaky()')], { functions: [sneaky] }))).toThrow(/sneaky touches.*world/);
  });

  it('is one step, also if it finds out late that it touches shared memory', () => {
    const bump = (shared: string) =>
      fn('void bump(struct world *w)', { file: 'drivers/toy/toy.c', atomic: { shared: [shared] }, locals: ['int x'] }, [
        set('x', 'w->flag', 'atomic'),
        set('w->flag', 'x + 1', 'atomic'),
        // What another thread adds in between would be noticed.
        when('w->flag != x + 1', [run('WARN_ON(true)')]),
      ]);
    // The unlock fills its step already, so the function has to begin another one.
    const body = [run('spin_lock(&world.spin)'), run('spin_unlock(&world.spin)'), run('bump(&world)')];
    for (const reduction of [true, false]) {
      const [named, found] = ['w', '*'].map((shared) =>
        exploreToy({ types, functions: [bump(shared)], threads: { one: body, other: body } }, defaultOptions, {
          reduction,
        }),
      );
      expect(found!.findings.map(summary)).toEqual([]);
      expect(found!.states).toBe(named!.states);
    }
  });
});

describe('what happens before the first visible operation', () => {
  it('is explored with every failure', () => {
    const toy = probe(
      ['struct box *box'],
      [kzalloc('box', 'box'), when('!box', [run('WARN_ON(true)')]), run('kfree(box)')],
    );
    expect(findings(toy)).toEqual(['kernel-warning: WARN_ON']);
  });
});

describe('operands', () => {
  it('leave the right side of && and || alone where the left one decides', () => {
    const body = (condition: string) =>
      findings(probe(['int x', 'int y'], [set('x', 'world.flag'), when(condition, [run('WARN_ON(true)')])]));
    expect(body('x && y')).toEqual([]);
    expect(body('!x || y')).toEqual(['kernel-warning: WARN_ON']);
    expect(body('x || y')).toContain('uninitialised: read');
    expect(body('!x && y')).toContain('uninitialised: read');
  });

  it('are uses of a value, also where the result is only kept', () => {
    const value = (expression: string) =>
      findings(probe(['int x', 'int y', 'int z'], [set('x', '1'), set('z', expression), set('world.flag', 'z')]));
    expect(value('!y')).toEqual(['uninitialised: read']);
    expect(value('x && y')).toEqual(['uninitialised: read']);
    expect(value('x || y')).toEqual([]);
    expect(value('!x && y')).toEqual([]);
    expect(value('y')).toEqual([]);
  });
});

describe('the result of a lookup', () => {
  it('is not judged by memory that is gone', () => {
    const toy: Toy = {
      globals: { ctx: 'struct tee_context' },
      functions: [
        toyFn(
          'struct tee_shm *tee_shm_get_from_id(struct tee_context *ctx, int id)',
          ['struct tee_shm *shm'],
          [
            kzalloc('shm', 'tee_shm'),
            when('!shm', [ret('NULL')]),
            set('shm->ctx', 'ctx'),
            run('kfree(shm)'),
            ret('shm'),
          ],
        ),
        toyFn('int probe(void)', [], [run('tee_shm_get_from_id(&ctx, 1)'), ret('0')]),
      ],
      threads: { user: [run('probe()')] },
    };
    expect(findings(toy)).toEqual([]);
  });
});
