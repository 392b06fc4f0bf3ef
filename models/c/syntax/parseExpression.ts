import { bindingStrength } from '../../program/precedence.js';
import type { BinaryOperator, Expression, Initialiser, MacroArgument, Statement, TypeName } from './ast.js';
import { annotations } from './attributes.js';
import { Cursor, maximalChain } from './cursor.js';
import { charValue, intLiteral } from './literals.js';
import type { Token } from './token.js';

const assignments = new Map<string, BinaryOperator | null>([
  ['=', null],
  ['+=', '+'],
  ['-=', '-'],
  ['*=', '*'],
  ['/=', '/'],
  ['%=', '%'],
  ['&=', '&'],
  ['|=', '|'],
  ['^=', '^'],
  ['<<=', '<<'],
  ['>>=', '>>'],
]);

const floatPattern = /^(?:0x[\da-f]*\.?[\da-f]*p[-+]?\d+|(?:\d+\.\d*|\.\d+)(?:e[-+]?\d+)?|\d+e[-+]?\d+)[fl]?$/i;

/** Expressions. */
export abstract class ExpressionParser extends Cursor {
  protected abstract typeName(): TypeName;
  /** The tokens at `at` can only be a type. */
  protected abstract startsType(token: Token): boolean;
  protected abstract block(): Statement & { readonly kind: 'block' };
  /** `(a, b)`: from the opening parenthesis to behind the closing one. */
  protected abstract callArguments(): MacroArgument[];
  protected abstract initialiserList(): Initialiser & { readonly kind: 'list' };

  /** With commas. */
  protected expression(): Expression {
    let left = this.assignment();
    for (let count = 0; this.is(',') && this.at !== this.argumentEnd; count++) {
      if (count > maximalChain) this.fail('too many commas', this.current, true);
      const { line } = this.current;
      this.at++;
      left = { kind: 'comma', line, left, right: this.assignment() };
    }
    return left;
  }

  /** Without commas. */
  protected assignment(): Expression {
    const place = this.conditional();
    const operator = assignments.get(this.text);
    if (operator === undefined) return place;
    if (!isPlace(place)) this.fail(`what is before '${this.text}' cannot be assigned to (is a ';' missing?)`);
    const { line } = this.current;
    this.at++;
    this.enter();
    const value = this.assignment();
    this.leave();
    return { kind: 'assign', line, operator, place, value };
  }

  protected conditional(): Expression {
    const condition = this.binary(1);
    if (!this.is('?')) return condition;
    const { line } = this.current;
    this.at++;
    this.enter();
    const then = this.is(':') ? null : this.expression();
    this.expect(':');
    const otherwise = this.conditional();
    this.leave();
    return { kind: 'conditional', line, condition, then, otherwise };
  }

  private binary(least: number): Expression {
    let left = this.unary();
    for (let count = 0; ; count++) {
      const { text, line } = this.current;
      const strength = bindingStrength(text);
      if (strength === undefined || strength < least) return left;
      if (count > maximalChain) this.fail('too many operators in one expression', this.current, true);
      this.at++;
      const right = this.binary(strength + 1);
      left = { kind: 'binary', line, operator: text as BinaryOperator, left, right };
    }
  }

  protected unary(): Expression {
    this.enter();
    const result = this.unaryWithin();
    this.leave();
    return result;
  }

  private unaryWithin(): Expression {
    const { kind, text, line } = this.current;
    if (kind === 'punctuator') {
      switch (text) {
        case '&':
        case '*':
        case '+':
        case '-':
        case '~':
        case '!':
          this.at++;
          return { kind: 'unary', line, operator: text, operand: this.unary() };
        case '&&':
          this.at++;
          return { kind: 'unary', line, operator: text, operand: { kind: 'name', line, name: this.name() } };
        case '++':
        case '--': {
          this.at++;
          const operand = this.unary();
          if (!isPlace(operand)) this.fail(`the operand of '${text}' cannot be assigned to`);
          return { kind: 'increment', line, operator: text, prefix: true, operand };
        }
        case '(':
          return this.parenthesis();
      }
    } else if (kind === 'keyword') {
      if (text === 'sizeof') return this.sizeof('sizeof');
      if (text === '_Alignof' || text === '__alignof__' || text === '__alignof') return this.sizeof('alignof');
      if (text === '__extension__') {
        this.at++;
        return this.unary();
      }
    }
    return this.postfix(this.primary());
  }

