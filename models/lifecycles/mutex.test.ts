import { describe, expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { mutex } from './mutex.js';
import { spinlock } from './spinlock.js';

const ofMutex = compileLifecycle(mutex, { threads: 2 });
const ofSpinlock = compileLifecycle(spinlock, { threads: 2 });

describe.each([
  ['mutex', ofMutex],
  ['spinlock', ofSpinlock],
])('%s', (_, table) => {
  const run = (...events: string[]) => runTable(table, ...events);
  const last = (...events: string[]) => run(...events).at(-1);

  test('one thread at a time holds it; the other waits', () => {
    expect(run('init', 'lock(0)', 'lock(1)', 'unlock(0)', 'lock(1)', 'unlock(1)')).toEqual([
      'unlocked = 0',
      'locked(owner=0) = 0',
      'waits',
      'unlocked = 0',
      'locked(owner=1) = 0',
      'unlocked = 0',
    ]);
  });

  test('reports the owner taking it again: it would wait for itself', () => {
    expect(last('init', 'lock(1)', 'lock(1)')).toBe('locked(owner=1) = 0, lock-recursion, ends');
  });

  test('trylock succeeds on a free lock only, and is no recursion', () => {
    expect(last('init', 'tryLock(1)')).toBe('locked(owner=1) = 1');
    expect(last('init', 'lock(0)', 'tryLock(1)')).toBe('locked(owner=0) = 0');
    expect(last('init', 'lock(0)', 'tryLock(0)')).toBe('locked(owner=0) = 0');
  });

  test('reports giving back a lock that another thread holds, or nobody; it is free afterwards', () => {
    expect(last('init', 'lock(0)', 'unlock(1)')).toBe('unlocked = 0, lock-not-held');
    expect(last('init', 'unlock(0)')).toBe('unlocked = 0, lock-not-held');
  });

  test('reports use without init, and goes on as if it were initialised', () => {
    expect(last('lock(0)')).toBe('locked(owner=0) = 0, uninitialised');
    expect(last('tryLock(0)')).toBe('locked(owner=0) = 1, uninitialised');
    expect(last('unlock(0)')).toBe('unlocked = 0, uninitialised');
  });

  test('reports initialising a held lock again', () => {
    expect(last('init', 'lock(0)', 'init')).toBe('unlocked = 0, lock-destroyed-held');
    expect(last('init', 'init')).toBe('unlocked = 0');
  });

  test('freeing or ending with it held breaks a property; otherwise it does not', () => {
    table.states.forEach((name, state) => {
      const held = name.startsWith('locked');
      expect([table.onFree[state], table.atEnd[state]]).toEqual(
        held ? ['lock-destroyed-held', 'lock-held-at-return'] : [null, null],
      );
    });
  });

  test('tells whether it is held, and by whom', () => {
    expect(run('init', 'isLocked', 'isHeldBy(0)')).toEqual(['unlocked = 0', 'unlocked = 0', 'unlocked = 0']);
    expect(run('init', 'lock(1)', 'isLocked', 'isHeldBy(0)', 'isHeldBy(1)').slice(2)).toEqual([
      'locked(owner=1) = 1',
      'locked(owner=1) = 0',
      'locked(owner=1) = 1',
    ]);
  });
});

test('reports destroying a held mutex, and any use of a destroyed one', () => {
  const last = (...events: string[]) => runTable(ofMutex, ...events).at(-1);
  expect(last('init', 'destroy')).toBe('destroyed = 0');
  expect(last('init', 'lock(0)', 'destroy')).toBe('destroyed = 0, lock-destroyed-held');
  expect(last('init', 'destroy', 'lock(1)')).toBe('locked(owner=1) = 0, uninitialised');
  expect(last('init', 'destroy', 'unlock(1)')).toBe('unlocked = 0, uninitialised');
  expect(last('init', 'destroy', 'init')).toBe('unlocked = 0');
});

test('has one locked state for each thread', () => {
  for (const threads of [2, 8]) {
    const locked = compileLifecycle(mutex, { threads }).states.filter((name) => name.startsWith('locked'));
    expect(locked).toEqual(Array.from({ length: threads }, (_, thread) => `locked(owner=${thread})`));
  }
});
