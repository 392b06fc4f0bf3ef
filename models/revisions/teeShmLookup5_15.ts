import { fn, goTo, label, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import { kcalloc, kzalloc } from '../kernel/slab.js';
import { contextFunctions } from '../tee/context.js';
import { struct } from '../types/structType.js';
import {
  dmaBufCallbacks,
  dmaBufReferences,
  dmaBufShmConstants,
  dmaBufShmOps,
  exportDmaBuf,
  getFdAfterReference,
  releaseMemory,
  shmAllocCommand,
  shmRegisterCommand,
  unchangedFunctions,
  unchangedTables,
  underMutex,
} from './dmaBufShm.js';
import type { Revision } from './revision.js';
import { teeCloseContext5_16 } from './teeCloseContext5_16.js';

const file = 'drivers/tee/tee_shm.c';

/** What an object's references are: those of a dma-buf, or a count of its own. */
type References = 'dma-buf' | 'count';

/** Publishes the finished object under a new id. */
const publish: readonly Statement[] = underMutex(set('shm->id', 'idr_alloc(&teedev->idr, shm, 1, 0, GFP_KERNEL)'));

/** Takes the object away from its id. */
const unpublish: readonly Statement[] = underMutex(run('idr_remove(&teedev->idr, shm->id)'));

/** tee_shm_release(): without the id, if that was taken away together with the last reference. */
export function teeShmRelease(first: readonly Statement[]): FunctionDefinition {
  return fn('void tee_shm_release(struct tee_device *teedev, struct tee_shm *shm)', { file, locals: ['int rc'] }, [
    ...first,
    ...releaseMemory([
      when('shm->flags & TEE_SHM_REGISTER', [
        set('rc', 'teedev->desc->ops->shm_unregister(shm->ctx, shm)'),
        // The error is only printed, with the name of the parent.
        when('rc', [run('teedev->dev.parent')]),
        run('release_registered_pages(shm)'),
      ]),
    ]),
    run('teedev_ctx_put(shm->ctx)'),
    run('kfree(shm)'),
    run('tee_device_put(teedev)'),
  ]);
}

/** tee_shm_alloc(): memory from the driver's pool. */
export function teeShmAlloc(references: References): FunctionDefinition {
  const counts = references === 'count';
  return fn(
    'struct tee_shm *tee_shm_alloc(struct tee_context *ctx, size_t size, u32 flags)',
    {
      file,
      locals: [
        'struct tee_device *teedev',
        'struct tee_shm *shm',
        ...(counts ? [] : ['struct dma_buf_export_info exp_info']),
        'void *ret',
        'int rc',
      ],
    },
    [
      set('teedev', 'ctx->teedev'),
      when('!(flags & TEE_SHM_MAPPED)', [ret('ERR_PTR(-EINVAL)')]),
      when('flags & ~(TEE_SHM_MAPPED | TEE_SHM_DMA_BUF)', [ret('ERR_PTR(-EINVAL)')]),
      when('!tee_device_get(teedev)', [ret('ERR_PTR(-EINVAL)')]),
      when('!teedev->pool', [set('ret', 'ERR_PTR(-EINVAL)'), goTo('err_dev_put')]),
      kzalloc('shm', 'tee_shm'),
      when('!shm', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err_dev_put')]),
      ...(counts ? [run('refcount_set(&shm->refcount, 1)')] : []),
      set('shm->flags', 'flags | TEE_SHM_POOL'),
      set('shm->ctx', 'ctx'),
      set('rc', 'teedev->pool->ops->alloc(teedev->pool, shm, size, PAGE_SIZE)'),
      when('rc', [set('ret', 'ERR_PTR(rc)'), goTo('err_kfree')]),
      when('flags & TEE_SHM_DMA_BUF', [
        ...publish,
        when('shm->id < 0', [set('ret', 'ERR_PTR(shm->id)'), goTo('err_pool_free')]),
        ...(counts ? [] : exportDmaBuf([goTo('err_rem')])),
      ]),
      run('teedev_ctx_get(ctx)'),
      ret('shm'),
      ...(counts ? [] : [label('err_rem'), when('flags & TEE_SHM_DMA_BUF', unpublish)]),
      label('err_pool_free'),
      run('teedev->pool->ops->free(teedev->pool, shm)'),
      label('err_kfree'),
      run('kfree(shm)'),
      label('err_dev_put'),
      run('tee_device_put(teedev)'),
      ret('ret'),
    ],
  );
}

/** tee_shm_register(): the caller's memory. Published before the driver knows it, and freed whoever has found it meanwhile. */
export function teeShmRegister(references: References): FunctionDefinition {
  const counts = references === 'count';
  return fn(
    'struct tee_shm *tee_shm_register(struct tee_context *ctx, unsigned long addr, size_t length, u32 flags)',
    {
      file,
      locals: [
        'struct tee_device *teedev',
        'struct tee_shm *shm',
        ...(counts ? [] : ['struct dma_buf_export_info exp_info']),
        'int num_pages',
        'void *ret',
        'int rc',
      ],
      approximations: [{ direction: 'under', what: 'Registered buffers start at a page boundary.' }],
    },
    [
      set('teedev', 'ctx->teedev'),
      when('flags != (TEE_SHM_DMA_BUF | TEE_SHM_USER_MAPPED)', [ret('ERR_PTR(-ENOTSUPP)')]),
      when('!tee_device_get(teedev)', [ret('ERR_PTR(-EINVAL)')]),
      when('!teedev->desc->ops->shm_register || !teedev->desc->ops->shm_unregister', [
        run('tee_device_put(teedev)'),
        ret('ERR_PTR(-ENOTSUPP)'),
      ]),
      run('teedev_ctx_get(ctx)'),
      kzalloc('shm', 'tee_shm'),
      when('!shm', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err')]),
      ...(counts ? [run('refcount_set(&shm->refcount, 1)')] : []),
      set('shm->flags', 'flags | TEE_SHM_REGISTER'),
      set('shm->ctx', 'ctx'),
      set('shm->id', '-1'),
      set('shm->offset', '0'),
      set('shm->size', 'length'),
      set('num_pages', 'roundup(length, PAGE_SIZE) / PAGE_SIZE'),
      kcalloc('shm->pages', 'page_array'),
      when('!shm->pages', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err')]),
      set('rc', 'pin_user_pages_fast(addr, num_pages, FOLL_WRITE, shm->pages)'),
      when('rc > 0', [set('shm->num_pages', 'rc')]),
      when('rc != num_pages', [when('rc >= 0', [set('rc', '-ENOMEM')]), set('ret', 'ERR_PTR(rc)'), goTo('err')]),
      ...publish,
      when('shm->id < 0', [set('ret', 'ERR_PTR(shm->id)'), goTo('err')]),
      set('rc', 'teedev->desc->ops->shm_register(ctx, shm, shm->pages, shm->num_pages, addr)'),
      when('rc', [set('ret', 'ERR_PTR(rc)'), goTo('err')]),
      ...(counts ? [] : exportDmaBuf([run('teedev->desc->ops->shm_unregister(ctx, shm)'), goTo('err')])),
      ret('shm'),
      label('err'),
      when('shm', [when('shm->id >= 0', unpublish), run('release_registered_pages(shm)')]),
      run('kfree(shm)'),
      run('teedev_ctx_put(ctx)'),
      run('tee_device_put(teedev)'),
      ret('ret'),
    ],
  );
}

/**
 * The TEE subsystem before the repair of CVE-2021-44733: a lookup by id takes a reference of a dma-buf whose last one may be
 * gone already, because the id is taken away only when the dma-buf is released.
 */
export const teeShmLookup5_15: Revision = {
  id: 'tee-shm-lookup-5.15',
  title: 'TEE shared memory backed by a dma-buf, Linux 5.15',
  base: null,
  kernel: '5.15',
  source: 'drivers/tee/tee_shm.c and tee_core.c, v5.15: before commit dfd0743f1d9e (5.16-rc7)',
  omits: [
    'Kernel memory that is registered, and private buffers without an id.',
    'The second pool manager: private memory and memory for user space come from one pool.',
    'What changed in tee_core.c between 5.15 and 6.12, but for the order of puts in teedev_close_context().',
    'tee_shm_release() has the parameters that the repair gave it: the device is found by its caller.',
  ],
  functions: [
    ...unchangedFunctions,
    ...contextFunctions.filter(({ name }) => name !== 'teedev_close_context'),
    ...teeCloseContext5_16.functions,
    shmAllocCommand,
    shmRegisterCommand,
    teeShmRelease([when('shm->flags & TEE_SHM_DMA_BUF', unpublish)]),
    teeShmAlloc('dma-buf'),
    teeShmRegister('dma-buf'),
    ...dmaBufCallbacks('shm->ctx->teedev'),
    ...dmaBufReferences,
    getFdAfterReference,
  ],
  tables: [...unchangedTables, dmaBufShmOps],
  types: [
    struct('tee_shm', 'include/linux/tee_drv.h, v5.15', {
      ctx: 'struct tee_context *',
      paddr: 'phys_addr_t',
      kaddr: 'void *',
      size: 'size_t',
      offset: 'unsigned int',
      pages: 'struct page **',
      num_pages: 'size_t',
      dmabuf: 'struct dma_buf *',
      flags: 'u32',
      id: 'int',
      backing: 'struct backing_memory',
    }),
  ],
  constants: dmaBufShmConstants,
  subsystem: 'tee-5.15',
};
