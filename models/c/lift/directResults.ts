import type { Expression } from '../../program/expression.js';
import type { Statement } from '../../program/statement.js';
import { visitExpressions, visitInside, withInner } from './unusedFields.js';

/**
 * Lets a choice give its result to the variable that gets it: `choose { _1 = … }; shm = _1` becomes `choose { shm = … }`, if nothing else
 * names `_1` and the choice does not name `shm`. Reports then name the variable as the source does.
 *
 * `locals` are the function's own variables, the temporaries among them; a place in memory stays as it is, because when it is written
 * matters.
 */
export function withDirectResults(body: readonly Statement[], locals: ReadonlySet<string>): readonly Statement[] {
  const uses = new Map<string, number>();
  for (const statement of body) countNames(statement, uses);
  return directed(body, locals, uses);
}

function directed(
  body: readonly Statement[],
  locals: ReadonlySet<string>,
  uses: ReadonlyMap<string, number>,
): Statement[] {
  const result: Statement[] = [];
  for (const statement of body) {
    const previous = result.at(-1);
    const renamed = previous && resultOf(previous, statement, locals, uses);
    if (renamed) result[result.length - 1] = renamed;
    else result.push(withInner(statement, (inner) => directed(inner, locals, uses)));
  }
  return result;
}

/** The choice with `to` in place of the temporary, if the statement after it only hands the temporary on. */
function resultOf(
  choice: Statement,
  next: Statement,
  locals: ReadonlySet<string>,
  uses: ReadonlyMap<string, number>,
): Statement | null {
  if (choice.kind !== 'choose' || next.kind !== 'assign' || next.access !== 'plain') return null;
  const { place, value } = next;
  if (place.kind !== 'name' || value.kind !== 'name' || place.name === value.name) return null;
  if (!value.name.startsWith('_') || !locals.has(value.name) || !locals.has(place.name)) return null;
  const inside = new Map<string, number>();
  countNames(choice, inside);
  const isOnlyHere = (inside.get(value.name) ?? 0) + 1 === uses.get(value.name);
  if (!isOnlyHere || inside.has(place.name)) return null;
  return renamedIn(choice, value.name, place.name);
}

function countNames(statement: Statement, uses: Map<string, number>): void {
  visitExpressions(statement, (expression) =>
    visitInside(expression, (inner) => {
      if (inner.kind === 'name') uses.set(inner.name, (uses.get(inner.name) ?? 0) + 1);
    }),
  );
}

function renamedIn(statement: Statement, from: string, to: string): Statement {
  const rename = (expression: Expression) => renamed(expression, from, to);
  const outer = withInner(statement, (body) => body.map((inner) => renamedIn(inner, from, to)));
  switch (outer.kind) {
    case 'assign':
      return { ...outer, place: rename(outer.place), value: rename(outer.value) };
    case 'run':
      return { ...outer, expression: rename(outer.expression) };
    case 'if':
    case 'while':
    case 'await':
      return { ...outer, condition: rename(outer.condition) };
    case 'return':
      return outer.value === null ? outer : { ...outer, value: rename(outer.value) };
    case 'alloc':
      return { ...outer, place: rename(outer.place) };
    case 'free':
      return { ...outer, pointer: rename(outer.pointer) };
    default:
      return outer;
  }
}

function renamed(expression: Expression, from: string, to: string): Expression {
  const rename = (inner: Expression) => renamed(inner, from, to);
  switch (expression.kind) {
    case 'name':
      return expression.name === from ? { ...expression, name: to } : expression;
    case 'member':
      return { ...expression, base: rename(expression.base) };
    case 'index':
      return { ...expression, base: rename(expression.base), index: rename(expression.index) };
    case 'deref':
    case 'containerOf':
      return { ...expression, pointer: rename(expression.pointer) };
    case 'address':
      return { ...expression, place: rename(expression.place) };
    case 'unary':
    case 'convert':
      return { ...expression, operand: rename(expression.operand) };
    case 'binary':
      return { ...expression, left: rename(expression.left), right: rename(expression.right) };
    case 'call':
      return { ...expression, callee: rename(expression.callee), args: expression.args.map(rename) };
    case 'event':
      return { ...expression, cell: rename(expression.cell), args: expression.args.map(rename) };
    case 'int':
    case 'opaque':
      return expression;
  }
}
