import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * The protected memory behind one shared memory object: what a TEE backend hands over in its alloc operation and takes
 * back in its free operation.
 *
 * Source: the pool operations in include/linux/tee_core.h (struct tee_shm_pool_ops), drivers/tee/tee_shm.c
 * (shm_alloc_helper, tee_shm_release), v6.12, and the restricted memory operations of the series, which follow them. The
 * contract is implicit: all or nothing on alloc, exactly one free.
 *
 * Left out: where the memory comes from, and that the secure world may fail to take it back.
 */
const machine = setup({
  types: machineTypes<{ result: number }, { type: 'take' } | { type: 'give' }>(),
  actions: { return0: assign({ result: 0 }) },
}).createMachine({
  id: 'backing_memory',
  context: { result: 0 },
  initial: 'none',
  states: {
    none: {
      description: 'The object has no memory behind it.',
      on: {
        take: { target: 'taken', actions: 'return0' },
        give: { target: 'givenTwice', actions: 'return0' },
      },
    },
    taken: {
      description: 'The backend handed memory over.',
      meta: { onFree: 'memory-leak', atEnd: 'memory-leak' },
      on: {
        take: { target: 'takenTwice', actions: 'return0' },
        give: { target: 'none', actions: 'return0' },
      },
    },
    takenTwice: {
      description: 'The backend is asked for memory again: the first is forgotten.',
      meta: { violates: 'operation-order' },
      always: 'taken',
    },
    givenTwice: {
      description: 'Memory is given back that is not held.',
      meta: { violates: 'double-free' },
      always: 'none',
    },
  },
});

/** Memory behind a shared memory object: none, taken. */
export const backingMemory: Lifecycle = {
  id: 'backing_memory',
  title: 'memory that a TEE backend puts behind an object',
  use: 'primitive',
  cType: 'backing_memory',
  source: 'include/linux/tee_core.h, struct tee_shm_pool_ops; drivers/tee/tee_shm.c, tee_shm_release; v6.12',
  machine,
  events: [{ type: 'take', undoneBy: 'give' }, { type: 'give' }],
};
