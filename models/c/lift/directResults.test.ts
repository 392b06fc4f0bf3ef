import { describe, expect, it } from 'vitest';
import { alloc, choose, fault, outcome, ret, run, set } from '../../program/build.js';
import { withDirectResults } from './directResults.js';

const locals = new Set(['_1', 'shm']);
const allocation = (place: string) =>
  choose('kzalloc', [outcome('success', [alloc(place, 'tee_shm')]), fault('NULL', [set(place, 'NULL')])]);

describe('the result of a choice', () => {
  it('goes to the variable that gets it', () => {
    const body = [allocation('_1'), set('shm', '_1'), ret('shm')];
    expect(withDirectResults(body, locals)).toEqual([allocation('shm'), ret('shm')]);
  });

  it('also inside other statements', () => {
    const body = [choose('outer', [outcome('only', [allocation('_1'), set('shm', '_1')])])];
    expect(withDirectResults(body, locals)).toEqual([choose('outer', [outcome('only', [allocation('shm')])])]);
  });

  it.each([
    ['it is named again', [allocation('_1'), set('shm', '_1'), run('kfree(_1)')]],
    ['it goes to memory', [allocation('_1'), set('ctx->shm', '_1')]],
    ['the choice names the variable', [choose('x', [outcome('y', [set('_1', 'shm')])]), set('shm', '_1')]],
    ['the variable is a global', [allocation('_1'), set('world', '_1')]],
    ['something stands between', [allocation('_1'), run('might_sleep()'), set('shm', '_1')]],
  ])('stays where %s', (_, body) => {
    expect(withDirectResults(body, locals)).toEqual(body);
  });
});
