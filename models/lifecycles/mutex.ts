import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * `struct mutex`; also the `ww_mutex` inside a `dma_resv`.
 *
 * Source: kernel/locking/mutex.c (__mutex_trylock_common, __mutex_unlock_slowpath), kernel/locking/mutex-debug.c
 * (mutex_destroy), Documentation/locking/mutex-design.rst (the list of semantics), v6.12. Unlocking somebody else's mutex
 * does give it back: the owner field is cleared whoever it names. `mutex_destroy` leaves the mutex uninitialised.
 *
 * Left out: waiting with signals, the order in which waiters get the lock, wound/wait (locking with an acquire context),
 * and that `mutex_unlock` may access the mutex after giving it back, which is a second step of the program: `touch`, an access
 * that learns and changes nothing.
 */
const machine = setup({
  types: machineTypes<
    { result: number; owner: number },
    | { type: 'init' }
    | { type: 'lock'; thread: number }
    | { type: 'tryLock'; thread: number }
    | { type: 'unlock'; thread: number }
    | { type: 'destroy' }
    | { type: 'isLocked' }
    | { type: 'touch' }
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
  id: 'mutex',
  context: { result: 0, owner: 0 },
  initial: 'uninitialised',
  states: {
    uninitialised: {
      description: 'Zeroed memory: mutex_init has not run.',
      on: {
        init: { target: 'unlocked', actions: 'return0' },
        lock: { target: 'lockedUninitialised', actions: 'acquire' },
        tryLock: { target: 'lockedUninitialised', actions: 'acquireAndReturn1' },
        unlock: { target: 'unlockedUninitialised', actions: 'return0' },
        destroy: { target: 'destroyed', actions: 'return0' },
        isLocked: { actions: 'return0' },
        touch: { actions: 'return0' },
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
        destroy: { target: 'destroyed', actions: 'return0' },
        isLocked: { actions: 'return0' },
        touch: { actions: 'return0' },
        isHeldBy: { actions: 'return0' },
      },
    },
    locked: {
      description: 'Held by thread `owner`; `lock` by another thread waits.',
      meta: { onFree: 'lock-destroyed-held', atEnd: 'lock-held-at-return' },
      on: {
        init: { target: 'reinitialisedHeld', actions: 'release' },
        lock: { guard: 'isOwner', target: 'lockedTwice', actions: 'return0' },
        tryLock: { actions: 'return0' },
        unlock: [
          { guard: 'isOwner', target: 'unlocked', actions: 'release' },
          { target: 'unlockedNotHeld', actions: 'release' },
        ],
        destroy: { target: 'destroyedHeld', actions: 'release' },
        isLocked: { actions: 'return1' },
        touch: { actions: 'return0' },
        isHeldBy: [{ guard: 'isOwner', actions: 'return1' }, { actions: 'return0' }],
      },
    },
    destroyed: {
      description: 'mutex_destroy has run: uninitialised again, any use is forbidden.',
      on: {
        init: { target: 'unlocked', actions: 'return0' },
        lock: { target: 'lockedUninitialised', actions: 'acquire' },
        tryLock: { target: 'lockedUninitialised', actions: 'acquireAndReturn1' },
        unlock: { target: 'unlockedUninitialised', actions: 'return0' },
        destroy: { actions: 'return0' },
        isLocked: { actions: 'return0' },
        touch: { actions: 'return0' },
        isHeldBy: { actions: 'return0' },
      },
    },
    lockedUninitialised: {
      description: 'Taken without mutex_init, or after mutex_destroy. The fast path succeeds all the same.',
      meta: { violates: 'uninitialised' },
      always: 'locked',
    },
    unlockedUninitialised: {
      description: 'Given back without mutex_init, or after mutex_destroy.',
      meta: { violates: 'uninitialised' },
      always: 'unlocked',
    },
    lockedTwice: {
      description: 'The owner takes it again and waits for itself for ever.',
      meta: { violates: 'lock-recursion', ends: true },
      always: 'locked',
    },
    unlockedNotHeld: {
      description: 'Given back by a thread that does not hold it; it is free afterwards.',
      meta: { violates: 'lock-not-held' },
      always: 'unlocked',
    },
    reinitialisedHeld: {
      description: 'mutex_init on a held mutex: the holder loses it.',
      meta: { violates: 'lock-destroyed-held' },
      always: 'unlocked',
    },
    destroyedHeld: {
      description: 'mutex_destroy on a held mutex.',
      meta: { violates: 'lock-destroyed-held' },
      always: 'destroyed',
    },
  },
});

/** A sleeping lock with one owner. `lock` waits while another thread holds it. */
export const mutex: Lifecycle = {
  id: 'mutex',
  title: 'sleeping lock with an owner (struct mutex, ww_mutex)',
  use: 'primitive',
  cType: 'mutex',
  source: 'kernel/locking/mutex.c; Documentation/locking/mutex-design.rst; v6.12',
  machine,
  events: [
    { type: 'init' },
    { type: 'lock', parameter: { name: 'thread', limit: 'thread' }, waits: true, undoneBy: 'unlock' },
    { type: 'tryLock', parameter: { name: 'thread', limit: 'thread' }, undoneBy: 'unlock' },
    { type: 'unlock', parameter: { name: 'thread', limit: 'thread' } },
    { type: 'destroy' },
    { type: 'isLocked' },
    { type: 'touch' },
    { type: 'isHeldBy', parameter: { name: 'thread', limit: 'thread' } },
  ],
};
