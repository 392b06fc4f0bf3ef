import { struct } from './structType.js';

/** An IDR as an array of id slots; the id is the index. `IDS` bounds the ids a system can have in use at once. */
export const idrTypes = [
  struct('idr', 'include/linux/idr.h, v6.12', {
    /**
     * Stands for the radix tree's nodes: every modifier writes it, unmarked, so that two modifiers without a common lock are a
     * data race. Always 0.
     */
    nodes: 'int',
    slot: 'struct idr_entry[IDS]',
  }),
  struct('idr_entry', 'lib/idr.c, v6.12', { cell: 'struct idr_slot', ptr: 'void *' }),
];

/** XArrays and id allocators; the index is the id. */
export const xarrayTypes = [
  struct('xarray', 'include/linux/xarray.h, v6.12', {
    /** The first index that is given out: 0, or 1 with XA_FLAGS_ALLOC1. */
    first: 'int',
    slot: 'struct idr_entry[IDS]',
  }),
  struct('ida', 'include/linux/idr.h, v6.12', { slot: 'struct idr_slot[IDS]' }),
];
