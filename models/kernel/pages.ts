import { alloc, choose, fault, fn, free, loop, outcome, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const header = { file: 'include/linux/mm.h', origin: 'kernel' } as const;
const gup = { file: 'mm/gup.c', origin: 'kernel' } as const;
const allocator = { file: 'mm/page_alloc.c', origin: 'kernel' } as const;

/** `PAGES` bounds an array; a program that works on a longer one would leave it. */
const fits = (count: string) => when(`${count} > PAGES`, [run('__capacity_exhausted()')]);

/**
 * References on pages. A pin of user memory and a reference are the same count here.
 *
 * Each page of user memory that is pinned is an object of its own, also if it is pinned twice: what nobody gives back is a
 * leak. All kernel memory is one page, whose count is compared with the quiet state at the end of a run.
 */
export const pageFunctions: readonly FunctionDefinition[] = [
  fn('void get_page(struct page *page)', { ...header, atomic: { shared: ['page'] }, locals: ['int count'] }, [
    set('count', 'page->_refcount', 'atomic'),
    set('page->_refcount', 'count + 1', 'atomic'),
  ]),
  fn('void put_page(struct page *page)', { ...header, atomic: { shared: ['page'] }, locals: ['int count'] }, [
    set('count', 'page->_refcount', 'atomic'),
    when('count < 1', [report('refcount-underflow', 'a page is given back that nobody holds'), ret()]),
    set('page->_refcount', 'count - 1', 'atomic'),
    when('count == 1 && page != &kernel_page', [free('page')]),
  ]),

  /** 6.2 and later have it as a function of their own; before, only the kind of reference differed. */
  fn('void unpin_user_page(struct page *page)', { ...gup, atomic: { shared: ['page'] } }, [run('put_page(page)')]),
  fn('void unpin_user_pages(struct page **pages, unsigned long npages)', { ...gup, locals: ['unsigned long i'] }, [
    set('i', '0'),
    loop('i < npages', [run('unpin_user_page(pages[i])'), set('i', 'i + 1')]),
  ]),

  /** At least one page, or an error. */
  fn(
    'int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags, struct page **pages)',
    { ...gup, sleeps: true },
    [
      run('might_sleep()'),
      choose('pin_user_pages_fast', [
        outcome('all', [run('__pin_pages(pages, nr_pages)'), ret('nr_pages')]),
        fault('fewer', [
          when('nr_pages <= 1', [ret('-EFAULT')]),
          run('__pin_pages(pages, nr_pages - 1)'),
          ret('nr_pages - 1'),
        ]),
        fault('-EFAULT', [ret('-EFAULT')]),
      ]),
    ],
  ),
  fn('void __pin_pages(struct page_array *array, int npages)', { ...gup, locals: ['int i', 'struct page *page'] }, [
    fits('npages'),
    set('i', '0'),
    loop('i < npages', [
      alloc('page', 'page'),
      set('page->_refcount', '1', 'atomic'),
      set('array->page[i]', 'page'),
      set('i', 'i + 1'),
    ]),
  ]),
  /** The pages of kernel memory; it takes no references. */
  fn('void __list_kernel_pages(struct page_array *array, int npages)', { ...gup, locals: ['int i'] }, [
    fits('npages'),
    set('i', '0'),
    loop('i < npages', [set('array->page[i]', '&kernel_page'), set('i', 'i + 1')]),
  ]),

  fn('bool is_vmalloc_addr(const void *x)', { ...header, file: 'mm/vmalloc.c', atomic: { shared: [] } }, [
    choose('is_vmalloc_addr', [outcome('linear map', [ret('false')]), outcome('vmalloc', [ret('true')])]),
  ]),
  /** Without a reference. NULL for an address that nothing is mapped at, which is the caller's mistake. */
  fn(
    'struct page *vmalloc_to_page(const void *vmalloc_addr)',
    { ...header, file: 'mm/vmalloc.c', atomic: { shared: [] } },
    [choose('vmalloc_to_page', [outcome('mapped', [ret('&kernel_page')]), fault('NULL', [ret('NULL')])])],
  ),
  /** One page for each segment, with a reference (before 6.3). */
  fn(
    'int get_kernel_pages(const struct kvec *kiov, int nr_segs, int write, struct page **pages)',
    { ...header, file: 'mm/swap.c', locals: ['int seg'] },
    [
      run('__list_kernel_pages(pages, nr_segs)'),
      set('seg', '0'),
      loop('seg < nr_segs', [run('get_page(pages[seg])'), set('seg', 'seg + 1')]),
      ret('seg'),
    ],
  ),

  /** Pages that belong to whoever has their address; references on them are not counted. */
  fn(
    'struct page *alloc_pages(gfp_t gfp, unsigned int order)',
    { ...allocator, file: 'include/linux/gfp.h', atomic: { shared: [] }, locals: ['struct page_block *block'] },
    [
      when('gfp & __GFP_DIRECT_RECLAIM', [run('might_sleep()')]),
      choose('alloc_pages', [outcome('success', [alloc('block', 'page_block')]), fault('NULL', [ret('NULL')])]),
      ret('block'),
    ],
  ),
  fn('void __free_pages(struct page *page, unsigned int order)', { ...allocator, atomic: { shared: ['page'] } }, [
    free('page'),
  ]),
  fn(
    'void *alloc_pages_exact(size_t size, gfp_t gfp_mask)',
    { ...allocator, atomic: { shared: [] }, locals: ['struct page_block *block'] },
    [
      when('gfp_mask & __GFP_DIRECT_RECLAIM', [run('might_sleep()')]),
      choose('alloc_pages_exact', [outcome('success', [alloc('block', 'page_block')]), fault('NULL', [ret('NULL')])]),
      ret('block'),
    ],
  ),
  fn('void free_pages_exact(void *virt, size_t size)', { ...allocator, atomic: { shared: ['virt'] } }, [free('virt')]),

  /** A mapping of its own, whatever the pages are. */
  fn(
    'void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)',
    { ...header, file: 'mm/vmalloc.c', atomic: { shared: [] }, locals: ['struct page_block *mapping'] },
    [
      run('might_sleep()'),
      choose('vmap', [outcome('success', [alloc('mapping', 'page_block')]), fault('NULL', [ret('NULL')])]),
      ret('mapping'),
    ],
  ),
  fn('void vunmap(const void *addr)', { ...header, file: 'mm/vmalloc.c', atomic: { shared: ['addr'] } }, [
    run('might_sleep()'),
    when('addr', [free('addr')]),
  ]),
  fn('unsigned long vma_pages(const struct vm_area_struct *vma)', { ...header, atomic: { shared: ['vma'] } }, [
    ret('(vma->vm_end - vma->vm_start) >> PAGE_SHIFT'),
  ]),
  fn(
    'int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, int prot)',
    { ...header, file: 'mm/memory.c' },
    [choose('remap_pfn_range', [outcome('success'), fault('-ENOMEM', [ret('-ENOMEM')])]), ret('0')],
  ),
];
