import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { teeContext } from './teeContext.js';

const table = compileLifecycle(teeContext, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('accepts a context that shared memory keeps after it was closed', () => {
  expect(run('open', 'get', 'close', 'put', 'put', 'release', 'released')).toEqual([
    'open = 0',
    'open = 0',
    'closed = 0',
    'closed = 0',
    'closed = 0',
    'releasing = 0',
    'released = 0',
  ]);
});

test("accepts gets and puts while the driver's release runs", () => {
  expect(last('open', 'close', 'put', 'release', 'get', 'put')).toBe('releasing = 0');
});

test('accepts shared memory that the driver makes while it opens the context', () => {
  expect(run('get', 'put', 'open')).toEqual(['new = 0', 'new = 0', 'open = 0']);
});

test('reports a release although the context is open', () => {
  expect(last('open', 'put', 'release')).toBe('releasing = 0, operation-order');
});

test('reports a second close', () => {
  expect(last('open', 'close', 'close')).toBe('closed = 0, operation-order');
  expect(last('open', 'close', 'release', 'close')).toBe('releasing = 0, operation-order');
});

test('reports a second release', () => {
  expect(last('open', 'close', 'release', 'release')).toBe('releasing = 0, operation-order');
});

test.each(['get', 'put', 'close', 'release'])('reports a %s after the release was done', (event) => {
  expect(last('open', 'close', 'release', 'released', event)).toBe('released = 0, operation-order');
});
