import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const lockNotHeld: Property = {
  id: 'lock-not-held',
  severity: 'violation',
  group: 'safety',
  title: 'a lock is released by the thread that holds it',
  why:
    "A lock has one owner, which gives it back once. Releasing one that is free, or somebody else's, lets two threads " +
    'into the section it protects.',
  source:
    'Documentation/locking/mutex-design.rst; kernel/locking/mutex-debug.c, debug_mutex_unlock; kernel/locking/spinlock_debug.c, debug_spin_unlock; v6.12',
  exercisedBy: [...brokenBy('lock-not-held')],
};
