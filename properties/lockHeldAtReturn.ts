import type { Property } from './property.js';

export const lockHeldAtReturn: Property = {
  id: 'lock-held-at-return',
  severity: 'violation',
  group: 'safety',
  title: 'no lock is held on return to user space, nor when a thread ends',
  why:
    'Whatever a system call has locked it unlocks on every path, the error paths too. A lock that stays behind stops ' +
    'the next one that wants it.',
  source: 'kernel/locking/lockdep.c, lockdep_sys_exit, debug_check_no_locks_held; v6.12',
  exercisedBy: [
    { kind: 'event', lifecycle: 'mutex', events: ['lock', 'tryLock'] },
    { kind: 'event', lifecycle: 'spinlock', events: ['lock', 'tryLock'] },
  ],
};
