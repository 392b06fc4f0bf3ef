import { describe, expect, it } from 'vitest';
import { loop, run, set } from '../../models/program/build.js';
import { link } from '../system/link.js';
import { toyFn, toySystem } from '../testing/toySystem.js';
import { breadthFirst } from './breadthFirst.js';
import type { SearchOptions } from './search.js';

/** Counts to 10,000, in visible steps if there is no reduction, and then breaks something. */
const { revision, scenario } = toySystem({
  types: { world: { spin: 'spinlock_t' } },
  functions: [
    toyFn(
      'void count(void)',
      ['int n'],
      [
        set('n', '0'),
        loop('n < 10000', [run('spin_lock(&world.spin)'), run('spin_unlock(&world.spin)'), set('n', 'n + 1')]),
        run('BUG_ON(true)'),
      ],
    ),
  ],
  threads: { counter: [run('count()')] },
});
const search = (options: Partial<SearchOptions>) =>
  breadthFirst(link(revision, scenario), {
    maxStates: 1e6,
    timeout: Infinity,
    now: () => 0,
    reduction: false,
    ...options,
  });

describe('a breadth-first search', () => {
  it('goes on to the end if nobody stops it', () => {
    const { limits, discoveries, depth } = search({});
    expect(limits).toEqual([]);
    expect(discoveries.map(({ violation }) => violation.property)).toEqual(['kernel-bug']);
    expect(discoveries[0]!.schedule).toHaveLength(depth + 1);
  });

  it('says that it stopped after so many states', () => {
    const { limits, states, discoveries } = search({ maxStates: 100 });
    expect(limits).toEqual(['stopped after 101 states (--max-states 100)']);
    expect([states, discoveries]).toEqual([101, []]);
  });

  it('says that it stopped after so much time', () => {
    let time = 0;
    const { limits, discoveries } = search({ timeout: 2000, now: () => (time += 1500) });
    expect(limits).toEqual(['stopped after 2 s (--timeout)']);
    expect(discoveries).toEqual([]);
  });

  it('says that it was interrupted, and tells how far it is before', () => {
    const told: number[] = [];
    const { limits, states } = search({ progress: (progress) => told.push(progress.states) < 2 });
    expect(limits).toEqual(['interrupted']);
    expect(told).toHaveLength(2);
    expect(states).toBe(told[1]);
  });
});
