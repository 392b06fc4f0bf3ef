import type { Expression } from '../../../program/expression.js';
import type { Draft } from '../emitter.js';
import type { Intrinsic, Lifting } from '../lifting.js';
import { expressionOf } from '../lifting.js';
import type { IntSemantic, Value } from '../value.js';
import { callOf, intType } from '../value.js';

const unsignedLong: IntSemantic = { kind: 'int', int: 'u64', name: 'unsigned long' };
const efault: Expression = { kind: 'int', value: -14, text: '-EFAULT' };
const notCopied: Expression = { kind: 'int', value: 1, text: '1' };

/** A choice between an access that works and a fault; the result is 0 or `failure`. */
function access(
  lifting: Lifting,
  text: string,
  type: IntSemantic,
  done: () => void,
  failed: () => void,
  failure: Expression,
): Value {
  lifting.emitter.emit({ kind: 'run', expression: callOf('might_sleep') });
  const result = lifting.emitter.temporary({ kind: 'int', name: type.name });
  const branch = (body: () => void, value: Expression): Draft[] =>
    lifting.emitter.within(() => {
      body();
      lifting.emitter.emit({ kind: 'assign', place: result, value, access: 'plain' });
    });
  lifting.emitter.emit({
    kind: 'choose',
    name: text,
    alternatives: [
      { name: 'success', fault: false, body: branch(done, { kind: 'int', value: 0, text: '0' }) },
      { name: '-EFAULT', fault: true, body: branch(failed, failure) },
    ],
  });
  return { expression: result, type, ctype: { kind: 'int', name: type.name } };
}

/**
 * `copy_from_user(to, from, size)`, member by member: everything or nothing. Left out: a copy that stops half-way, and user memory
 * that another thread changes meanwhile.
 */
function copy(canonical: string): Intrinsic {
  return (lifting, args) => {
    const [to, from, size] = [0, 1, 2].map((index) => expressionOf(args[index]));
    if (!to || !from || !size) return null;
    const [target, source, bytes] = lifting.emitter
      .inOrder([() => lifting.value(to), () => lifting.value(from), () => lifting.value(size)])
      .map((value) => lifting.emitter.kept(value));
    return access(
      lifting,
      canonical,
      unsignedLong,
      () => copyContent(lifting, target!, source!, bytes!),
      () => undefined,
      notCopied,
    );
  };
}

/** Copies what both pointers point to, if the size is that of it. */
export function copyContent(lifting: Lifting, to: Value, from: Value, bytes: Value): void {
  const typed = [to, from].find((value) => value.ctype.kind === 'pointer' && value.ctype.to.kind === 'struct');
  const scalar = [to, from].find(
    (value) =>
      value.type.kind === 'pointer' &&
      value.type.to.kind === 'int' &&
      value.type.to.int !== 's8' &&
      value.type.to.int !== 'u8',
  );
  const model = typed ?? scalar;
  if (!model || model.type.kind !== 'pointer') {
    lifting.remark('abstracted', 'bytes', 'bytes are copied: what they are is not tracked');
    return;
  }
  const size = lifting.declarations.sizeOf(model.type.to);
  const isWhole = bytes.expression.kind === 'int' && (size === null || bytes.expression.value === size);
  if (!isWhole)
    lifting.remark('abstracted', 'bytes', 'the size of a copy is not that of the struct: one struct is copied');
  const as = (value: Value): Value =>
    value.ctype.kind === 'pointer' && (value.ctype.to.kind === 'void' || (typed !== undefined && isBytes(value)))
      ? { ...value, type: model.type, ctype: model.ctype, retyped: true }
      : value;
  const [target, source] = [lifting.pointee(as(to)), lifting.pointee(as(from))];
  if (target.ctype.kind === 'struct' || source.ctype.kind === 'struct') lifting.copy(target, source);
  else lifting.assign(target, { expression: source.expression, type: source.type, ctype: source.ctype });
}

/** Whether a pointer is to bytes, which may be anything's. */
function isBytes({ type, ctype }: Value): boolean {
  const to = type.kind === 'pointer' && type.to.kind === 'int' ? type.to.int : null;
  return (to === 's8' || to === 'u8') && ctype.kind === 'pointer' && ctype.to.kind === 'int';
}

/** `put_user(value, pointer)` */
const putUser: Intrinsic = (lifting, args) => {
  const [value, pointer] = [expressionOf(args[0]), expressionOf(args[1])];
  if (!value || !pointer) return null;
  const [stored, target] = lifting.emitter.inOrder([() => lifting.value(value), () => lifting.value(pointer)]);
  const kept = lifting.emitter.kept(stored!);
  const to = lifting.emitter.kept(target!);
  const store = () => {
    const place = lifting.pointee(to);
    lifting.assign(place, lifting.converted(kept, place.type));
  };
  return access(lifting, 'put_user', intType, store, () => undefined, efault);
};

/** `get_user(variable, pointer)`: on a fault the variable is 0. */
const getUser: Intrinsic = (lifting, args) => {
  const [variable, pointer] = [expressionOf(args[0]), expressionOf(args[1])];
  if (!variable || !pointer) return null;
  const from = lifting.emitter.kept(lifting.value(pointer));
  const place = lifting.place(variable);
  const load = () => {
    const source = lifting.pointee(from);
    lifting.assign(
      place,
      lifting.converted({ expression: source.expression, type: source.type, ctype: source.ctype }, place.type),
    );
  };
  const clear = () =>
    lifting.emitter.emit({
      kind: 'assign',
      place: place.expression,
      value: { kind: 'int', value: 0, text: '0' },
      access: 'plain',
    });
  return access(lifting, 'get_user', intType, load, clear, efault);
};

/** include/linux/uaccess.h, v6.12. */
export const userAccess: Readonly<Record<string, Intrinsic>> = {
  copy_from_user: copy('copy_from_user'),
  __copy_from_user: copy('copy_from_user'),
  copy_to_user: copy('copy_to_user'),
  __copy_to_user: copy('copy_to_user'),
  put_user: putUser,
  __put_user: putUser,
  get_user: getUser,
  __get_user: getUser,
};
