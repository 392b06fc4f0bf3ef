import type { BinaryOperator, Expression, MacroArgument, TypeName, TypeSyntax } from '../syntax/ast.js';
import type { ConstantEnvironment, ExpandedMacro } from './constantEnvironment.js';
import { binary, commonType, convert, promote, truth, type IntValue } from './integer.js';
import { knownMacros, type KnownMacro } from './knownMacros.js';
import type { SemanticType } from './semanticType.js';

/** More steps than any real constant takes; macros that use their parameters twice can make endless work of a short line. */
const MAX_STEPS = 20_000;
const MAX_DEPTH = 64;

const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  '*': 10,
  '/': 10,
  '%': 10,
  '+': 9,
  '-': 9,
  '<<': 8,
  '>>': 8,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  '==': 6,
  '!=': 6,
  '&': 5,
  '^': 4,
  '|': 3,
  '&&': 2,
  '||': 1,
};
const CONDITIONAL = 0;
const LOOSEST = -1;

/** One pair of parentheses goes round all of a text. */
function isEnclosed(text: string): boolean {
  const trimmed = text.trim();
  if (!trimmed.startsWith('(')) return false;
  let depth = 0;
  for (let index = 0; index < trimmed.length; index += 1) {
    if (trimmed[index] === '(') depth += 1;
    else if (trimmed[index] === ')') depth -= 1;
    if (depth === 0) return index === trimmed.length - 1;
  }
  return false;
}

/** Value of an integer constant expression, null if it is none. */
export function evaluateConstant(expression: Expression, environment: ConstantEnvironment): IntValue | null {
  return new Evaluation(environment).value(expression);
}

class Evaluation {
  readonly #environment: ConstantEnvironment;
  /** Object-like macros that are being replaced: not replaced again inside themselves. */
  readonly #active = new Set<string>();
  #steps = 0;
  #depth = 0;

  constructor(environment: ConstantEnvironment) {
    this.#environment = environment;
  }