  /** A cast, a compound literal, a statement expression, or an expression in parentheses. */
  private parenthesis(): Expression {
    const { line } = this.current;
    if (this.parenthesisedType()) {
      const partner = this.open('(');
      const type = this.typeName();
      this.close(partner);
      if (this.is('{')) {
        return this.postfix({ kind: 'compoundLiteral', line, type, initialiser: this.initialiserList() });
      }
      return { kind: 'cast', line, type, operand: this.unary() };
    }
    const opening = this.current;
    const partner = this.open('(');
    if (this.is('{')) {
      const body = this.block();
      this.close(partner);
      return this.postfix({ kind: 'statementExpression', line, body });
    }
    const inner = this.expression();
    this.close(partner);
    if (this.is('(') && inner.kind === 'name' && this.lookUp(inner.name) === undefined) {
      const message =
        `'(${inner.name})(…)' is taken as a call: it is a cast if ${inner.name} is a type, ` +
        'which no typedef in sight says';
      this.report(opening, 'note', message);
    }
    return this.postfix(inner);
  }

  /** Decides whether the parenthesis at `at` holds a type. */
  private parenthesisedType(): boolean {
    const first = this.peek(1);
    if (first.kind === 'keyword') return this.startsType(first);
    if (first.kind !== 'name') return false;
    if (annotations.has(first.text)) return this.startsType(this.peek(2)) || this.peek(2).kind === 'name';
    const known = this.lookUp(first.text);
    return this.nameOpensType(first, known);
  }

  private nameOpensType(first: Token, known: boolean | undefined): boolean {
    if (known === false) return false;
    let offset = 2;
    let stars = 0;
    for (; ; offset++) {
      const token = this.peek(offset);
      if (token.text === '*') stars++;
      else if (!annotations.has(token.text) && token.text !== 'const' && token.text !== 'volatile') break;
    }
    const closing = this.peek(offset);
    if (closing.text !== ')') {
      // `(u32 (*)(int))`, `(u8 [4])`.
      return known === true && (closing.text === '[' || (closing.text === '(' && this.peek(offset + 1).text === '*'));
    }
    if (known === true || stars > 0) return true;
    const after = this.peek(offset + 1);
    if (after.text === '{' || (after.text === '(' && this.opensType(offset + 2))) return true;
    if (after.kind === 'name' || after.kind === 'number' || after.kind === 'string' || after.kind === 'char') {
      return after.line === closing.line && first.text !== first.text.toUpperCase();
    }
    return after.text === '~' || after.text === '!' || after.text === 'sizeof';
  }

  /** A keyword of a type, or a name that is known to be one, at `offset`. */
  private opensType(offset: number): boolean {
    const token = this.peek(offset);
    return this.startsType(token) && this.peek(offset + 1).text !== '(';
  }

  private sizeof(operator: 'sizeof' | 'alignof'): Expression {
    const { line } = this.current;
    this.at++;
    if (this.is('(') && this.parenthesisedType()) {
      const start = this.at;
      const partner = this.open('(');
      const type = this.typeName();
      this.close(partner);
      if (!this.is('{')) return { kind: 'sizeof', line, of: type, operator };
      this.at = start;
    }
    return { kind: 'sizeof', line, of: this.unary(), operator };
  }

  private primary(): Expression {
    const token = this.current;
    const { kind, text, line } = token;
    switch (kind) {
      case 'name':
        if (this.peek(1).kind === 'string' || this.namesBeforeString()) return this.string();
        this.at++;
        return { kind: 'name', line, name: text };
      case 'number': {
        this.at++;
        const literal = intLiteral(text);
        if (literal) return { kind: 'int', line, ...literal, text };
        if (floatPattern.test(text)) {
          return { kind: 'float', line, text };
        }
        return this.fail('expected a number', token);
      }
      case 'char':
        this.at++;
        return { kind: 'char', line, value: charValue(text), text };
      case 'string':
        return this.string();
      case 'keyword':
        if (text === '_Generic') return this.generic();
        if (text === '__builtin_offsetof') return this.offsetof();
        return this.fail('expected an expression');
      default:
        return this.fail('expected an expression');
    }
  }

