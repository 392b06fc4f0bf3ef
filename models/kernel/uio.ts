import { fn, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const header = { file: 'include/linux/uio.h', origin: 'kernel' } as const;
const library = { file: 'lib/iov_iter.c', origin: 'kernel' } as const;
/** Where in its page the buffer begins. */
const offset = 'iter->addr & (PAGE_SIZE - 1)';

/** Iterators over one buffer, of user space or of the kernel. They are locals of their users, so nothing here is shared. */
export const iteratorFunctions: readonly FunctionDefinition[] = [
  fn('void iov_iter_ubuf(struct iov_iter *iter, unsigned int direction, void *buf, size_t count)', header, [
    set('iter->is_kvec', 'false'),
    set('iter->addr', 'buf'),
    set('iter->count', 'count'),
  ]),
  fn('int import_ubuf(int rw, void *buf, size_t len, struct iov_iter *i)', { ...library, sleeps: true }, [
    when('!access_ok(buf, len)', [ret('-EFAULT')]),
    run('iov_iter_ubuf(i, rw, buf, len)'),
    ret('0'),
  ]),
  fn(
    'void iov_iter_kvec(struct iov_iter *iter, unsigned int direction, const struct kvec *kvec, unsigned long nr_segs, size_t count)',
    library,
    [
      when('nr_segs > 1', [run('__capacity_exhausted()')]),
      set('iter->is_kvec', 'true'),
      set('iter->addr', 'kvec->iov_base'),
      set('iter->count', 'count'),
    ],
  ),
  fn('bool iov_iter_is_kvec(const struct iov_iter *iter)', header, [ret('iter->is_kvec')]),
  fn('bool user_backed_iter(const struct iov_iter *iter)', header, [ret('!iter->is_kvec')]),
  fn('size_t iov_iter_count(const struct iov_iter *iter)', header, [ret('iter->count')]),
  fn('void *iter_iov_addr(const struct iov_iter *iter)', header, [ret('iter->addr')]),
  fn('int iov_iter_npages(const struct iov_iter *iter, int maxpages)', { ...library, locals: ['int npages'] }, [
    when('!iter->count', [ret('0')]),
    set('npages', `DIV_ROUND_UP((${offset}) + iter->count, PAGE_SIZE)`),
    when('npages > maxpages', [ret('maxpages')]),
    ret('npages'),
  ]),
  /**
   * The caller brings the array. Pages of user memory are pinned, all or the first ones; those of the kernel are only looked up,
   * which cannot fail for one segment. What is returned are bytes.
   */
  fn(
    'ssize_t iov_iter_extract_pages(struct iov_iter *iter, struct page ***pages, size_t maxsize, unsigned int maxpages, unsigned int extraction_flags, size_t *offset0)',
    { ...library, sleeps: true, locals: ['size_t offset', 'size_t size', 'int npages'] },
    [
      set('size', 'iter->count'),
      when('size > maxsize', [set('size', 'maxsize')]),
      when('!size', [ret('0')]),
      set('offset', offset),
      set('*offset0', 'offset'),
      set('npages', 'DIV_ROUND_UP(offset + size, PAGE_SIZE)'),
      when('npages > maxpages', [set('npages', 'maxpages')]),
      when(
        'iter->is_kvec',
        [run('__list_kernel_pages(*pages, npages)')],
        [
          set('npages', 'pin_user_pages_fast(iter->addr - offset, npages, 0, *pages)'),
          when('npages <= 0', [ret('npages')]),
        ],
      ),
      when('size > npages * PAGE_SIZE - offset', [set('size', 'npages * PAGE_SIZE - offset')]),
      set('iter->addr', 'iter->addr + size'),
      set('iter->count', 'iter->count - size'),
      ret('size'),
    ],
  ),
];
