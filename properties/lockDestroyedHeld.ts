import type { Property } from './property.js';

export const lockDestroyedHeld: Property = {
  id: 'lock-destroyed-held',
  severity: 'violation',
  group: 'safety',
  title: 'a lock is not destroyed, initialised again or freed while it is held',
  why: 'The holder will still write to it when it unlocks, and those who wait would never be woken.',
  source:
    'Documentation/locking/mutex-design.rst; kernel/locking/lockdep.c, debug_check_no_locks_freed; kernel/locking/mutex-debug.c, mutex_destroy; v6.12',
  exercisedBy: [
    { kind: 'event', lifecycle: 'mutex', events: ['lock', 'tryLock'] },
    { kind: 'event', lifecycle: 'spinlock', events: ['lock', 'tryLock'] },
  ],
};
