import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/** Allocations out of one pool at a time, at most; more make a run inconclusive. */
const countBound = 4;

/**
 * A `struct gen_pool`, as a count of the allocations that are out.
 *
 * Source: lib/genalloc.c (gen_pool_create, gen_pool_alloc_algo_owner, gen_pool_free_owner, gen_pool_destroy), v6.12. The
 * pool's bitmap makes BUGs of a free too many and of destroying a pool that has memory out. Nothing excludes
 * `gen_pool_destroy` against the rest; the caller must.
 *
 * Left out: exhaustion (gen_pool_alloc returning 0, an outcome of the kernel function), sizes and addresses, so a free of
 * the wrong range passes as long as anything is out.
 */
const machine = setup({
  types: machineTypes<
    { result: number; count: number },
    { type: 'create' } | { type: 'alloc' } | { type: 'free' } | { type: 'destroy' }
  >(),
  actions: {
    return0: assign({ result: 0 }),
    reset: assign({ count: 0, result: 0 }),
    takeAndReturn1: assign(({ context }) => ({ count: context.count + 1, result: 1 })),
    giveBack: assign(({ context }) => ({ count: context.count - 1, result: 0 })),
  },
  guards: { isOut: ({ context }) => context.count > 0 },
}).createMachine({
  id: 'gen_pool',
  context: { result: 0, count: 0 },
  initial: 'absent',
  on: { create: { target: '.live', actions: 'reset' } },
  states: {
    absent: {
      description: 'Zeroed memory: gen_pool_create has not run.',
      on: {
        alloc: { target: 'usedUncreated', actions: 'return0' },
        free: { target: 'usedUncreated', actions: 'return0' },
        destroy: { target: 'usedUncreated', actions: 'return0' },
      },
    },
    live: {
      description: '`count` allocations are out.',
      meta: { onFree: 'memory-leak', atEnd: 'count-not-restored' },
      on: {
        alloc: { actions: 'takeAndReturn1' },
        free: [
          { guard: 'isOut', actions: 'giveBack' },
          { target: 'freedTooOften', actions: 'return0' },
        ],
        destroy: [
          { guard: 'isOut', target: 'destroyedInUse', actions: 'reset' },
          { target: 'destroyed', actions: 'return0' },
        ],
      },
    },
    destroyed: {
      description: 'gen_pool_destroy has run and freed the pool.',
      on: {
        alloc: { target: 'usedAfterDestroy', actions: 'return0' },
        free: { target: 'usedAfterDestroy', actions: 'return0' },
        destroy: { target: 'destroyedTwice', actions: 'return0' },
      },
    },
    usedUncreated: {
      description: 'Used without gen_pool_create.',
      meta: { violates: 'uninitialised', ends: true },
      always: 'absent',
    },
    freedTooOften: {
      description: 'gen_pool_free of memory that is not out: BUG_ON.',
      meta: { violates: 'kernel-bug', ends: true },
      always: 'live',
    },
    destroyedInUse: {
      description: 'gen_pool_destroy with allocations out: BUG_ON.',
      meta: { violates: 'pool-destroyed-in-use', ends: true },
      always: 'destroyed',
    },
    usedAfterDestroy: {
      description: 'gen_pool_alloc or gen_pool_free on a pool that is gone.',
      meta: { violates: 'use-after-free', ends: true },
      always: 'destroyed',
    },
    destroyedTwice: {
      description: 'gen_pool_destroy on a pool that is gone.',
      meta: { violates: 'double-free', ends: true },
      always: 'destroyed',
    },
  },
});

/** A pool of memory and how much of it is out. `alloc` returns 1: running out is an outcome of the kernel function. */
export const genPool: Lifecycle = {
  id: 'gen_pool',
  title: 'memory pool and its allocations (gen_pool)',
  use: 'primitive',
  cType: 'gen_pool_state',
  source: 'lib/genalloc.c; v6.12',
  machine,
  events: [{ type: 'create' }, { type: 'alloc', undoneBy: 'free' }, { type: 'free' }, { type: 'destroy' }],
  countBound,
};
