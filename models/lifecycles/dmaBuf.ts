import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/** References that kernel code holds at a time, at most; more make a run inconclusive. */
const countBound = 8;

/**
 * Watches a `struct dma_buf`: exported → handed out as an fd → released once.
 *
 * Source: drivers/dma-buf/dma-buf.c (dma_buf_export, dma_buf_fd, dma_buf_get, dma_buf_put, dma_buf_release) and
 * include/linux/dma-buf.h (get_dma_buf), v6.12. `count` is what kernel code owes a put for: the exporter's reference,
 * which `dma_buf_fd` moves into the fd table, and those of `dma_buf_get` and `get_dma_buf`. It is a bound, not the file's
 * count: each holder's put comes after its own get in program order, and a get is heard of at the latest before the put,
 * so in correct code it never goes below zero, whenever the events of other threads arrive. A `dma_buf_fd` that is heard of
 * after the release is correct too: user space may close the fd before the call returns.
 *
 * Left out: references that go by other names (files of the fd table, mmap, poll), and a reference moved with a bare
 * `fd_install`, whose put too many the file's own count shows.
 */
const machine = setup({
  types: machineTypes<
    { result: number; count: number },
    { type: 'export' } | { type: 'move' } | { type: 'get' } | { type: 'put' } | { type: 'release' }
  >(),
  actions: {
    own: assign({ count: 1 }),
    take: assign({ count: ({ context }) => context.count + 1 }),
    drop: assign({ count: ({ context }) => context.count - 1 }),
    forget: assign({ count: 0 }),
  },
  guards: { isOwned: ({ context }) => context.count > 0 },
}).createMachine({
  id: 'dma_buf',
  context: { result: 0, count: 0 },
  initial: 'new',
  states: {
    new: {
      description: 'dma_buf_export has not returned it yet.',
      on: {
        export: { target: 'exported', actions: 'own' },
        move: 'new',
        get: 'new',
        put: 'new',
        release: 'released',
      },
    },
    exported: {
      description: 'Kernel code owes `count` puts.',
      on: {
        export: 'exported',
        move: [{ guard: 'isOwned', target: 'exported', actions: 'drop' }, { target: 'movedNotOwned' }],
        get: { target: 'exported', actions: 'take' },
        put: [{ guard: 'isOwned', target: 'exported', actions: 'drop' }, { target: 'putNotOwned' }],
        release: { target: 'released', actions: 'forget' },
      },
    },
    released: {
      description: 'The last reference is gone: the exporter gets its buffer back.',
      on: {
        export: 'released',
        move: 'released',
        get: 'usedAfterRelease',
        put: 'usedAfterRelease',
        release: 'releasedTwice',
      },
    },
    movedNotOwned: {
      description: 'dma_buf_fd moved a reference that kernel code did not own.',
      meta: { violates: 'operation-order' },
      always: 'exported',
    },
    putNotOwned: {
      description: 'dma_buf_put of a reference that was moved into an fd, or put already.',
      meta: { violates: 'operation-order' },
      always: 'exported',
    },
    usedAfterRelease: {
      description: 'Taken or put after the last reference was gone.',
      meta: { violates: 'operation-order' },
      always: 'released',
    },
    releasedTwice: {
      description: 'Released a second time.',
      meta: { violates: 'operation-order' },
      always: 'released',
    },
  },
});

/** Monitor of a dma-buf. */
export const dmaBuf: Lifecycle = {
  id: 'dma_buf',
  title: 'dma-buf: export, fd, get, put, release',
  use: 'monitor',
  cType: 'dma_buf',
  source: 'drivers/dma-buf/dma-buf.c, dma_buf_export, dma_buf_fd, dma_buf_release; v6.12',
  machine,
  events: [
    { type: 'export' },
    { type: 'move' },
    { type: 'get', undoneBy: 'put' },
    { type: 'put' },
    { type: 'release' },
  ],
  countBound,
  bindings: [
    { event: 'export', function: 'dma_buf_export', when: 'return', object: 'result', outcome: 'pointer' },
    { event: 'move', function: 'dma_buf_fd', when: 'return', object: { argument: 0 }, outcome: 'ok' },
    { event: 'get', function: 'dma_buf_get', when: 'return', object: 'result', outcome: 'pointer' },
    { event: 'get', function: 'get_dma_buf', when: 'call', object: { argument: 0 } },
    { event: 'put', function: 'dma_buf_put', when: 'call', object: { argument: 0 } },
    { event: 'release', function: 'dma_buf_release', when: 'call', object: { argument: 0 } },
  ],
};
