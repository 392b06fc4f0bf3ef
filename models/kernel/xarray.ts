import { choose, fault, fn, loop, outcome, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';

const array = { file: 'lib/xarray.c', origin: 'kernel', atomic: { shared: ['xa'] } } as const;
const ids = { file: 'lib/idr.c', origin: 'kernel', atomic: { shared: ['ida'] } } as const;

const mayAllocate = (flags: string) => when(`${flags} & __GFP_DIRECT_RECLAIM`, [run('might_sleep()')]);
const inRange = (index: string) => when(`${index} >= IDS`, [run('__capacity_exhausted()')]);

/** Takes the lowest free slot from `start` on; `found` is what happens to it. */
function search(cell: string, start: string, last: string, found: readonly Statement[]): readonly Statement[] {
  return [
    set('id', start),
    loop('id < IDS', [
      when(`id > ${last}`, [ret(cell.startsWith('ida') ? '-ENOSPC' : '-EBUSY')]),
      when(`@isFree(&${cell})`, found),
      set('id', 'id + 1'),
    ]),
    run('__capacity_exhausted()'),
    ret('-ENOSPC'),
  ];
}

function idaAlloc(prototype: string, start: string, last: string): FunctionDefinition {
  return fn(prototype, { ...ids, locals: ['int id'] }, [
    mayAllocate('gfp'),
    choose('ida_alloc', [outcome('success'), fault('-ENOMEM', [ret('-ENOMEM')])]),
    ...search('ida->slot[id]', start, last, [run('@alloc(&ida->slot[id])'), ret('id')]),
  ]);
}

/**
 * XArrays, as arrays of id slots, and id allocators. They lock themselves, so that each call is one step; lookups are RCU's, and
 * say nothing about the life of what they find.
 *
 * A `struct xa_limit`, which C passes by value, is one number here.
 */
export const xarrayFunctions: readonly FunctionDefinition[] = [
  fn('void xa_init_flags(struct xarray *xa, gfp_t flags)', { ...array, file: 'include/linux/xarray.h' }, [
    set('xa->first', '!!(flags & XA_FLAGS_ZERO_BUSY)'),
  ]),
  fn('void xa_init(struct xarray *xa)', { ...array, file: 'include/linux/xarray.h' }, [set('xa->first', '0')]),
  fn('int XA_LIMIT(u32 _min, u32 _max)', { file: 'include/linux/xarray.h', origin: 'kernel', atomic: { shared: [] } }, [
    when('_max >= XA_LIMIT_BASE', [ret('_min * XA_LIMIT_BASE + XA_LIMIT_BASE - 1')]),
    ret('_min * XA_LIMIT_BASE + _max'),
  ]),
  fn(
    'int xa_alloc(struct xarray *xa, u32 *id, void *entry, int limit, gfp_t gfp)',
    {
      file: 'include/linux/xarray.h',
      origin: 'kernel',
      locals: ['int index'],
    },
    [
      mayAllocate('gfp'),
      set('index', '__xa_take(xa, entry, limit / XA_LIMIT_BASE, limit & (XA_LIMIT_BASE - 1))'),
      when('index < 0', [ret('index')]),
      set('*id', 'index'),
      ret('0'),
    ],
  ),
  fn('int __xa_take(struct xarray *xa, void *entry, int min, int max)', { ...array, locals: ['int id'] }, [
    choose('xa_alloc', [outcome('success'), fault('-ENOMEM|-EBUSY', [ret('-ENOMEM')])]),
    when('min < xa->first', [set('min', 'xa->first')]),
    ...search('xa->slot[id].cell', 'min', 'max', [
      when('entry', [run('@allocObject(&xa->slot[id].cell)')], [run('@alloc(&xa->slot[id].cell)')]),
      set('xa->slot[id].ptr', 'entry', 'marked'),
      ret('id'),
    ]),
  ]),
  fn('void *xa_load(struct xarray *xa, unsigned long index)', { ...array, locals: ['void *entry'] }, [
    when('index >= IDS', [ret('NULL')]),
    set('entry', 'xa->slot[index].ptr', 'marked'),
    ret('entry'),
  ]),
  /** The old entry, or an error: `xa_err()` tells them apart. */
  fn(
    'void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)',
    { ...array, locals: ['void *old'] },
    [
      mayAllocate('gfp'),
      when('!entry', [ret('xa_erase(xa, index)')]),
      choose('xa_store', [outcome('success'), fault('-ENOMEM', [ret('-ENOMEM')])]),
      inRange('index'),
      when(
        '@isFree(&xa->slot[index].cell)',
        [run('@allocObject(&xa->slot[index].cell)')],
        [run('@replace(&xa->slot[index].cell)')],
      ),
      set('old', 'xa->slot[index].ptr', 'marked'),
      set('xa->slot[index].ptr', 'entry', 'marked'),
      ret('old'),
    ],
  ),
  fn(
    'int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)',
    { ...array, file: 'include/linux/xarray.h' },
    [
      mayAllocate('gfp'),
      choose('xa_insert', [outcome('success'), fault('-ENOMEM', [ret('-ENOMEM')])]),
      inRange('index'),
      when('!@isFree(&xa->slot[index].cell)', [ret('-EBUSY')]),
      when('entry', [run('@allocObject(&xa->slot[index].cell)')], [run('@alloc(&xa->slot[index].cell)')]),
      set('xa->slot[index].ptr', 'entry', 'marked'),
      ret('0'),
    ],
  ),
  /** Of an index that is absent: nothing. */
  fn('void *xa_erase(struct xarray *xa, unsigned long index)', { ...array, locals: ['void *old'] }, [
    when('index >= IDS', [ret('NULL')]),
    when('@isFree(&xa->slot[index].cell)', [ret('NULL')]),
    run('@remove(&xa->slot[index].cell)'),
    set('old', 'xa->slot[index].ptr', 'marked'),
    set('xa->slot[index].ptr', 'NULL', 'marked'),
    ret('old'),
  ]),
  fn('bool xa_empty(const struct xarray *xa)', { ...array, file: 'include/linux/xarray.h', locals: ['int index'] }, [
    set('index', '0'),
    loop('index < IDS', [when('!@isFree(&xa->slot[index].cell)', [ret('false')]), set('index', 'index + 1')]),
    ret('true'),
  ]),
  /** Forgets every entry, not what the entries stand for. */
  fn('void xa_destroy(struct xarray *xa)', { ...array, locals: ['int index'] }, [
    set('index', '0'),
    loop('index < IDS', [
      when('!@isFree(&xa->slot[index].cell)', [
        run('@remove(&xa->slot[index].cell)'),
        set('xa->slot[index].ptr', 'NULL', 'marked'),
      ]),
      set('index', 'index + 1'),
    ]),
  ]),
  fn('bool xa_is_err(const void *entry)', { ...array, file: 'include/linux/xarray.h', atomic: { shared: [] } }, [
    ret('IS_ERR(entry)'),
  ]),
  fn('int xa_err(void *entry)', { ...array, file: 'include/linux/xarray.h', atomic: { shared: [] } }, [
    when('IS_ERR(entry)', [ret('entry')]),
    ret('0'),
  ]),

  fn('void ida_init(struct ida *ida)', { ...ids, file: 'include/linux/idr.h' }, []),
  idaAlloc('int ida_alloc(struct ida *ida, gfp_t gfp)', '0', 'IDS'),
  idaAlloc('int ida_alloc_min(struct ida *ida, unsigned int min, gfp_t gfp)', 'min', 'IDS'),
  idaAlloc('int ida_alloc_max(struct ida *ida, unsigned int max, gfp_t gfp)', '0', 'max'),
  idaAlloc('int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)', 'min', 'max'),
  fn('void ida_free(struct ida *ida, unsigned int id)', ids, [
    when('id >= IDS', [report('id-not-reserved', 'ida_free() of an id that was never given'), ret()]),
    run('@remove(&ida->slot[id])'),
  ]),
  /** All ids at once; it is no mistake if some are in use. */
  fn('void ida_destroy(struct ida *ida)', { ...ids, locals: ['int id'] }, [
    set('id', '0'),
    loop('id < IDS', [when('!@isFree(&ida->slot[id])', [run('@remove(&ida->slot[id])')]), set('id', 'id + 1')]),
  ]),
];
