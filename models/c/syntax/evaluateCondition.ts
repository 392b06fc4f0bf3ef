import { bindingStrength } from '../../program/precedence.js';
import { intLiteral, charValue } from './literals.js';
import { lex } from './lex.js';
import type { Token } from './token.js';

/** What names mean in a condition. */
export interface ConditionEnvironment {
  /** `value` is undefined where the name has none, or is a macro of the file. */
  symbol(name: string): { readonly defined: boolean; readonly value: number | undefined; readonly reason: string };
  /** A macro the file itself defines. */
  macro(name: string): { readonly parameters: readonly string[] | null; readonly body: string } | null;
}

export interface ConditionOutcome {
  readonly value: bigint;
  /** What the names in it stand for, without repetitions. */
  readonly reason: string;
  /** Null if it could be evaluated. */
  readonly error: string | null;
}

const maximalDepth = 100;

/** Evaluates the condition of an `#if`. A name without a value is 0, as in C. */
export function evaluateCondition(text: string, environment: ConditionEnvironment): ConditionOutcome {
  const evaluator = new Evaluator(lex(text, null).tokens, environment, new Set(), 0);
  try {
    const value = evaluator.whole();
    return { value, reason: [...evaluator.reasons].join('; ') || 'a constant', error: null };
  } catch (failure) {
    if (!(failure instanceof ConditionError)) throw failure;
    return { value: 0n, reason: 'not understood', error: failure.message };
  }
}

class ConditionError extends Error {}

class Evaluator {
  readonly reasons: Set<string>;
  private readonly tokens: readonly Token[];
  private readonly environment: ConditionEnvironment;
  private at = 0;
  private depth: number;

  constructor(tokens: readonly Token[], environment: ConditionEnvironment, reasons: Set<string>, depth: number) {
    this.tokens = tokens;
    this.environment = environment;
    this.reasons = reasons;
    this.depth = depth;
  }

  whole(): bigint {
    const value = this.conditional();
    if (this.peek().kind !== 'end') throw new ConditionError(`unexpected '${this.peek().text}'`);
    return value;
  }

  private conditional(): bigint {
    const condition = this.binary(1);
    if (!this.accept('?')) return condition;
    const then = this.conditional();
    this.expect(':');
    const otherwise = this.conditional();
    return condition !== 0n ? then : otherwise;
  }

  private binary(least: number): bigint {
    let left = this.unary();
    for (;;) {
      const operator = this.peek().text;
      const strength = this.peek().kind === 'punctuator' ? (bindingStrength(operator) ?? 0) : 0;
      if (strength < least) return left;
      this.at++;
      left = apply(operator, left, this.binary(strength + 1));
    }
  }

  private unary(): bigint {
    if (++this.depth > maximalDepth) throw new ConditionError('nested too deeply');
    try {
      return this.primary();
    } finally {
      this.depth--;
    }
  }

  private primary(): bigint {
    const token = this.peek();
    this.at++;
    if (token.kind === 'number') {
      const literal = intLiteral(token.text);
      if (!literal) throw new ConditionError(`'${token.text}' is no integer`);
      return literal.value;
    }
    if (token.kind === 'char') return BigInt(charValue(token.text));
    if (token.kind === 'name' || token.kind === 'keyword') return this.name(token.text);
    if (token.text === '!') return this.unary() === 0n ? 1n : 0n;
    if (token.text === '-') return -this.unary();
    if (token.text === '+') return this.unary();
    if (token.text === '~') return ~this.unary();
    if (token.text === '(') {
      const value = this.conditional();
      this.expect(')');
      return value;
    }
    throw new ConditionError(token.kind === 'end' ? 'it ends too early' : `unexpected '${token.text}'`);
  }

