import type { Expression, TypeSyntax } from '../syntax/ast.js';
import type { RecordType, SemanticType } from './semanticType.js';

/** What names and types mean to `typeOfExpression`. */
export interface TypingEnvironment {
  resolve(type: TypeSyntax): SemanticType;
  record(tag: string): RecordType | null;
  /** Type of a name that is no constant: a variable or a function. */
  variable(name: string): SemanticType | null;
  /** Type of an integer constant expression. */
  constant(expression: Expression): SemanticType | null;
}

/**
 * Type of an operand of `sizeof`: what stands there is a place (a variable, a member, what a pointer points to) or a constant. Arrays do not
 * decay. Null for everything else.
 */
export function typeOfExpression(expression: Expression, environment: TypingEnvironment): SemanticType | null {
  const typeOf = (inner: Expression): SemanticType | null => typeOfExpression(inner, environment);
  switch (expression.kind) {
    case 'name':
      return environment.variable(expression.name) ?? environment.constant(expression);
    case 'member': {
      const base = typeOf(expression.base);
      const record = expression.arrow ? pointee(base) : base;
      if (record?.kind !== 'record') return null;
      return environment.record(record.tag)?.fields.find(({ name }) => name === expression.field)?.type ?? null;
    }
    case 'index':
      return pointee(typeOf(expression.base));
    case 'unary':
      if (expression.operator === '*') return pointee(typeOf(expression.operand));
      if (expression.operator === '&') {
        const to = typeOf(expression.operand);
        return to === null ? null : { kind: 'pointer', to };
      }
      return environment.constant(expression);
    case 'cast':
      return environment.resolve(expression.type.type);
    case 'compoundLiteral':
      return environment.resolve(expression.type.type);
    case 'call':
      return callResult(expression, environment) ?? environment.constant(expression);
    case 'int':
    case 'char':
    case 'sizeof':
    case 'offsetof':
    case 'binary':
    case 'conditional':
      return environment.constant(expression);
    case 'string':
    case 'float':
    case 'increment':
    case 'assign':
    case 'comma':
    case 'statementExpression':
    case 'generic':
    case 'bad':
      return null;
  }
}

function pointee(type: SemanticType | null): SemanticType | null {
  if (type?.kind === 'pointer') return type.to;
  return type?.kind === 'array' ? type.of : null;
}

function callResult(call: Expression & { readonly kind: 'call' }, environment: TypingEnvironment): SemanticType | null {
  if (call.callee.kind !== 'name') return null;
  const type = environment.variable(call.callee.name);
  return type?.kind === 'function' ? type.returns : null;
}
