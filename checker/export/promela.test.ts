import { describe, expect, it } from 'vitest';
import { fn, run, set, when } from '../../models/program/build.js';
import { link } from '../system/link.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import type { Toy } from '../testing/toySystem.js';
import { toySystem } from '../testing/toySystem.js';
import { toPromela } from './promela.js';
import { exportModel } from './runModel.js';

const bounds = { maxStates: 10_000, walks: 0 };

function promelaOf(toy: Toy): string {
  const { revision, scenario } = toySystem(toy);
  return toPromela(exportModel(link(revision, scenario), bounds));
}

describe('a model in Promela', () => {
  const example = () => toPromela(exportModel(link(exampleRevision('locked'), exampleScenario), bounds));

  it('names processes, objects, fields and states of memory, and says where each node comes from', () => {
    const text = example();
    for (const { name } of exampleScenario.threads) expect(text).toContain(`active proctype run_${name}()`);
    expect(text).toMatch(/typedef T_world \{[^}]* box\b/);
    expect(text).toContain('/* drivers/example/box.c:11 box_get: ');
    expect(text).toContain('/* drivers/example/box.c:13 box_get: refcount_inc(&box->refcount) */');
  });

  it('is the same each time', () => {
    expect(example()).toBe(example());
  });

  it('says how many states there are, and asserts nothing where it met them all', () => {
    const text = example();
    expect(text).toMatch(/^ \* \d+ states, \d+ transitions$/m);
    expect(text.replace(/#define UNFORESEEN .*/, '')).not.toContain('UNFORESEEN');
  });

  it('asserts that nothing happens that it did not meet where it did not meet all', () => {
    const system = link(exampleRevision('locked'), exampleScenario);
    const text = toPromela(exportModel(system, { maxStates: 3, walks: 1 }));
    expect(text).toMatch(/:: else -> UNFORESEEN/);
  });

  it('has boundaries between steps only where transactions end, if they are asked for', () => {
    const system = link(exampleRevision('locked'), exampleScenario);
    const text = toPromela(exportModel(system, { ...bounds, transactions: true }));
    expect(text).toContain('choice.phase = 2;');
    expect(text).toMatch(/choice\.busy = \(\(.* >> choice\.phase\) & 1\);/);
    expect(text).toContain('without transactions; with them fewer');
    expect(example()).not.toContain('choice.phase');
  });

  it('has no transactions where not all steps are known', () => {
    const system = link(exampleRevision('locked'), exampleScenario);
    const bound = { ...bounds, maxStates: 3, transactions: true };
    expect(() => exportModel(system, bound)).toThrow(/more than 3 states/);
  });

  it('takes names that mean something to SPIN or to C', () => {
    const text = promelaOf({
      types: { world: { len: 'int', register: 'int', bit: 'int' } },
      threads: { init: [set('world.len', '1'), set('world.register', '2')], run: [set('world.bit', 'world.len')] },
    });
    expect(text).toMatch(/ x_len[;\n ]/);
    expect(text).toMatch(/ x_register[;\n ]/);
    expect(text).toMatch(/ x_bit[;\n ]/);
  });

  it('recycles memory only where a step ever gives some back', () => {
    const helper = fn('void touch(struct box *box)', { file: 'drivers/toy/toy.c' }, [set('box->a', '1')]);
    const use = [
      { kind: 'alloc', place: { kind: 'name', name: 'box' }, tag: 'box', zeroed: true } as const,
      when('box', [run('touch(box)'), run('kfree(box)')]),
    ];
    const text = promelaOf({
      types: { box: { a: 'int' }, world: { a: 'int' } },
      functions: [helper],
      threads: { one: { locals: ['struct box *box'], body: use }, two: [set('world.a', '1'), set('world.a', '2')] },
    });
    expect(text).toMatch(/goto one_recycle_0;/);
    expect(text).not.toMatch(/goto two_recycle_0;/);
  });
});