  private name(name: string): bigint {
    if (name === 'defined') {
      const parenthesised = this.accept('(');
      const operand = this.peek();
      this.at++;
      if (parenthesised) this.expect(')');
      const symbol = this.environment.symbol(operand.text);
      this.reasons.add(symbol.reason);
      return symbol.defined ? 1n : 0n;
    }
    const macro = this.environment.macro(name);
    if (this.peek().text === '(' && (macro === null || macro.parameters !== null)) return this.call(name);
    const symbol = this.environment.symbol(name);
    this.reasons.add(symbol.reason);
    if (macro === null) return BigInt(symbol.value ?? 0);
    if (macro.body === '') throw new ConditionError(`${name} is defined as nothing`);
    return this.nested(macro.body);
  }

  private call(name: string): bigint {
    const args = this.argumentTexts();
    const first = args[0] ?? '';
    switch (name) {
      case 'IS_ENABLED':
      case 'IS_REACHABLE':
      case 'IS_BUILTIN': {
        const symbol = this.environment.symbol(first);
        const asModule = this.environment.symbol(`${first}_MODULE`);
        this.reasons.add(symbol.reason);
        return symbol.value === 1 || (name !== 'IS_BUILTIN' && asModule.value === 1) ? 1n : 0n;
      }
      case 'IS_MODULE': {
        const symbol = this.environment.symbol(`${first}_MODULE`);
        this.reasons.add(symbol.reason);
        return symbol.value === 1 ? 1n : 0n;
      }
      case '__has_attribute':
      case '__has_builtin':
      case '__has_include':
      case '__has_feature':
      case '__has_warning':
        this.reasons.add(`policy: ${name}() is 0`);
        return 0n;
      case 'BIT':
        return 1n << (this.nested(first) & 63n);
      case 'KERNEL_VERSION': {
        const [a = 0n, b = 0n, c = 0n] = args.map((text) => this.nested(text));
        return (a << 16n) + (b << 8n) + (c > 255n ? 255n : c);
      }
      default: {
        const macro = this.environment.macro(name);
        if (!macro?.parameters) throw new ConditionError(`${name}() is not defined in this file`);
        const { parameters } = macro;
        const body = macro.body.replace(/[A-Za-z_$][\w$]*/g, (word) => {
          const index = parameters.indexOf(word);
          return index < 0 ? word : `(${args[index] ?? ''})`;
        });
        return this.nested(body);
      }
    }
  }

  private nested(text: string): bigint {
    if (this.depth >= maximalDepth || text.length > 10_000) throw new ConditionError('nested too deeply');
    return new Evaluator(lex(text, null).tokens, this.environment, this.reasons, this.depth + 1).whole();
  }

  private argumentTexts(): string[] {
    const args = [''];
    for (let open = 0; ;) {
      const token = this.peek();
      if (token.kind === 'end') throw new ConditionError("')' is missing");
      this.at++;
      if (token.text === '(' && ++open === 1) continue;
      if (token.text === ')' && --open === 0) return args;
      if (token.text === ',' && open === 1) args.push('');
      else args[args.length - 1] = `${args.at(-1)!} ${token.text}`.trim();
    }
  }

  private peek(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  private accept(text: string): boolean {
    if (this.peek().text !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw new ConditionError(`'${text}' is missing`);
  }
}

function apply(operator: string, left: bigint, right: bigint): bigint {
  const truth = (value: boolean): bigint => (value ? 1n : 0n);
  switch (operator) {
    case '||':
      return truth(left !== 0n || right !== 0n);
    case '&&':
      return truth(left !== 0n && right !== 0n);
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '&':
      return left & right;
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    case '<':
      return truth(left < right);
    case '>':
      return truth(left > right);
    case '<=':
      return truth(left <= right);
    case '>=':
      return truth(left >= right);
    case '<<':
      return BigInt.asIntN(64, left << (right & 63n));
    case '>>':
      return left >> (right & 63n);
    case '+':
      return BigInt.asIntN(64, left + right);
    case '-':
      return BigInt.asIntN(64, left - right);
    case '*':
      return BigInt.asIntN(64, left * right);
    default:
      if (right === 0n) throw new ConditionError('division by 0');
      return operator === '/' ? left / right : left % right;
  }
}
