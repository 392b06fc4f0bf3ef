import type { Property } from './property.js';

export const refusingOperation: Property = {
  id: 'refusing-operation',
  severity: 'note',
  group: 'interface',
  title: 'an optional operation does more than refuse',
  why:
    'The subsystem answers for an operation that is absent, and tools can see that it is. One that only ever returns ' +
    'an error hides that, and changes which error callers see.',
  source:
    'drivers/dma-buf/dma-buf.c, dma_buf_mmap_internal, dma_buf_begin_cpu_access; include/linux/dma-buf.h, struct dma_buf_ops; v6.12',
  exercisedBy: [{ kind: 'always' }],
};
