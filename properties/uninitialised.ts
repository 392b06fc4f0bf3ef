import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const uninitialised: Property = {
  id: 'uninitialised',
  severity: 'violation',
  group: 'safety',
  title: 'no use of a value or a kernel object before it is initialised',
  why:
    'kmalloc() and the stack hold what their last user left: a field is written before it is read, and a lock or ' +
    'completion is initialised before its first use. Otherwise behaviour depends on stale data, which may also reach ' +
    'user space.',
  source: 'Documentation/dev-tools/kmsan.rst; include/linux/slab.h, kmalloc; kernel/locking/mutex.c, mutex_lock; v6.12',
  exercisedBy: [{ kind: 'node', nodes: ['alloc'] }, ...brokenBy('uninitialised')],
};
