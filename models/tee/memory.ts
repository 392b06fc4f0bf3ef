import { alloc, choose, fault, fn, free, outcome, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

/**
 * The parts of memory management that only shared memory objects use: iterators over a buffer, the pages behind it, and
 * mappings of physical pages (lib/iov_iter.c, mm/gup.c, mm/memory.c, v6.12).
 *
 * An array of pages is one object, `struct page_array`; the references held on its pages are another one that it points to,
 * with a count. So pages that nobody gives back are a leak when the array is freed.
 */
function kernel(prototype: string, file: string, body: FunctionDefinition['body'], locals: readonly string[] = []) {
  return fn(prototype, { file, origin: 'kernel', locals }, body);
}

const iter = 'lib/iov_iter.c';

/** Iterators, pages and mappings. */
export const memoryFunctions: readonly FunctionDefinition[] = [
  kernel('void iov_iter_ubuf(struct iov_iter *iter, int direction, void *addr, size_t count)', 'include/linux/uio.h', [
    set('iter->is_kvec', 'false'),
    set('iter->addr', 'addr'),
    set('iter->count', 'count'),
  ]),

  kernel(
    'void iov_iter_kvec(struct iov_iter *iter, int direction, struct kvec *kvec, size_t nr_segs, size_t count)',
    iter,
    [set('iter->is_kvec', 'true'), set('iter->addr', 'kvec->iov_base'), set('iter->count', 'count')],
  ),

  kernel('bool iov_iter_is_kvec(struct iov_iter *iter)', 'include/linux/uio.h', [ret('iter->is_kvec')]),

  kernel('int iov_iter_npages(struct iov_iter *iter, int maxpages)', iter, [
    ret('(iter->count + PAGE_SIZE - 1) / PAGE_SIZE'),
  ]),

  // Pages of user memory are pinned; those of kernel memory only looked up, which cannot fail for one segment.
  kernel(
    'ssize_t iov_iter_extract_pages(struct iov_iter *iter, struct page_array **pages, size_t maxsize, size_t maxpages, int flags, size_t *offset0)',
    iter,
    [
      set('*offset0', '0'),
      when('iter->is_kvec', [ret('iter->count')]),
      choose('iov_iter_extract_pages', [
        outcome('all'),
        fault('-EFAULT', [ret('-EFAULT')]),
        fault('fewer', [
          when('maxpages <= 1', [ret('-EFAULT')]),
          run('pin_pages(*pages, maxpages - 1)'),
          ret('(maxpages - 1) * PAGE_SIZE'),
        ]),
      ]),
      run('pin_pages(*pages, maxpages)'),
      ret('iter->count'),
    ],
  ),

  kernel(
    'void pin_pages(struct page_array *pages, size_t npages)',
    'mm/gup.c',
    [alloc('pins', 'page_pins'), set('pins->count', 'npages'), set('pages->pins', 'pins')],
    ['struct page_pins *pins'],
  ),

  kernel(
    'void unpin_pages(struct page_array *pages, size_t npages)',
    'mm/gup.c',
    [
      when('!npages', [ret()]),
      set('pins', 'pages->pins'),
      when('!pins || pins->count < npages', [
        report('refcount-underflow', 'more pages are given back than are held'),
        ret(),
      ]),
      set('pins->count', 'pins->count - npages'),
      when('!pins->count', [set('pages->pins', 'NULL'), free('pins')]),
    ],
    ['struct page_pins *pins'],
  ),

  kernel('void unpin_user_pages(struct page_array *pages, size_t npages)', 'mm/gup.c', [
    run('unpin_pages(pages, npages)'),
  ]),

  kernel(
    'int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, int prot)',
    'mm/memory.c',
    [choose('remap_pfn_range', [outcome('success'), fault('-ENOMEM', [ret('-ENOMEM')])]), ret('0')],
  ),
];
