import { assign, setup } from 'xstate';
import { errnoValues } from '../program/errno.js';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/** Largest count in the table; more references to one module make a run inconclusive. */
const countBound = 12;

/** What reading gives without the base reference: `module_refcount` subtracts the base from 0. */
const noBaseReading = -1;

/**
 * `refcnt` of a `struct module`. The kernel counts one base reference beside those of the users; `count` is the users'.
 *
 * Source: kernel/module/main.c (try_module_get, __module_get, module_put, try_release_module_ref, try_stop_module,
 * module_refcount), v6.12. A put too many takes the base reference without a word: the module is still live, but
 * `try_module_get` fails from then on, and only the next put too many warns. It is reported here when it happens.
 *
 * The initial state is that of a module whose loading is done, not of zeroed memory. Left out: loading (COMING), forced
 * unloading, a module that is built in (its pointer is NULL).
 */
const machine = setup({
  types: machineTypes<
    { result: number; count: number },
    { type: 'tryGet' } | { type: 'get' } | { type: 'put' } | { type: 'read' } | { type: 'unload' }
  >(),
  actions: {
    return0: assign({ result: 0 }),
    returnCount: assign({ result: ({ context }) => context.count }),
    returnNoBase: assign({ result: noBaseReading }),
    returnEAGAIN: assign({ result: -errnoValues['EAGAIN']! }),
    returnEBUSY: assign({ result: -errnoValues['EBUSY']! }),
    take: assign(({ context }) => ({ count: context.count + 1, result: 0 })),
    takeAndReturn1: assign(({ context }) => ({ count: context.count + 1, result: 1 })),
    drop: assign(({ context }) => ({ count: context.count - 1, result: 0 })),
  },
  guards: { isUsed: ({ context }) => context.count > 0 },
}).createMachine({
  id: 'module_ref',
  context: { result: 0, count: 0 },
  initial: 'live',
  states: {
    live: {
      description: 'Loaded, with `count` users.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        tryGet: { actions: 'takeAndReturn1' },
        get: { actions: 'take' },
        put: [
          { guard: 'isUsed', actions: 'drop' },
          { target: 'baseDropped', actions: 'return0' },
        ],
        read: { actions: 'returnCount' },
        unload: [
          { guard: 'isUsed', actions: 'returnEAGAIN' },
          { target: 'going', actions: 'return0' },
        ],
      },
    },
    withoutBase: {
      description: 'Loaded, but a put too many took the base reference: nobody can take one any more.',
      meta: { atEnd: 'count-not-restored' },
      on: {
        tryGet: { actions: 'return0' },
        get: { target: 'live', actions: 'return0' },
        put: { target: 'underflowed', actions: 'return0' },
        read: { actions: 'returnNoBase' },
        unload: { target: 'unloadedWithoutBase', actions: 'return0' },
      },
    },
    going: {
      description: 'Being unloaded: no reference can be taken.',
      on: {
        tryGet: { actions: 'return0' },
        get: { target: 'takenWhileGoing', actions: 'return0' },
        put: { target: 'putWhileGoing', actions: 'return0' },
        read: { actions: 'returnNoBase' },
        unload: { actions: 'returnEBUSY' },
      },
    },
    baseDropped: {
      description: 'module_put without a reference of its own: takes the base reference.',
      meta: { violates: 'refcount-underflow' },
      always: 'withoutBase',
    },
    underflowed: {
      description: 'module_put on 0 warns and changes nothing.',
      meta: { violates: 'refcount-underflow' },
      always: 'withoutBase',
    },
    unloadedWithoutBase: {
      description: 'try_release_module_ref on 0: BUG_ON.',
      meta: { violates: 'kernel-bug', ends: true },
      always: 'going',
    },
    takenWhileGoing: {
      description: '__module_get while the module goes away: a reference to nothing.',
      meta: { violates: 'refcount-from-zero' },
      always: 'going',
    },
    putWhileGoing: {
      description: 'module_put on 0, while the module goes away.',
      meta: { violates: 'refcount-underflow' },
      always: 'going',
    },
  },
});

/** The users of a module. `unload` is what rmmod tries: 0, or -EAGAIN while it is used. */
export const moduleRef: Lifecycle = {
  id: 'module_ref',
  title: 'references that keep a module loaded',
  use: 'primitive',
  cType: 'module_ref',
  source: 'kernel/module/main.c, try_module_get, module_put; v6.12',
  machine,
  events: [{ type: 'tryGet', undoneBy: 'put' }, { type: 'get' }, { type: 'put' }, { type: 'read' }, { type: 'unload' }],
  countBound,
};
