import { choose, fault, fn, outcome, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'kernel/locking/mutex.c';
const atomic = { shared: ['lock'] };

/**
 * Mutexes. Unlocking is two steps: the release, and then, only if somebody waits for the lock, an access to the mutex's memory
 * to wake the waiter (kernel/locking/mutex.c, __mutex_unlock_slowpath, v6.12). So the caller must keep the memory alive until
 * mutex_unlock() returns (Documentation/locking/mutex-design.rst).
 */
export const mutexFunctions: readonly FunctionDefinition[] = [
  fn('void mutex_init(struct mutex *lock)', { file, origin: 'kernel', atomic }, [run('@init(lock)')]),
  fn('void mutex_destroy(struct mutex *lock)', { file: 'kernel/locking/mutex-debug.c', origin: 'kernel', atomic }, [
    run('@destroy(lock)'),
  ]),
  fn('void mutex_lock(struct mutex *lock)', { file, origin: 'kernel', atomic, sleeps: true }, [run('@lock(lock)')]),
  fn('int mutex_lock_interruptible(struct mutex *lock)', { file, origin: 'kernel', sleeps: true }, [
    choose('mutex_lock_interruptible', [
      outcome('locked', [run('mutex_lock(lock)'), ret('0')]),
      fault('-EINTR', [ret('-EINTR')]),
    ]),
  ]),
  fn('int mutex_lock_killable(struct mutex *lock)', { file, origin: 'kernel', sleeps: true }, [
    choose('mutex_lock_killable', [
      outcome('locked', [run('mutex_lock(lock)'), ret('0')]),
      fault('-EINTR', [ret('-EINTR')]),
    ]),
  ]),
  /** The classes of lockdep have no meaning here. */
  fn('void mutex_lock_nested(struct mutex *lock, unsigned int subclass)', { file, origin: 'kernel', sleeps: true }, [
    run('mutex_lock(lock)'),
  ]),
  fn('int mutex_trylock(struct mutex *lock)', { file, origin: 'kernel', atomic }, [ret('@tryLock(lock)')]),
  fn('bool mutex_is_locked(struct mutex *lock)', { file, origin: 'kernel', atomic }, [ret('@isLocked(lock)')]),
  fn('void mutex_unlock(struct mutex *lock)', { file, origin: 'kernel' }, [
    when('__mutex_release(lock)', [run('__mutex_tail(lock)')]),
  ]),
  fn('int __mutex_release(struct mutex *lock)', { file, origin: 'kernel', atomic, locals: ['int waiters'] }, [
    set('waiters', '__lock_has_waiters(lock)'),
    run('@unlock(lock)'),
    ret('waiters'),
  ]),
  fn('void __mutex_tail(struct mutex *lock)', { file, origin: 'kernel', atomic }, [run('@touch(lock)')]),
];
