import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { fdSlot } from './fdSlot.js';

const table = compileLifecycle(fdSlot, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('a descriptor is reserved, installed, used and closed', () => {
  expect(run('isUnused', 'reserve', 'install', 'get', 'close', 'isUnused')).toEqual([
    'unused = 1',
    'reserved = 0',
    'installed = 0',
    'installed = 1',
    'unused = 1',
    'unused = 1',
  ]);
});

test('a reserved descriptor can be given back, and looks closed to user space', () => {
  expect(run('reserve', 'close', 'get', 'putUnused')).toEqual([
    'reserved = 0',
    'reserved = 0',
    'reserved = 0',
    'unused = 0',
  ]);
});

test('a taken descriptor is not handed out', () => {
  expect(last('reserve', 'reserve')).toBe('reserved = -24');
  expect(last('reserve', 'install', 'reserve')).toBe('installed = -24');
});

test('closing one that is not open changes nothing', () => {
  expect(last('close')).toBe('unused = 0');
});

test('reports fd_install without a reservation', () => {
  expect(last('install')).toBe('installed = 0, operation-order');
});

test('reports fd_install over a file: the kernel has a BUG_ON there', () => {
  expect(last('reserve', 'install', 'install')).toBe('installed = 0, kernel-bug, ends');
});

test('reports put_unused_fd without a reservation, and after fd_install', () => {
  expect(last('putUnused')).toBe('unused = 0, operation-order');
  expect(last('reserve', 'install', 'putUnused')).toBe('installed = 0, operation-order');
});

test('a descriptor left at the end is not restored', () => {
  expect(table.atEnd).toEqual([null, 'count-not-restored', 'count-not-restored']);
});
