import type { Expression as CExpression, MacroArgument } from '../../syntax/ast.js';
import type { SemanticType } from '../../declarations/semanticType.js';
import type { Intrinsic, Lifting } from '../lifting.js';
import { expressionOf } from '../lifting.js';
import type { Value } from '../value.js';
import { commonType, intValue, sizeType } from '../value.js';

/** The smaller or larger of two numbers, each found once. */
function extremum(operator: '<' | '>'): Intrinsic {
  return (lifting, args) => {
    const offset = args.length === 3 ? 1 : 0;
    const [a, b] = [expressionOf(args[offset]), expressionOf(args[offset + 1])];
    if (!a || !b) return null;
    const type = offset === 1 ? typeArgument(lifting, args[0]) : null;
    const [left, right] = lifting.emitter.inOrder([() => typed(lifting, a, type), () => typed(lifting, b, type)]);
    const [first, second] = inCommonType(lifting, lifting.emitter.kept(left!), lifting.emitter.kept(right!));
    return chosen(lifting, operator, first, second);
  };
}

/** `first` if `first operator second`, else `second`; both are found already. */
function chosen(lifting: Lifting, operator: '<' | '>', first: Value, second: Value): Value {
  const result = lifting.emitter.temporary(first.ctype);
  const assign = (value: Value) =>
    lifting.emitter.within(() =>
      lifting.emitter.emit({ kind: 'assign', place: result, value: value.expression, access: 'plain' }),
    );
  lifting.emitter.emit({
    kind: 'if',
    condition: lifting.combined(operator, first, second).expression,
    then: assign(first),
    otherwise: assign(second),
  });
  return { expression: result, type: first.type, ctype: first.ctype };
}

function inCommonType(lifting: Lifting, left: Value, right: Value): [Value, Value] {
  if (left.type.kind !== 'int' || right.type.kind !== 'int') return [left, right];
  const int = commonType(left.type.int, right.type.int);
  const type: SemanticType = { kind: 'int', int, name: int };
  return [left, right].map((value) => lifting.emitter.kept(lifting.converted(value, type))) as [Value, Value];
}

/** `clamp(value, low, high)`, with the type first in `clamp_t`. */
const clamp: Intrinsic = (lifting, args) => {
  const offset = args[0]?.kind === 'type' || args.length === 4 ? 1 : 0;
  const [value, low, high] = [0, 1, 2].map((index) => expressionOf(args[offset + index]));
  if (!value || !low || !high) return null;
  const type = offset === 1 ? typeArgument(lifting, args[0]) : null;
  const found = lifting.emitter
    .inOrder([value, low, high].map((part) => () => typed(lifting, part, type)))
    .map((part) => lifting.emitter.kept(part));
  const raised = chosen(lifting, '>', ...inCommonType(lifting, found[0]!, found[1]!));
  return chosen(lifting, '<', ...inCommonType(lifting, raised, found[2]!));
};

/** `min3(a, b, c)` */
function extremumOfThree(operator: '<' | '>'): Intrinsic {
  return (lifting, args) => {
    const parts = args.map(expressionOf);
    if (parts.length !== 3 || parts.includes(null)) return null;
    const [a, b, c] = lifting.emitter
      .inOrder(parts.map((part) => () => lifting.value(part!)))
      .map((part) => lifting.emitter.kept(part));
    const first = chosen(lifting, operator, ...inCommonType(lifting, a!, b!));
    return chosen(lifting, operator, ...inCommonType(lifting, first, c!));
  };
}

/** Number of elements of an array whose type is known. */
const arraySize: Intrinsic = (lifting, args) => {
  const array = expressionOf(args[0]);
  const type = array ? lifting.typeOf(array).type : null;
  return type?.kind === 'array' && type.length !== null
    ? intValue(type.length, `ARRAY_SIZE(${args[0]!.text})`, sizeType)
    : null;
};

function typeArgument(lifting: Lifting, argument: MacroArgument | undefined): SemanticType | null {
  if (argument?.kind === 'type') return lifting.resolve(argument.value.type);
  // A typedef's name looks like an expression.
  const name = expressionOf(argument);
  return name?.kind === 'name' ? lifting.resolve({ kind: 'name', name: name.name }) : null;
}

function typed(lifting: Lifting, expression: CExpression, type: ReturnType<Lifting['resolve']> | null): Value {
  const value = lifting.value(expression);
  return type ? lifting.converted(value, type) : value;
}

/** `swap(a, b)` */
const swap: Intrinsic = (lifting, args) => {
  const [a, b] = [expressionOf(args[0]), expressionOf(args[1])];
  if (!a || !b) return null;
  const [first, second] = [lifting.place(a), lifting.place(b)];
  const keep = { ...first, expression: lifting.emitter.temporary(first.ctype) };
  lifting.assign(keep, first);
  lifting.assign(first, second);
  lifting.assign(second, keep);
  return { expression: { kind: 'int', value: 0, text: '0' }, type: { kind: 'void' }, ctype: { kind: 'void' } };
};

/** include/linux/minmax.h, v6.12. */
export const numbers: Readonly<Record<string, Intrinsic>> = {
  min: extremum('<'),
  max: extremum('>'),
  min_t: extremum('<'),
  max_t: extremum('>'),
  umin: extremum('<'),
  umax: extremum('>'),
  clamp,
  clamp_t: clamp,
  min3: extremumOfThree('<'),
  max3: extremumOfThree('>'),
  ARRAY_SIZE: arraySize,
  swap,
};
