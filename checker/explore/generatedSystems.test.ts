/**
 * Generated systems: two or three threads that do a few random things to shared objects, many of them wrong. Reduced and full
 * search must agree on the verdict, the reduced search must find nothing that the full one does not, and the same wherever
 * no path was cut.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kmalloc } from '../../models/kernel/slab.js';
import { fn, run, set, when } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import type { Revision } from '../../models/revisions/revision.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { struct } from '../../models/types/structType.js';
import { findingId } from '../finding/findingId.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from '../system/link.js';
import { breadthFirst } from './breadthFirst.js';

const types = [
  struct('box', 'test', { lock: 'struct mutex', count: 'refcount_t', done: 'struct completion', a: 'int', b: 'int' }),
  struct('world', 'test', { box: 'struct box *', other: 'struct box *', lock: 'struct mutex', a: 'int', b: 'int' }),
];

/** What a thread may do with the box it found in the world; `box` is its local pointer. */
const actions: Readonly<Record<string, readonly Statement[]>> = {
  'write a': [set('box->a', '1')],
  'read a': [set('x', 'box->a')],
  'write b': [set('box->b', 'box->b + 1')],
  'mark a': [set('box->a', '2', 'marked')],
  'world a': [set('world.a', 'world.a + 1')],
  'world b, locked': [run('mutex_lock(&world.lock)'), set('world.b', 'world.b + 1'), run('mutex_unlock(&world.lock)')],
  'world a, locked': [run('mutex_lock(&world.lock)'), set('world.a', '1'), run('mutex_unlock(&world.lock)')],
  'locked write': [
    run('mutex_lock(&box->lock)'),
    set('box->a', '3'),
    set('box->b', 'box->b + 1'),
    run('mutex_unlock(&box->lock)'),
  ],
  'nested locks': [
    run('mutex_lock(&world.lock)'),
    run('mutex_lock(&box->lock)'),
    set('box->a', '4'),
    run('mutex_unlock(&box->lock)'),
    run('mutex_unlock(&world.lock)'),
  ],
  'nested locks, other order': [
    run('mutex_lock(&box->lock)'),
    run('mutex_lock(&world.lock)'),
    set('world.b', '4'),
    run('mutex_unlock(&world.lock)'),
    run('mutex_unlock(&box->lock)'),
  ],
  'forgotten unlock': [run('mutex_lock(&world.lock)'), set('world.b', '5')],
  get: [run('refcount_inc(&box->count)')],
  put: [when('refcount_dec_and_test(&box->count)', [run('kfree(box)')])],
  'put, locked': [
    run('mutex_lock(&world.lock)'),
    set('x', 'refcount_dec_and_test(&box->count)'),
    when('x', [set('world.box', 'NULL')]),
    run('mutex_unlock(&world.lock)'),
    when('x', [run('kfree(box)')]),
  ],
  complete: [run('complete(&box->done)')],
  wait: [run('wait_for_completion(&box->done)')],
  allocate: [kmalloc('mine', 'box'), when('mine', [set('mine->a', '1'), set('world.other', 'mine')])],
  'use other': [set('mine', 'world.other'), when('mine', [set('x', 'mine->a')])],
  'free other': [set('mine', 'world.other'), set('world.other', 'NULL'), when('mine', [run('kfree(mine)')])],
};

const names = Object.keys(actions);
const environment = { file: '<test>', origin: 'environment' } as const;

const revision: Revision = {
  id: 'generated',
  title: 'generated',
  base: null,
  kernel: '6.12',
  source: 'test',
  omits: [],
  functions: [],
  tables: [],
  types,
  subsystem: 'test',
};

function scenarioOf(threads: readonly (readonly string[])[]): Scenario {
  const body = (list: readonly string[]) => [
    set('box', 'world.box'),
    ...list.map((name): Statement => ({ kind: 'block', body: actions[name]! })),
  ];
  return {
    id: 'generated',
    title: '',
    description: '',
    subsystem: 'test',
    activities: [],
    size: 'default',
    globals: { world: 'struct world' },
    functions: [
      fn('void setup(void)', { ...environment, locals: ['struct box *box'] }, [
        { kind: 'alloc', place: { kind: 'name', name: 'box' }, tag: 'box', zeroed: true },
        run('mutex_init(&box->lock)'),
        run('init_completion(&box->done)'),
        run(`refcount_set(&box->count, ${threads.length})`),
        set('world.box', 'box'),
      ]),
      ...threads.map((list, index) =>
        // Nobody may use NULL: a thread that comes too late does nothing.
        fn(
          `void thread_${index}(void)`,
          { ...environment, origin: 'model', locals: ['struct box *box', 'struct box *mine', 'int x'] },
          [...body(list).slice(0, 1), when('box', body(list).slice(1))],
        ),
      ),
    ],
    tables: [],
    types,
    processes: [],
    threads: threads.map((_, index) => ({ name: `t${index}`, process: null, run: `thread_${index}` })),
    setup: [{ as: 't0', run: 'setup' }],
    capacities: { box: 4 },
  };
}

function search(threads: readonly (readonly string[])[], reduction: boolean) {
  const system = link(
    resolveRevision(revision, () => undefined),
    scenarioOf(threads),
  );
  const result = breadthFirst(system, { maxStates: 60_000, timeout: Infinity, now: () => 0, reduction });
  const ids = [...new Set(result.discoveries.map(({ violation }) => findingId(violation)))].sort();
  return { ids, states: result.states, cuts: result.cuts, complete: result.limits.length === 0 };
}

describe('generated systems', () => {
  it('have the same verdict and findings with and without the reduction', () => {
    let compared = 0;
    let broken = 0;
    const thread = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(thread, { minLength: 2, maxLength: 3 }), (threads) => {
        const full = search(threads, false);
        const reduced = search(threads, true);
        expect(reduced.complete || !full.complete).toBe(true);
        if (!full.complete || !reduced.complete) return;
        compared += 1;
        if (full.ids.length > 0) broken += 1;
        expect(full.ids).toEqual(expect.arrayContaining(reduced.ids));
        expect(reduced.ids.length > 0).toBe(full.ids.length > 0);
        if (full.cuts === 0) expect(reduced.ids).toEqual(full.ids);
        expect(reduced.states).toBeLessThanOrEqual(full.states);
      }),
      { numRuns: Number(process.env['INTERLEAF_GENERATED_SYSTEMS'] ?? 150), seed: 7 },
    );
    // The generator is worth something only if it makes right systems as well as wrong ones.
    expect(compared).toBeGreaterThan(100);
    expect(broken).toBeGreaterThan(30);
    expect(compared - broken).toBeGreaterThan(0);
  });

  it('are wrong in the ways they are meant to be', () => {
    expect(search([['write a'], ['write a']], true).ids.join()).toContain('data-race');
    expect(search([['nested locks'], ['nested locks, other order']], true).ids.join()).toMatch(
      /deadlock.*lock-order|lock-order.*deadlock/,
    );
    expect(search([['forgotten unlock'], ['put', 'put']], true).ids.join()).toContain('lock-held-at-return');
    expect(search([['put', 'read a'], ['put']], true).ids.join()).toContain('use-after-free');
    expect(search([['put, locked'], ['put, locked']], true).ids).toEqual([]);
  });
});
