import { setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * Watches a `struct tee_shm`: created → released once, and nothing after that.
 *
 * Source: drivers/tee/tee_shm.c (shm_alloc_helper, register_shm_helper, tee_shm_get_from_id, tee_shm_get_fd, tee_shm_put,
 * tee_shm_release), v6.12; `tee_rstmem_alloc` is the series' own, and hands the object out as `priv` of a dma-buf. A
 * creator that fails late puts the object before anybody has heard of its creation, so the new state accepts that.
 *
 * Left out: the reference count and the id (cells), which memory is behind it.
 */
const machine = setup({
  types: machineTypes<
    { result: number },
    { type: 'create' } | { type: 'get' } | { type: 'put' } | { type: 'release' }
  >(),
}).createMachine({
  id: 'tee_shm',
  context: { result: 0 },
  initial: 'new',
  states: {
    new: {
      description: 'No creating function has returned it yet.',
      on: { create: 'created', get: 'new', put: 'new', release: 'released' },
    },
    created: {
      description: 'In use.',
      on: { create: 'created', get: 'created', put: 'created', release: 'released' },
    },
    released: {
      description: 'tee_shm_release was called: what the object owns is being given back.',
      on: { create: 'released', get: 'usedAfterRelease', put: 'usedAfterRelease', release: 'releasedTwice' },
    },
    usedAfterRelease: {
      description: 'Looked up, taken or put after its release began.',
      meta: { violates: 'operation-order' },
      always: 'released',
    },
    releasedTwice: {
      description: 'tee_shm_release called a second time.',
      meta: { violates: 'operation-order' },
      always: 'released',
    },
  },
});

/** Monitor of TEE shared memory. */
export const teeShm: Lifecycle = {
  id: 'tee_shm',
  title: 'TEE shared memory: create, get, put, release',
  use: 'monitor',
  cType: 'tee_shm',
  source: 'drivers/tee/tee_shm.c, tee_shm_put, tee_shm_release; v6.12',
  machine,
  events: [{ type: 'create' }, { type: 'get' }, { type: 'put' }, { type: 'release' }],
  bindings: [
    { event: 'create', function: 'shm_alloc_helper', when: 'return', object: 'result', outcome: 'pointer' },
    { event: 'create', function: 'register_shm_helper', when: 'return', object: 'result', outcome: 'pointer' },
    {
      event: 'create',
      function: 'tee_rstmem_alloc',
      when: 'return',
      object: 'result',
      via: { field: 'priv' },
      outcome: 'pointer',
    },
    { event: 'get', function: 'tee_shm_get_from_id', when: 'return', object: 'result', outcome: 'pointer' },
    { event: 'get', function: 'tee_shm_get_fd', when: 'call', object: { argument: 0 } },
    { event: 'put', function: 'tee_shm_put', when: 'call', object: { argument: 0 } },
    { event: 'release', function: 'tee_shm_release', when: 'call', object: { argument: 1 } },
  ],
};
