import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/** Completions that nobody has waited for yet, at most; more make a run inconclusive. */
const countBound = 3;

/**
 * `struct completion`: a count of completions; a waiter consumes one.
 *
 * Source: kernel/sched/completion.c (complete_with_flags, complete_all, do_wait_for_common, try_wait_for_completion, completion_done),
 * include/linux/completion.h (init_completion, reinit_completion), v6.12. `complete_all` sets `done` to its maximum,
 * which neither a waiter nor a further `complete` changes. A zeroed completion has no wait queue: completing it or
 * waiting for it follows a NULL pointer, while `try_wait_for_completion`, `completion_done` and `reinit_completion` only touch `done`.
 *
 * Left out: time-outs and signals (outcomes of the kernel function, not of the cell), the order of waiters, initialising
 * again while somebody waits.
 */
const machine = setup({
  types: machineTypes<
    { result: number; count: number },
    | { type: 'init' }
    | { type: 'complete' }
    | { type: 'completeAll' }
    | { type: 'wait' }
    | { type: 'tryWait' }
    | { type: 'reinit' }
    | { type: 'isDone' }
  >(),
  actions: {
    return0: assign({ result: 0 }),
    return1: assign({ result: 1 }),
    signal: assign(({ context }) => ({ count: context.count + 1, result: 0 })),
    consume: assign(({ context }) => ({ count: context.count - 1, result: 0 })),
    consumeAndReturn1: assign(({ context }) => ({ count: context.count - 1, result: 1 })),
    forget: assign({ count: 0, result: 0 }),
  },
  guards: { isLast: ({ context }) => context.count === 1 },
}).createMachine({
  id: 'completion',
  context: { result: 0, count: 0 },
  initial: 'uninitialised',
  on: { init: { target: '.pending', actions: 'forget' } },
  states: {
    uninitialised: {
      description: 'Zeroed memory: init_completion has not run.',
      on: {
        complete: { target: 'completedUninitialised', actions: 'signal' },
        completeAll: { target: 'completedAllUninitialised', actions: 'return0' },
        wait: { target: 'awaitedUninitialised', actions: 'return0' },
        tryWait: { target: 'testedUninitialised', actions: 'return0' },
        reinit: { target: 'testedUninitialised', actions: 'return0' },
        isDone: { target: 'testedUninitialised', actions: 'return0' },
      },
    },
    pending: {
      description: '`done` is 0: `wait` waits.',
      on: {
        complete: { target: 'done', actions: 'signal' },
        completeAll: { target: 'doneForAll', actions: 'return0' },
        tryWait: { actions: 'return0' },
        reinit: { actions: 'return0' },
        isDone: { actions: 'return0' },
      },
    },
    done: {
      description: '`count` waiters can pass.',
      on: {
        complete: { actions: 'signal' },
        completeAll: { target: 'doneForAll', actions: 'forget' },
        wait: [{ guard: 'isLast', target: 'pending', actions: 'consume' }, { actions: 'consume' }],
        tryWait: [
          { guard: 'isLast', target: 'pending', actions: 'consumeAndReturn1' },
          { actions: 'consumeAndReturn1' },
        ],
        reinit: { target: 'pending', actions: 'forget' },
        isDone: { actions: 'return1' },
      },
    },
    doneForAll: {
      description: '`done` is UINT_MAX: every waiter passes until reinit_completion.',
      on: {
        complete: { actions: 'return0' },
        completeAll: { actions: 'return0' },
        wait: { actions: 'return0' },
        tryWait: { actions: 'return1' },
        reinit: { target: 'pending', actions: 'return0' },
        isDone: { actions: 'return1' },
      },
    },
    completedUninitialised: {
      description: 'complete() without init_completion.',
      meta: { violates: 'uninitialised', ends: true },
      always: 'done',
    },
    completedAllUninitialised: {
      description: 'complete_all() without init_completion.',
      meta: { violates: 'uninitialised', ends: true },
      always: 'doneForAll',
    },
    awaitedUninitialised: {
      description: 'wait_for_completion() without init_completion.',
      meta: { violates: 'uninitialised', ends: true },
      always: 'pending',
    },
    testedUninitialised: {
      description: 'try_wait_for_completion(), completion_done() or reinit_completion() without init_completion.',
      meta: { violates: 'uninitialised' },
      always: 'pending',
    },
  },
});

/** A completion. `wait` waits while nothing is done. */
export const completion: Lifecycle = {
  id: 'completion',
  title: 'completion: wait until another thread is done',
  use: 'primitive',
  cType: 'completion',
  source: 'kernel/sched/completion.c; v6.12',
  machine,
  events: [
    { type: 'init' },
    { type: 'complete', undoneBy: 'tryWait' },
    { type: 'completeAll' },
    { type: 'wait', waits: true },
    { type: 'tryWait' },
    { type: 'reinit' },
    { type: 'isDone' },
  ],
  countBound,
};
