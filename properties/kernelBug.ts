import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const kernelBug: Property = {
  id: 'kernel-bug',
  severity: 'violation',
  group: 'safety',
  title: 'no BUG_ON of the kernel fires',
  why: 'BUG_ON() stops the thread where it stands, with its locks held, and often the machine.',
  source: 'include/asm-generic/bug.h, BUG_ON; Documentation/process/deprecated.rst; v6.12',
  exercisedBy: [
    ...brokenBy('kernel-bug'),
    { kind: 'call', functions: ['BUG', 'BUG_ON', '__put_unused_fd', '__fd_install', 'gen_pool_free'] },
  ],
};
