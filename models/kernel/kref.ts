import { fn, ret, run, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'include/linux/kref.h';
const atomic = { shared: ['kref'] };

/** kref: the release function runs in the last putter, under whatever locks it holds. */
export const krefFunctions: readonly FunctionDefinition[] = [
  fn('void kref_init(struct kref *kref)', { file, origin: 'kernel', atomic }, [
    run('refcount_set(&kref->refcount, 1)'),
  ]),
  fn('unsigned int kref_read(const struct kref *kref)', { file, origin: 'kernel', atomic }, [
    ret('refcount_read(&kref->refcount)'),
  ]),
  fn('void kref_get(struct kref *kref)', { file, origin: 'kernel', atomic }, [run('refcount_inc(&kref->refcount)')]),
  fn('int kref_get_unless_zero(struct kref *kref)', { file, origin: 'kernel', atomic }, [
    ret('refcount_inc_not_zero(&kref->refcount)'),
  ]),
  fn('int kref_put(struct kref *kref, fn release)', { file, origin: 'kernel' }, [
    when('refcount_dec_and_test(&kref->refcount)', [run('release(kref)'), ret('1')]),
    ret('0'),
  ]),
  fn('int kref_put_lock(struct kref *kref, fn release, spinlock_t *lock)', { file, origin: 'kernel' }, [
    when('refcount_dec_and_lock(&kref->refcount, lock)', [run('release(kref)'), ret('1')]),
    ret('0'),
  ]),
  fn(
    'int kref_put_mutex(struct kref *kref, fn release, struct mutex *lock)',
    { file, origin: 'kernel', sleeps: true },
    [when('refcount_dec_and_mutex_lock(&kref->refcount, lock)', [run('release(kref)'), ret('1')]), ret('0')],
  ),
];
