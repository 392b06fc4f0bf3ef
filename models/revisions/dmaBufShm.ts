import { fn, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import { defineDmaBufExportInfo } from '../kernel/dmaBuf.js';
import { copyFromUser, copyToUser } from '../kernel/uaccess.js';
import { deviceFunctions, deviceTables } from '../tee/device.js';
import { environmentFunctions, environmentTables } from '../tee/environment.js';
import { fileTables, ioctlFunctions } from '../tee/ioctl.js';
import { poolFunctions } from '../tee/pool.js';
import { shmFunctions } from '../tee/shm.js';
import type { OpsTable } from '../types/opsTable.js';

/**
 * Shared memory objects of the TEE subsystem as they were up to 5.15: backed by a dma-buf whose file counts their references,
 * and published under their id as long as they exist. What did not change since is the base's.
 */
const file = 'drivers/tee/tee_shm.c';
const core = 'drivers/tee/tee_core.c';

/**
 * Flags that 5.18 did away with. Their numbers are ours: those of the flags that stayed are the base's, which differ.
 */
export const dmaBufShmConstants: Readonly<Record<string, number>> = {
  TEE_SHM_MAPPED: 1 << 5,
  TEE_SHM_DMA_BUF: 1 << 6,
  TEE_SHM_REGISTER: 1 << 7,
};

/** Both halves of a critical section of the device's mutex; `teedev` is a local. */
export function underMutex(...body: readonly Statement[]): readonly Statement[] {
  return [run('mutex_lock(&teedev->mutex)'), ...body, run('mutex_unlock(&teedev->mutex)')];
}

/** `shm->dmabuf`, or what to do instead with the error in `ret`; needs the local `exp_info`. */
export function exportDmaBuf(failed: readonly Statement[]): readonly Statement[] {
  return [
    ...defineDmaBufExportInfo('exp_info', '&tee_module'),
    set('exp_info.ops', '&tee_shm_dma_buf_ops'),
    set('exp_info.size', 'shm->size'),
    set('exp_info.flags', 'O_RDWR'),
    set('exp_info.priv', 'shm'),
    set('shm->dmabuf', 'dma_buf_export(&exp_info)'),
    when('IS_ERR(shm->dmabuf)', [set('ret', 'shm->dmabuf'), ...failed]),
  ];
}

/** What gives the memory of an object back: the end of tee_shm_release(). */
export function releaseMemory(registered: readonly Statement[]): readonly Statement[] {
  return [when('shm->flags & TEE_SHM_POOL', [run('teedev->pool->ops->free(teedev->pool, shm)')], registered)];
}

/** The callbacks of the dma-buf. `teedev` says how to get at the device of `shm`. */
export function dmaBufCallbacks(teedev: string): readonly FunctionDefinition[] {
  return [
    fn(
      'struct sg_table *tee_shm_op_map_dma_buf(struct dma_buf_attachment *attach, enum dma_data_direction dir)',
      { file },
      [ret('NULL')],
    ),
    fn(
      'void tee_shm_op_unmap_dma_buf(struct dma_buf_attachment *attach, struct sg_table *table, enum dma_data_direction dir)',
      { file },
      [],
    ),
    fn('void tee_shm_op_release(struct dma_buf *dmabuf)', { file, locals: ['struct tee_shm *shm'] }, [
      set('shm', 'dmabuf->priv'),
      run(`tee_shm_release(${teedev}, shm)`),
    ]),
    fn(
      'int tee_shm_op_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)',
      { file, locals: ['struct tee_shm *shm', 'size_t size'] },
      [
        set('shm', 'dmabuf->priv'),
        set('size', 'vma->vm_end - vma->vm_start'),
        when('shm->flags & TEE_SHM_USER_MAPPED', [ret('-EINVAL')]),
        ret('remap_pfn_range(vma, vma->vm_start, shm->paddr >> PAGE_SHIFT, size, 0)'),
      ],
    ),
  ];
}

/** The table that names them. */
export const dmaBufShmOps: OpsTable = {
  name: 'tee_shm_dma_buf_ops',
  type: 'dma_buf_ops',
  fields: {
    map_dma_buf: 'tee_shm_op_map_dma_buf',
    unmap_dma_buf: 'tee_shm_op_unmap_dma_buf',
    release: 'tee_shm_op_release',
    mmap: 'tee_shm_op_mmap',
  },
  file,
};

/** References of an object are those of its dma-buf: a lookup takes one of whatever the id stands for. */
export const dmaBufReferences: readonly FunctionDefinition[] = [
  fn(
    'struct tee_shm *tee_shm_get_from_id(struct tee_context *ctx, int id)',
    { file, locals: ['struct tee_device *teedev', 'struct tee_shm *shm'] },
    [
      when('!ctx', [ret('ERR_PTR(-EINVAL)')]),
      set('teedev', 'ctx->teedev'),
      ...underMutex(
        set('shm', 'idr_find(&teedev->idr, id)'),
        when(
          '!shm || shm->ctx != ctx',
          [set('shm', 'ERR_PTR(-EINVAL)')],
          [when('shm->flags & TEE_SHM_DMA_BUF', [run('get_dma_buf(shm->dmabuf)')])],
        ),
      ),
      ret('shm'),
    ],
  ),

  fn('void tee_shm_put(struct tee_shm *shm)', { file }, [
    when('shm->flags & TEE_SHM_DMA_BUF', [run('dma_buf_put(shm->dmabuf)')]),
  ]),
];

/** An fd for an object: takes the reference it moves into the fd first. */
export const getFdAfterReference: FunctionDefinition = fn(
  'int tee_shm_get_fd(struct tee_shm *shm)',
  { file, locals: ['int fd'] },
  [
    when('!(shm->flags & TEE_SHM_DMA_BUF)', [ret('-EINVAL')]),
    run('get_dma_buf(shm->dmabuf)'),
    set('fd', 'dma_buf_fd(shm->dmabuf, O_CLOEXEC)'),
    when('fd < 0', [run('dma_buf_put(shm->dmabuf)')]),
    ret('fd'),
  ],
);

/** How the commands that make an object answer: `length` is the field for its size. */
function answer(fields: readonly string[], length: string): readonly Statement[] {
  return [
    set('data.id', 'shm->id'),
    set('data.flags', 'shm->flags'),
    set(`data.${length}`, 'shm->size'),
    set('ret', '0'),
    copyToUser('udata', 'data', fields, [set('ret', '-EFAULT')]),
    when('!ret', [set('ret', 'tee_shm_get_fd(shm)')]),
    run('tee_shm_put(shm)'),
    ret('ret'),
  ];
}

/** The command that allocates an object. */
export const shmAllocCommand: FunctionDefinition = fn(
  'int tee_ioctl_shm_alloc(struct tee_context *ctx, struct tee_ioctl_shm_alloc_data *udata)',
  { file: core, locals: ['long ret', 'struct tee_ioctl_shm_alloc_data data', 'struct tee_shm *shm'] },
  [
    copyFromUser('data', 'udata', ['size', 'flags', 'id'], [ret('-EFAULT')]),
    when('data.flags', [ret('-EINVAL')]),
    set('shm', 'tee_shm_alloc(ctx, data.size, TEE_SHM_MAPPED | TEE_SHM_DMA_BUF)'),
    when('IS_ERR(shm)', [ret('PTR_ERR(shm)')]),
    ...answer(['size', 'flags', 'id'], 'size'),
  ],
);

/** The command that makes an object of the caller's memory. */
export const shmRegisterCommand: FunctionDefinition = fn(
  'int tee_ioctl_shm_register(struct tee_context *ctx, struct tee_ioctl_shm_register_data *udata)',
  { file: core, locals: ['long ret', 'struct tee_ioctl_shm_register_data data', 'struct tee_shm *shm'] },
  [
    copyFromUser('data', 'udata', ['addr', 'length', 'flags', 'id'], [ret('-EFAULT')]),
    when('data.flags', [ret('-EINVAL')]),
    set('shm', 'tee_shm_register(ctx, data.addr, data.length, TEE_SHM_DMA_BUF | TEE_SHM_USER_MAPPED)'),
    when('IS_ERR(shm)', [ret('PTR_ERR(shm)')]),
    ...answer(['addr', 'length', 'flags', 'id'], 'length'),
  ],
);

const replaced = new Set(['tee_ioctl_shm_alloc', 'tee_ioctl_shm_register']);
const unchangedShm = new Set(['release_registered_pages', 'shm_put_kernel_pages']);

/** What the old worlds have in common with the base: the device, the system calls, and the driver. */
export const unchangedFunctions: readonly FunctionDefinition[] = [
  ...deviceFunctions,
  ...ioctlFunctions.filter(({ name }) => !replaced.has(name)),
  ...shmFunctions.filter(({ name }) => unchangedShm.has(name)),
  ...poolFunctions.filter(({ name }) => name === 'tee_shm_pool_free'),
  ...environmentFunctions.filter(({ name }) => name !== 'env_release_with_message'),
];

/** The tables of these. */
export const unchangedTables: readonly OpsTable[] = [
  ...deviceTables,
  ...fileTables.filter(({ name }) => name === 'tee_fops'),
  ...environmentTables.filter(({ name }) => !name.endsWith('_message')),
];
