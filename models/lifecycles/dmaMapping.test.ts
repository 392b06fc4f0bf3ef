import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { dmaMapping } from './dmaMapping.js';

const table = compileLifecycle(dmaMapping, { threads: 1 });

test('a table is mapped and unmapped any number of times', () => {
  expect(runTable(table, 'map', 'isMapped', 'unmap', 'isMapped', 'map', 'unmap')).toEqual([
    'mapped = 0',
    'mapped = 1',
    'unmapped = 0',
    'unmapped = 0',
    'mapped = 0',
    'unmapped = 0',
  ]);
});

test('reports a map over a map, each time', () => {
  expect(runTable(table, 'map', 'map', 'map').slice(1)).toEqual(['mapped = 0, double-map', 'mapped = 0, double-map']);
});

test('reports an unmap without a map', () => {
  expect(runTable(table, 'unmap')).toEqual(['unmapped = 0, operation-order']);
});

test('a mapping must be gone when its memory is freed and at the end', () => {
  expect([table.onFree, table.atEnd]).toEqual([
    [null, 'mapping-left'],
    [null, 'mapping-left'],
  ]);
});
