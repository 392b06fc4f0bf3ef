import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { memory } from './memory.js';

const table = compileLifecycle(memory, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);

test('state 0 is a free slot', () => {
  expect(table.states).toEqual(['free', 'live', 'freed']);
});

test('does not report an object that is allocated, used, freed and reused', () => {
  expect(run('alloc', 'access', 'free', 'recycle', 'alloc')).toEqual([
    'live = 0',
    'live = 0',
    'freed = 0',
    'free = 0',
    'live = 0',
  ]);
});

test('reports every access to freed memory, not only the first', () => {
  expect(run('alloc', 'free', 'access', 'access')).toEqual([
    'live = 0',
    'freed = 0',
    'freed = 0, use-after-free, ends',
    'freed = 0, use-after-free, ends',
  ]);
});

test('reports a second free', () => {
  expect(run('alloc', 'free', 'free').at(-1)).toBe('freed = 0, double-free, ends');
});

test('reports use and free of memory that was never allocated', () => {
  expect(run('access')).toEqual(['free = 0, use-after-free, ends']);
  expect(run('free')).toEqual(['free = 0, double-free, ends']);
});

test('reports a leak when a live slot is recycled', () => {
  expect(run('alloc', 'recycle').at(-1)).toBe('free = 0, memory-leak');
});

test('memory is only handed out when it is free', () => {
  expect(run('alloc', 'alloc', 'free', 'alloc')).toEqual(['live = 0', 'waits', 'freed = 0', 'waits']);
});
