import type { BinaryOperator, Expression, Initialiser, MacroArgument, TypeName, TypeSyntax } from './ast.js';

/** Binding strength: comma 0, assignment 1, `?:` 2, binary operators 3 to 12, prefixes 13, postfixes and names 14. */
const binaryStrength: Readonly<Record<BinaryOperator, number>> = {
  '||': 3,
  '&&': 4,
  '|': 5,
  '^': 6,
  '&': 7,
  '==': 8,
  '!=': 8,
  '<': 9,
  '<=': 9,
  '>': 9,
  '>=': 9,
  '<<': 10,
  '>>': 10,
  '+': 11,
  '-': 11,
  '*': 12,
  '/': 12,
  '%': 12,
};
const assignmentStrength = 1;
const conditionalStrength = 2;
const prefixStrength = 13;
const postfixStrength = 14;

/** How deep a tree is printed: messages are short, and trees of long chains of operators are deep. */
const maximalPrintDepth = 64;

/**
 * C text of an expression for messages, with the parentheses it needs and no others. What is longer than `limit` characters is
 * cut and ends with `…`.
 */
export function printExpression(expression: Expression, limit = 120): string {
  return cut(print(expression, 0, 0), limit);
}

/** C text of a type for messages; `name` is what is declared with it, if anything. */
export function printType(type: TypeSyntax, name = '', limit = 120): string {
  return cut(declare(type, name, 0), limit);
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

/** `least`: what binds less is put into parentheses. */
function print(expression: Expression, least: number, depth: number): string {
  if (depth > maximalPrintDepth) return '…';
  const [text, strength] = render(expression, depth + 1);
  return strength < least ? `(${text})` : text;
}

function render(expression: Expression, depth: number): readonly [text: string, strength: number] {
  switch (expression.kind) {
    case 'int':
    case 'char':
    case 'float':
      return [expression.text, postfixStrength];
    case 'string':
      return [`"${expression.text}"`, postfixStrength];
    case 'name':
      return [expression.name, postfixStrength];
    case 'member': {
      const base = print(expression.base, postfixStrength, depth);
      return [`${base}${expression.arrow ? '->' : '.'}${expression.field}`, postfixStrength];
    }
    case 'index': {
      const base = print(expression.base, postfixStrength, depth);
      return [`${base}[${print(expression.index, 0, depth)}]`, postfixStrength];
    }
    case 'unary': {
      const operand = print(expression.operand, prefixStrength, depth);
      const { operator } = expression;
      // `- -x` and `& &x` are not `--x` and `&&x`.
      return [operand.startsWith(operator.charAt(0)) ? `${operator}(${operand})` : operator + operand, prefixStrength];
    }
    case 'increment': {
      const { operator, prefix } = expression;
      const operand = print(expression.operand, prefix ? prefixStrength : postfixStrength, depth);
      return prefix ? [operator + operand, prefixStrength] : [operand + operator, postfixStrength];
    }
    case 'binary': {
      const strength = binaryStrength[expression.operator];
      const left = print(expression.left, strength, depth);
      return [`${left} ${expression.operator} ${print(expression.right, strength + 1, depth)}`, strength];
    }
    case 'assign': {
      const place = print(expression.place, prefixStrength, depth);
      const value = print(expression.value, assignmentStrength, depth);
      return [`${place} ${expression.operator ?? ''}= ${value}`, assignmentStrength];
    }
    case 'conditional': {
      const condition = print(expression.condition, conditionalStrength + 1, depth);
      const then = expression.then ? ` ${print(expression.then, 0, depth)} ` : '';
      return [`${condition} ?${then}: ${print(expression.otherwise, conditionalStrength, depth)}`, conditionalStrength];
    }
    case 'comma':
      return [`${print(expression.left, 0, depth)}, ${print(expression.right, assignmentStrength, depth)}`, 0];
    case 'call': {
      const callee = print(expression.callee, postfixStrength, depth);
      return [`${callee}(${printArguments(expression.args)})`, postfixStrength];
    }
    case 'cast':
      return [
        `(${typeName(expression.type, depth)})${print(expression.operand, prefixStrength, depth)}`,
        prefixStrength,
      ];
    case 'sizeof': {
      const { of, operator } = expression;
      const word = operator === 'sizeof' ? 'sizeof' : '_Alignof';
      return [`${word}(${of.kind === 'typeName' ? typeName(of, depth) : print(of, 0, depth)})`, postfixStrength];
    }
    case 'compoundLiteral':
      return [`(${typeName(expression.type, depth)})${initialiser(expression.initialiser, depth)}`, postfixStrength];
    case 'statementExpression':
      return ['({ … })', postfixStrength];
    case 'generic':
      return [`_Generic(${print(expression.control, assignmentStrength, depth)}, …)`, postfixStrength];
    case 'offsetof': {
      const type = typeName(expression.type, depth);
      return [`offsetof(${type}, ${print(expression.member, 0, depth)})`, postfixStrength];
    }
    case 'bad':
      return ['<not understood>', postfixStrength];
  }
}

function printArguments(args: readonly MacroArgument[]): string {
  return args.map(({ text }) => text).join(', ');
}

function typeName({ type }: TypeName, depth: number): string {
  return declare(type, '', depth);
}

/** How many elements of a list are shown. */
const shownElements = 3;

function initialiser(value: Initialiser, depth: number): string {
  if (depth > maximalPrintDepth) return '…';
  if (value.kind === 'expression') return print(value.value, assignmentStrength, depth + 1);
  const elements = value.elements.slice(0, shownElements).map((element) => {
    const place = element.designators.map((designator) => {
      if (designator.kind === 'field') return `.${designator.name}`;
      const high = designator.high ? ` ... ${print(designator.high, 0, depth + 1)}` : '';
      return `[${print(designator.low, 0, depth + 1)}${high}]`;
    });
    return `${place.join('')}${place.length > 0 ? ' = ' : ''}${initialiser(element.value, depth + 1)}`;
  });
  if (value.elements.length > shownElements) elements.push('…');
  return elements.length === 0 ? '{}' : `{ ${elements.join(', ')} }`;
}

/** The declaration of `inner`, a name with what has been put around it so far. */
function declare(type: TypeSyntax, inner: string, depth: number): string {
  if (depth > maximalPrintDepth) return '…';
  const spaced = inner === '' ? '' : ` ${inner}`;
  switch (type.kind) {
    case 'base':
    case 'name':
      return type.name + spaced;
    case 'record':
      return `${type.record} ${type.tag ?? '{ … }'}${spaced}`;
    case 'enum':
      return `enum ${type.tag ?? '{ … }'}${spaced}`;
    case 'pointer': {
      const needsParentheses = type.to.kind === 'array' || type.to.kind === 'function';
      return declare(type.to, needsParentheses ? `(*${inner})` : `*${inner}`, depth + 1);
    }
    case 'array':
      return declare(type.of, `${inner}[${type.length ? print(type.length, 0, depth + 1) : ''}]`, depth + 1);
    case 'function': {
      const parameters = type.parameters.map((parameter) => declare(parameter.type, parameter.name ?? '', depth + 1));
      if (type.variadic) parameters.push('...');
      return declare(type.returns, `${inner}(${parameters.join(', ') || 'void'})`, depth + 1);
    }
    case 'typeof': {
      if (type.of === null) return `__auto_type${spaced}`;
      const of = type.of.kind === 'typeName' ? typeName(type.of, depth + 1) : print(type.of, 0, depth + 1);
      return `typeof(${of})${spaced}`;
    }
    case 'macro':
      return `${type.name}(${printArguments(type.args)})${spaced}`;
  }
}
