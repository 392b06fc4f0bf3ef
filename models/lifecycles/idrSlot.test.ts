import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { idrSlot } from './idrSlot.js';

const table = compileLifecycle(idrSlot, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

// lib/idr.c, v6.12.

test('idr_alloc with NULL takes the id; a lookup does not find it', () => {
  expect(run('alloc', 'isFree', 'find')).toEqual(['reserved = 0', 'reserved = 0', 'reserved = 0']);
});

test('idr_alloc with an object publishes at once', () => {
  expect(run('allocObject', 'find')).toEqual(['published = 0', 'published = 1']);
});

test('idr_alloc changes nothing on error', () => {
  expect(run('alloc', 'alloc', 'allocObject')).toEqual(['reserved = 0', 'reserved = -28', 'reserved = -28']);
  expect(run('allocObject', 'alloc', 'allocObject').slice(1)).toEqual(['published = -28', 'published = -28']);
});

test('idr_find cannot tell reserved from absent', () => {
  expect(last('find')).toBe('free = 0');
  expect(last('alloc', 'find')).toBe('reserved = 0');
});

test('idr_replace succeeds on a reserved id and on a published one', () => {
  expect(last('alloc', 'replace')).toBe('published = 0');
  expect(last('alloc', 'replace', 'replace')).toBe('published = 0');
  expect(last('alloc', 'replace', 'replaceNull')).toBe('reserved = 0');
});

test('idr_replace of a free id gives -ENOENT, and is reported', () => {
  expect(last('replace')).toBe('free = -2, id-not-reserved');
  expect(last('replaceNull')).toBe('free = -2, id-not-reserved');
});

test('idr_remove frees a reserved id as well as a published one', () => {
  expect(last('alloc', 'remove')).toBe('free = 0');
  expect(last('allocObject', 'remove', 'isFree')).toBe('free = 1');
});

test('idr_remove of a free id changes nothing, and is reported each time', () => {
  expect(run('remove', 'remove')).toEqual(['free = 0, id-not-reserved', 'free = 0, id-not-reserved']);
});

test('a removed id can be handed out again at once', () => {
  expect(last('alloc', 'remove', 'alloc')).toBe('reserved = 0');
});

test('an id that is still taken at the end is leaked', () => {
  expect(table.atEnd).toEqual([null, 'id-leaked', 'id-leaked']);
});
