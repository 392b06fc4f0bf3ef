import type { Expression } from '../../program/expression.js';
import type { Draft } from './emitter.js';
import type { Lifting } from './lifting.js';
import type { Place } from './value.js';
import { callOf } from './value.js';

/** What a guard class takes and gives back (include/linux/cleanup.h and the `DEFINE_GUARD`s of the locks' headers, v6.12). */
export interface Guard {
  readonly lock: readonly string[];
  readonly unlock: readonly string[];
  readonly takesArgument: boolean;
}

const guards: Readonly<Record<string, Guard>> = {
  mutex: { lock: ['mutex_lock'], unlock: ['mutex_unlock'], takesArgument: true },
  spinlock: { lock: ['spin_lock'], unlock: ['spin_unlock'], takesArgument: true },
  raw_spinlock: { lock: ['raw_spin_lock'], unlock: ['raw_spin_unlock'], takesArgument: true },
  spinlock_irq: { lock: ['spin_lock_irq'], unlock: ['spin_unlock_irq'], takesArgument: true },
  spinlock_bh: { lock: ['spin_lock_bh'], unlock: ['spin_unlock_bh'], takesArgument: true },
  spinlock_irqsave: { lock: ['spin_lock'], unlock: ['spin_unlock'], takesArgument: true },
  rwsem_read: { lock: ['down_read'], unlock: ['up_read'], takesArgument: true },
  rwsem_write: { lock: ['down_write'], unlock: ['up_write'], takesArgument: true },
  read_lock: { lock: ['read_lock'], unlock: ['read_unlock'], takesArgument: true },
  write_lock: { lock: ['write_lock'], unlock: ['write_unlock'], takesArgument: true },
  rcu: { lock: ['rcu_read_lock'], unlock: ['rcu_read_unlock'], takesArgument: false },
  srcu: { lock: ['srcu_read_lock'], unlock: ['srcu_read_unlock'], takesArgument: true },
  device: { lock: ['device_lock'], unlock: ['device_unlock'], takesArgument: true },
  preempt: { lock: [], unlock: [], takesArgument: false },
  irqsave: { lock: [], unlock: [], takesArgument: false },
};

export function guardOf(guardClass: string): Guard | null {
  return guards[guardClass] ?? null;
}

/** Functions of `__free(x)`: what `DEFINE_FREE` of that name does, and whether it leaves error pointers alone. */
const frees: Readonly<Record<string, { readonly function: string; readonly skipsErrors: boolean }>> = {
  kfree: { function: 'kfree', skipsErrors: true },
  kfree_sensitive: { function: 'kfree', skipsErrors: true },
  kvfree: { function: 'kvfree', skipsErrors: true },
  vfree: { function: 'vfree', skipsErrors: false },
  put_device: { function: 'put_device', skipsErrors: false },
  fput: { function: 'fput', skipsErrors: true },
  dma_buf_put: { function: 'dma_buf_put', skipsErrors: true },
  module_put: { function: 'module_put', skipsErrors: false },
};

/** The statements that clean up a variable at the end of its block; null if the cleanup is not known. */
export function cleanupOf(
  cleanup: { readonly kind: 'free' | 'function'; readonly name: string },
  lifting: Lifting,
  place: Place,
): (() => readonly Draft[]) | null {
  const { expression } = place;
  if (cleanup.kind === 'function') {
    return () =>
      lifting.emitter.within(() => {
        const call = lifting.call(cleanup.name, [lifting.addressOf(place)]);
        lifting.emitter.emit({ kind: 'run', expression: call.expression });
      });
  }
  const free = frees[cleanup.name];
  if (!free) return null;
  const isError: Expression = callOf('IS_ERR', expression);
  const isSomething: Expression = free.skipsErrors
    ? { kind: 'binary', operator: '&&', left: expression, right: { kind: 'unary', operator: '!', operand: isError } }
    : expression;
  return () =>
    lifting.emitter.within(() => {
      const then = lifting.emitter.within(() => {
        const call = lifting.call(free.function, [{ expression, type: place.type, ctype: place.ctype }]);
        lifting.emitter.emit({ kind: 'run', expression: call.expression });
      });
      lifting.emitter.emit({ kind: 'if', condition: isSomething, then, otherwise: [] });
    });
}
