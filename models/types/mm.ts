import { struct } from './structType.js';

/** Memory that is not a struct of its own in the kernel, and what names it. */
export const mmTypes = [
  /** What a `struct page **` array is: the array's memory, and the references held on the pages it lists. */
  struct('page_array', 'include/linux/mm.h, v6.12', { pins: 'struct page_pins *' }),
  struct('page_pins', 'include/linux/mm.h, v6.12', { count: 'size_t' }),
  struct('iov_iter', 'include/linux/uio.h, v6.12', { is_kvec: 'bool', addr: 'void *', count: 'size_t' }),
  struct('kvec', 'include/linux/uio.h, v6.12', { iov_base: 'void *', iov_len: 'size_t' }),
];
