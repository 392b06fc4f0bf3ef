import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * One slot of memory for an object: what KASAN would know of it.
 *
 * Source: Documentation/dev-tools/kasan.rst and mm/slub.c (slab_free, kfree), v6.12. `recycle` is the model's own: the
 * slab may hand freed memory out again at any time, but a slot here is reused only once nothing names the old object any
 * more, so that a stale pointer is always recognised. Recycling a live slot is how a leak is recorded: nothing names the
 * object, and nobody can free it.
 *
 * Left out: sizes and offsets (an access out of bounds), RCU grace periods, memory that a constructor keeps typed.
 */
const machine = setup({
  types: machineTypes<
    { result: number },
    { type: 'alloc' } | { type: 'free' } | { type: 'access' } | { type: 'recycle' }
  >(),
  actions: { return0: assign({ result: 0 }) },
}).createMachine({
  id: 'memory',
  context: { result: 0 },
  initial: 'free',
  states: {
    free: {
      description: 'The slot holds no object and no live value names one in it.',
      on: {
        alloc: { target: 'live', actions: 'return0' },
        free: { target: 'freedBeforeAllocation', actions: 'return0' },
        access: { target: 'usedBeforeAllocation', actions: 'return0' },
        recycle: { actions: 'return0' },
      },
    },
    live: {
      description: 'Allocated, and not freed.',
      meta: { atEnd: 'memory-leak' },
      on: {
        free: { target: 'freed', actions: 'return0' },
        access: { actions: 'return0' },
        recycle: { target: 'leaked', actions: 'return0' },
      },
    },
    freed: {
      description: 'Freed, while live values still name it.',
      on: {
        free: { target: 'freedTwice', actions: 'return0' },
        access: { target: 'usedAfterFree', actions: 'return0' },
        recycle: { target: 'free', actions: 'return0' },
      },
    },
    usedAfterFree: {
      description: 'An access through a stale pointer.',
      meta: { violates: 'use-after-free', ends: true },
      always: 'freed',
    },
    freedTwice: {
      description: 'kfree of memory that is already free.',
      meta: { violates: 'double-free', ends: true },
      always: 'freed',
    },
    usedBeforeAllocation: {
      description: 'An access to memory that no allocation returned.',
      meta: { violates: 'use-after-free', ends: true },
      always: 'free',
    },
    freedBeforeAllocation: {
      description: 'kfree of memory that no allocation returned.',
      meta: { violates: 'double-free', ends: true },
      always: 'free',
    },
    leaked: {
      description: 'Live, and nothing names it any more.',
      meta: { violates: 'memory-leak' },
      always: 'free',
    },
  },
});

/** Memory of an object: free → live → freed. `alloc` is only enabled in a free slot. */
export const memory: Lifecycle = {
  id: 'memory',
  title: 'memory of an object: allocated, freed, reused',
  use: 'primitive',
  cType: 'memory',
  source: 'mm/slub.c, kfree; Documentation/dev-tools/kasan.rst; v6.12',
  machine,
  events: [{ type: 'alloc', waits: true }, { type: 'free' }, { type: 'access' }, { type: 'recycle' }],
};
