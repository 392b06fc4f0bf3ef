import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/** Largest count in the table; more references to one file make a run inconclusive. */
const countBound = 12;

/** What reading a count below zero gives; the exact value is left out. */
const belowZeroReading = -1;

/**
 * `f_count` of a `struct file`: an `atomic_long_t`, which does not saturate.
 *
 * Source: include/linux/fs.h (get_file, file_count), fs/file.c (__get_file_rcu, __fget_files_rcu), fs/file_table.c
 * (init_file, fput, __fput_sync), v6.12. `get_file` on 0 warns and goes on: the file is live again, although its last put
 * has already queued the release, and the next put to zero queues it a second time. A put on 0 says nothing and leaves -1.
 *
 * Left out: the exact value below zero (it stays below, so no later put is the last one); `file_ref_t` of later kernels.
 */
const machine = setup({
  types: machineTypes<
    { result: number; count: number },
    { type: 'init' } | { type: 'inc' } | { type: 'incNotZero' } | { type: 'decAndTest' } | { type: 'read' }
  >(),
  actions: {
    return0: assign({ result: 0 }),
    return1: assign({ result: 1 }),
    returnCount: assign({ result: ({ context }) => context.count }),
    returnBelowZero: assign({ result: belowZeroReading }),
    setToOne: assign({ count: 1, result: 0 }),
    take: assign(({ context }) => ({ count: context.count + 1, result: 0 })),
    takeAndReturn1: assign(({ context }) => ({ count: context.count + 1, result: 1 })),
    drop: assign(({ context }) => ({ count: context.count - 1, result: 0 })),
    dropLast: assign({ count: 0, result: 1 }),
  },
  guards: { isLast: ({ context }) => context.count === 1 },
}).createMachine({
  id: 'file_count',
  context: { result: 0, count: 0 },
  initial: 'zero',
  on: { init: { target: '.live', actions: 'setToOne' } },
  states: {
    zero: {
      description: 'Not initialised yet, or the last put is done and the release is due.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        inc: { target: 'resurrected', actions: 'take' },
        incNotZero: { actions: 'return0' },
        decAndTest: { target: 'underflowed', actions: 'return0' },
        read: { actions: 'returnCount' },
      },
    },
    live: {
      description: '`count` references.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        inc: { actions: 'take' },
        incNotZero: { actions: 'takeAndReturn1' },
        decAndTest: [{ guard: 'isLast', target: 'zero', actions: 'dropLast' }, { actions: 'drop' }],
        read: { actions: 'returnCount' },
      },
    },
    belowZero: {
      description: 'Put more often than taken: never zero again, never released again.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        inc: { actions: 'return0' },
        incNotZero: { actions: 'return1' },
        decAndTest: { actions: 'return0' },
        read: { actions: 'returnBelowZero' },
      },
    },
    resurrected: {
      description: 'get_file on 0: "incremented from zero; use-after-free condition present".',
      meta: { violates: 'refcount-from-zero' },
      always: 'live',
    },
    underflowed: {
      description: 'fput on 0.',
      meta: { violates: 'refcount-underflow' },
      always: 'belowZero',
    },
  },
});

/** The reference count of an open file. */
export const fileCount: Lifecycle = {
  id: 'file_count',
  title: 'reference count of an open file (f_count)',
  use: 'primitive',
  cType: 'file_count',
  source: 'include/linux/fs.h, get_file; fs/file_table.c, fput; v6.12',
  machine,
  events: [
    { type: 'init' },
    { type: 'inc', undoneBy: 'decAndTest' },
    { type: 'incNotZero', undoneBy: 'decAndTest' },
    { type: 'decAndTest' },
    { type: 'read' },
  ],
  countBound,
};
