import { struct } from './structType.js';

/** The general-purpose allocator. */
export const genallocTypes = [
  struct('gen_pool', 'include/linux/genalloc.h, v6.12', {
    state: 'struct gen_pool_state',
    chunks: 'int',
    min_alloc_order: 'int',
  }),
  struct('genpool_data_align', 'include/linux/genalloc.h, v6.12', { align: 'int' }),
];
