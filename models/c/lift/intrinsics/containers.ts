import type { CType } from '../../../program/cType.js';
import type { Expression as CExpression, MacroArgument } from '../../syntax/ast.js';
import type { SemanticType } from '../../declarations/semanticType.js';
import type { Intrinsic, Lifting } from '../lifting.js';
import { expressionOf } from '../lifting.js';

/** `container_of(pointer, type, member)` (include/linux/container_of.h, v6.12): exact, no offsets are needed. */
const containerOf: Intrinsic = (lifting, args) => {
  const pointer = expressionOf(args[0]);
  const type = typeOfArgument(lifting, args[1]);
  const path = memberPath(args[2]);
  if (!pointer || !type || type.kind !== 'record' || !path) return null;
  const ctype = lifting.ctype(type);
  if (ctype.kind !== 'struct') return null;
  // The member has to be known, so that it has a place.
  let place = { expression: { kind: 'name' as const, name: '' }, type: type as SemanticType, ctype: ctype as CType };
  for (const field of path) {
    const next = lifting.member(
      { ...place, expression: { kind: 'deref', pointer: { kind: 'name', name: '' } } },
      field,
    );
    if (!next) return null;
    place = { expression: place.expression, type: next.type, ctype: next.ctype };
  }
  const value = lifting.value(pointer);
  return {
    expression: { kind: 'containerOf', pointer: value.expression, tag: ctype.tag, path },
    type: { kind: 'pointer', to: type },
    ctype: { kind: 'pointer', to: ctype },
  };
};

export const containers: Readonly<Record<string, Intrinsic>> = {
  container_of: containerOf,
  container_of_const: containerOf,
  list_entry: containerOf,
  hlist_entry: containerOf,
  rb_entry: containerOf,
};

function typeOfArgument(lifting: Lifting, argument: MacroArgument | undefined): SemanticType | null {
  if (argument?.kind === 'type') return lifting.resolve(argument.value.type);
  // A typedef name looks like an expression.
  if (argument?.kind === 'expression' && argument.value.kind === 'name')
    return lifting.resolve({ kind: 'name', name: argument.value.name });
  if (argument?.kind === 'expression' && argument.value.kind === 'call' && argument.value.callee.kind === 'name') {
    const inner = expressionOf(argument.value.args[0]);
    if (/^(?:__)?typeof(?:__)?$/.test(argument.value.callee.name) && inner) return lifting.typeOf(inner).type;
  }
  return null;
}

/** `a.b` as `['a', 'b']`; null for array elements. */
function memberPath(argument: MacroArgument | undefined): string[] | null {
  const read = (expression: CExpression): string[] | null => {
    if (expression.kind === 'name') return [expression.name];
    if (expression.kind !== 'member' || expression.arrow) return null;
    const base = read(expression.base);
    return base === null ? null : [...base, expression.field];
  };
  const expression = expressionOf(argument);
  return expression ? read(expression) : null;
}
