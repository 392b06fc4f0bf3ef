import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * The entries of a `struct sg_table`. Its DMA mapping is a cell of its own, `dma_mapping`.
 *
 * Source: lib/scatterlist.c (sg_alloc_table, sg_alloc_table_from_pages_segment, sg_free_table), v6.12. Freeing a zeroed
 * table is harmless; allocating into a full one forgets its entries.
 *
 * Left out: failures of the allocation (outcomes of the kernel function, which leave the table empty), the pages listed.
 */
const machine = setup({
  types: machineTypes<{ result: number }, { type: 'alloc' } | { type: 'free' }>(),
  actions: { return0: assign({ result: 0 }) },
}).createMachine({
  id: 'sg_table',
  context: { result: 0 },
  initial: 'empty',
  states: {
    empty: {
      description: 'Zeroed, or freed: no entries.',
      on: {
        alloc: { target: 'allocated', actions: 'return0' },
        free: { actions: 'return0' },
      },
    },
    allocated: {
      description: 'Has entries.',
      meta: { onFree: 'memory-leak', atEnd: 'memory-leak' },
      on: {
        alloc: { target: 'overwritten', actions: 'return0' },
        free: { target: 'empty', actions: 'return0' },
      },
    },
    overwritten: {
      description: 'sg_alloc_table over entries that nobody has freed.',
      meta: { violates: 'memory-leak' },
      always: 'allocated',
    },
  },
});

/** The entries of a scatter table: empty, allocated. */
export const sgTable: Lifecycle = {
  id: 'sg_table',
  title: 'entries of a scatter table',
  use: 'primitive',
  cType: 'sg_table_state',
  source: 'lib/scatterlist.c, sg_alloc_table, sg_free_table; v6.12',
  machine,
  events: [{ type: 'alloc', undoneBy: 'free' }, { type: 'free' }],
};
