import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { completion } from './completion.js';

const table = compileLifecycle(completion, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('a waiter waits until something is complete, and consumes it', () => {
  expect(run('init', 'wait', 'complete', 'wait', 'wait')).toEqual([
    'pending = 0',
    'waits',
    'done(count=1) = 0',
    'pending = 0',
    'waits',
  ]);
});

test('completions are counted', () => {
  expect(run('init', 'complete', 'complete', 'wait', 'wait', 'wait').slice(2)).toEqual([
    'done(count=2) = 0',
    'done(count=1) = 0',
    'pending = 0',
    'waits',
  ]);
});

test('complete_all lets everybody pass until it is reinitialised', () => {
  expect(run('init', 'completeAll', 'wait', 'complete', 'tryWait', 'reinit', 'wait').slice(1)).toEqual([
    'doneForAll = 0',
    'doneForAll = 0',
    'doneForAll = 0',
    'doneForAll = 1',
    'pending = 0',
    'waits',
  ]);
});

test('trying says whether it consumed one', () => {
  expect(last('init', 'tryWait')).toBe('pending = 0');
  expect(last('init', 'complete', 'tryWait')).toBe('pending = 1');
  expect(last('init', 'complete', 'complete', 'tryWait')).toBe('done(count=1) = 1');
});

test('init and reinit forget what was complete', () => {
  expect(last('init', 'complete', 'reinit')).toBe('pending = 0');
  expect(last('init', 'completeAll', 'init')).toBe('pending = 0');
});

test('reports use without init', () => {
  expect(last('complete')).toBe('done(count=1) = 0, uninitialised, ends');
  expect(last('completeAll')).toBe('doneForAll = 0, uninitialised, ends');
  expect(last('wait')).toBe('pending = 0, uninitialised, ends');
  // These two never touch the wait queue, which is what zeroed memory lacks.
  expect(last('tryWait')).toBe('pending = 0, uninitialised');
  expect(last('reinit')).toBe('pending = 0, uninitialised');
});

test('more completions than the bound make the run inconclusive', () => {
  expect(last('init', 'complete', 'complete', 'complete', 'complete')).toBe('out of bounds');
});

test('asking whether something is complete consumes nothing', () => {
  expect(run('init', 'isDone', 'complete', 'isDone', 'isDone', 'completeAll', 'isDone').slice(1)).toEqual([
    'pending = 0',
    'done(count=1) = 0',
    'done(count=1) = 1',
    'done(count=1) = 1',
    'doneForAll = 0',
    'doneForAll = 1',
  ]);
});