  value(expression: Expression): IntValue | null {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) return null;
    switch (expression.kind) {
      case 'int':
        return literal(expression);
      case 'char':
        return convert(BigInt(expression.value), 's32');
      case 'name':
        return this.#name(expression.name, expression.line);
      case 'unary':
        return this.#unary(expression);
      case 'binary':
        return this.#binary(expression);
      case 'conditional':
        return this.#conditional(expression);
      case 'cast':
        return this.#cast(expression.type.type, expression.operand);
      case 'sizeof':
        return this.#sizeof(expression.of, expression.operator);
      case 'offsetof':
        return this.#offsetof(expression.type.type, expression.member);
      case 'call':
        return expression.callee.kind === 'name'
          ? this.#call(expression.callee.name, expression.args, expression.line)
          : null;
      // None of these is an integer constant, or its value is none of a checker's concern.
      case 'string':
      case 'float':
      case 'member':
      case 'index':
      case 'increment':
      case 'assign':
      case 'comma':
      case 'compoundLiteral':
      case 'statementExpression':
      case 'generic':
      case 'bad':
        return null;
    }
  }

  #name(name: string, line: number): IntValue | null {
    const macro = this.#environment.macro(name);
    if (macro?.parameters !== null) return this.#environment.named(name);
    // `#define X X` beside an enumerator X, as uapi headers have it.
    if (this.#active.has(name)) return this.#environment.named(name);
    const expanded = this.#environment.expand(macro, [], line);
    // What needs the configuration's numbers has a value in the table of common constants.
    if (expanded === null) return this.#environment.named(name);
    this.#active.add(name);
    const result = this.value(expanded.tree);
    this.#active.delete(name);
    return result ?? this.#environment.named(name);
  }

  #unary(expression: Expression & { readonly kind: 'unary' }): IntValue | null {
    if (this.#looseness(expression.operand) !== null) return null;
    const operand = this.value(expression.operand);
    if (operand === null) return null;
    switch (expression.operator) {
      case '+':
        return convert(operand.value, promote(operand.int));
      case '-':
        return convert(-operand.value, promote(operand.int));
      case '~':
        return convert(~convert(operand.value, promote(operand.int)).value, promote(operand.int));
      case '!':
        return truth(operand.value === 0n);
      case '&':
      case '*':
      case '&&':
        return null;
    }
  }

  #binary(expression: Expression & { readonly kind: 'binary' }): IntValue | null {
    const { operator } = expression;
    if (!this.#standsFor(expression.left, PRECEDENCE[operator])) return null;
    if (!this.#standsFor(expression.right, PRECEDENCE[operator] + 1)) return null;
    const left = this.value(expression.left);
    if (left === null) return null;
    if (operator === '&&' || operator === '||') {
      if ((left.value !== 0n) === (operator === '||')) return truth(operator === '||');
      const right = this.value(expression.right);
      return right === null ? null : truth(right.value !== 0n);
    }
    const right = this.value(expression.right);
    return right === null ? null : binary(operator, left, right);
  }

  #conditional(expression: Expression & { readonly kind: 'conditional' }): IntValue | null {
    if (!this.#standsFor(expression.condition, CONDITIONAL + 1)) return null;
    const condition = this.value(expression.condition);
    if (condition === null) return null;
    const then = expression.then === null ? condition : this.value(expression.then);
    const otherwise = this.value(expression.otherwise);
    const chosen = condition.value === 0n ? otherwise : then;
    if (chosen === null) return null;
    // The branch not taken may be what only a compiler can judge; it still has a say in the type where it can be seen.
    const other = condition.value === 0n ? then : otherwise;
    return convert(chosen.value, other === null ? promote(chosen.int) : commonType(chosen.int, other.int));
  }

  #cast(type: TypeSyntax, operand: Expression): IntValue | null {
    if (this.#looseness(operand) !== null) return null;
    const target = this.#environment.resolve(type);
    if (target.kind !== 'int') return null;
    const value = this.value(operand);
    return value === null ? null : convert(value.value, target.int);
  }

  #sizeof(of: Expression | TypeName, operator: 'sizeof' | 'alignof'): IntValue | null {
    const type = this.#typeOf(of);
    if (type === null) return null;
    const bytes = operator === 'sizeof' ? this.#environment.sizeOf(type) : this.#environment.alignOf(type);
    return bytes === null ? null : { value: BigInt(bytes), int: 'u64' };
  }

  #typeOf(of: Expression | TypeName): SemanticType | null {
    if (of.kind === 'typeName') return this.#environment.resolve(of.type);
    // A typedef's name that the parser did not know to be one.
    if (of.kind === 'name' && this.#environment.isTypeName(of.name)) {
      return this.#environment.resolve({ kind: 'name', name: of.name });
    }
    return this.#environment.typeOf(of);
  }

  #typeOfArgument(argument: MacroArgument | undefined): SemanticType | null {
    return argument?.kind === 'type' || argument?.kind === 'expression' ? this.#typeOf(argument.value) : null;
  }

  #offsetof(type: TypeSyntax, member: Expression): IntValue | null {
    const offset = this.#environment.offsetOf(this.#environment.resolve(type), member);
    return offset === null ? null : { value: offset, int: 'u64' };
  }

  #argument(argument: MacroArgument | undefined): IntValue | null {
    return argument?.kind === 'expression' ? this.value(argument.value) : null;
  }

  #call(name: string, args: readonly MacroArgument[], line: number): IntValue | null {
    const known = knownMacros.get(name);
    if (known !== undefined) return this.#known(known, args);
    const macro = this.#environment.macro(name);
    if (macro === null || macro.parameters === null || this.#depth >= MAX_DEPTH) return null;
    const expanded = this.#environment.expand(
      macro,
      args.map(({ text }) => text),
      line,
    );
    if (expanded === null) return null;
    this.#depth += 1;
    const result = this.value(expanded.tree);
    this.#depth -= 1;
    return result;
  }

  #known(known: KnownMacro, args: readonly MacroArgument[]): IntValue | null {
    return known({
      count: args.length,
      value: (index) => this.#argument(args[index]),
      type: (index) => this.#typeOfArgument(args[index]),
      text: (index) => args[index]?.text ?? '',
      expression: (index) => {
        const argument = args[index];
        return argument?.kind === 'expression' ? argument.value : null;
      },
      environment: this.#environment,
    });
  }

  /** What stands in the place of an operand of this precedence is one operand also once its macros are replaced. */
  #standsFor(operand: Expression, precedence: number): boolean {
    const looseness = this.#looseness(operand);
    return looseness === null || looseness >= precedence;
  }

  /**
   * Precedence of the outermost operator of a macro's replacement, null if the expression is no macro or its replacement holds
   * together: `#define A 1 + 2` makes 7 of `A * 3`, and the tree, in which macros are operands, says 9. Such a use is no constant
   * here, rather than a wrong one.
   */
  #looseness(operand: Expression): number | null {
    const expanded = this.#replacement(operand);
    if (expanded === null || isEnclosed(expanded.text)) return null;
    const { tree } = expanded;
    if (tree.kind === 'binary') return PRECEDENCE[tree.operator];
    if (tree.kind === 'conditional') return CONDITIONAL;
    if (tree.kind === 'assign' || tree.kind === 'comma') return LOOSEST;
    if (this.#depth >= MAX_DEPTH) return LOOSEST;
    this.#depth += 1;
    const inner = this.#looseness(tree);
    this.#depth -= 1;
    return inner;
  }

  #replacement(operand: Expression): ExpandedMacro | null {
    if (operand.kind === 'name') {
      const macro = this.#environment.macro(operand.name);
      return macro?.parameters === null ? this.#environment.expand(macro, [], operand.line) : null;
    }
    if (operand.kind !== 'call' || operand.callee.kind !== 'name' || knownMacros.has(operand.callee.name)) return null;
    const macro = this.#environment.macro(operand.callee.name);
    if (macro === null || macro.parameters === null) return null;
    return this.#environment.expand(
      macro,
      operand.args.map(({ text }) => text),
      operand.line,
    );
  }
}

/** The first type of C's list that holds the value: a decimal literal stays signed, others may become unsigned. */
function literal(expression: Expression & { readonly kind: 'int' }): IntValue {
  const { value, unsigned, long, text } = expression;
  const decimal = !text.startsWith('0');
  if (!long && !unsigned && value < 1n << 31n) return { value, int: 's32' };
  if (!long && (unsigned || !decimal) && value < 1n << 32n) return { value, int: 'u32' };
  if (!unsigned && value < 1n << 63n) return { value, int: 's64' };
  return convert(value, 'u64');
}
