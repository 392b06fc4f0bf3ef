import { choose, fault, fn, loop, outcome, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'lib/idr.c';
const options = { file, origin: 'kernel', atomic: { shared: ['idr'] } } as const;

/** Every modifier writes the tree: two at once, without a common lock, are a data race. */
const modify = set('idr->nodes', '0');

/**
 * IDRs: the id is the index of the slot, the lowest free one is taken first. A reserved slot (`idr_alloc` of NULL) is found as
 * absent, but is not free. Callers exclude modifiers; `idr_find` may run beside them (RCU), so pointers are marked accesses.
 */
export const idrFunctions: readonly FunctionDefinition[] = [
  fn('void idr_init(struct idr *idr)', { ...options, file: 'include/linux/idr.h' }, [modify]),
  fn('int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)', { ...options, locals: ['int id'] }, [
    when('start < 0', [report('kernel-warning', 'idr_alloc() with a negative start'), ret('-EINVAL')]),
    when('gfp & __GFP_DIRECT_RECLAIM', [run('might_sleep()')]),
    choose('idr_alloc', [outcome('success'), fault('-ENOMEM|-ENOSPC', [ret('-ENOMEM')])]),
    set('id', 'start'),
    loop('id < IDS', [
      when('end > 0 && id >= end', [ret('-ENOSPC')]),
      when('@isFree(&idr->slot[id].cell)', [
        modify,
        when('ptr', [run('@allocObject(&idr->slot[id].cell)')], [run('@alloc(&idr->slot[id].cell)')]),
        set('idr->slot[id].ptr', 'ptr', 'marked'),
        ret('id'),
      ]),
      set('id', 'id + 1'),
    ]),
    run('__capacity_exhausted()'),
    ret('-ENOSPC'),
  ]),
  fn('void *idr_find(const struct idr *idr, unsigned long id)', { ...options, locals: ['void *ptr'] }, [
    when('id < 0 || id >= IDS', [ret('NULL')]),
    run('@find(&idr->slot[id].cell)'),
    set('ptr', 'idr->slot[id].ptr', 'marked'),
    ret('ptr'),
  ]),
  fn(
    'void *idr_replace(struct idr *idr, void *ptr, unsigned long id)',
    { ...options, locals: ['void *old', 'int free'] },
    [
      when('id < 0 || id >= IDS', [
        report('id-not-reserved', 'idr_replace() of an id that was never given'),
        ret('-ENOENT'),
      ]),
      modify,
      set('free', '@isFree(&idr->slot[id].cell)'),
      when('ptr', [run('@replace(&idr->slot[id].cell)')], [run('@replaceNull(&idr->slot[id].cell)')]),
      when('free', [ret('-ENOENT')]),
      set('old', 'idr->slot[id].ptr', 'marked'),
      set('idr->slot[id].ptr', 'ptr', 'marked'),
      ret('old'),
    ],
  ),
  fn('void *idr_remove(struct idr *idr, unsigned long id)', { ...options, locals: ['void *old'] }, [
    when('id < 0 || id >= IDS', [report('id-not-reserved', 'idr_remove() of an id that was never given'), ret('NULL')]),
    modify,
    run('@remove(&idr->slot[id].cell)'),
    set('old', 'idr->slot[id].ptr', 'marked'),
    set('idr->slot[id].ptr', 'NULL', 'marked'),
    ret('old'),
  ]),
  /** The entry with the lowest id from `*nextid` on, and its id; what idr_for_each_entry() calls. */
  fn('void *idr_get_next(struct idr *idr, int *nextid)', { file, origin: 'kernel', locals: ['int id', 'void *ptr'] }, [
    set('id', '*nextid'),
    loop('id < IDS', [
      set('ptr', 'idr_find(idr, id)'),
      when('ptr', [set('*nextid', 'id'), ret('ptr')]),
      set('id', 'id + 1'),
    ]),
    ret('NULL'),
  ]),
  fn('bool idr_is_empty(const struct idr *idr)', { ...options, file: 'include/linux/idr.h', locals: ['int id'] }, [
    set('id', '0'),
    loop('id < IDS', [when('!@isFree(&idr->slot[id].cell)', [ret('false')]), set('id', 'id + 1')]),
    ret('true'),
  ]),
  /** Frees the tree's nodes, not what the ids stand for: what is still published stays so, and is reported as leaked. */
  fn('void idr_destroy(struct idr *idr)', options, [modify]),
];
