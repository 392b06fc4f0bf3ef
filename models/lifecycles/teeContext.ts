import { setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * Watches a `struct tee_context`: open → close → release, each once, and references only until the release is done.
 *
 * Source: drivers/tee/tee_core.c (teedev_open, teedev_close_context, teedev_ctx_get, teedev_ctx_put,
 * teedev_ctx_release), v6.12. Shared memory keeps a context after it was closed. While the driver's release operation
 * runs, gets and puts are allowed and do nothing (`releasing`).
 *
 * Left out: the reference count (a cell), sessions.
 */
const machine = setup({
  types: machineTypes<
    { result: number },
    | { type: 'open' }
    | { type: 'close' }
    | { type: 'get' }
    | { type: 'put' }
    | { type: 'release' }
    | { type: 'released' }
  >(),
}).createMachine({
  id: 'tee_context',
  context: { result: 0 },
  initial: 'new',
  states: {
    new: {
      description: 'teedev_open has not returned it yet.',
      on: { open: 'open', close: 'closed', get: 'new', put: 'new', release: 'releasing', released: 'released' },
    },
    open: {
      description: 'A file or a kernel client uses it.',
      on: {
        open: 'open',
        close: 'closed',
        get: 'open',
        put: 'open',
        release: 'releasedWhileOpen',
        released: 'released',
      },
    },
    closed: {
      description: 'Closed; shared memory may still hold it.',
      on: {
        open: 'closed',
        close: 'closedTwice',
        get: 'closed',
        put: 'closed',
        release: 'releasing',
        released: 'released',
      },
    },
    releasing: {
      description: 'The last reference is gone; the driver releases its part.',
      on: {
        open: 'releasing',
        close: 'closedWhileReleasing',
        get: 'releasing',
        put: 'releasing',
        release: 'releasedTwice',
        released: 'released',
      },
    },
    released: {
      description: 'teedev_ctx_release has returned; the context is freed.',
      on: {
        open: 'released',
        close: 'usedAfterRelease',
        get: 'usedAfterRelease',
        put: 'usedAfterRelease',
        release: 'usedAfterRelease',
        released: 'released',
      },
    },
    releasedWhileOpen: {
      description: 'The last reference was put although the context was not closed: one put too many.',
      meta: { violates: 'operation-order' },
      always: 'releasing',
    },
    closedTwice: {
      description: 'teedev_close_context called a second time.',
      meta: { violates: 'operation-order' },
      always: 'closed',
    },
    closedWhileReleasing: {
      description: 'teedev_close_context called although the last reference is gone.',
      meta: { violates: 'operation-order' },
      always: 'releasing',
    },
    releasedTwice: {
      description: 'teedev_ctx_release called while it runs.',
      meta: { violates: 'operation-order' },
      always: 'releasing',
    },
    usedAfterRelease: {
      description: 'Taken, put, closed or released again after the release was done.',
      meta: { violates: 'operation-order' },
      always: 'released',
    },
  },
});

/** Monitor of a TEE context. */
export const teeContext: Lifecycle = {
  id: 'tee_context',
  title: 'TEE context: open, close, release',
  use: 'monitor',
  cType: 'tee_context',
  source: 'drivers/tee/tee_core.c, teedev_open, teedev_ctx_release; v6.12',
  machine,
  events: [
    { type: 'open' },
    { type: 'close' },
    { type: 'get' },
    { type: 'put' },
    { type: 'release' },
    { type: 'released' },
  ],
  bindings: [
    { event: 'open', function: 'teedev_open', when: 'return', object: 'result', outcome: 'pointer' },
    { event: 'close', function: 'teedev_close_context', when: 'call', object: { argument: 0 } },
    { event: 'get', function: 'teedev_ctx_get', when: 'call', object: { argument: 0 } },
    { event: 'put', function: 'teedev_ctx_put', when: 'call', object: { argument: 0 } },
    {
      event: 'release',
      function: 'teedev_ctx_release',
      when: 'call',
      object: { argument: 0 },
      via: { containerOf: 'refcount' },
    },
    {
      event: 'released',
      function: 'teedev_ctx_release',
      when: 'return',
      object: { argument: 0 },
      via: { containerOf: 'refcount' },
    },
  ],
};
