import type { Intrinsic } from '../lifting.js';
import { expressionOf } from '../lifting.js';
import type { Value } from '../value.js';
import { callOf, intValue, isStable, voidType } from '../value.js';

const nothing: Value = { expression: { kind: 'int', value: 0, text: '0' }, type: voidType, ctype: { kind: 'void' } };

/** Messages have no effect on objects, but what they print is read: a pointer to freed memory is used here too. */
const message: Intrinsic = (lifting, args) => {
  for (const argument of args) {
    const expression = expressionOf(argument);
    if (!expression || expression.kind === 'string') continue;
    const value = lifting.value(expression);
    if (!isStable(value.expression)) lifting.emitter.emit({ kind: 'run', expression: value.expression });
  }
  return nothing;
};

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'warning', 'notice', 'info', 'dbg', 'debug', 'cont'];
/** include/drm/drm_print.h, include/linux/dynamic_debug.h, v6.12: what the macros above are made of, and their relatives. */
const relatives = [
  ...['core', 'driver', 'kms', 'prime', 'atomic', 'vbl', 'state', 'lease', 'dp', 'ttm'].flatMap((category) => [
    `drm_dbg_${category}`,
    `DRM_DEBUG_${category.toUpperCase()}`,
  ]),
  ...['DRM_DEBUG', 'DRM_INFO', 'DRM_NOTE', 'DRM_WARN', 'DRM_ERROR', 'DRM_DEV_ERROR', 'DRM_DEV_INFO', 'DRM_DEV_DEBUG'],
  ...['seq_printf', 'seq_puts', 'seq_putc', 'seq_write'],
];

const forms = ['', '_once', '_ratelimited'];

/** `WARN(condition, format, …)`: the condition is what it returns and what it warns about. */
const warning: Intrinsic = (lifting, args) => {
  const condition = expressionOf(args[0]);
  if (!condition) return null;
  const value = lifting.value(condition);
  return { ...intValue(0), expression: callOf('WARN_ON', value.expression) };
};

const bug: Intrinsic = (lifting, args) => {
  const condition = args.length === 0 ? null : expressionOf(args[0]);
  const value = condition ? lifting.value(condition).expression : ({ kind: 'int', value: 1, text: '1' } as const);
  return { ...nothing, expression: callOf('BUG_ON', value) };
};

/** printk and its family (include/linux/printk.h, dev_printk.h, asm-generic/bug.h, v6.12). */
export const logging: Readonly<Record<string, Intrinsic>> = {
  printk: message,
  _printk: message,
  no_printk: message,
  dump_stack: message,
  ...Object.fromEntries(relatives.map((name) => [name, message])),
  trace_printk: message,
  print_hex_dump: message,
  print_hex_dump_debug: message,
  ...Object.fromEntries(
    levels.flatMap((level) =>
      forms.flatMap((form) =>
        [`pr_${level}${form}`, `dev_${level}${form}`, `drm_${level}${form}`].map((name) => [name, message]),
      ),
    ),
  ),
  WARN: warning,
  WARN_ON_ONCE: warning,
  WARN_ONCE: warning,
  WARN_TAINT: warning,
  drm_WARN_ON: (lifting, args) => warning(lifting, args.slice(1), undefined),
  drm_WARN_ON_ONCE: (lifting, args) => warning(lifting, args.slice(1), undefined),
  VM_BUG_ON: bug,
  BUG: bug,
};
