import { describe, expect, it } from 'vitest';
import { breadthFirst } from '../../checker/explore/breadthFirst.js';
import { findingId } from '../../checker/finding/findingId.js';
import { explainFinding } from '../../checker/replay/explainFinding.js';
import { replay } from '../../checker/replay/replay.js';
import { link } from '../../checker/system/link.js';
import type { Toy } from '../../checker/testing/toySystem.js';
import { toyFn, toySystem } from '../../checker/testing/toySystem.js';
import { choose, fault, outcome, run, set } from '../../models/program/build.js';
import { stepTable } from './stepTable.js';

/** The table of the first finding of a toy, one row a line; a toy without findings would be a mistake of the test. */
const tableOf = (toy: Toy, maxRows = 20): string[] => {
  const { revision, scenario } = toySystem(toy);
  const system = link(revision, scenario);
  const result = breadthFirst(system, { maxStates: 10_000, timeout: Infinity, now: () => 0 });
  const [{ violation, schedule }] = result.discoveries as [(typeof result.discoveries)[number]];
  const told = replay(system, schedule, result.unstableFields);
  if (!told.ok) throw new Error(told.error.message);
  const { breaks, conflicts } = explainFinding(told.value, findingId(violation), violation.via)!;
  const marks = { breaks: '✗ ', conflicts: '• ' };
  return stepTable(told.value, { breaks, conflicts }, maxRows).map(
    ({ thread, where, what, mark }) => `${mark ? marks[mark] : ''}${thread} ${where}: ${what.join('; ')}`,
  );
};

const types = {
  world: { lock: 'struct mutex', count: 'refcount_t', other: 'refcount_t', word: 'int', third: 'refcount_t' },
};
const inc = (count: string) => run(`refcount_inc(&world.${count})`);
const setup = {
  body: [run('mutex_init(&world.lock)'), run('refcount_set(&world.other, 1)'), run('refcount_set(&world.third, 1)')],
};

describe('stepTable', () => {
  it('ends with the operation that breaks the property, though its step goes on', () => {
    const table = tableOf({
      types,
      setup,
      functions: [toyFn('void work(void)', [], [inc('count'), inc('other')])],
      threads: { one: [run('work()')] },
    });
    expect(table).toEqual(['✗ one work toy.c: refcount_inc(&world.count) (0 → saturated)']);
  });

  it('tells what is done under a lock together', () => {
    const body = [
      run('mutex_lock(&world.lock)'),
      inc('other'),
      set('world.word', '7'),
      run('mutex_unlock(&world.lock)'),
      inc('count'),
    ];
    const table = tableOf({
      types,
      setup,
      functions: [toyFn('void work(void)', [], body)],
      threads: { one: [run('work()')] },
    });
    expect(table[0]).toBe(
      'one work toy.c: with world.lock: refcount_inc(&world.other) (1 → 2), world.word = 7 (was 0)',
    );
  });

  it('tells every failure', () => {
    const body = [choose('probe', [fault('-EIO', [inc('count')]), outcome('success')])];
    const table = tableOf({
      types,
      setup,
      functions: [toyFn('void work(void)', [], body)],
      threads: { one: [run('work()')] },
    });
    expect(table[0]).toBe('one work toy.c: probe → -EIO');
  });

  it('merges the beginning of what is too long, and keeps the end', () => {
    const functions = [
      toyFn('void a(void)', [], [inc('other')]),
      toyFn('void b(void)', [], [inc('third')]),
      toyFn('void work(void)', [], [run('a()'), run('b()'), run('a()'), run('b()'), inc('count')]),
    ];
    const toy: Toy = { types, setup, functions, threads: { one: [run('work()')] } };
    expect(tableOf(toy)).toHaveLength(5);
    expect(tableOf(toy, 3)).toEqual([
      'one work …: world.other 1 → 3; world.third 1 → 2',
      'one b toy.c: refcount_inc(&world.third) (2 → 3)',
      '✗ one work toy.c: refcount_inc(&world.count) (0 → saturated)',
    ]);
  });
});
