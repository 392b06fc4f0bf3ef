import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { teeShm } from './teeShm.js';

const table = compileLifecycle(teeShm, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('accepts an object that is created, looked up, put and released', () => {
  expect(run('create', 'get', 'put', 'put', 'release')).toEqual([
    'created = 0',
    'created = 0',
    'created = 0',
    'created = 0',
    'released = 0',
  ]);
});

test('accepts a creator that fails after publishing: put and release, and no creation is heard of', () => {
  expect(run('get', 'put', 'put', 'release')).toEqual(['new = 0', 'new = 0', 'new = 0', 'released = 0']);
});

test('reports a second release, also of an object whose creation was not heard of', () => {
  expect(last('create', 'put', 'release', 'release')).toBe('released = 0, operation-order');
  expect(last('put', 'release', 'release')).toBe('released = 0, operation-order');
});

test('reports a lookup and a put after the release began', () => {
  expect(last('create', 'put', 'release', 'get')).toBe('released = 0, operation-order');
  expect(last('create', 'put', 'release', 'put')).toBe('released = 0, operation-order');
});
