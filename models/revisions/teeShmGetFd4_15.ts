import { fn, goTo, label, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import { kzalloc } from '../kernel/slab.js';
import { baseCommands } from '../tee/ioctl.js';
import { struct } from '../types/structType.js';
import {
  dmaBufCallbacks,
  dmaBufReferences,
  dmaBufShmConstants,
  dmaBufShmOps,
  exportDmaBuf,
  releaseMemory,
  shmAllocCommand,
  unchangedFunctions,
  unchangedTables,
  underMutex,
} from './dmaBufShm.js';
import type { Revision } from './revision.js';

const core = 'drivers/tee/tee_core.c';
const file = 'drivers/tee/tee_shm.c';

/** Registered memory came with 4.16: the base's functions that only it needs, and the command. */
const registration: ReadonlySet<string> = new Set([
  'release_registered_pages',
  'shm_put_kernel_pages',
  'env_shm_register',
  'env_shm_unregister',
  'tee_ioctl_shm_register',
]);

/** Contexts belong to their file alone; objects that outlive it are told so. */
const contextFunctions: readonly FunctionDefinition[] = [
  fn(
    'int tee_open(struct inode *inode, struct file *filp)',
    { file: core, locals: ['int rc', 'struct tee_device *teedev', 'struct tee_context *ctx'] },
    [
      set('teedev', 'container_of(inode->i_cdev, struct tee_device, cdev)'),
      when('!tee_device_get(teedev)', [ret('-EINVAL')]),
      kzalloc('ctx', 'tee_context'),
      when('!ctx', [set('rc', '-ENOMEM'), goTo('err')]),
      set('ctx->teedev', 'teedev'),
      set('filp->private_data', 'ctx'),
      set('rc', 'teedev->desc->ops->open(ctx)'),
      when('rc', [goTo('err')]),
      ret('0'),
      label('err'),
      run('kfree(ctx)'),
      run('tee_device_put(teedev)'),
      ret('rc'),
    ],
  ),

  fn(
    'int tee_release(struct inode *inode, struct file *filp)',
    { file: core, locals: ['struct tee_context *ctx', 'struct tee_device *teedev', 'struct tee_shm *shm'] },
    [
      set('ctx', 'filp->private_data'),
      set('teedev', 'ctx->teedev'),
      run('teedev->desc->ops->release(ctx)'),
      ...underMutex(set('shm', 'ctx->list_shm'), when('shm', [set('shm->ctx', 'NULL')])),
      run('kfree(ctx)'),
      run('tee_device_put(teedev)'),
      ret('0'),
    ],
  ),

  fn(
    'long tee_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)',
    {
      file: core,
      locals: ['struct tee_context *ctx', 'void *uarg'],
      approximations: [
        {
          direction: 'under',
          what: "The supplicant's commands (SUPPL_RECV, SUPPL_SEND) are answered as unknown ones.",
        },
      ],
    },
    [
      set('ctx', 'filp->private_data'),
      set('uarg', 'arg'),
      ...baseCommands
        .filter(([, handler]) => !registration.has(handler))
        .map(([command, handler]) => when(`cmd == ${command}`, [ret(`${handler}(ctx, uarg)`)])),
      ret('-EINVAL'),
    ],
  ),
];

const shmFunctions: readonly FunctionDefinition[] = [
  fn('void tee_shm_release(struct tee_device *teedev, struct tee_shm *shm)', { file }, [
    ...underMutex(run('idr_remove(&teedev->idr, shm->id)'), when('shm->ctx', [set('shm->ctx->list_shm', 'NULL')])),
    ...releaseMemory([]),
    run('kfree(shm)'),
    run('tee_device_put(teedev)'),
  ]),

  fn(
    'struct tee_shm *tee_shm_alloc(struct tee_context *ctx, size_t size, u32 flags)',
    {
      file,
      locals: [
        'struct tee_device *teedev',
        'struct tee_shm *shm',
        'struct dma_buf_export_info exp_info',
        'void *ret',
        'int rc',
      ],
      approximations: [{ direction: 'under', what: 'A context has at most one shared memory object.' }],
    },
    [
      set('teedev', 'ctx->teedev'),
      when('!(flags & TEE_SHM_MAPPED)', [ret('ERR_PTR(-EINVAL)')]),
      when('flags & ~(TEE_SHM_MAPPED | TEE_SHM_DMA_BUF)', [ret('ERR_PTR(-EINVAL)')]),
      when('!tee_device_get(teedev)', [ret('ERR_PTR(-EINVAL)')]),
      when('!teedev->pool', [set('ret', 'ERR_PTR(-EINVAL)'), goTo('err_dev_put')]),
      kzalloc('shm', 'tee_shm'),
      when('!shm', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err_dev_put')]),
      set('shm->flags', 'flags | TEE_SHM_POOL'),
      set('shm->teedev', 'teedev'),
      set('shm->ctx', 'ctx'),
      set('rc', 'teedev->pool->ops->alloc(teedev->pool, shm, size, PAGE_SIZE)'),
      when('rc', [set('ret', 'ERR_PTR(rc)'), goTo('err_kfree')]),
      ...underMutex(set('shm->id', 'idr_alloc(&teedev->idr, shm, 1, 0, GFP_KERNEL)')),
      when('shm->id < 0', [set('ret', 'ERR_PTR(shm->id)'), goTo('err_pool_free')]),
      when('flags & TEE_SHM_DMA_BUF', exportDmaBuf([goTo('err_rem')])),
      ...underMutex(when('ctx->list_shm', [run('__capacity_exhausted()')]), set('ctx->list_shm', 'shm')),
      ret('shm'),
      label('err_rem'),
      ...underMutex(run('idr_remove(&teedev->idr, shm->id)')),
      label('err_pool_free'),
      run('teedev->pool->ops->free(teedev->pool, shm)'),
      label('err_kfree'),
      run('kfree(shm)'),
      label('err_dev_put'),
      run('tee_device_put(teedev)'),
      ret('ret'),
    ],
  ),

  // The fd takes over the reference of the caller, who takes another one when the fd may be closed already.
  fn('int tee_shm_get_fd(struct tee_shm *shm)', { file, locals: ['int fd'] }, [
    when('!(shm->flags & TEE_SHM_DMA_BUF)', [ret('-EINVAL')]),
    set('fd', 'dma_buf_fd(shm->dmabuf, O_CLOEXEC)'),
    when('fd >= 0', [run('get_dma_buf(shm->dmabuf)')]),
    ret('fd'),
  ]),
];

/** The TEE subsystem as it came, before the repair of tee_shm_get_fd(). */
export const teeShmGetFd4_15: Revision = {
  id: 'tee-shm-get-fd-4.15',
  title: 'TEE shared memory whose fd is made before its reference, Linux 4.15',
  base: null,
  kernel: '4.15',
  source: 'drivers/tee/tee_shm.c and tee_core.c, v4.15: before commit bb765d1c331f (4.17)',
  omits: [
    'The second pool manager, and mapping from within the kernel.',
    'Memory references are checked as in 6.12, in params_from_user().',
    'tee_shm_release() is told the device by its caller, as later.',
  ],
  functions: [
    ...unchangedFunctions.filter(({ name }) => name !== 'tee_ioctl' && !registration.has(name)),
    ...contextFunctions,
    shmAllocCommand,
    ...shmFunctions,
    ...dmaBufCallbacks('shm->teedev'),
    ...dmaBufReferences,
  ],
  tables: [
    ...unchangedTables.map((table) =>
      table.name === 'env_tee_ops'
        ? {
            ...table,
            fields: Object.fromEntries(
              Object.entries(table.fields).filter(([, value]) => !registration.has(String(value))),
            ),
          }
        : table,
    ),
    dmaBufShmOps,
  ],
  types: [
    struct('tee_shm', 'include/linux/tee_drv.h, v4.15', {
      teedev: 'struct tee_device *',
      ctx: 'struct tee_context *',
      paddr: 'phys_addr_t',
      kaddr: 'void *',
      size: 'size_t',
      dmabuf: 'struct dma_buf *',
      flags: 'u32',
      id: 'int',
      backing: 'struct backing_memory',
    }),
    struct('tee_context', 'include/linux/tee_drv.h, v4.15', {
      teedev: 'struct tee_device *',
      /** A list in the kernel; here it has room for one. */
      list_shm: 'struct tee_shm *',
      data: 'void *',
      cap_memref_null: 'bool',
    }),
  ],
  constants: dmaBufShmConstants,
  subsystem: 'tee-4.15',
};
