import type { Initialiser, Item, MacroArgument, TypeSyntax } from '../syntax/ast.js';

/** A variable at file scope, as declared. */
export interface VariableSyntax {
  readonly name: string;
  readonly type: TypeSyntax;
  readonly initialiser: Initialiser | null;
  readonly storage: readonly string[];
  /** The variable itself, not what it points to. */
  readonly isConst: boolean;
  readonly line: number;
}

type MacroCall = Item & { readonly kind: 'macroCall' };

function struct(tag: string): TypeSyntax {
  return { kind: 'record', record: 'struct', tag, fields: null, line: 0, endLine: 0 };
}

function named(name: string): TypeSyntax {
  return { kind: 'name', name };
}

/** Macros that define the variable of their first argument, initialised to "nothing in it, nobody waits". */
const DEFINITIONS: ReadonlyMap<string, TypeSyntax> = new Map([
  ['DEFINE_MUTEX', struct('mutex')],
  ['DEFINE_SPINLOCK', named('spinlock_t')],
  ['DEFINE_RAW_SPINLOCK', named('raw_spinlock_t')],
  ['DEFINE_RWLOCK', named('rwlock_t')],
  ['DECLARE_RWSEM', struct('rw_semaphore')],
  ['DEFINE_SEMAPHORE', struct('semaphore')],
  ['DEFINE_IDR', struct('idr')],
  ['DEFINE_IDA', struct('ida')],
  ['DEFINE_XARRAY', struct('xarray')],
  ['DEFINE_XARRAY_FLAGS', struct('xarray')],
  ['DEFINE_XARRAY_ALLOC', struct('xarray')],
  ['DEFINE_XARRAY_ALLOC1', struct('xarray')],
  ['LIST_HEAD', struct('list_head')],
  ['HLIST_HEAD', struct('hlist_head')],
  ['LLIST_HEAD', struct('llist_head')],
  ['DECLARE_COMPLETION', struct('completion')],
  ['DECLARE_WAIT_QUEUE_HEAD', struct('wait_queue_head')],
  ['DECLARE_WORK', struct('work_struct')],
  ['DECLARE_DELAYED_WORK', struct('delayed_work')],
  ['DEFINE_TIMER', struct('timer_list')],
  ['DEFINE_RATELIMIT_STATE', struct('ratelimit_state')],
  ['BLOCKING_NOTIFIER_HEAD', struct('blocking_notifier_head')],
  ['ATOMIC_NOTIFIER_HEAD', struct('atomic_notifier_head')],
  ['RAW_NOTIFIER_HEAD', struct('raw_notifier_head')],
  ['SRCU_NOTIFIER_HEAD', struct('srcu_notifier_head')],
  ['DEFINE_SRCU', struct('srcu_struct')],
  ['DEFINE_STATIC_SRCU', struct('srcu_struct')],
  ['DEFINE_STATIC_KEY_FALSE', struct('static_key_false')],
  ['DEFINE_STATIC_KEY_TRUE', struct('static_key_true')],
]);

/** `DEFINE_PER_CPU(type, name)` and its relatives: a variable of the type of the first argument. */
const TYPED = /^(?:DEFINE|DECLARE)_PER_CPU(?:_\w+)?$/;

function typeOf(argument: MacroArgument): TypeSyntax | null {
  if (argument.kind === 'type') return argument.value.type;
  return argument.kind === 'expression' && argument.value.kind === 'name' ? named(argument.value.name) : null;
}

/** The variable that a macro at file scope defines; null if it is none of those known to define one. */
export function variableOfMacro(item: MacroCall): VariableSyntax | null {
  const [first, second] = item.args;
  if (first === undefined) return null;
  const { storage, line } = item;
  const variable = (name: string, type: TypeSyntax): VariableSyntax => ({
    name,
    type,
    initialiser: null,
    storage,
    isConst: false,
    line,
  });
  const type = DEFINITIONS.get(item.name);
  if (type !== undefined) return variable(first.text, type);
  if (item.name === 'DECLARE_BITMAP' && second?.kind === 'expression') {
    const sum = { kind: 'binary', operator: '+', left: second.value, right: int(63n, line), line } as const;
    const length = { kind: 'binary', operator: '/', left: sum, right: int(64n, line), line } as const;
    return variable(first.text, { kind: 'array', of: { kind: 'base', name: 'unsigned long' }, length });
  }
  if (item.name === 'ATTRIBUTE_GROUPS' || item.name === '__ATTRIBUTE_GROUPS') {
    const of: TypeSyntax = { kind: 'pointer', to: struct('attribute_group') };
    return variable(`${first.text}_groups`, { kind: 'array', of, length: int(2n, line) });
  }
  if (TYPED.test(item.name) && second !== undefined) {
    const of = typeOf(first);
    return of === null ? null : variable(second.text, of);
  }
  return null;
}

function int(value: bigint, line: number) {
  return { kind: 'int', value, unsigned: false, long: false, text: String(value), line } as const;
}
