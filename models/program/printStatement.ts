import type { Expression } from './expression.js';
import type { Statement } from './statement.js';

/** An expression as C text; what `parseExpression` reads prints as itself up to white space and parentheses. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'int':
      return expression.text;
    case 'name':
      return expression.name;
    case 'member':
      return `${printExpression(expression.base)}${expression.arrow ? '->' : '.'}${expression.field}`;
    case 'index':
      return `${printExpression(expression.base)}[${printExpression(expression.index)}]`;
    case 'deref':
      return `*${printExpression(expression.pointer)}`;
    case 'address':
      return `&${printExpression(expression.place)}`;
    case 'unary':
      if (expression.operator === 'IS_ERR') return `IS_ERR(${printExpression(expression.operand)})`;
      return `${expression.operator}${parenthesised(expression.operand)}`;
    case 'convert':
      return `(${expression.to})${parenthesised(expression.operand)}`;
    case 'opaque':
      return `unknown(${expression.what})`;
    case 'binary':
      return `${parenthesised(expression.left)} ${expression.operator} ${parenthesised(expression.right)}`;
    case 'call':
      return `${printExpression(expression.callee)}(${expression.args.map(printExpression).join(', ')})`;
    case 'event':
      return `@${expression.event}(${[expression.cell, ...expression.args].map(printExpression).join(', ')})`;
    case 'containerOf':
      return `container_of(${printExpression(expression.pointer)}, struct ${expression.tag}, ${expression.path.join('.')})`;
  }
}

function parenthesised(expression: Expression): string {
  return expression.kind === 'binary' ? `(${printExpression(expression)})` : printExpression(expression);
}

/** The head of a statement on one line; the bodies of `if`, `while` and `choose` are left out. */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'assign':
      return `${printExpression(statement.place)} = ${printExpression(statement.value)}`;
    case 'run':
      return printExpression(statement.expression);
    case 'if':
      return `if (${printExpression(statement.condition)})`;
    case 'while':
      return `while (${printExpression(statement.condition)})`;
    case 'goto':
      return `goto ${statement.label}`;
    case 'label':
      return `${statement.label}:`;
    case 'return':
      return statement.value === null ? 'return' : `return ${printExpression(statement.value)}`;
    case 'choose':
      return `choose ${statement.name}`;
    case 'await':
      return `await ${printExpression(statement.condition)}`;
    case 'alloc':
      return `${printExpression(statement.place)} = new ${statement.tag}`;
    case 'free':
      return `free ${printExpression(statement.pointer)}`;
    case 'report':
      return `report ${statement.property}`;
    case 'limit':
      return `limit: ${statement.what}`;
    case 'block':
      return '{ … }';
  }
}
