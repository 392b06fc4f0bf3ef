import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const failureAfterInstall: Property = {
  id: 'failure-after-install',
  severity: 'violation',
  group: 'safety',
  title: 'a system call that has installed a file does not fail',
  why:
    'fd_install() cannot be undone: any thread of the process can use the descriptor from that moment. A caller that ' +
    'sees an error does not know that it has one, so whatever can fail, copy_to_user() above all, comes before.',
  source: 'fs/file.c, fd_install; drivers/dma-buf/dma-heap.c, dma_heap_ioctl_allocate; v6.12',
  exercisedBy: [...brokenBy('failure-after-install')],
};
