import type { Expression, Statement } from '../syntax/ast.js';
import { visitTree } from '../syntax/visitTree.js';

/** Stands for the body of a loop macro while its definition is parsed. */
export const bodyMarker = '__interleaf_body';

/** The statement with the marker replaced by `body`. */
export function replaceBody(statement: Statement, body: Statement): Statement {
  switch (statement.kind) {
    case 'expression': {
      const { expression } = statement;
      const isMarker =
        expression.kind === 'call' && expression.callee.kind === 'name' && expression.callee.name === bodyMarker;
      return isMarker ? body : statement;
    }
    case 'for':
    case 'while':
    case 'macroLoop':
    case 'do':
      return { ...statement, body: replaceBody(statement.body, body) };
    case 'if':
      return {
        ...statement,
        then: replaceBody(statement.then, body),
        otherwise: statement.otherwise ? replaceBody(statement.otherwise, body) : null,
      };
    case 'block':
      return { ...statement, body: statement.body.map((inner) => replaceBody(inner, body)) };
    default:
      return statement;
  }
}

export function isPlace(expression: Expression): boolean {
  return (
    expression.kind === 'name' ||
    expression.kind === 'member' ||
    expression.kind === 'index' ||
    (expression.kind === 'unary' && expression.operator === '*')
  );
}

/** Statements inside a statement, with how many blocks deeper they are. */
export function innerStatements(
  statement: Statement,
): { readonly body: readonly Statement[]; readonly deeper: number }[] {
  switch (statement.kind) {
    case 'block':
      return [{ body: statement.body, deeper: 1 }];
    case 'if':
      return [statement.then, ...(statement.otherwise ? [statement.otherwise] : [])].map((inner) => single(inner, 1));
    case 'while':
    case 'do':
      return [single(statement.body, 2)];
    case 'for':
      return [single(statement.body, 3)];
    case 'switch':
      return [single(statement.body, 2)];
    case 'macroLoop':
      return [single(statement.body, statement.name === 'scoped_guard' ? 2 : 3)];
    default:
      return [];
  }
}

function single(
  statement: Statement,
  deeper: number,
): { readonly body: readonly Statement[]; readonly deeper: number } {
  return statement.kind === 'block' ? { body: statement.body, deeper } : { body: [statement], deeper };
}

/** The cases of a switch, but not those of switches inside it. */
export function collectCases(statement: Statement, found: (statement: Statement) => void): void {
  if (statement.kind === 'case' || statement.kind === 'default') return found(statement);
  if (statement.kind === 'switch') return;
  for (const { body } of innerStatements(statement)) for (const inner of body) collectCases(inner, found);
}

/** Names that are assigned or incremented somewhere in a statement. */
export function assignedNames(statement: Statement): ReadonlySet<string> {
  const found = new Set<string>();
  visitTree(statement, (node) => {
    const tree = node as Expression;
    if (tree.kind === 'assign' && tree.place.kind === 'name') found.add(tree.place.name);
    if (tree.kind === 'increment' && tree.operand.kind === 'name') found.add(tree.operand.name);
  });
  return found;
}

/** Whether an expression names something that is meant. */
export function mentionsName(expression: Expression, isMeant: (name: string) => boolean): boolean {
  let found = false;
  visitTree(expression, (node) => {
    const tree = node as Expression;
    if (tree.kind === 'name' && isMeant(tree.name)) found = true;
  });
  return found;
}
