import type { Intrinsic, Lifting } from '../lifting.js';
import { expressionOf } from '../lifting.js';
import type { Value } from '../value.js';
import { intType, isStable, sizeType, voidType } from '../value.js';
import { copyContent } from './userAccess.js';

const nothing: Value = { expression: { kind: 'int', value: 0, text: '0' }, type: voidType, ctype: { kind: 'void' } };

/** `memset(pointer, 0, size)` of a struct clears its members; of bytes it does nothing that is tracked. */
const memset: Intrinsic = (lifting, args) => {
  const [pointer, byte, size] = [0, 1, 2].map((index) => expressionOf(args[index]));
  if (!pointer || !byte || !size) return null;
  const to = lifting.emitter.kept(lifting.value(pointer));
  const value = lifting.value(byte);
  const isZero = value.expression.kind === 'int' && value.expression.value === 0;
  if (to.ctype.kind !== 'pointer' || to.ctype.to.kind !== 'struct' || !isZero) {
    // Memory without a type has no content that anything could tell apart; a struct, a variable or a member of one has.
    const isTracked =
      to.expression.kind === 'address' || (to.ctype.kind === 'pointer' && to.ctype.to.kind === 'struct');
    const what = 'memset(): the content of the memory is not tracked';
    lifting.remark(isTracked ? 'abstracted' : 'note', 'bytes', what);
    if (isTracked) lifting.emitter.emit({ kind: 'limit', what, ends: false });
    return to;
  }
  const bytes = lifting.declarations.evaluate(size);
  const whole = to.type.kind === 'pointer' ? lifting.declarations.sizeOf(to.type.to) : null;
  if (bytes === null || whole === null || Number(bytes.value) !== whole)
    lifting.remark('abstracted', 'bytes', 'memset() of a part of a struct, or of several: one struct is cleared');
  lifting.copy(lifting.pointee(to), null);
  return to;
};

/** `memcpy(to, from, size)` */
const memcpy: Intrinsic = (lifting, args) => {
  const [to, from, size] = [0, 1, 2].map((index) => expressionOf(args[index]));
  if (!to || !from || !size) return null;
  const values = lifting.emitter
    .inOrder([() => lifting.value(to), () => lifting.value(from), () => lifting.value(size)])
    .map((value) => lifting.emitter.kept(value));
  copyContent(lifting, values[0]!, values[1]!, values[2]!);
  return values[0]!;
};

/** A function of the content of memory: reads its arguments, gives a number nobody knows. */
function pure(text: string, type: typeof intType): Intrinsic {
  return (lifting, args) => {
    readArguments(lifting, args);
    return lifting.opaque(`the result of ${text}()`, type);
  };
}

/** Writes bytes that are not tracked. */
const bytes: Intrinsic = (lifting, args) => {
  readArguments(lifting, args);
  return nothing;
};

function readArguments(lifting: Lifting, args: Parameters<Intrinsic>[1]): void {
  for (const argument of args) {
    const expression = expressionOf(argument);
    if (!expression || expression.kind === 'string') continue;
    const { expression: lifted } = lifting.value(expression);
    if (!isStable(lifted)) lifting.emitter.emit({ kind: 'run', expression: lifted });
  }
}

/** include/linux/string.h, v6.12. */
export const memory: Readonly<Record<string, Intrinsic>> = {
  memset,
  memzero_explicit: (lifting, args) =>
    memset(
      lifting,
      [
        args[0]!,
        {
          kind: 'expression',
          value: { kind: 'int', value: 0n, unsigned: false, long: false, text: '0', line: 0 },
          text: '0',
        },
        args[1]!,
      ],
      undefined,
    ),
  memcpy,
  memmove: memcpy,
  ...Object.fromEntries(
    ['memcmp', 'strcmp', 'strncmp', 'strcasecmp', 'sysfs_streq', 'uuid_equal', 'guid_equal', 'uuid_is_null'].map(
      (text) => [text, pure(text, intType)],
    ),
  ),
  ...Object.fromEntries(['strlen', 'strnlen', 'sizeof_field'].map((text) => [text, pure(text, sizeType)])),
  ...Object.fromEntries(
    ['snprintf', 'scnprintf', 'sprintf', 'vsnprintf', 'strscpy', 'strlcpy', 'sysfs_emit', 'sysfs_emit_at'].map(
      (text) => [text, pure(text, intType)],
    ),
  ),
  ...Object.fromEntries(
    ['uuid_copy', 'guid_copy', 'export_uuid', 'import_uuid', 'uuid_gen', 'get_random_bytes'].map((text) => [
      text,
      bytes,
    ]),
  ),
};
