import type { Property } from './property.js';

export const sleepInAtomic: Property = {
  id: 'sleep-in-atomic',
  severity: 'violation',
  group: 'safety',
  title: 'nothing sleeps while a spinlock is held',
  why:
    'Whoever wants a spinlock spins until its holder is done. A holder that sleeps keeps CPUs busy for as long as it ' +
    'does, and if what should wake it wants the same lock, for ever.',
  source: 'Documentation/kernel-hacking/locking.rst; kernel/sched/core.c, __might_resched; v6.12',
  exercisedBy: [{ kind: 'event', lifecycle: 'spinlock', events: ['lock', 'tryLock'] }],
};
