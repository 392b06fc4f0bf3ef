import { run, set } from '../../program/build.js';
import type { FunctionDefinition } from '../../program/functionDefinition.js';
import { outside } from './world.js';

/** What a revision has to have for `setupBuffers`, with a driver that takes restricted memory from a pool. */
export const setupBuffersRequires: readonly string[] = ['tee_ioctl_rstmem_alloc', 'tee_rstmem_gen_pool_alloc'];

/**
 * Setup of a process that has the TEE device open as fd 0 and dma-bufs from fd 1 on. The command is called without the system
 * call around it: what it fails to write is told where threads make it. The driver must not have a choice of memory.
 */
export function setupBuffers(name: string, count: number): FunctionDefinition {
  return outside(
    `void ${name}(void)`,
    [
      run('sys_open_chrdev(&world.inode)'),
      set('file', 'current->files->fd[0].file'),
      set('data.size', 'PAGE_SIZE'),
      set('data.flags', '0'),
      set('data.use_case', 'TEE_IOC_UC_SECURE_VIDEO_PLAY'),
      ...Array.from({ length: count }, () => run('tee_ioctl_rstmem_alloc(file->private_data, &data)')),
    ],
    ['struct tee_ioctl_rstmem_alloc_data data', 'struct file *file'],
  );
}
