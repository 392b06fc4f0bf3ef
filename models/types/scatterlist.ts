import { struct } from './structType.js';

/** Scatter tables; a table has one entry, which stands for all of them. */
export const scatterlistTypes = [
  struct('sg_table', 'include/linux/scatterlist.h, v6.12', {
    state: 'struct sg_table_state',
    map: 'struct dma_mapping',
    /** `&first` while the table is allocated, else NULL. */
    sgl: 'struct scatterlist *',
    nents: 'unsigned int',
    orig_nents: 'unsigned int',
    first: 'struct scatterlist',
  }),
  struct('scatterlist', 'include/linux/scatterlist.h, v6.12', {
    page_link: 'struct page *',
    offset: 'unsigned int',
    length: 'unsigned int',
  }),
];
