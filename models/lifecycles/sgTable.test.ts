import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { sgTable } from './sgTable.js';

const table = compileLifecycle(sgTable, { threads: 1 });

test('sg_free_table of a zeroed or freed table is harmless', () => {
  expect(runTable(table, 'free', 'alloc', 'free', 'free')).toEqual([
    'empty = 0',
    'allocated = 0',
    'empty = 0',
    'empty = 0',
  ]);
});

test('reports entries that are overwritten, or freed with the memory around them', () => {
  expect(runTable(table, 'alloc', 'alloc').at(-1)).toBe('allocated = 0, memory-leak');
  expect(table.onFree).toEqual([null, 'memory-leak']);
});
