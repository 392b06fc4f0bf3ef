import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { teeDevice } from './teeDevice.js';

const table = compileLifecycle(teeDevice, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('accepts the life of a device, with users until unregister returns', () => {
  expect(run('alloc', 'register', 'get', 'unregister', 'get', 'put', 'put', 'put', 'unregistered')).toEqual([
    'alive = 0',
    'registered = 0',
    'registered = 0',
    'unregistering = 0',
    'unregistering = 0',
    'unregistering = 0',
    'unregistering = 0',
    'unregistering = 0',
    'gone = 0',
  ]);
});

test('accepts a device that is removed without having been registered', () => {
  expect(run('alloc', 'unregister', 'put', 'unregistered').at(-1)).toBe('gone = 0');
});

test('reports a get or a put after unregister has returned, each time', () => {
  const gone = ['alloc', 'register', 'unregister', 'unregistered'];
  expect(run(...gone, 'get', 'put').slice(4)).toEqual(['gone = 0, operation-order', 'gone = 0, operation-order']);
});

test('reports a second unregister, before and after the first has returned', () => {
  expect(last('alloc', 'unregister', 'unregister')).toBe('unregistering = 0, operation-order');
  expect(last('alloc', 'unregister', 'unregistered', 'unregister')).toBe('gone = 0, operation-order');
});

test('reports a device that registers twice, or after it was unregistered', () => {
  expect(last('alloc', 'register', 'register')).toBe('registered = 0, operation-order');
  expect(last('alloc', 'unregister', 'unregistered', 'register')).toBe('gone = 0, operation-order');
});
