import { fn, loop, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const header = { file: 'include/linux/refcount.h', origin: 'kernel', atomic: { shared: ['r'] } } as const;

/** refcount_t; saturation and the warnings are the cell's lifecycle (lib/refcount.c, v6.12). */
export const refcountFunctions: readonly FunctionDefinition[] = [
  fn('void refcount_set(refcount_t *r, int n)', header, [run('@set(r, n)')]),
  fn('unsigned int refcount_read(const refcount_t *r)', header, [ret('@read(r)')]),
  fn('void refcount_inc(refcount_t *r)', header, [run('@inc(r)')]),
  fn('bool refcount_inc_not_zero(refcount_t *r)', header, [ret('@incNotZero(r)')]),
  fn('bool refcount_dec_and_test(refcount_t *r)', header, [ret('@decAndTest(r)')]),
  /** Never the last one: that is a leak, of which the kernel warns. */
  fn('void refcount_dec(refcount_t *r)', header, [
    when('@decAndTest(r)', [report('refcount-underflow', 'refcount_dec() hits 0: the object leaks')]),
  ]),
  fn('void refcount_add(int i, refcount_t *r)', header, [loop('i > 0', [run('@inc(r)'), set('i', 'i - 1')])]),
  fn('bool refcount_add_not_zero(int i, refcount_t *r)', header, [
    when('!@read(r)', [ret('false')]),
    loop('i > 0', [run('@inc(r)'), set('i', 'i - 1')]),
    ret('true'),
  ]),
  fn('bool refcount_sub_and_test(int i, refcount_t *r)', { ...header, locals: ['bool last'] }, [
    set('last', 'false'),
    loop('i > 0', [set('last', '@decAndTest(r)'), set('i', 'i - 1')]),
    ret('last'),
  ]),
  fn('bool refcount_dec_if_one(refcount_t *r)', { ...header, file: 'lib/refcount.c' }, [
    when('@read(r) != 1', [ret('false')]),
    ret('@decAndTest(r)'),
  ]),
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
  fn(
    'bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock)',
    { file: 'lib/refcount.c', origin: 'kernel', locals: ['bool last'] },
    [
      when('refcount_dec_not_one(r)', [ret('false')]),
      run('spin_lock(lock)'),
      set('last', 'refcount_dec_and_test(r)'),
      when('!last', [run('spin_unlock(lock)')]),
      ret('last'),
    ],
  ),
];
