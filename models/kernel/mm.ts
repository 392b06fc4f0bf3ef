import { choose, fault, fn, outcome, ret, run } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

/**
 * Pinned user pages and user mappings. An array of `struct page *` is one `struct page_vector`, which also holds the pin; the
 * iterator that names the user's memory is left out of the signatures.
 */
export const mmFunctions: readonly FunctionDefinition[] = [
  /** Bytes extracted, which is all or nothing here: a short extraction is not distinguished from a failed one. */
  fn(
    'ssize_t iov_iter_extract_pages(struct page_vector *pages, size_t maxsize)',
    { file: 'lib/iov_iter.c', origin: 'kernel', atomic: { shared: ['pages'] } },
    [
      choose('iov_iter_extract_pages', [
        outcome('success', [run('@take(&pages->pinned)'), ret('maxsize')]),
        fault('-EFAULT|-ENOMEM', [ret('-EFAULT')]),
      ]),
    ],
  ),
  fn(
    'void unpin_user_pages(struct page_vector *pages, unsigned long npages)',
    { file: 'mm/gup.c', origin: 'kernel', atomic: { shared: ['pages'] } },
    [run('@give(&pages->pinned)')],
  ),
  fn(
    'unsigned long vma_pages(const struct vm_area_struct *vma)',
    { file: 'include/linux/mm.h', origin: 'kernel', atomic: { shared: ['vma'] } },
    [ret('(vma->vm_end - vma->vm_start) >> PAGE_SHIFT')],
  ),
  fn(
    'int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot)',
    { file: 'mm/memory.c', origin: 'kernel', atomic: { shared: [] } },
    [choose('remap_pfn_range', [outcome('success', [ret('0')]), fault('-ENOMEM|-EINVAL', [ret('-ENOMEM')])])],
  ),
];
