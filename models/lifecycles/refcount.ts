import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/** Largest count in the table: thirteen references to one object at a time are more than any scenario means to have. */
const countBound = 12;

/** What reading a saturated count gives. Stands for 0xc0000000, that is REFCOUNT_SATURATED read as unsigned. */
export const saturatedReading = 1 << 20;

/**
 * `refcount_t`, and `kref`, which is one.
 *
 * Source: include/linux/refcount.h (__refcount_inc, __refcount_add_not_zero, __refcount_sub_and_test, refcount_set) and
 * lib/refcount.c (refcount_warn_saturate), v6.12. An increment from zero and a decrement of zero warn and saturate; a
 * saturated count stays so, gives references freely and is never the last put, so the object leaks for ever. The kernel
 * warns once per boot; here every such operation is a violation.
 *
 * Left out: saturation by overflow (the count bound makes a run inconclusive long before), memory ordering, the
 * subtraction of more than one.
 */
const machine = setup({
  types: machineTypes<
    { result: number; count: number },
    | { type: 'set'; value: number }
    | { type: 'inc' }
    | { type: 'incNotZero' }
    | { type: 'decAndTest' }
    | { type: 'read' }
  >(),
  actions: {
    return0: assign({ result: 0 }),
    return1: assign({ result: 1 }),
    returnCount: assign({ result: ({ context }) => context.count }),
    returnSaturated: assign({ result: saturatedReading }),
    store: assign(({ event }) => ({ count: event.type === 'set' ? event.value : 0, result: 0 })),
    take: assign(({ context }) => ({ count: context.count + 1, result: 0 })),
    takeAndReturn1: assign(({ context }) => ({ count: context.count + 1, result: 1 })),
    drop: assign(({ context }) => ({ count: context.count - 1, result: 0 })),
    dropLast: assign({ count: 0, result: 1 }),
  },
  guards: {
    storesZero: ({ event }) => event.type === 'set' && event.value === 0,
    isLast: ({ context }) => context.count === 1,
  },
}).createMachine({
  id: 'refcount',
  context: { result: 0, count: 0 },
  initial: 'zero',
  on: {
    set: [
      { guard: 'storesZero', target: '.zero', actions: 'store' },
      { target: '.live', actions: 'store' },
    ],
  },
  states: {
    zero: {
      description: 'No reference: zeroed memory, or the last put is done.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        inc: { target: 'incrementedFromZero', actions: 'return0' },
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
    saturated: {
      description: 'Negative as an int: no put is the last one, the object is never released.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        inc: { actions: 'return0' },
        incNotZero: { actions: 'return1' },
        decAndTest: { actions: 'return0' },
        read: { actions: 'returnSaturated' },
      },
    },
    incrementedFromZero: {
      description: 'refcount_inc on 0: "addition on 0; use-after-free".',
      meta: { violates: 'refcount-from-zero' },
      always: 'saturated',
    },
    underflowed: {
      description: 'refcount_dec_and_test on 0: "underflow; use-after-free".',
      meta: { violates: 'refcount-underflow' },
      always: 'saturated',
    },
  },
});

/** A reference count that saturates: zero, live, saturated. */
export const refcount: Lifecycle = {
  id: 'refcount',
  title: 'reference count that saturates (refcount_t, kref)',
  use: 'primitive',
  cType: 'refcount_t',
  source: 'include/linux/refcount.h; lib/refcount.c, refcount_warn_saturate; v6.12',
  machine,
  events: [
    // Not to the largest count: there everything that takes one more passes the bound, in whatever order, and the order would seem not to matter.
    { type: 'set', parameter: { name: 'value', limit: countBound } },
    { type: 'inc', undoneBy: 'decAndTest' },
    { type: 'incNotZero', undoneBy: 'decAndTest' },
    { type: 'decAndTest' },
    { type: 'read' },
  ],
  countBound,
};
