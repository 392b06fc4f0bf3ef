import { struct } from './structType.js';

/** Memory that is not a struct of its own in the kernel, and what names it. */
export const mmTypes = [
  /** A page whose references are counted; when a page of user memory has none left, the object is gone. */
  struct('page', 'include/linux/mm_types.h, v6.12', { _refcount: 'int #' }),
  /** What a `struct page **` points to: an array, as kcalloc() makes it. A pointer to its first element is one to the object. */
  struct('page_array', 'include/linux/mm.h, v6.12', { page: 'struct page *[PAGES]' }),
  /** Pages of alloc_pages_exact(), by their kernel address. */
  struct('page_block', 'mm/page_alloc.c, v6.12', { data: 'u8' }),
  struct('iov_iter', 'include/linux/uio.h, v6.12', { is_kvec: 'bool', addr: 'void *', count: 'size_t' }),
  struct('kvec', 'include/linux/uio.h, v6.12', { iov_base: 'void *', iov_len: 'size_t' }),
];
