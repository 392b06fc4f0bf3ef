import type { Expression } from '../../program/expression.js';
import type { Statement } from '../../program/statement.js';
import type { StructType } from '../../types/structType.js';
import type { Draft } from './emitter.js';

/**
 * Drops clearing and copying of members that nothing else names, so that a state does not grow by what a struct carries along. Members
 * that the uAPI documents as output stay: that they are written is what one property asks.
 *
 * So do statements that keep track of unions, if `isMixed` says that code uses more than one member.
 *
 * Names are compared without the struct they belong to: that keeps too much rather than too little.
 */
export function withoutUnusedFields(
  bodies: readonly (readonly Draft[])[],
  others: Iterable<readonly Statement[]>,
  types: readonly StructType[],
  isMixed: (union: string) => boolean,
): (readonly Statement[])[] {
  const named = new Set<string>();
  for (const body of others) for (const statement of body) nameFields(statement, named);
  for (const body of bodies) for (const statement of body) nameFields(statement, named);
  const outputs = new Set<string>();
  for (const { tag, fields } of types)
    for (const { name, documented } of fields)
      if (documented === 'out' || documented === 'in/out') outputs.add(`${tag}.${name}`);
  const isKept = (field: string) => outputs.has(field) || named.has(field.slice(field.lastIndexOf('.') + 1));
  return bodies.map((body) => kept(body, isKept, isMixed));
}

function kept(
  body: readonly Draft[],
  isKept: (field: string) => boolean,
  isMixed: (union: string) => boolean,
): Statement[] {
  const result: Statement[] = [];
  for (const { ifUsed, ifMixed, ...statement } of body) {
    if (ifUsed !== undefined && !isKept(ifUsed)) continue;
    if (ifMixed !== undefined && !isMixed(ifMixed)) continue;
    result.push(withInner(statement, (inner) => kept(inner, isKept, isMixed)));
  }
  return result;
}

/** The statement with the statements inside it replaced. */
export function withInner(
  statement: Statement,
  replace: (body: readonly Statement[]) => readonly Statement[],
): Statement {
  switch (statement.kind) {
    case 'if':
      return { ...statement, then: replace(statement.then), otherwise: replace(statement.otherwise) };
    case 'while':
    case 'block':
      return { ...statement, body: replace(statement.body) };
    case 'choose':
      return {
        ...statement,
        alternatives: statement.alternatives.map((alternative) => ({
          ...alternative,
          body: replace(alternative.body),
        })),
      };
    default:
      return statement;
  }
}

/** Every expression of a statement, those of inner statements included. */
export function visitExpressions(statement: Statement, visit: (expression: Expression) => void): void {
  withInner(statement, (body) => {
    for (const inner of body) visitExpressions(inner, visit);
    return body;
  });
  switch (statement.kind) {
    case 'assign':
      visit(statement.place);
      visit(statement.value);
      return;
    case 'run':
      return visit(statement.expression);
    case 'if':
    case 'while':
    case 'await':
      return visit(statement.condition);
    case 'return':
      if (statement.value) visit(statement.value);
      return;
    case 'alloc':
      return visit(statement.place);
    case 'free':
      return visit(statement.pointer);
    default:
      return;
  }
}

/** The expression and every one inside it. */
export function visitInside(expression: Expression, visit: (expression: Expression) => void): void {
  visit(expression);
  switch (expression.kind) {
    case 'member':
      return visitInside(expression.base, visit);
    case 'index':
      visitInside(expression.base, visit);
      return visitInside(expression.index, visit);
    case 'deref':
    case 'containerOf':
      return visitInside(expression.pointer, visit);
    case 'address':
      return visitInside(expression.place, visit);
    case 'unary':
    case 'convert':
      return visitInside(expression.operand, visit);
    case 'binary':
      visitInside(expression.left, visit);
      return visitInside(expression.right, visit);
    case 'call':
      visitInside(expression.callee, visit);
      return expression.args.forEach((argument) => visitInside(argument, visit));
    case 'event':
      visitInside(expression.cell, visit);
      return expression.args.forEach((argument) => visitInside(argument, visit));
    default:
      return;
  }
}

function nameFields(statement: Draft, named: Set<string>): void {
  if (statement.ifUsed === undefined)
    visitOwn(statement, (expression) => {
      if (expression.kind === 'member') named.add(expression.field);
      if (expression.kind === 'containerOf') for (const field of expression.path) named.add(field);
    });
  withInner(statement, (body) => {
    for (const inner of body) nameFields(inner, named);
    return body;
  });
}

/** The expressions of the statement itself. */
function visitOwn(statement: Statement, visit: (expression: Expression) => void): void {
  visitExpressions(
    withInner(statement, () => []),
    (expression) => visitInside(expression, visit),
  );
}
