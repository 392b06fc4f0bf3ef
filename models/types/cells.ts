import { struct } from './structType.js';

/**
 * Struct types that are nothing but a lifecycle cell: their state and behaviour are the machine of the same C type in
 * `models/lifecycles/`. The first four are the kernel's own types, the others stand for the part of a kernel object that has
 * a life (one id of an IDR, one slot of an fd table).
 */
export const cellTypes = [
  struct('refcount_t', 'include/linux/refcount.h, v6.12', {}),
  struct('mutex', 'include/linux/mutex.h, v6.12', {}),
  struct('spinlock_t', 'include/linux/spinlock_types.h, v6.12', {}),
  struct('completion', 'include/linux/completion.h, v6.12', {}),
  struct('idr_slot', 'lib/idr.c, v6.12', {}),
  struct('fd_slot', 'fs/file.c, v6.12', {}),
  struct('file_count', 'include/linux/fs.h, v6.12', {}),
  struct('module_ref', 'kernel/module/main.c, v6.12', {}),
  struct('sg_table_state', 'lib/scatterlist.c, v6.12', {}),
  struct('dma_mapping', 'kernel/dma/mapping.c, v6.12', {}),
  struct('gen_pool_state', 'lib/genalloc.c, v6.12', {}),
  struct('backing_memory', 'include/linux/tee_core.h, v6.12', {}),
];
