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
