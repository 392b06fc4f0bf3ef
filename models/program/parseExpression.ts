import { errnoValues } from './errno.js';
import type { BinaryOperator, Expression } from './expression.js';
import { bindingStrength } from './precedence.js';

const tokenPattern =
  /\s*(?:([A-Za-z_]\w*)|(0[xX][0-9a-fA-F]+|\d+)|("[^"]*")|(->|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^!~<>().,@[\]]))/y;

/**
 * Parses an expression of a hand-written program: C without assignment, casts, `?:` and commas, plus `@event(cell)`.
 * `true`, `false` and NULL are 1, 0 and 0; an errno name such as `ENOMEM` is its number.
 *
 * Throws with the text and the offset on anything else: the texts are constants of the models.
 */
export function parseExpression(text: string): Expression {
  const parser = new ExpressionParser(text);
  const expression = parser.binary(1);
  parser.end();
  return expression;
}

class ExpressionParser {
  private readonly text: string;
  private readonly tokens: string[] = [];
  private position = 0;

  constructor(text: string) {
    this.text = text;
    tokenPattern.lastIndex = 0;
    let at = 0;
    while (at < text.trimEnd().length) {
      tokenPattern.lastIndex = at;
      const match = tokenPattern.exec(text);
      if (!match) throw new Error(`cannot read the expression '${text}' at offset ${at}`);
      this.tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4]!);
      at = tokenPattern.lastIndex;
    }
  }

  end(): void {
    if (this.position < this.tokens.length) this.fail();
  }

  binary(level: number): Expression {
    let left = this.unary();
    for (;;) {
      const operator = this.tokens[this.position] as BinaryOperator | undefined;
      const strength = operator === undefined ? undefined : bindingStrength(operator);
      if (operator === undefined || strength === undefined || strength < level) return left;
      this.position += 1;
      const right = this.binary(strength + 1);
      left = { kind: 'binary', operator, left, right };
    }
  }

  private unary(): Expression {
    if (this.accept('!')) return { kind: 'unary', operator: '!', operand: this.unary() };
    if (this.accept('~')) return { kind: 'unary', operator: '~', operand: this.unary() };
    if (this.accept('-')) {
      const operand = this.unary();
      if (operand.kind === 'int') return { kind: 'int', value: -operand.value, text: `-${operand.text}` };
      return { kind: 'unary', operator: '-', operand };
    }
    if (this.accept('&')) return { kind: 'address', place: this.unary() };
    if (this.accept('*')) return { kind: 'deref', pointer: this.unary() };
    return this.postfix(this.primary());
  }

  private postfix(start: Expression): Expression {
    let expression = start;
    for (;;) {
      if (this.accept('->')) expression = { kind: 'member', base: expression, field: this.name(), arrow: true };
      else if (this.accept('.')) expression = { kind: 'member', base: expression, field: this.name(), arrow: false };
      else if (this.accept('[')) {
        expression = { kind: 'index', base: expression, index: this.binary(1) };
        this.expect(']');
      } else if (this.accept('(')) expression = { kind: 'call', callee: expression, args: this.args() };
      else return expression;
    }
  }

  private primary(): Expression {
    if (this.accept('(')) {
      const inner = this.binary(1);
      this.expect(')');
      return inner;
    }
    if (this.accept('@')) {
      const event = this.name();
      this.expect('(');
      const [cell, ...args] = this.args();
      if (!cell) this.fail();
      return { kind: 'event', event, cell, args };
    }
    const token = this.tokens[this.position] ?? this.fail();
    if (/^\d/.test(token)) {
      this.position += 1;
      return { kind: 'int', value: Number(token), text: token };
    }
    const name = this.name();
    if (name === 'container_of') return this.containerOf();
    if (name === 'NULL' || name === 'false') return { kind: 'int', value: 0, text: name };
    if (name === 'true') return { kind: 'int', value: 1, text: name };
    const errno = errnoValues[name];
    if (errno !== undefined) return { kind: 'int', value: errno, text: name };
    return { kind: 'name', name };
  }

  private containerOf(): Expression {
    this.expect('(');
    const pointer = this.binary(1);
    this.expect(',');
    this.expect('struct');
    const tag = this.name();
    this.expect(',');
    const path = [this.name()];
    while (this.accept('.')) path.push(this.name());
    this.expect(')');
    return { kind: 'containerOf', pointer, tag, path };
  }

  private args(): Expression[] {
    const args: Expression[] = [];
    if (this.accept(')')) return args;
    do args.push(this.binary(1));
    while (this.accept(','));
    this.expect(')');
    return args;
  }

  private name(): string {
    const token = this.tokens[this.position];
    if (token === undefined || !/^[A-Za-z_]/.test(token)) return this.fail();
    this.position += 1;
    return token;
  }

  private accept(token: string): boolean {
    if (this.tokens[this.position] !== token) return false;
    this.position += 1;
    return true;
  }

  private expect(token: string): void {
    if (!this.accept(token)) this.fail(`'${token}'`);
  }

  private fail(expected = 'an expression'): never {
    const found = this.tokens[this.position] ?? 'the end';
    throw new Error(
      `in the expression '${this.text}': expected ${expected}, found ${found} (token ${this.position + 1})`,
    );
  }
}
