import type { Property } from './property.js';

export const lockRecursion: Property = {
  id: 'lock-recursion',
  severity: 'violation',
  group: 'safety',
  title: 'a lock is not taken by the thread that holds it already',
  why: 'Kernel mutexes and spinlocks are not recursive: the thread waits for itself, for ever.',
  source: 'Documentation/locking/mutex-design.rst; Documentation/locking/lockdep-design.rst; v6.12',
  exercisedBy: [
    { kind: 'event', lifecycle: 'mutex', events: ['lock'] },
    { kind: 'event', lifecycle: 'spinlock', events: ['lock'] },
  ],
};
