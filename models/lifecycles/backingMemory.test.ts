import { expect, test } from 'vitest';
import { backingMemory } from './backingMemory.js';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';

const table = compileLifecycle(backingMemory, { threads: 1 });

test('memory is taken once and given back once', () => {
  expect(runTable(table, 'take', 'give', 'take')).toEqual(['taken = 0', 'none = 0', 'taken = 0']);
});

test('reports memory taken over memory, and given back twice', () => {
  expect(runTable(table, 'take', 'take').at(-1)).toBe('taken = 0, operation-order');
  expect(runTable(table, 'take', 'give', 'give').at(-1)).toBe('none = 0, double-free');
});

test('memory behind a freed object, or at the end, is leaked', () => {
  expect([table.onFree, table.atEnd]).toEqual([
    [null, 'memory-leak'],
    [null, 'memory-leak'],
  ]);
});
