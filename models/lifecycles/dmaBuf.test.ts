import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { runTable } from './compile/runTable.js';
import { dmaBuf } from './dmaBuf.js';

const table = compileLifecycle(dmaBuf, { threads: 1 });
const run = (...events: string[]) => runTable(table, ...events);
const last = (...events: string[]) => run(...events).at(-1);

test('accepts a buffer whose reference is moved into an fd and then released', () => {
  expect(run('export', 'move', 'release')).toEqual(['exported(count=1) = 0', 'exported(count=0) = 0', 'released = 0']);
});

test('accepts a buffer that is put because no fd was free', () => {
  expect(run('export', 'put', 'release').at(-1)).toBe('released = 0');
});

test('accepts user space closing the fd before dma_buf_fd has returned', () => {
  expect(run('export', 'release', 'move')).toEqual(['exported(count=1) = 0', 'released = 0', 'released = 0']);
});

test('reports a put of the reference that was moved', () => {
  expect(last('export', 'move', 'put')).toBe('exported(count=0) = 0, operation-order');
});

test('reports a put of the moved reference after user space closed the fd', () => {
  expect(last('export', 'move', 'release', 'put')).toBe('released = 0, operation-order');
});

test('reports taking a reference after the last one is gone', () => {
  // The old tee_shm_get_fd: dma_buf_fd first, get_dma_buf afterwards, and a close between them.
  expect(last('export', 'move', 'release', 'get')).toBe('released = 0, operation-order');
});

test('reports an fd for a reference that is not owned', () => {
  expect(last('export', 'move', 'move')).toBe('exported(count=0) = 0, operation-order');
});

test('reports a second release', () => {
  expect(last('export', 'move', 'release', 'release')).toBe('released = 0, operation-order');
});

/** Order in which the events of several holders can be heard, each holder's own in program order. */
function interleavings(holders: readonly (readonly string[])[]): fc.Arbitrary<string[]> {
  const turns = holders.flatMap((events, holder) => events.map(() => holder));
  return fc.shuffledSubarray(turns, { minLength: turns.length }).map((order) => {
    const position = holders.map(() => 0);
    return order.map((holder) => holders[holder]![position[holder]!++]!);
  });
}

test('never reports correct holders, however late their events are heard', () => {
  const importer = ['get', 'put'];
  const exporterThatKeepsOne = ['get', 'move', 'put'];
  fc.assert(
    fc.property(interleavings([exporterThatKeepsOne, importer, importer, importer]), (events) => {
      const lines = run('export', ...events, 'release');
      expect(lines.filter((line) => line.includes('operation-order'))).toEqual([]);
      expect(lines.at(-2)).toBe('exported(count=0) = 0');
    }),
    { seed: 1 },
  );
});
