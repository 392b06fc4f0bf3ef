import { fn, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const header = { file: 'include/linux/refcount.h', origin: 'kernel', atomic: { shared: ['r'] } } as const;

/** refcount_t; saturation and the warnings are the cell's lifecycle (lib/refcount.c, v6.12). */
export const refcountFunctions: readonly FunctionDefinition[] = [
  fn('void refcount_set(refcount_t *r, int n)', header, [run('@set(r, n)')]),
  fn('unsigned int refcount_read(const refcount_t *r)', header, [ret('@read(r)')]),
  fn('void refcount_inc(refcount_t *r)', header, [run('@inc(r)')]),
  fn('bool refcount_inc_not_zero(refcount_t *r)', header, [ret('@incNotZero(r)')]),
  fn('bool refcount_dec_and_test(refcount_t *r)', header, [ret('@decAndTest(r)')]),
  fn('bool refcount_dec_not_one(refcount_t *r)', { ...header, file: 'lib/refcount.c' }, [
    when('@read(r) == 1', [ret('false')]),
    run('@decAndTest(r)'),
    ret('true'),
  ]),
  fn(
    'bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)',
    { file: 'lib/refcount.c', origin: 'kernel', sleeps: true, locals: ['bool last'] },
    [
      when('refcount_dec_not_one(r)', [ret('false')]),
      run('mutex_lock(lock)'),
      set('last', 'refcount_dec_and_test(r)'),
      when('!last', [run('mutex_unlock(lock)')]),
      ret('last'),
    ],
  ),
];
