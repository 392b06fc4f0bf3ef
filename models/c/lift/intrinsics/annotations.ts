import type { Intrinsic, Lifting } from '../lifting.js';
import { expressionOf } from '../lifting.js';
import type { Value } from '../value.js';
import { callOf, intValue, voidType } from '../value.js';

const nothing: Value = { expression: { kind: 'int', value: 0, text: '0' }, type: voidType, ctype: { kind: 'void' } };

/** `likely(x)` and what else is its argument. */
const transparent: Intrinsic = (lifting, args, expected) => {
  const argument = expressionOf(args[0]);
  return argument ? lifting.value(argument, expected) : null;
};

/** Assertions and hints that do nothing; their arguments have no effects. */
const ignored: Intrinsic = () => nothing;

/** A read or write that the compiler may not tear or repeat. */
const marked: Intrinsic = (lifting, args, expected) => {
  const argument = expressionOf(args[0]);
  if (!argument) return null;
  const value = lifting.value(argument, expected);
  return { ...value, expression: callOf('READ_ONCE', value.expression) };
};

/** Stores with a memory order; under sequential consistency the order is always kept, so it is not checked. */
function store(isOrdered: boolean): Intrinsic {
  return (lifting: Lifting, args) => {
    const [to, from] = [expressionOf(args[0]), expressionOf(args[1])];
    if (!to || !from) return null;
    if (isOrdered) lifting.remark('note', 'ordering not checked', 'a store whose memory order others rely on');
    const type = lifting.typeOf(to);
    const value = lifting.value(from, type.ctype);
    const place = lifting.place(to);
    lifting.assign(place, lifting.converted(value, place.type), 'marked');
    return nothing;
  };
}

const barrier: Intrinsic = (lifting) => {
  lifting.remark('note', 'ordering not checked', 'a memory barrier');
  return nothing;
};

/** Macros that say something about code rather than do it (compiler.h, lockdep.h, rcupdate.h, v6.12). */
export const annotations: Readonly<Record<string, Intrinsic>> = {
  ...Object.fromEntries(
    [
      'likely',
      'unlikely',
      '__builtin_expect',
      'data_race',
      'READ_ONCE_NOCHECK',
      'array_index_nospec',
      'untagged_addr',
      'ACCESS_PRIVATE',
      'rcu_dereference_protected',
    ].map((name) => [name, transparent]),
  ),
  ...Object.fromEntries(
    [
      'READ_ONCE',
      'smp_load_acquire',
      'rcu_dereference',
      'rcu_dereference_bh',
      'rcu_dereference_check',
      'rcu_dereference_raw',
      'rcu_dereference_sched',
      'rcu_access_pointer',
      'srcu_dereference',
    ].map((name) => [name, marked]),
  ),
  WRITE_ONCE: store(false),
  smp_store_release: store(true),
  rcu_assign_pointer: store(true),
  RCU_INIT_POINTER: store(false),
  ...Object.fromEntries(
    [
      'lockdep_assert_held',
      'lockdep_assert_held_write',
      'lockdep_assert_held_read',
      'lockdep_assert_not_held',
      'lockdep_assert',
      'lockdep_set_class',
      'lockdep_set_class_and_name',
      'lockdep_register_key',
      'lockdep_unregister_key',
      'dma_resv_assert_held',
      'might_lock',
      'might_fault',
      'cond_resched',
      'barrier',
      'prefetch',
      'BUILD_BUG_ON',
      'BUILD_BUG_ON_MSG',
      'BUILD_BUG',
      'static_assert',
      'kmemleak_not_leak',
      'kmemleak_ignore',
      'fsnotify_open',
      'preempt_disable',
      'preempt_enable',
      'local_irq_disable',
      'local_irq_enable',
      'cpu_relax',
    ].map((name) => [name, ignored]),
  ),
  ...Object.fromEntries(
    [
      'smp_mb',
      'smp_rmb',
      'smp_wmb',
      'mb',
      'rmb',
      'wmb',
      'dma_wmb',
      'dma_rmb',
      'smp_mb__before_atomic',
      'smp_mb__after_atomic',
    ].map((name) => [name, barrier]),
  ),
  IS_ENABLED: (lifting, args) => configured(lifting, args),
  IS_BUILTIN: (lifting, args) => configured(lifting, args),
  IS_REACHABLE: (lifting, args) => configured(lifting, args),
  lockdep_is_held: () => intValue(1),
  __builtin_constant_p: () => intValue(0),
};

function configured(lifting: Lifting, args: Parameters<Intrinsic>[1]): Value | null {
  const text = args[0]?.text;
  if (text === undefined) return null;
  const constant = lifting.declarations.evaluate({
    kind: 'call',
    callee: { kind: 'name', name: 'IS_ENABLED', line: 0 },
    args: [...args],
    line: 0,
  });
  return intValue(constant ? Number(constant.value) : 1, `IS_ENABLED(${text})`);
}
