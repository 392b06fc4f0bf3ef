import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { refcount, saturatedReading } from './refcount.js';

const table = compileLifecycle(refcount, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

/** Both ways to a saturated count. */
const saturate = ['set(0)', 'inc'];

// lib/refcount.c and include/linux/refcount.h, v6.12, one test for each row: operation, old value, new value and result.

test('inc of 0 is reported, saturates, and tells the caller nothing', () => {
  expect(last('set(0)', 'inc')).toBe('saturated = 0, refcount-from-zero');
});

test('inc of a live count adds one', () => {
  expect(last('set(1)', 'inc')).toBe('live(count=2) = 0');
});

test('inc of a saturated count leaves it saturated and is not reported again', () => {
  expect(last(...saturate, 'inc')).toBe('saturated = 0');
});

test('inc_not_zero of 0 fails and changes nothing', () => {
  expect(last('set(0)', 'incNotZero')).toBe('zero = 0');
});

test('inc_not_zero of a live count succeeds', () => {
  expect(last('set(1)', 'incNotZero')).toBe('live(count=2) = 1');
});

test('inc_not_zero of a saturated count succeeds although the object is doomed to leak', () => {
  expect(last(...saturate, 'incNotZero')).toBe('saturated = 1');
});

test('dec_and_test of 1 is the last put', () => {
  expect(last('set(1)', 'decAndTest')).toBe('zero = 1');
});

test('dec_and_test of more is not', () => {
  expect(last('set(3)', 'decAndTest')).toBe('live(count=2) = 0');
});

test('dec_and_test of 0 is reported, saturates, and is not the last put', () => {
  expect(last('set(0)', 'decAndTest')).toBe('saturated = 0, refcount-underflow');
});

test('dec_and_test of a saturated count is never the last put', () => {
  expect(last(...saturate, 'decAndTest')).toBe('saturated = 0');
});

test('set stores whatever it is given, over anything', () => {
  expect(last('set(5)', 'set(2)')).toBe('live(count=2) = 0');
  expect(last('set(5)', 'set(0)')).toBe('zero = 0');
  expect(last(...saturate, 'set(1)')).toBe('live(count=1) = 0');
});

test('each increment from zero is reported, not only the first', () => {
  expect(run('inc', 'set(0)', 'inc')).toEqual([
    'saturated = 0, refcount-from-zero',
    'zero = 0',
    'saturated = 0, refcount-from-zero',
  ]);
});

test('read gives the count, and a large number for a saturated one', () => {
  expect(last('read')).toBe('zero = 0');
  expect(last('set(7)', 'read')).toBe('live(count=7) = 7');
  expect(last(...saturate, 'read')).toBe(`saturated = ${saturatedReading}`);
});

test('a count past the bound makes the run inconclusive', () => {
  expect(last('set(11)', 'inc', 'inc')).toBe('out of bounds');
  expect(last('set(11)', 'inc', 'incNotZero')).toBe('out of bounds');
});

test('a count that setup left otherwise is not restored', () => {
  expect(new Set(table.atEnd)).toEqual(new Set(['count-not-restored']));
});