  /** `DRIVER_NAME SUFFIX "text"`: names in one line before a string can only be macros for strings. */
  private namesBeforeString(): boolean {
    let offset = 1;
    while (this.peek(offset).kind === 'name' && this.peek(offset).line === this.current.line) offset++;
    if (offset === 1) return false;
    return this.peek(offset).kind === 'string' || this.areStringMacros(offset);
  }

  /** `DRV_NAME DRV_VERSION`, without any string. */
  private areStringMacros(count: number): boolean {
    for (let offset = 0; offset < count; offset++) if (!/^[A-Z][A-Z0-9_]+$/.test(this.peek(offset).text)) return false;
    return true;
  }

  /** Adjacent literals, with macros between them. */
  private string(): Expression {
    const { line } = this.current;
    const parts: string[] = [];
    for (;;) {
      const { kind, text } = this.current;
      if (kind === 'string') {
        parts.push(text.slice(text.indexOf('"') + 1, text.endsWith('"') && text.length > 1 ? -1 : undefined));
        this.at++;
      } else if (kind === 'name' && this.isStringMacro(parts.length === 0)) {
        const start = this.at;
        this.at++;
        if (this.is('(')) this.at = this.open('(') + 1;
        parts.push(`<${this.textBetween(start, this.at)}>`);
      } else {
        return { kind: 'string', line, text: parts.join('') };
      }
    }
  }

  /** Next to a string, a name on the same line or before another string is a macro for a string. */
  private isStringMacro(isFirst: boolean): boolean {
    if (isFirst || this.continuesLine || /^(?:PRI|SCN)[diouxX]/.test(this.text)) return true;
    const next = this.peek(1);
    if (/^[A-Z][A-Z0-9_]*$/.test(this.text) && (next.text === ')' || next.text === ',')) return true;
    if (next.text === ';' && this.functionName === null) return true;
    if (next.text !== '(') return next.kind === 'string';
    return next.match > 0 && this.tokens[next.match + 1]!.kind === 'string' && this.is('__stringify');
  }

  private generic(): Expression {
    const { line } = this.current;
    this.at++;
    const partner = this.open('(');
    const control = this.assignment();
    const cases: { readonly type: TypeName | null; readonly value: Expression }[] = [];
    while (this.accept(',')) {
      const type = this.accept('default') ? null : this.typeName();
      this.expect(':');
      cases.push({ type, value: this.assignment() });
    }
    this.close(partner);
    return { kind: 'generic', line, control, cases };
  }

  private offsetof(): Expression {
    const { line } = this.current;
    this.at++;
    const partner = this.open('(');
    const type = this.typeName();
    this.expect(',');
    const member = this.assignment();
    this.close(partner);
    return { kind: 'offsetof', line, type, member };
  }

  private postfix(start: Expression): Expression {
    let base = start;
    for (let count = 0; ; count++) {
      const { text, line } = this.current;
      if (count > maximalChain) this.fail('too many operators in one expression', this.current, true);
      switch (text) {
        case '.':
        case '->':
          this.at++;
          base = { kind: 'member', line, base, field: this.name(), arrow: text === '->' };
          break;
        case '[': {
          const partner = this.open('[');
          const index = this.expression();
          this.close(partner);
          base = { kind: 'index', line, base, index };
          break;
        }
        case '(':
          if (base.kind === 'call' && !this.continuesLine) return base;
          base = { kind: 'call', line: base.line, callee: base, args: this.callArguments() };
          break;
        case '++':
        case '--':
          if (!isPlace(base) || !this.continuesLine) return base;
          this.at++;
          base = { kind: 'increment', line, operator: text, prefix: false, operand: base };
          break;
        default:
          return base;
      }
    }
  }
}

/** Something a value can be assigned to, as far as its form tells; a macro's use may be one. */
function isPlace(expression: Expression): boolean {
  switch (expression.kind) {
    case 'name':
    case 'member':
    case 'index':
    case 'compoundLiteral':
    case 'statementExpression':
      return true;
    case 'unary':
      return expression.operator === '*';
    case 'call':
      return expression.callee.kind === 'name';
    default:
      return false;
  }
}
