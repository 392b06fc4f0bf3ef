import type { Property } from './property.js';

export const lockOrder: Property = {
  id: 'lock-order',
  severity: 'violation',
  group: 'safety',
  title: 'locks of two classes are always taken in the same order',
  why:
    'Two threads that take the same two locks in opposite orders can each hold one and wait for the other. Lockdep ' +
    'reports the orders, whether or not the two threads ever meet.',
  source: 'Documentation/locking/lockdep-design.rst; v6.12',
  exercisedBy: [
    { kind: 'event', lifecycle: 'mutex', events: ['lock'] },
    { kind: 'event', lifecycle: 'spinlock', events: ['lock'] },
  ],
};
