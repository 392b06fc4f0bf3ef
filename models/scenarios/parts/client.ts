import { choose, outcome, ret, run, set, when } from '../../program/build.js';
import type { FunctionDefinition } from '../../program/functionDefinition.js';
import type { Statement } from '../../program/statement.js';
import { outside } from './world.js';

/** From a kernel call's result, an error or a pointer in `place`, to the end of the system call of another driver. */
const endOfCall: readonly Statement[] = [run('task_work_run()'), run('syscall_exit(result)'), ret('result')];

/**
 * System calls with their arguments, as clients make them. The arguments live only as long as the call, so that what user
 * space once passed does not tell states apart.
 */
export const clientFunctions: readonly FunctionDefinition[] = [
  /** Asks for a page; the fd of the dma-buf, or an error. */
  outside(
    'int user_allocate(int fd)',
    [
      set('data.size', 'PAGE_SIZE'),
      set('data.flags', '0'),
      set('data.use_case', 'TEE_IOC_UC_SECURE_VIDEO_PLAY'),
      ret('sys_ioctl(fd, TEE_IOC_RSTMEM_ALLOC, &data)'),
    ],
    ['struct tee_ioctl_rstmem_alloc_data data'],
  ),

  outside(
    'int user_shm_alloc(int fd)',
    [set('data.size', 'PAGE_SIZE'), set('data.flags', '0'), ret('sys_ioctl(fd, TEE_IOC_SHM_ALLOC, &data)')],
    ['struct tee_ioctl_shm_alloc_data data'],
  ),

  outside(
    'int user_shm_register(int fd)',
    [
      set('data.addr', 'PAGE_SIZE'),
      set('data.length', 'PAGE_SIZE'),
      set('data.flags', '0'),
      ret('sys_ioctl(fd, TEE_IOC_SHM_REGISTER, &data)'),
    ],
    ['struct tee_ioctl_shm_register_data data'],
  ),

  /** Invokes a function of a trusted application with one memory reference. */
  outside(
    'int user_invoke(int fd, int id)',
    [
      set('arg.func', '0'),
      set('arg.session', '1'),
      set('arg.num_params', '1'),
      set('arg.params[0].attr', 'TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT'),
      set('arg.params[0].a', '0'),
      set('arg.params[0].b', '0'),
      set('arg.params[0].c', 'id'),
      set('buf.buf_ptr', '&arg'),
      set('buf.buf_len', 'SIZEOF_TEE_IOCTL_INVOKE_ARG + SIZEOF_TEE_PARAM'),
      ret('sys_ioctl(fd, TEE_IOC_INVOKE, &buf)'),
    ],
    ['struct tee_ioctl_invoke_arg arg', 'struct tee_ioctl_buf_data buf'],
  ),

  /** Begins or ends CPU access to a dma-buf. */
  outside(
    'int user_sync(int fd)',
    [
      choose('direction', [
        outcome('start', [set('sync.flags', 'DMA_BUF_SYNC_RW | DMA_BUF_SYNC_START')]),
        outcome('end', [set('sync.flags', 'DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END')]),
      ]),
      ret('sys_ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync)'),
    ],
    ['struct dma_buf_sync sync'],
  ),

  /** A system call of another driver, that uses the dma-buf behind an fd: its whole life as an importer. */
  outside(
    'int user_import(int fd)',
    [
      run('syscall_enter()'),
      set('result', '0'),
      set('dmabuf', 'dma_buf_get(fd)'),
      when('IS_ERR(dmabuf)', [set('result', 'PTR_ERR(dmabuf)'), ...endOfCall]),
      set('attach', 'dma_buf_attach(dmabuf, &importer_device)'),
      when(
        'IS_ERR(attach)',
        [set('result', 'PTR_ERR(attach)')],
        [
          set('sgt', 'dma_buf_map_attachment_unlocked(attach, DMA_TO_DEVICE)'),
          when(
            'IS_ERR(sgt)',
            [set('result', 'PTR_ERR(sgt)')],
            [run('dma_buf_unmap_attachment_unlocked(attach, sgt, DMA_TO_DEVICE)')],
          ),
          run('dma_buf_detach(dmabuf, attach)'),
        ],
      ),
      run('dma_buf_put(dmabuf)'),
      ...endOfCall,
    ],
    ['int result', 'struct dma_buf *dmabuf', 'struct dma_buf_attachment *attach', 'struct sg_table *sgt'],
    { file: '<importer>' },
  ),
];
