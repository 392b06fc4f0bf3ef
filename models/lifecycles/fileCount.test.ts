import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { fileCount } from './fileCount.js';

const table = compileLifecycle(fileCount, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('a file is live with one reference, and dead with the last put', () => {
  expect(run('init', 'inc', 'decAndTest', 'decAndTest')).toEqual([
    'live(count=1) = 0',
    'live(count=2) = 0',
    'live(count=1) = 0',
    'zero = 1',
  ]);
});

test('fget takes no reference to a dying file', () => {
  expect(last('init', 'incNotZero')).toBe('live(count=2) = 1');
  expect(last('init', 'decAndTest', 'incNotZero')).toBe('zero = 0');
});

test('get_file on a dying file is reported, and the next put is a last one again', () => {
  expect(run('init', 'decAndTest', 'inc', 'decAndTest').slice(2)).toEqual([
    'live(count=1) = 0, refcount-from-zero',
    'zero = 1',
  ]);
});

test('fput on zero is reported once, and the count stays below zero', () => {
  expect(run('decAndTest', 'decAndTest', 'inc', 'incNotZero', 'read')).toEqual([
    'belowZero = 0, refcount-underflow',
    'belowZero = 0',
    'belowZero = 0',
    'belowZero = 1',
    'belowZero = -1',
  ]);
});

test('more references than the bound make the run inconclusive', () => {
  expect(last('init', ...Array.from({ length: 12 }, () => 'inc'))).toBe('out of bounds');
});
