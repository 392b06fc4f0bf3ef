import { choose, fault, fn, outcome, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';

const file = 'lib/scatterlist.c';

/** A table with one entry, which stands for all. */
function fill(table: string): Statement[] {
  return [
    run(`@alloc(&${table}->state)`),
    set(`${table}->sgl`, `&${table}->first`),
    set(`${table}->first.page_link`, 'NULL'),
    set(`${table}->first.offset`, '0'),
    set(`${table}->first.length`, '0'),
    set(`${table}->nents`, '1'),
    set(`${table}->orig_nents`, '1'),
  ];
}

/** Scatter tables. */
export const scatterlistFunctions: readonly FunctionDefinition[] = [
  fn(
    'int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp_mask)',
    { file, origin: 'kernel', atomic: { shared: ['table'] } },
    [
      set('table->sgl', 'NULL'),
      set('table->nents', '0'),
      set('table->orig_nents', '0'),
      when('!nents', [ret('-EINVAL')]),
      when('gfp_mask & __GFP_DIRECT_RECLAIM', [run('might_sleep()')]),
      choose('sg_alloc_table', [outcome('success', fill('table')), fault('-ENOMEM', [ret('-ENOMEM')])]),
      ret('0'),
    ],
  ),
  /** On failure the caller's table is not touched. */
  fn(
    'int sg_alloc_table_from_pages(struct sg_table *sgt, struct page **pages, unsigned int n_pages, unsigned int offset, unsigned long size, gfp_t gfp_mask)',
    { file, origin: 'kernel', atomic: { shared: ['sgt'] } },
    [
      when('gfp_mask & __GFP_DIRECT_RECLAIM', [run('might_sleep()')]),
      choose('sg_alloc_table_from_pages', [outcome('success', fill('sgt')), fault('-ENOMEM', [ret('-ENOMEM')])]),
      ret('0'),
    ],
  ),
  /** A table that is zeroed, or was freed before, is harmless. */
  fn('void sg_free_table(struct sg_table *table)', { file, origin: 'kernel', atomic: { shared: ['table'] } }, [
    when('!table->sgl', [ret()]),
    run('@free(&table->state)'),
    set('table->sgl', 'NULL'),
  ]),
  /** A table has one entry, which stands for all. */
  fn('struct scatterlist *sg_next(struct scatterlist *sg)', { file, origin: 'kernel', atomic: { shared: [] } }, [
    ret('NULL'),
  ]),
  fn(
    'struct page *sg_page(struct scatterlist *sg)',
    { file: 'include/linux/scatterlist.h', origin: 'kernel', atomic: { shared: ['sg'] } },
    [ret('sg->page_link')],
  ),
  fn(
    'void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len, unsigned int offset)',
    { file: 'include/linux/scatterlist.h', origin: 'kernel', atomic: { shared: ['sg'] } },
    [set('sg->page_link', 'page'), set('sg->offset', 'offset'), set('sg->length', 'len')],
  ),
];
