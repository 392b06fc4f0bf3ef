import type { Expression as CExpression } from '../../syntax/ast.js';
import type { Intrinsic, Lifting } from '../lifting.js';
import { expressionOf } from '../lifting.js';
import type { Value } from '../value.js';

/** The smaller or larger of two numbers, each found once. */
function extremum(operator: '<' | '>'): Intrinsic {
  return (lifting, args) => {
    const offset = args[0]?.kind === 'type' ? 1 : 0;
    const [a, b] = [expressionOf(args[offset]), expressionOf(args[offset + 1])];
    if (!a || !b) return null;
    const type = args[0]?.kind === 'type' ? lifting.resolve(args[0].value.type) : null;
    const [left, right] = lifting.emitter.inOrder([() => typed(lifting, a, type), () => typed(lifting, b, type)]);
    const first = lifting.emitter.kept(left!);
    const second = lifting.emitter.kept(right!);
    const common = first.type.kind === 'int' && second.type.kind === 'int' ? first : second;
    const result = lifting.emitter.temporary(common.ctype);
    const assign = (value: Value) =>
      lifting.emitter.within(() =>
        lifting.emitter.emit({ kind: 'assign', place: result, value: value.expression, access: 'plain' }),
      );
    lifting.emitter.emit({
      kind: 'if',
      condition: { kind: 'binary', operator, left: first.expression, right: second.expression },
      then: assign(first),
      otherwise: assign(second),
    });
    return { ...common, expression: result };
  };
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
  const keep = lifting.emitter.temporary(first.ctype);
  lifting.emitter.emit({ kind: 'assign', place: keep, value: first.expression, access: 'plain' });
  lifting.assign(first, { expression: second.expression, type: second.type, ctype: second.ctype });
  lifting.assign(second, { expression: keep, type: first.type, ctype: first.ctype });
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
  swap,
};
