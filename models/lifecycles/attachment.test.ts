import { expect, test } from 'vitest';
import { attachment } from './attachment.js';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';

const table = compileLifecycle(attachment, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('accepts attach, map, unmap, detach', () => {
  expect(run('attach', 'map', 'unmap', 'detach')).toEqual([
    'attached = 0',
    'mapped = 0',
    'attached = 0',
    'detached = 0',
  ]);
});

test('accepts the unlocked forms, whether or not the plain ones are heard of inside', () => {
  // dma_buf_attach returns after dma_buf_dynamic_attach, the unlocked map after the plain one.
  expect(run('attach', 'attach', 'map', 'map', 'unmapUnlocked', 'unmap', 'detach').at(-1)).toBe('detached = 0');
  expect(run('attach', 'map', 'unmapUnlocked', 'map', 'unmapUnlocked', 'detach')).toEqual([
    'attached = 0',
    'mapped = 0',
    'unmapping = 0',
    'mapped = 0',
    'unmapping = 0',
    'detached = 0',
  ]);
});

test('accepts an attach that fails late and detaches by itself', () => {
  expect(run('detach')).toEqual(['detached = 0']);
});

test('reports a detach while the device reaches the buffer', () => {
  expect(last('attach', 'map', 'detach')).toBe('detached = 0, operation-order');
});

test('reports a map without an attach', () => {
  expect(last('map')).toBe('mapped = 0, operation-order');
});

test('reports an unmap without a map, once, in both forms', () => {
  expect(last('attach', 'unmap')).toBe('attached = 0, operation-order');
  expect(last('attach', 'map', 'unmap', 'unmap')).toBe('attached = 0, operation-order');
  expect(run('attach', 'unmapUnlocked', 'unmap').slice(1)).toEqual(['unmapping = 0, operation-order', 'attached = 0']);
  expect(last('attach', 'map', 'unmapUnlocked', 'unmapUnlocked')).toBe('unmapping = 0, operation-order');
});

test('reports anything after the detach', () => {
  for (const event of ['map', 'unmap', 'unmapUnlocked', 'detach']) {
    expect(last('attach', 'detach', event)).toBe('detached = 0, operation-order');
  }
});
