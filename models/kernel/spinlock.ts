import { fn, run } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const options = { file: 'include/linux/spinlock.h', origin: 'kernel', atomic: { shared: ['lock'] } } as const;

/** Spinlocks; the holder may free the lock right after unlocking, so that is one step. Interrupts are not modelled. */
export const spinlockFunctions: readonly FunctionDefinition[] = [
  fn('void spin_lock_init(spinlock_t *lock)', options, [run('@init(lock)')]),
  fn('void spin_lock(spinlock_t *lock)', options, [run('@lock(lock)')]),
  fn('void spin_unlock(spinlock_t *lock)', options, [run('@unlock(lock)')]),
  fn('void spin_lock_irq(spinlock_t *lock)', options, [run('@lock(lock)')]),
  fn('void spin_unlock_irq(spinlock_t *lock)', options, [run('@unlock(lock)')]),
  fn('void spin_lock_bh(spinlock_t *lock)', options, [run('@lock(lock)')]),
  fn('void spin_unlock_bh(spinlock_t *lock)', options, [run('@unlock(lock)')]),
  fn('void spin_lock_irqsave(spinlock_t *lock, unsigned long flags)', options, [run('@lock(lock)')]),
  fn('void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)', options, [run('@unlock(lock)')]),
];
