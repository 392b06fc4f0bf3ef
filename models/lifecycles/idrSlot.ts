import { assign, setup } from 'xstate';
import { errnoValues } from '../program/errno.js';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * One id of an IDR. Which id is chosen, and the pointer stored under it, belong to the kernel functions that search
 * arrays of these cells; the cell knows free, reserved with NULL, and published.
 *
 * Source: lib/idr.c (idr_alloc, idr_find, idr_replace, idr_remove) and lib/radix-tree.c (radix_tree_delete_item), v6.12.
 * A reserved id looks absent to `find` and taken to everything else; `idr_replace` succeeds on it. The kernel forgives
 * removing or replacing an id that is not taken (NULL and -ENOENT), but the caller has then lost track of an id that may
 * already be somebody else's.
 *
 * Left out: failures of `idr_alloc` (-ENOMEM, -ENOSPC of the whole range), which are outcomes of the kernel function.
 */
const machine = setup({
  types: machineTypes<
    { result: number },
    | { type: 'alloc' }
    | { type: 'allocObject' }
    | { type: 'replace' }
    | { type: 'replaceNull' }
    | { type: 'remove' }
    | { type: 'find' }
    | { type: 'isFree' }
  >(),
  actions: {
    return0: assign({ result: 0 }),
    return1: assign({ result: 1 }),
    returnENOENT: assign({ result: -errnoValues['ENOENT']! }),
    returnENOSPC: assign({ result: -errnoValues['ENOSPC']! }),
  },
}).createMachine({
  id: 'idr_slot',
  context: { result: 0 },
  initial: 'free',
  states: {
    free: {
      description: 'The next idr_alloc may hand the id out.',
      on: {
        alloc: { target: 'reserved', actions: 'return0' },
        allocObject: { target: 'published', actions: 'return0' },
        replace: { target: 'replacedFree', actions: 'returnENOENT' },
        replaceNull: { target: 'replacedFree', actions: 'returnENOENT' },
        remove: { target: 'removedFree', actions: 'return0' },
        find: { actions: 'return0' },
        isFree: { actions: 'return1' },
      },
    },
    reserved: {
      description: 'Taken, with NULL: a lookup does not find it.',
      meta: { atEnd: 'id-leaked' },
      on: {
        alloc: { actions: 'returnENOSPC' },
        allocObject: { actions: 'returnENOSPC' },
        replace: { target: 'published', actions: 'return0' },
        replaceNull: { actions: 'return0' },
        remove: { target: 'free', actions: 'return0' },
        find: { actions: 'return0' },
        isFree: { actions: 'return0' },
      },
    },
    published: {
      description: 'Taken, with an object: a lookup finds it.',
      meta: { atEnd: 'id-leaked' },
      on: {
        alloc: { actions: 'returnENOSPC' },
        allocObject: { actions: 'returnENOSPC' },
        replace: { actions: 'return0' },
        replaceNull: { target: 'reserved', actions: 'return0' },
        remove: { target: 'free', actions: 'return0' },
        find: { actions: 'return1' },
        isFree: { actions: 'return0' },
      },
    },
    replacedFree: {
      description: 'idr_replace of an id that nobody has reserved; it stays free.',
      meta: { violates: 'id-not-reserved' },
      always: 'free',
    },
    removedFree: {
      description: 'idr_remove of an id that nobody has reserved; it stays free.',
      meta: { violates: 'id-not-reserved' },
      always: 'free',
    },
  },
});

/** One id of an IDR: free, reserved, published. Allocating a taken id gives -ENOSPC, as a range of one id would. */
export const idrSlot: Lifecycle = {
  id: 'idr_slot',
  title: 'one id of an IDR: reserve, publish, remove',
  use: 'primitive',
  cType: 'idr_slot',
  source: 'lib/idr.c; lib/radix-tree.c, radix_tree_delete_item; v6.12',
  machine,
  events: [
    { type: 'alloc', undoneBy: 'remove' },
    { type: 'allocObject', undoneBy: 'remove' },
    { type: 'replace', undoneBy: 'replaceNull' },
    { type: 'replaceNull' },
    { type: 'remove' },
    { type: 'find' },
    { type: 'isFree' },
  ],
};
