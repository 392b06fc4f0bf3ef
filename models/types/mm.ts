import { struct } from './structType.js';

/** Memory that is not a struct of its own. */
export const mmTypes = [
  /** What a `struct page **` array is: the array's memory, and the pin on the pages it lists. */
  struct('page_vector', 'include/linux/mm.h, v6.12', { pinned: 'struct backing_memory' }),
  /** Pages from `alloc_pages_exact`. */
  struct('page_block', 'include/linux/gfp.h, v6.12', { contents: 'int' }),
];
