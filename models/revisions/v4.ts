import { at, fn, goTo, label, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import { defineDmaBufExportInfo } from '../kernel/dmaBuf.js';
import { kzalloc } from '../kernel/slab.js';
import { copyFromUser, putUser } from '../kernel/uaccess.js';
import { restrictedFunctions, restrictedPoolFunctions, restrictedTables } from '../tee/environment.js';
import { teeIoctl } from '../tee/ioctl.js';
import { rstmemAllocData } from '../tee/types.js';
import type { OpsTable } from '../types/opsTable.js';
import { structType } from '../types/index.js';
import { struct } from '../types/structType.js';
import type { StructType } from '../types/structType.js';
import type { Revision } from './revision.js';

const core = 'drivers/tee/tee_core.c';
const rstmem = 'drivers/tee/tee_rstmem.c';
const shmFile = 'drivers/tee/tee_shm.c';
const poolFile = 'drivers/tee/tee_shm_pool.c';

/** A function of the patch; lines are those of the patched file. */
function patched(prototype: string, file: string, locals: readonly string[], body: readonly Statement[]) {
  return fn(prototype, { file, locals, patched: true }, body);
}

/** The command: drivers/tee/tee_core.c of the patched tree. */
const tee_ioctl_rstmem_alloc = patched(
  'int tee_ioctl_rstmem_alloc(struct tee_context *ctx, struct tee_ioctl_rstmem_alloc_data *udata)',
  core,
  ['struct tee_ioctl_rstmem_alloc_data data', 'struct dma_buf *dmabuf', 'int id', 'int fd'],
  [
    at(828, copyFromUser('data', 'udata', ['size', 'flags', 'use_case', 'id'], [at(829, ret('-EFAULT'))])),
    at(831, when('data.use_case == TEE_IOC_UC_RESERVED', [at(832, ret('-EINVAL'))])),
    at(834, set('dmabuf', 'tee_rstmem_alloc(ctx, data.flags, data.use_case, data.size, &id)')),
    at(836, when('IS_ERR(dmabuf)', [at(837, ret('PTR_ERR(dmabuf)'))])),
    at(838, putUser('udata->id', 'id', [at(839, set('fd', '-EFAULT')), at(840, goTo('err'))])),
    at(842, set('fd', 'dma_buf_fd(dmabuf, O_CLOEXEC)')),
    at(843, when('fd < 0', [at(844, goTo('err'))])),
    at(845, ret('fd')),
    label('err'),
    at(847, run('dma_buf_put(dmabuf)')),
    at(848, ret('fd')),
  ],
);

/** The dma-buf operations and the allocation: drivers/tee/tee_rstmem.c, a new file. */
const rstmemFunctions: readonly FunctionDefinition[] = [
  patched(
    'int rstmem_dma_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)',
    rstmem,
    ['struct tee_shm *shm', 'struct tee_rstmem_attachment *a', 'int rc'],
    [
      at(21, set('shm', 'dmabuf->priv')),
      at(25, kzalloc('a', 'tee_rstmem_attachment')),
      at(26, when('!a', [at(27, ret('-ENOMEM'))])),
      at(
        29,
        when(
          'shm->pages',
          [
            at(
              30,
              set(
                'rc',
                'sg_alloc_table_from_pages(&a->table, shm->pages, shm->num_pages, 0, shm->num_pages * PAGE_SIZE, GFP_KERNEL)',
              ),
            ),
            at(34, when('rc', [at(35, goTo('err'))])),
          ],
          [
            at(37, set('rc', 'sg_alloc_table(&a->table, 1, GFP_KERNEL)')),
            at(38, when('rc', [at(39, goTo('err'))])),
            at(40, run('sg_set_page(a->table.sgl, phys_to_page(shm->paddr), shm->size, 0)')),
          ],
        ),
      ),
      at(44, set('a->dev', 'attachment->dev')),
      at(45, set('attachment->priv', 'a')),
      at(47, ret('0')),
      label('err'),
      at(49, run('kfree(a)')),
      at(50, ret('rc')),
    ],
  ),

  patched(
    'void rstmem_dma_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)',
    rstmem,
    ['struct tee_rstmem_attachment *a'],
    [
      at(56, set('a', 'attachment->priv')),
      at(58, run('sg_free_table(&a->table)')),
      at(59, run('kfree(a)')),
      at(60, ret()),
    ],
  ),

  patched(
    'struct sg_table *rstmem_dma_map_dma_buf(struct dma_buf_attachment *attachment, enum dma_data_direction direction)',
    rstmem,
    ['struct tee_rstmem_attachment *a', 'int ret'],
    [
      at(66, set('a', 'attachment->priv')),
      at(69, set('ret', 'dma_map_sgtable(attachment->dev, &a->table, direction, DMA_ATTR_SKIP_CPU_SYNC)')),
      at(71, when('ret', [at(72, ret('ERR_PTR(ret)'))])),
      at(74, ret('&a->table')),
    ],
  ),

  patched(
    'void rstmem_dma_unmap_dma_buf(struct dma_buf_attachment *attachment, struct sg_table *table, enum dma_data_direction direction)',
    rstmem,
    ['struct tee_rstmem_attachment *a'],
    [
      at(81, set('a', 'attachment->priv')),
      at(83, run('WARN_ON(&a->table != table)')),
      at(85, run('dma_unmap_sgtable(attachment->dev, table, direction, DMA_ATTR_SKIP_CPU_SYNC)')),
      at(87, ret()),
    ],
  ),

  patched(
    'int rstmem_dma_buf_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)',
    rstmem,
    [],
    [at(92, ret('-EPERM'))],
  ),

  patched(
    'int rstmem_dma_buf_end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)',
    rstmem,
    [],
    [at(98, ret('-EPERM'))],
  ),

  patched(
    'int rstmem_dma_buf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)',
    rstmem,
    [],
    [at(104, ret('-EPERM'))],
  ),

  patched(
    'void rstmem_dma_buf_free(struct dma_buf *dmabuf)',
    rstmem,
    ['struct tee_shm *shm'],
    [at(109, set('shm', 'dmabuf->priv')), at(111, run('tee_shm_put(shm)')), at(112, ret())],
  ),

  patched(
    'struct dma_buf *tee_rstmem_alloc(struct tee_context *ctx, u32 flags, u32 use_case, size_t size, int *shm_id)',
    rstmem,
    [
      'struct tee_device *teedev',
      'struct dma_buf_export_info exp_info',
      'struct dma_buf *dmabuf',
      'struct tee_shm *shm',
      'void *ret',
      'int rc',
    ],
    [
      at(128, set('teedev', 'ctx->teedev')),
      at(129, ...defineDmaBufExportInfo('exp_info', '&tee_module')),
      at(135, when('!tee_device_get(teedev)', [at(136, ret('ERR_PTR(-EINVAL)'))])),
      at(
        138,
        when('!teedev->desc->ops->rstmem_alloc || !teedev->desc->ops->rstmem_free', [
          at(140, set('dmabuf', 'ERR_PTR(-EINVAL)')),
          at(141, goTo('err')),
        ]),
      ),
      at(144, kzalloc('shm', 'tee_shm')),
      at(145, when('!shm', [at(146, set('dmabuf', 'ERR_PTR(-ENOMEM)')), at(147, goTo('err'))])),
      at(150, run('refcount_set(&shm->refcount, 1)')),
      at(151, set('shm->flags', 'TEE_SHM_RESTRICTED')),
      at(152, set('shm->use_case', 'use_case')),
      at(153, set('shm->ctx', 'ctx')),
      at(155, run('mutex_lock(&teedev->mutex)')),
      at(156, set('shm->id', 'idr_alloc(&teedev->idr, NULL, 1, 0, GFP_KERNEL)')),
      at(157, run('mutex_unlock(&teedev->mutex)')),
      at(158, when('shm->id < 0', [at(159, set('dmabuf', 'ERR_PTR(shm->id)')), at(160, goTo('err_kfree'))])),
      at(163, set('rc', 'teedev->desc->ops->rstmem_alloc(ctx, shm, flags, use_case, size)')),
      at(164, when('rc', [at(165, set('dmabuf', 'ERR_PTR(rc)')), at(166, goTo('err_idr_remove'))])),
      at(169, run('mutex_lock(&teedev->mutex)')),
      at(170, set('ret', 'idr_replace(&teedev->idr, shm, shm->id)')),
      at(171, run('mutex_unlock(&teedev->mutex)')),
      at(172, when('IS_ERR(ret)', [at(173, set('dmabuf', 'ret')), at(174, goTo('err_rstmem_free'))])),
      at(176, run('teedev_ctx_get(ctx)')),
      at(178, set('exp_info.ops', '&rstmem_generic_buf_ops')),
      at(179, set('exp_info.size', 'shm->size')),
      at(180, set('exp_info.priv', 'shm')),
      at(181, set('dmabuf', 'dma_buf_export(&exp_info)')),
      at(182, when('IS_ERR(dmabuf)', [at(183, run('tee_shm_put(shm)')), at(184, ret('dmabuf'))])),
      at(187, set('*shm_id', 'shm->id')),
      at(188, ret('dmabuf')),
      label('err_rstmem_free'),
      at(191, run('teedev->desc->ops->rstmem_free(ctx, shm)')),
      label('err_idr_remove'),
      at(193, run('mutex_lock(&teedev->mutex)')),
      at(194, run('idr_remove(&teedev->idr, shm->id)')),
      at(195, run('mutex_unlock(&teedev->mutex)')),
      label('err_kfree'),
      at(197, run('kfree(shm)')),
      label('err'),
      at(199, run('tee_device_put(teedev)')),
      at(200, ret('dmabuf')),
    ],
  ),
];

/** The base's function with the patch's branch in it: drivers/tee/tee_shm.c of the patched tree. */
const tee_shm_release = patched(
  'void tee_shm_release(struct tee_device *teedev, struct tee_shm *shm)',
  shmFile,
  ['int rc'],
  [
    when(
      'shm->flags & TEE_SHM_POOL',
      [run('teedev->pool->ops->free(teedev->pool, shm)')],
      [
        when(
          'shm->flags & TEE_SHM_DYNAMIC',
          [
            set('rc', 'teedev->desc->ops->shm_unregister(shm->ctx, shm)'),
            // The error is only printed, with the name of the parent.
            when('rc', [run('teedev->dev.parent')]),
            run('release_registered_pages(shm)'),
          ],
          [
            at(
              58,
              when('shm->flags & TEE_SHM_RESTRICTED', [at(59, run('teedev->desc->ops->rstmem_free(shm->ctx, shm)'))]),
            ),
          ],
        ),
      ],
    ),
    run('teedev_ctx_put(shm->ctx)'),
    run('kfree(shm)'),
    run('tee_device_put(teedev)'),
  ],
);

/** A pool of restricted memory on a carve-out: drivers/tee/tee_shm_pool.c of the patched tree. */
const poolFunctions: readonly FunctionDefinition[] = [
  patched(
    'int rstmem_pool_op_gen_alloc(struct tee_shm_pool *pool, struct tee_shm *shm, size_t size, size_t align)',
    poolFile,
    ['size_t sz', 'phys_addr_t pa'],
    [
      at(97, set('sz', 'ALIGN(size, PAGE_SIZE)')),
      at(100, set('pa', 'gen_pool_alloc(pool->private_data, sz)')),
      at(101, when('!pa', [at(102, ret('-ENOMEM'))])),
      at(104, set('shm->size', 'sz')),
      at(105, set('shm->paddr', 'pa')),
      at(107, ret('0')),
    ],
  ),

  patched(
    'void rstmem_pool_op_gen_free(struct tee_shm_pool *pool, struct tee_shm *shm)',
    poolFile,
    [],
    [
      at(113, run('gen_pool_free(pool->private_data, shm->paddr, shm->size)')),
      at(114, set('shm->paddr', '0')),
      at(115, ret()),
    ],
  ),

  patched(
    'struct tee_shm_pool *tee_rstmem_gen_pool_alloc(phys_addr_t paddr, size_t size)',
    poolFile,
    ['size_t page_mask', 'struct tee_shm_pool *pool', 'int rc'],
    [
      at(125, set('page_mask', 'PAGE_SIZE - 1')),
      at(130, when('(paddr | size) & page_mask', [at(131, ret('ERR_PTR(-EINVAL)'))])),
      at(133, kzalloc('pool', 'tee_shm_pool')),
      at(134, when('!pool', [at(135, ret('ERR_PTR(-ENOMEM)'))])),
      at(137, set('pool->private_data', 'gen_pool_create(PAGE_SHIFT, -1)')),
      at(138, when('!pool->private_data', [at(139, set('rc', '-ENOMEM')), at(140, goTo('err_free'))])),
      at(143, set('rc', 'gen_pool_add(pool->private_data, paddr, size, -1)')),
      at(144, when('rc', [at(145, goTo('err_free_pool'))])),
      at(147, set('pool->ops', '&rstmem_pool_ops_generic')),
      at(148, ret('pool')),
      label('err_free_pool'),
      at(151, run('gen_pool_destroy(pool->private_data)')),
      label('err_free'),
      at(153, run('kfree(pool)')),
      at(155, ret('ERR_PTR(rc)')),
    ],
  ),
];

/** Everything the patch adds or changes; the dispatcher and tee_shm_release are the base's with one branch more. */
export const v4Functions: readonly FunctionDefinition[] = [
  tee_ioctl_rstmem_alloc,
  teeIoctl([at(875, when('cmd == TEE_IOC_RSTMEM_ALLOC', [at(876, ret('tee_ioctl_rstmem_alloc(ctx, uarg)'))]))], true),
  ...rstmemFunctions,
  tee_shm_release,
  ...poolFunctions,
  ...restrictedFunctions,
  ...restrictedPoolFunctions,
];

/** The dma-buf operations of the patch. */
export const rstmemBufOps: OpsTable = {
  name: 'rstmem_generic_buf_ops',
  type: 'dma_buf_ops',
  fields: {
    attach: 'rstmem_dma_attach',
    detach: 'rstmem_dma_detach',
    map_dma_buf: 'rstmem_dma_map_dma_buf',
    unmap_dma_buf: 'rstmem_dma_unmap_dma_buf',
    begin_cpu_access: 'rstmem_dma_buf_begin_cpu_access',
    end_cpu_access: 'rstmem_dma_buf_end_cpu_access',
    mmap: 'rstmem_dma_buf_mmap',
    release: 'rstmem_dma_buf_free',
  },
  file: rstmem,
  patched: true,
};

/** Its tables, and the driver that uses what the patch adds. */
export const v4Tables: readonly OpsTable[] = [
  rstmemBufOps,
  {
    name: 'rstmem_pool_ops_generic',
    type: 'tee_shm_pool_ops',
    fields: {
      alloc: 'rstmem_pool_op_gen_alloc',
      free: 'rstmem_pool_op_gen_free',
      destroy_pool: 'pool_op_gen_destroy_pool',
    },
    file: poolFile,
    patched: true,
  },
  ...restrictedTables,
];

/** A struct of the base with the patch's fields, which it puts at the end: the order of fields matters nowhere. */
function extended(tag: string, source: string, fields: Readonly<Record<string, string>>): StructType {
  return { tag, source, fields: [...structType(tag)!.fields, ...struct(tag, source, fields).fields] };
}

/** The types it adds or changes. */
const v4Types: readonly StructType[] = [
  struct('tee_rstmem_attachment', `${rstmem}, v4`, { table: 'struct sg_table', dev: 'struct device *' }),
  rstmemAllocData,
  extended('tee_shm', 'include/linux/tee_drv.h, v4', { use_case: 'u32' }),
  extended('tee_driver_ops', 'include/linux/tee_core.h, v4', { rstmem_alloc: 'fn?', rstmem_free: 'fn?' }),
];

/** The first subject: an ioctl that allocates restricted memory and hands it out as a dma-buf. */
export const v4: Revision = {
  id: 'v4',
  title: 'tee: add restricted memory allocation, v4',
  base: 'v6.12',
  kernel: '6.12.117',
  source:
    '[PATCH v4 1/6] tee: add restricted memory allocation, Jens Wiklander, 17 Dec 2024; posted on 6.13-rc (fac04efc5c79)',
  omits: [
    'Widths of integers: padding of the uAPI struct, its size on 32-bit ABIs, sizes cut to 32 bits.',
    'Whether a physical address has a struct page (phys_to_page).',
    'Known, not checked: a client that goes on allocating keeps unregister waiting for ever (with any number of calls).',
    'Known, not checked: a dma-buf kept in another process keeps the TEE context and its sessions open.',
    'Known, not checked: the dma-buf pins tee.ko only; the module of the driver can begin to unload and then waits in unregister.',
    'MODULE_IMPORT_NS, the Makefile, and the definition of TEE_GEN_CAP_RSTMEM, which the patch does not use.',
  ],
  functions: v4Functions,
  tables: v4Tables,
  types: v4Types,
  subsystem: 'tee',
};
