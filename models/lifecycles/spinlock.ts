import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * `spinlock_t`. Its holder is in atomic context: what may sleep must not run meanwhile, which the checker watches.
 *
 * Source: include/linux/spinlock.h, kernel/locking/spinlock_debug.c (debug_spin_lock_before, debug_spin_unlock),
 * include/asm-generic/qspinlock.h (queued_spin_unlock stores 0, whoever held the lock), v6.12. There is nothing to
 * destroy. A zeroed one works on most architectures, and CONFIG_DEBUG_SPINLOCK reports its bad magic.
 *
 * Left out: interrupts (a lock also taken by an interrupt handler), raw and PREEMPT_RT variants, reader-writer locks.
 */
const machine = setup({
  types: machineTypes<
    { result: number; owner: number },
    | { type: 'init' }
    | { type: 'lock'; thread: number }
    | { type: 'tryLock'; thread: number }
    | { type: 'unlock'; thread: number }
    | { type: 'isLocked' }
    | { type: 'isHeldBy'; thread: number }
  >(),
  actions: {
    return0: assign({ result: 0 }),
    return1: assign({ result: 1 }),
    acquire: assign(({ event }) => ({ owner: 'thread' in event ? event.thread : 0, result: 0 })),
    acquireAndReturn1: assign(({ event }) => ({ owner: 'thread' in event ? event.thread : 0, result: 1 })),
    release: assign({ owner: 0, result: 0 }),
  },
  guards: { isOwner: ({ context, event }) => 'thread' in event && event.thread === context.owner },
}).createMachine({
  id: 'spinlock',
  context: { result: 0, owner: 0 },
  initial: 'uninitialised',
  states: {
    uninitialised: {
      description: 'Zeroed memory: spin_lock_init has not run.',
      on: {
        init: { target: 'unlocked', actions: 'return0' },
        lock: { target: 'lockedUninitialised', actions: 'acquire' },
        tryLock: { target: 'lockedUninitialised', actions: 'acquireAndReturn1' },
        unlock: { target: 'unlockedUninitialised', actions: 'return0' },
        isLocked: { actions: 'return0' },
        isHeldBy: { actions: 'return0' },
      },
    },
    unlocked: {
      description: 'Free to take.',
      on: {
        init: { actions: 'return0' },
        lock: { target: 'locked', actions: 'acquire' },
        tryLock: { target: 'locked', actions: 'acquireAndReturn1' },
        unlock: { target: 'unlockedNotHeld', actions: 'return0' },
        isLocked: { actions: 'return0' },
        isHeldBy: { actions: 'return0' },
      },
    },
    locked: {
      description: 'Held by thread `owner`, which is in atomic context; `lock` by another thread spins.',
      meta: { onFree: 'lock-destroyed-held', atEnd: 'lock-held-at-return' },
      on: {
        init: { target: 'reinitialisedHeld', actions: 'release' },
        lock: { guard: 'isOwner', target: 'lockedTwice', actions: 'return0' },
        tryLock: { actions: 'return0' },
        unlock: [
          { guard: 'isOwner', target: 'unlocked', actions: 'release' },
          { target: 'unlockedNotHeld', actions: 'release' },
        ],
        isLocked: { actions: 'return1' },
        isHeldBy: [{ guard: 'isOwner', actions: 'return1' }, { actions: 'return0' }],
      },
    },
    lockedUninitialised: {
      description: 'Taken without spin_lock_init.',
      meta: { violates: 'uninitialised' },
      always: 'locked',
    },
    unlockedUninitialised: {
      description: 'Given back without spin_lock_init.',
      meta: { violates: 'uninitialised' },
      always: 'unlocked',
    },
    lockedTwice: {
      description: 'The owner takes it again and spins for ever.',
      meta: { violates: 'lock-recursion', ends: true },
      always: 'locked',
    },
    unlockedNotHeld: {
      description: 'Given back by a thread that does not hold it; it is free afterwards.',
      meta: { violates: 'lock-not-held' },
      always: 'unlocked',
    },
    reinitialisedHeld: {
      description: 'spin_lock_init on a held lock: the holder loses it.',
      meta: { violates: 'lock-destroyed-held' },
      always: 'unlocked',
    },
  },
});

/** A spinning lock with one owner. `lock` waits while another thread holds it. */
export const spinlock: Lifecycle = {
  id: 'spinlock',
  title: 'spinning lock, its holder must not sleep (spinlock_t)',
  use: 'primitive',
  cType: 'spinlock_t',
  source: 'include/linux/spinlock.h; kernel/locking/spinlock_debug.c; v6.12',
  machine,
  events: [
    { type: 'init' },
    { type: 'lock', parameter: { name: 'thread', limit: 'thread' }, waits: true, undoneBy: 'unlock' },
    { type: 'tryLock', parameter: { name: 'thread', limit: 'thread' }, undoneBy: 'unlock' },
    { type: 'unlock', parameter: { name: 'thread', limit: 'thread' } },
    { type: 'isLocked' },
    { type: 'isHeldBy', parameter: { name: 'thread', limit: 'thread' } },
  ],
};
