import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { moduleRef } from './moduleRef.js';

const table = compileLifecycle(moduleRef, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('a loaded module gives references and takes them back', () => {
  expect(run('tryGet', 'get', 'read', 'put', 'put')).toEqual([
    'live(count=1) = 1',
    'live(count=2) = 0',
    'live(count=2) = 2',
    'live(count=1) = 0',
    'live(count=0) = 0',
  ]);
});

test('a module is unloaded only when nobody uses it, and gives no reference then', () => {
  expect(run('tryGet', 'unload', 'put', 'unload', 'tryGet', 'unload').slice(1)).toEqual([
    'live(count=1) = -11',
    'live(count=0) = 0',
    'going = 0',
    'going = 0',
    'going = -16',
  ]);
});

test('reports a put too many, although the kernel only notices the next one', () => {
  expect(run('put', 'tryGet', 'put', 'read')).toEqual([
    'withoutBase = 0, refcount-underflow',
    'withoutBase = 0',
    'withoutBase = 0, refcount-underflow',
    'withoutBase = -1',
  ]);
});

test('unloading without the base reference is a BUG', () => {
  expect(last('put', 'unload')).toBe('going = 0, kernel-bug, ends');
});

test('a plain get hides an earlier put too many', () => {
  expect(last('put', 'get')).toBe('live(count=0) = 0');
});

test('reports get and put of a module that goes away', () => {
  expect(last('unload', 'get')).toBe('going = 0, refcount-from-zero');
  expect(last('unload', 'put')).toBe('going = 0, refcount-underflow');
});
