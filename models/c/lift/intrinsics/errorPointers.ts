import type { Expression } from '../../../program/expression.js';
import type { Intrinsic, Lifting } from '../lifting.js';
import { expressionOf } from '../lifting.js';
import type { Value } from '../value.js';
import { boolType, callOf, intCType, intType, longType, voidPointer, voidPointerCType } from '../value.js';

/** An error pointer is its errno (include/linux/err.h, v6.12): conversions change the type alone. */
export const errorPointers: Readonly<Record<string, Intrinsic>> = {
  ERR_PTR: (lifting, args, expected) =>
    withArgument(lifting, args, (value) => ({
      expression: value.expression,
      type: voidPointer,
      ctype: expected?.kind === 'pointer' ? expected : voidPointerCType,
    })),
  ERR_CAST: (lifting, args, expected) =>
    withArgument(lifting, args, (value) => ({
      expression: value.expression,
      type: voidPointer,
      ctype: expected?.kind === 'pointer' ? expected : voidPointerCType,
    })),
  PTR_ERR: (lifting, args) =>
    withArgument(lifting, args, ({ expression }) => ({
      expression,
      type: longType,
      ctype: { kind: 'int', name: 'long' },
    })),
  IS_ERR: (lifting, args) => withArgument(lifting, args, ({ expression }) => truth(callOf('IS_ERR', expression))),
  IS_ERR_VALUE: (lifting, args) => withArgument(lifting, args, ({ expression }) => truth(callOf('IS_ERR', expression))),
  IS_ERR_OR_NULL: (lifting, args) =>
    withArgument(lifting, args, (value) => truth(callOf('IS_ERR_OR_NULL', lifting.emitter.kept(value).expression))),
  PTR_ERR_OR_ZERO: (lifting, args) =>
    withArgument(lifting, args, (value) => {
      const { expression } = lifting.emitter.kept(value);
      const result = lifting.emitter.temporary(intCType);
      const assign = (to: Expression) =>
        lifting.emitter.within(() =>
          lifting.emitter.emit({ kind: 'assign', place: result, value: to, access: 'plain' }),
        );
      lifting.emitter.emit({
        kind: 'if',
        condition: callOf('IS_ERR', expression),
        then: assign(expression),
        otherwise: assign({ kind: 'int', value: 0, text: '0' }),
      });
      return { expression: result, type: intType, ctype: intCType };
    }),
};

function withArgument(lifting: Lifting, args: Parameters<Intrinsic>[1], make: (value: Value) => Value): Value | null {
  const argument = expressionOf(args[0]);
  return argument && args.length === 1 ? make(lifting.value(argument)) : null;
}

function truth(expression: Expression): Value {
  return { expression, type: boolType, ctype: { kind: 'int', name: 'bool' } };
}
