import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { genPool } from './genPool.js';

const table = compileLifecycle(genPool, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('what is out comes back before the pool is destroyed', () => {
  expect(run('create', 'alloc', 'alloc', 'free', 'free', 'destroy')).toEqual([
    'live(count=0) = 0',
    'live(count=1) = 1',
    'live(count=2) = 1',
    'live(count=1) = 0',
    'live(count=0) = 0',
    'destroyed = 0',
  ]);
});

test('reports a pool destroyed with memory out', () => {
  expect(last('create', 'alloc', 'destroy')).toBe('destroyed = 0, pool-destroyed-in-use, ends');
});

test('a free too many is a BUG', () => {
  expect(last('create', 'free')).toBe('live(count=0) = 0, kernel-bug, ends');
});

test('reports use of a pool that is gone, or was never there', () => {
  expect(last('create', 'destroy', 'alloc')).toBe('destroyed = 0, use-after-free, ends');
  expect(last('create', 'destroy', 'free')).toBe('destroyed = 0, use-after-free, ends');
  expect(last('create', 'destroy', 'destroy')).toBe('destroyed = 0, double-free, ends');
  expect(last('alloc')).toBe('absent = 0, uninitialised, ends');
});

test('more allocations than the bound make the run inconclusive', () => {
  expect(last('create', 'alloc', 'alloc', 'alloc', 'alloc', 'alloc')).toBe('out of bounds');
});
