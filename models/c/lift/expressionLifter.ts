import type { CType } from '../../program/cType.js';
import type { BinaryOperator, Expression } from '../../program/expression.js';
import type { IntType } from '../../program/intType.js';
import { bindingStrength } from '../../program/precedence.js';
import type { Expression as CExpression, Initialiser, MacroArgument } from '../syntax/ast.js';
import { parseFragment, expandMacro } from '../syntax/parse.js';
import type { SemanticType } from '../declarations/semanticType.js';
import type { CalleeLookup } from './callees.js';
import type { FileScope } from './fileScope.js';
import type { Intrinsic, Lifting } from './lifting.js';
import { expressionOf } from './lifting.js';
import type { LocalScopes } from './localScopes.js';
import { semanticOf } from './typeMap.js';
import type { IntSemantic, Place, Value } from './value.js';
import {
  boolType,
  commonType,
  constantOf,
  intCType,
  intType,
  intValue,
  isSigned,
  isStable,
  isStablePlace,
  longType,
  name,
  promoted,
  sizeType,
  voidPointerCType,
  voidType,
  widthOf,
} from './value.js';

/** Numbers of this many bits and a sign are tracked; see the window of `models/program`. */
const window = 2n ** 29n;

/** Macros inside macros, and inline expansion, end here. */
const maximalExpansion = 24;

/** Lifts the expressions of one function. */
export class ExpressionLifter {
  private readonly host: Lifting;
  private readonly scopes: LocalScopes;
  private readonly file: FileScope;
  private readonly callee: CalleeLookup;
  private readonly intrinsics: ReadonlyMap<string, Intrinsic>;
  private expansion = 0;

  constructor(
    host: Lifting,
    scopes: LocalScopes,
    file: FileScope,
    callee: CalleeLookup,
    intrinsics: ReadonlyMap<string, Intrinsic>,
  ) {
    this.host = host;
    this.scopes = scopes;
    this.file = file;
    this.callee = callee;
    this.intrinsics = intrinsics;
  }

  // ---- values ----

  value(expression: CExpression, expected?: CType): Value {
    switch (expression.kind) {
      case 'int':
        return this.number(expression.value, expression.text, literalType(expression));
      case 'char':
        return intValue(expression.value, expression.text);
      case 'string':
        // Some pointer that is not NULL; what it points to is of no interest.
        return {
          expression: { kind: 'int', value: 1, text: JSON.stringify(expression.text) },
          type: { kind: 'pointer', to: { kind: 'int', int: 's8', name: 'char' } },
          ctype: { kind: 'pointer', to: { kind: 'int', name: 'char' } },
        };
      case 'float':
        return this.host.opaque(`the floating-point number ${expression.text}`, { kind: 'float' });
      case 'name':
        return this.named(expression.name, expected);
      case 'member':
      case 'index':
        return this.loaded(this.place(expression));
      case 'unary':
        return this.unary(expression, expected);
      case 'increment':
        return this.increment(expression, true);
      case 'binary':
        return this.binary(expression);
      case 'assign':
        return this.assignment(expression, true);
      case 'conditional':
        return this.conditional(expression, expected);
      case 'comma':
        this.effect(expression.left);
        return this.value(expression.right, expected);
      case 'call':
        return this.call(expression, expected);
      case 'cast':
        return this.cast(expression, expected);
      case 'sizeof':
        return this.sizeOf(expression);
      case 'compoundLiteral': {
        const type = this.host.resolve(expression.type.type);
        return this.loaded(this.literal(expression, type));
      }
      case 'statementExpression':
        return this.statementExpression(expression);
      case 'offsetof': {
        const constant = this.host.declarations.evaluate(expression);
        return constant
          ? this.number(constant.value, constant.from, constant.type)
          : this.unknown('offsetof', 'offsetof');
      }
      case 'generic': {
        const chosen = this.selected(expression);
        return chosen ? this.value(chosen, expected) : this.unknown('generic selection', '_Generic of another type');
      }
      case 'bad':
        return this.unknown('syntax error', expression.message);
    }
  }

  /** The value that `_Generic` selects by the type of its control. Types do not tell `const`: what is not const stands last. */
  private selected({ control, cases }: CExpression & { kind: 'generic' }): CExpression | null {
    const type = JSON.stringify(this.host.typeOf(control).type);
    const isOf = (one: (typeof cases)[number]) =>
      one.type !== null && JSON.stringify(this.host.resolve(one.type.type)) === type;
    return (cases.findLast(isOf) ?? cases.find((one) => one.type === null))?.value ?? null;
  }

  effect(expression: CExpression): void {
    switch (expression.kind) {
      case 'assign':
        this.assignment(expression, false);
        return;
      case 'increment':
        this.increment(expression, false);
        return;
      case 'comma':
        this.effect(expression.left);
        this.effect(expression.right);
        return;
      case 'conditional':
        this.choice(
          expression.condition,
          () => (expression.then ? this.effect(expression.then) : undefined),
          () => this.effect(expression.otherwise),
        );
        return;
      case 'cast':
        return this.effect(expression.operand);
      case 'statementExpression':
        return this.host.statement(expression.body);
      case 'call':
        if (this.effectOfMacro(expression)) return;
        break;
      case 'binary':
        if (expression.operator === '&&' || expression.operator === '||') {
          const right = () => this.effect(expression.right);
          const nothing = () => undefined;
          if (expression.operator === '&&') this.choice(expression.left, right, nothing);
          else this.choice(expression.left, nothing, right);
          return;
        }
        break;
      default:
        break;
    }
    const { expression: lifted } = this.value(expression);
    if (!isStable(lifted)) this.host.emitter.emit({ kind: 'run', expression: lifted });
  }

  /** A macro in the place of a statement: an expression whose value nobody wants, or statements. */
  private effectOfMacro(expression: CExpression & { kind: 'call' }): boolean {
    const text = expression.callee.kind === 'name' ? expression.callee.name : '';
    if (this.intrinsics.has(text) || this.scopes.lookup(text) || this.file.isRedefined(text)) return false;
    const callee = this.callee(text);
    if (callee.kind !== 'macro' || callee.macro.parameters === null || this.expansion >= maximalExpansion) return false;
    const body = expandMacro(
      callee.macro,
      expression.args.map((argument) => argument.text),
    );
    if (body === null) return false;
    const options = { ...this.file.parseOptions, line: this.host.emitter.currentLine };
    const { tree } = parseFragment(body, 'expression', options);
    const statements = tree === null ? parseFragment(`${body};`, 'statements', options).tree : null;
    if (tree === null && statements === null) return false;
    this.expansion += 1;
    if (tree !== null) this.effect(tree);
    else this.host.statements(statements!);
    this.expansion -= 1;
    return true;
  }

  /** True or false, as a number. */
  condition(expression: CExpression): Expression {
    return this.truth(this.value(expression)).expression;
  }

  private truth(value: Value): Value {
    if (value.type.kind === 'record') {
      this.host.remark('blocked', 'struct as value', 'a struct is used as a condition');
    }
    return value;
  }

  // ---- names ----

  private named(text: string, expected?: CType): Value {
    const local = this.scopes.lookup(text);
    if (local) return this.loaded(local);
    if (this.file.isRedefined(text)) return this.ambiguous(text);
    if (text === 'NULL') return { expression: zero('NULL'), type: pointerToVoid, ctype: expected ?? voidPointerCType };
    if (text === 'true' || text === 'false') return intValue(text === 'true' ? 1 : 0, text, boolType);
    if (text === 'THIS_MODULE') {
      const module: CType = { kind: 'struct', tag: 'module' };
      return {
        expression: { kind: 'address', place: name(this.host.vocabulary.thisModule) },
        type: { kind: 'pointer', to: { kind: 'record', record: 'struct', tag: 'module' } },
        ctype: { kind: 'pointer', to: module },
      };
    }
    if (text === 'current') {
      return {
        expression: name('current'),
        type: { kind: 'pointer', to: { kind: 'record', record: 'struct', tag: 'task_struct' } },
        ctype: { kind: 'pointer', to: { kind: 'struct', tag: 'task_struct' } },
      };
    }
    if (text === '__func__' || text === '__FUNCTION__' || text === 'KBUILD_MODNAME')
      return this.value({ kind: 'string', text: this.file.functionName, line: 0 });
    const known = this.host.declarations.constant(text);
    if (text in this.host.vocabulary.constants) {
      const type = known?.type ?? intType;
      return { expression: name(text), type, ctype: { kind: 'int', name: type.name } };
    }
    if (known) return this.number(known.value, text, known.type);
    const global = this.global(text);
    if (global) return this.loaded(global);
    const callee = this.callee(text);
    if (callee.kind === 'kernel' || callee.kind === 'environment' || callee.kind === 'source') {
      const type = this.host.declarations.functionType(text) ?? semanticOf({ kind: 'function' });
      return {
        expression: name(callee.kind === 'source' ? callee.name : text),
        type: { kind: 'pointer', to: type },
        ctype: { kind: 'function' },
      };
    }
    const macro = this.host.declarations.macro(text);
    if (macro && macro.parameters === null)
      return this.expanded(text, macro.body, (tree) => this.value(tree, expected));
    const prototype = this.host.declarations.functionType(text);
    if (prototype) {
      this.host.remark(
        'abstracted',
        'function without source',
        `${text} is named, but neither source nor model of it is there`,
      );
      return this.host.opaque(text, { kind: 'pointer', to: prototype });
    }
    // A constant of a header that is not there, or not looked into: some number.
    this.host.remark('abstracted', 'unknown identifier', `nothing declares '${text}': it may be any number`);
    this.host.emitter.emit({ kind: 'limit', what: `nothing declares '${text}'`, ends: false });
    return this.host.opaque(text, longType);
  }

  /** A number, or its stand-in where it is too large. */
  number(value: bigint, text: string, type: IntSemantic): Value {
    const ctype: CType = { kind: 'int', name: type.name };
    const width = widthOf(type.int);
    const residue = width >= 32 ? BigInt.asIntN(width, value) : value;
    if (residue >= -window && residue < window)
      return { expression: { kind: 'int', value: Number(residue), text }, type, ctype };
    return { expression: { kind: 'int', value: this.file.standIn(residue), text }, type, ctype, large: residue };
  }

  /** A file-scope variable; a limit where not all of its first values have a form. */
  private global(text: string): Place | null {
    const place = this.file.global(text);
    if (place?.incomplete !== undefined)
      this.host.emitter.emit({ kind: 'limit', what: `${place.incomplete}; it counts as 0`, ends: false });
    return place;
  }

  private loaded(place: Place): Value {
    // An array is the address of its first element, a function its own address.
    if (place.type.kind === 'array' || place.ctype.kind === 'array') {
      const element: SemanticType = place.type.kind === 'array' ? place.type.of : { kind: 'unknown', text: 'element' };
      const of: CType = place.ctype.kind === 'array' ? place.ctype.of : intCType;
      // Models have struct types of their own for some arrays.
      if (place.ctype.kind === 'struct')
        return { ...this.host.addressOf(place), type: { kind: 'pointer', to: element } };
      if (place.ctype.kind !== 'array') return { expression: place.expression, type: place.type, ctype: place.ctype };
      if (place.overlays) this.host.remark('abstracted', 'union', 'an array in a union is used by its address');
      return {
        expression: { kind: 'address', place: { kind: 'index', base: place.expression, index: zero('0') } },
        type: { kind: 'pointer', to: element },
        ctype: { kind: 'pointer', to: of },
      };
    }
    if (place.ctype.kind !== 'struct') this.checkMember(place);
    // A bit-field narrower than int is one.
    if (place.bits !== undefined && place.bits < 32)
      return { expression: place.expression, type: intType, ctype: intCType };
    return { expression: place.expression, type: place.type, ctype: place.ctype };
  }

  /** Another member of a union than the one that was written has no value here. */
  private checkMember(place: Place): void {
    for (const { key, member, number, inUse } of place.overlays ?? []) {
      const { emitter } = this.host;
      const what = `'${member}' of a union is read after another member was written`;
      const then = emitter.within(() => emitter.emit({ kind: 'limit', what, ends: true }));
      const other: Expression = {
        kind: 'binary',
        operator: '!=',
        left: inUse,
        right: { kind: 'int', value: number, text: String(number) },
      };
      const condition: Expression = { kind: 'binary', operator: '&&', left: inUse, right: other };
      emitter.emitForUnion({ kind: 'if', condition, then, otherwise: [] }, key);
    }
  }

  // ---- places ----

  place(expression: CExpression): Place {
    switch (expression.kind) {
      case 'name': {
        const local = this.scopes.lookup(expression.name);
        if (local) return local;
        const global = this.global(expression.name);
        if (global) return global;
        const macro = this.host.declarations.macro(expression.name);
        if (macro && macro.parameters === null)
          return this.expanded(expression.name, macro.body, (tree) => this.place(tree));
        return this.asPlace(this.unknown('unknown identifier', `nothing declares '${expression.name}'`));
      }
      case 'member': {
        const base = expression.arrow ? this.host.pointee(this.value(expression.base)) : this.place(expression.base);
        return this.host.member(base, expression.field) ?? this.asPlace(this.host.opaque(expression.field, intType));
      }
      case 'index':
        return this.element(expression.base, expression.index);
      case 'unary':
        if (expression.operator === '*') return this.host.pointee(this.value(expression.operand));
        break;
      case 'cast':
      case 'assign':
      case 'conditional':
      case 'comma':
        break;
      case 'compoundLiteral':
        return this.literal(expression, this.host.resolve(expression.type.type));
      case 'call': {
        // READ_ONCE(x) and the like stand where C wants a value; as a place it is the argument's.
        const argument = expressionOf(expression.args[0]);
        if (expression.callee.kind === 'name' && transparentPlaces.has(expression.callee.name) && argument)
          return this.place(argument);
        break;
      }
      default:
        break;
    }
    return this.asPlace(this.value(expression));
  }

  /** A value kept in a temporary: what a function returns, `(*f()).x`. */
  private asPlace(value: Value): Place {
    if (value.ctype.kind === 'struct') return value;
    if (value.expression.kind !== 'int' && isStablePlace(value.expression) && !isStable(value.expression))
      return { expression: value.expression, type: value.type, ctype: value.ctype };
    const temporary = this.host.emitter.temporary(value.ctype);
    this.host.emitter.emit({ kind: 'assign', place: temporary, value: value.expression, access: 'plain' });
    return { expression: temporary, type: value.type, ctype: value.ctype };
  }

  private element(base: CExpression, index: CExpression): Place {
    const type = this.host.typeOf(base);
    if (type.ctype.kind === 'array') {
      const place = this.place(base);
      const { expression } = this.index(this.value(index));
      const of: SemanticType = place.type.kind === 'array' ? place.type.of : semanticOf(type.ctype.of);
      return {
        expression: { kind: 'index', base: place.expression, index: expression },
        type: of,
        ctype: type.ctype.of,
        ...(place.overlays ? { overlays: place.overlays } : {}),
      };
    }
    const [pointer, offset] = this.host.emitter.inOrder([() => this.value(base), () => this.index(this.value(index))]);
    return this.displaced(pointer!, offset!.expression);
  }

  private index(value: Value): Value {
    return this.arithmetic(value, '[]');
  }

  /** `*(pointer + offset)` as a place. */
  private displaced(pointer: Value, offset: Expression): Place {
    const target = this.host.pointee(pointer);
    if (offset.kind === 'int' && offset.value === 0) return target;
    const base = this.retyped(pointer).expression;
    if (!isStable(base)) this.pointerTypes.set(base, pointer.ctype);
    return {
      expression: { kind: 'index', base, index: offset, pointer: true },
      type: target.type,
      ctype: target.ctype,
    };
  }

  /** The pointer in a variable of its type, where its expression alone would have another type. */
  retyped(pointer: Value): Value {
    if (pointer.expression.kind === 'name' || pointer.retyped !== true) return pointer;
    const temporary = this.host.emitter.temporary(pointer.ctype);
    this.host.emitter.emit({ kind: 'assign', place: temporary, value: pointer.expression, access: 'plain' });
    return { expression: temporary, type: pointer.type, ctype: pointer.ctype };
  }

  // ---- operators ----

  private unary(expression: CExpression & { kind: 'unary' }, expected?: CType): Value {
    const { operator, operand } = expression;
    if (this.isTorn(operand, '*', 'right'))
      return this.unknown(
        'macro without parentheses',
        `the operand of '${operator}' is a macro with an operator of its own`,
      );
    switch (operator) {
      case '*': {
        const target = this.host.pointee(this.value(operand));
        if (target.type.kind === 'function') return this.value(operand, expected);
        return this.loaded(target);
      }
      case '&':
        return this.address(operand);
      case '&&':
        return this.unknown('label address', 'the address of a label');
      case '!': {
        const value = this.truth(this.value(operand));
        return {
          expression: { kind: 'unary', operator: '!', operand: value.expression },
          type: intType,
          ctype: intCType,
        };
      }
      case '+':
      case '-':
      case '~': {
        const value = this.value(operand);
        if (value.type.kind !== 'int') return this.unknown('arithmetic', `${operator} of something that is no integer`);
        const type = promotedType(value.type);
        const converted = this.host.converted(value, type);
        if (operator === '+') return converted;
        const constant = constantOf(converted);
        const { expression: inner } = converted;
        if (constant !== null && inner.kind === 'int')
          return this.number(operator === '-' ? -constant : ~constant, `${operator}${inner.text}`, type);
        return {
          expression: { kind: 'unary', operator, operand: inner, ...computedIn(type.int) },
          type,
          ctype: { kind: 'int', name: type.name },
        };
      }
    }
  }

  private address(operand: CExpression): Value {
    if (operand.kind === 'name' && !this.scopes.lookup(operand.name) && !this.global(operand.name)) {
      const value = this.named(operand.name);
      if (value.ctype.kind === 'function') return value;
    }
    if (operand.kind === 'unary' && operand.operator === '*') return this.value(operand.operand);
    if (operand.kind === 'index') {
      const type = this.host.typeOf(operand.base);
      const isZero = operand.index.kind === 'int' && operand.index.value === 0n;
      if (type.ctype.kind !== 'array' && isZero) return this.value(operand.base);
    }
    return this.host.addressOf(this.place(operand));
  }

  private increment(expression: CExpression & { kind: 'increment' }, used: boolean): Value {
    const place = this.steady(this.place(expression.operand));
    const one: CExpression = { kind: 'int', value: 1n, unsigned: false, long: false, text: '1', line: expression.line };
    const before = this.loaded(place);
    const old = used && !expression.prefix ? this.copyOf(before) : before;
    const operator = expression.operator === '++' ? '+' : '-';
    const after = this.host.fitted(this.combined(operator, before, this.value(one)), place);
    this.host.assign(place, after);
    return used && !expression.prefix ? old : this.loaded(place);
  }

  private copyOf(value: Value): Value {
    const temporary = this.host.emitter.temporary(value.ctype);
    this.host.emitter.emit({ kind: 'assign', place: temporary, value: value.expression, access: 'plain' });
    return { ...value, expression: temporary };
  }

  /** A place whose address is found once. */
  steady(place: Place): Place {
    if (isStablePlace(place.expression)) return place;
    const { expression } = place;
    switch (expression.kind) {
      case 'member': {
        if (expression.arrow)
          return { ...place, expression: { ...expression, base: this.steadyPointer(expression.base) } };
        const base = this.steady({ ...place, expression: expression.base });
        return { ...place, expression: { ...expression, base: base.expression } };
      }
      case 'index': {
        const base = expression.pointer
          ? this.steadyPointer(expression.base)
          : this.steady({ ...place, expression: expression.base }).expression;
        const index = isStable(expression.index) ? expression.index : this.inTemporary(expression.index, intCType);
        return { ...place, expression: { ...expression, base, index } };
      }
      case 'deref':
        return { ...place, expression: { ...expression, pointer: this.steadyPointer(expression.pointer) } };
      default:
        return place;
    }
  }

  private steadyPointer(base: Expression): Expression {
    if (isStable(base)) return base;
    return this.inTemporary(base, this.pointerTypes.get(base) ?? voidPointerCType);
  }

  /** Types of pointer expressions that are no variables, for `steady`. */
  readonly pointerTypes = new WeakMap<Expression, CType>();

  /** A value that later statements do not change. */
  private kept(value: Value): Value {
    if (value.ctype.kind !== 'struct') return value.expression.kind === 'int' ? value : this.copyOf(value);
    const place: Place = { expression: this.host.emitter.temporary(value.ctype), type: value.type, ctype: value.ctype };
    this.host.copy(place, value);
    return place;
  }

  private inTemporary(value: Expression, ctype: CType): Expression {
    const temporary = this.host.emitter.temporary(ctype);
    this.host.emitter.emit({ kind: 'assign', place: temporary, value, access: 'plain' });
    return temporary;
  }

  private assignment(expression: CExpression & { kind: 'assign' }, used: boolean): Value {
    if (expression.operator !== null) {
      const operator = expression.operator as Exclude<BinaryOperator, '&&' | '||'>;
      const place = this.steady(this.place(expression.place));
      // `x += f()` reads x after f() has run; C leaves the order open.
      const right = this.value(expression.value);
      const result = this.combined(operator, this.loaded(place), right);
      this.host.assign(place, this.host.fitted(result, place));
      return this.loaded(place);
    }
    const type = this.host.typeOf(expression.place);
    let value = this.value(expression.value, type.ctype);
    const place = this.place(expression.place);
    value = this.host.fitted(value, place);
    const isLocal = place.expression.kind === 'name';
    // What it computes may change with the assignment: `x = x + 1`.
    if (used && !isLocal && value.ctype.kind !== 'struct' && value.expression.kind !== 'int')
      value = this.copyOf(value);
    this.host.assign(place, value);
    return used && !isLocal ? value : this.loaded(place);
  }

  private binary(expression: CExpression & { kind: 'binary' }): Value {
    const { operator, left, right } = expression;
    if (this.isTorn(left, operator, 'left') || this.isTorn(right, operator, 'right'))
      return this.unknown(
        'macro without parentheses',
        `an operand of '${operator}' is a macro that it binds tighter than`,
      );
    if (operator === '&&' || operator === '||') return this.shortCircuit(operator, left, right);
    const [a, b] = this.host.emitter.inOrder([() => this.value(left), () => this.value(right)]);
    return this.combined(operator, a!, b!);
  }

  /** Whether C would take an operand apart: it is a macro whose body binds less tightly than the operator beside it. */
  private isTorn(operand: CExpression, operator: string, side: 'left' | 'right'): boolean {
    const macro = this.macroOf(operand);
    if (macro === null) return false;
    const { tree } = parseFragment(macro, 'expression', { ...this.file.parseOptions, line: operand.line });
    if (tree === null || isParenthesised(macro)) return false;
    const inner = bindingOf(tree);
    const beside = bindingStrength(operator)!;
    return inner < beside || (side === 'right' && inner === beside);
  }

  /** Text that a use of a macro stands for; null for what is no macro, or one that is never expanded. */
  private macroOf(operand: CExpression): string | null {
    const called = operand.kind === 'call' && operand.callee.kind === 'name' ? operand.callee.name : null;
    const text = operand.kind === 'name' ? operand.name : called;
    if (text === null || this.intrinsics.has(text) || this.scopes.lookup(text)) return null;
    const callee = this.callee(text);
    if (callee.kind !== 'macro' || (operand.kind === 'call') !== (callee.macro.parameters !== null)) return null;
    if (operand.kind !== 'call') return callee.macro.body;
    return expandMacro(
      callee.macro,
      operand.args.map((argument) => argument.text),
    );
  }

  /** The list in braces that a macro stands for: `ATOMIC_INIT(0)`. */
  listOf(expression: CExpression, depth = 0): (Initialiser & { readonly kind: 'list' }) | null {
    const number = expression.kind === 'call' ? expressionOf(expression.args[0]) : null;
    if (
      number &&
      expression.kind === 'call' &&
      expression.callee.kind === 'name' &&
      counterLists.has(expression.callee.name)
    )
      return {
        kind: 'list',
        line: expression.line,
        elements: [{ designators: [], value: { kind: 'expression', value: number } }],
      };
    const body = this.macroOf(expression)?.trim();
    if (body === undefined || depth > maximalExpansion) return null;
    // A list is no expression; after some type in parentheses it is.
    const text = body.startsWith('{') ? `(int[])${body}` : body;
    const { tree } = parseFragment(text, 'expression', { ...this.file.parseOptions, line: expression.line });
    if (tree === null) return null;
    return tree.kind === 'compoundLiteral' ? tree.initialiser : this.listOf(tree, depth + 1);
  }

  private shortCircuit(operator: '&&' | '||', left: CExpression, right: CExpression): Value {
    const first = this.condition(left);
    let second: Expression = zero('0');
    const statements = this.host.emitter.within(() => {
      second = this.condition(right);
    });
    if (statements.length === 0)
      return { expression: { kind: 'binary', operator, left: first, right: second }, type: intType, ctype: intCType };
    const result = this.host.emitter.temporary(intCType);
    const decided: Expression = operator === '&&' ? zero('0') : { kind: 'int', value: 1, text: '1' };
    const evaluated = [
      ...statements,
      ...this.host.emitter.within(() =>
        this.host.emitter.emit({ kind: 'assign', place: result, value: isTrue(second), access: 'plain' }),
      ),
    ];
    const skipped = this.host.emitter.within(() =>
      this.host.emitter.emit({ kind: 'assign', place: result, value: decided, access: 'plain' }),
    );
    this.host.emitter.emit({
      kind: 'if',
      condition: first,
      then: operator === '&&' ? evaluated : skipped,
      otherwise: operator === '&&' ? skipped : evaluated,
    });
    return { expression: result, type: intType, ctype: intCType };
  }

  private conditional(expression: CExpression & { kind: 'conditional' }, expected?: CType): Value {
    const constant = this.host.declarations.evaluate(expression.condition);
    if (constant && expression.then)
      return this.value(constant.value !== 0n ? expression.then : expression.otherwise, expected);
    const kept = expression.then === null ? this.host.emitter.kept(this.value(expression.condition)) : null;
    const thenType = kept ?? this.host.typeOf(expression.then!);
    const otherType = this.host.typeOf(expression.otherwise);
    if (thenType.type.kind === 'void' || otherType.type.kind === 'void') {
      this.effect(expression);
      return { expression: zero('0'), type: voidType, ctype: { kind: 'void' } };
    }
    const type = this.conditionalType(thenType, otherType);
    if (thenType.ctype.kind === 'struct' && expression.then !== null)
      return this.structChoice(expression.condition, expression.then, expression.otherwise, thenType);
    const ctype =
      type.kind === 'int' ? { kind: 'int' as const, name: type.name } : this.pointerOf(thenType, otherType, expected);
    const result = this.host.emitter.temporary(ctype);
    const assign = (value: Value) =>
      this.host.emitter.emit({
        kind: 'assign',
        place: result,
        value: this.host.converted(value, type).expression,
        access: 'plain',
      });
    const condition = kept ? kept.expression : this.condition(expression.condition);
    const then = this.host.emitter.within(() => assign(kept ?? this.value(expression.then!, ctype)));
    const otherwise = this.host.emitter.within(() => assign(this.value(expression.otherwise, ctype)));
    this.host.emitter.emit({ kind: 'if', condition, then, otherwise });
    return { expression: result, type, ctype };
  }

  private structChoice(
    condition: CExpression,
    then: CExpression,
    otherwise: CExpression,
    { type, ctype }: Place,
  ): Value {
    const result: Place = { expression: this.host.emitter.temporary(ctype), type, ctype };
    const assign = (from: CExpression) => () => this.host.assign(result, this.value(from));
    this.choice(condition, assign(then), assign(otherwise));
    return result;
  }

  private conditionalType(a: Place | Value, b: Place | Value): SemanticType {
    if (a.type.kind === 'int' && b.type.kind === 'int')
      return intOf(commonType(a.type.int, b.type.int), a.type, b.type);
    if (a.type.kind === 'pointer' && !(a.type.to.kind === 'void' && b.type.kind === 'pointer')) return a.type;
    return b.type.kind === 'int' ? a.type : b.type;
  }

  private pointerOf(a: Place | Value, b: Place | Value, expected?: CType): CType {
    const isVoid = (type: CType) => type.kind !== 'function' && (type.kind !== 'pointer' || type.to.kind === 'void');
    if (!isVoid(a.ctype)) return a.ctype;
    if (!isVoid(b.ctype)) return b.ctype;
    return expected ?? a.ctype;
  }

  /** `if (condition) then else otherwise`, for effects. */
  private choice(condition: CExpression, then: () => void, otherwise: () => void): void {
    const test = this.condition(condition);
    const thenBody = this.host.emitter.within(then);
    const otherBody = this.host.emitter.within(otherwise);
    this.host.emitter.emit({ kind: 'if', condition: test, then: thenBody, otherwise: otherBody });
  }

  private arithmetic(value: Value, operator: string): Value {
    if (value.large !== undefined)
      this.host.remark('abstracted', 'large number', `a number beyond 29 bits is an operand of '${operator}'`);
    return value;
  }

  /** The result of a binary operator that is no short circuit. */
  combined(operator: Exclude<BinaryOperator, '&&' | '||'>, left: Value, right: Value): Value {
    const isEquality = operator === '==' || operator === '!=';
    const isComparison = isEquality || operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
    if (isPointer(left) || isPointer(right)) return this.pointerOperation(operator, left, right, isComparison);
    const [a, b] = [left, right];
    if (a.type.kind !== 'int' || b.type.kind !== 'int') {
      if (a.type.kind === 'unknown' || b.type.kind === 'unknown')
        return {
          expression: { kind: 'binary', operator, left: a.expression, right: b.expression },
          type: intType,
          ctype: intCType,
        };
      return this.unknown('arithmetic', `'${operator}' of something that is no integer`);
    }
    const isShift = operator === '<<' || operator === '>>';
    const computed = isShift ? promotedType(a.type) : intOf(commonType(a.type.int, b.type.int), a.type, b.type);
    const type = isComparison ? intType : computed;
    const ctype: CType = { kind: 'int', name: type.name };
    const leftValue = this.host.converted(a, computed);
    const rightValue = this.host.converted(b, isShift ? promotedType(b.type) : computed);
    const folded = this.folded(operator, leftValue, rightValue, computed);
    if (folded) return folded;
    if (!isEquality) for (const value of [leftValue, rightValue]) this.arithmetic(value, operator);
    const needsType = isComparison ? !isEquality && !isSigned(computed.int) : true;
    return {
      expression: {
        kind: 'binary',
        operator,
        left: leftValue.expression,
        right: rightValue.expression,
        ...(needsType ? computedIn(computed.int) : {}),
      },
      type,
      ctype,
    };
  }

  /** Of two constants, as C computes it; null where it has no result, or none that matters. */
  private folded(operator: BinaryOperator, left: Value, right: Value, type: IntSemantic): Value | null {
    const [a, b] = [constantOf(left), constantOf(right)];
    if (a === null || b === null || left.expression.kind !== 'int' || right.expression.kind !== 'int') return null;
    const result = fold(operator, a, b, type.int);
    return result === null
      ? null
      : this.number(result, `(${left.expression.text} ${operator} ${right.expression.text})`, type);
  }

  private pointerOperation(
    operator: Exclude<BinaryOperator, '&&' | '||'>,
    left: Value,
    right: Value,
    isComparison: boolean,
  ): Value {
    if (isComparison)
      return {
        expression: { kind: 'binary', operator, left: left.expression, right: right.expression },
        type: intType,
        ctype: intCType,
      };
    if ((operator === '+' || operator === '-') && isPointer(left) && right.type.kind === 'int') {
      const offset: Expression = operator === '+' ? right.expression : negated(right.expression);
      return this.host.addressOf(this.displaced(left, offset));
    }
    if (operator === '+' && isPointer(right) && left.type.kind === 'int')
      return this.host.addressOf(this.displaced(right, left.expression));
    if (operator === '-' && isPointer(left) && isPointer(right)) {
      const [from, to] = [this.retyped(left).expression, this.retyped(right).expression];
      return {
        expression: { kind: 'binary', operator, left: from, right: to, ...computedIn('s64') },
        type: longType,
        ctype: { kind: 'int', name: longType.name },
      };
    }
    this.host.remark('abstracted', 'pointer arithmetic', `'${operator}' of pointers gives a number nobody knows`);
    return this.host.opaque(`the result of '${operator}' on pointers`, { kind: 'int', int: 's64', name: 'long' });
  }

  private cast(expression: CExpression & { kind: 'cast' }, expected?: CType): Value {
    const type = this.host.resolve(expression.type.type);
    if (type.kind === 'void') {
      this.effect(expression.operand);
      return { expression: zero('0'), type, ctype: { kind: 'void' } };
    }
    const ctype = this.host.ctype(type);
    const list = this.listOf(expression.operand);
    if (list) return this.loaded(this.literal({ ...expression, kind: 'compoundLiteral', initialiser: list }, type));
    const value = this.value(
      expression.operand,
      type.kind === 'pointer' ? (ctype.kind === 'pointer' && ctype.to.kind === 'void' ? expected : ctype) : undefined,
    );
    return this.host.converted(value, type);
  }

  private sizeOf(expression: CExpression & { kind: 'sizeof' }): Value {
    // Escapes and macros inside count for other lengths than they show.
    if (expression.of.kind === 'string' && !/[\\<]/.test(expression.of.text))
      return this.number(
        BigInt(expression.of.text.length + 1),
        `sizeof(${JSON.stringify(expression.of.text)})`,
        sizeType,
      );
    if (expression.of.kind === 'string') return this.unknown('string size', 'the size of a string with escapes');
    const constant = this.host.declarations.evaluate(expression);
    if (constant) return this.number(constant.value, constant.from, sizeType);
    const type =
      expression.of.kind === 'typeName' ? this.host.resolve(expression.of.type) : this.host.typeOf(expression.of).type;
    const size = this.host.declarations.sizeOf(type);
    if (size !== null) return this.number(BigInt(size), `sizeof(${describe(type)})`, sizeType);
    this.host.remark('abstracted', 'unknown size', `the size of ${describe(type)} is not known`);
    return this.host.opaque(`sizeof(${describe(type)})`, sizeType);
  }

  private literal(expression: CExpression & { kind: 'compoundLiteral' }, written: SemanticType): Place {
    const type = this.host.sized(written, expression.initialiser);
    const ctype = this.host.ctype(type);
    const place: Place = { expression: name(this.host.emitter.declare('literal', ctype)), type, ctype };
    this.initialise(place, expression.initialiser);
    return place;
  }

  /** Set by the function's lifter: initialisers are statements. */
  initialise: (place: Place, initialiser: (CExpression & { kind: 'compoundLiteral' })['initialiser']) => void = () =>
    undefined;

  private statementExpression(expression: CExpression & { kind: 'statementExpression' }): Value {
    const { body } = expression.body;
    const last = body.at(-1);
    if (last?.kind !== 'expression') {
      this.host.statement(expression.body);
      return { expression: zero('0'), type: voidType, ctype: { kind: 'void' } };
    }
    this.scopes.enter();
    for (const statement of body.slice(0, -1)) this.host.statement(statement);
    const value = this.value(last.expression);
    const result = value.type.kind === 'void' ? value : this.kept(value);
    this.scopes.leave();
    return result;
  }

  // ---- calls ----

  private call(expression: CExpression & { kind: 'call' }, expected?: CType): Value {
    const { callee, args } = expression;
    if (callee.kind === 'name' && !this.scopes.lookup(callee.name)) return this.callByName(callee.name, args, expected);
    let target: Value;
    const values: Value[] = [];
    if (callee.kind === 'unary' && callee.operator === '*') target = this.value(callee.operand);
    else target = this.value(callee);
    const signature = functionOf(target.type);
    const parts = args.map((argument, index) => () => {
      const value = this.argument(argument);
      const type = signature?.parameters[index]?.type;
      return type ? this.host.converted(value, type) : value;
    });
    values.push(...this.host.emitter.inOrder(parts));
    const type = signature?.returns ?? intType;
    return this.host.called(target.expression, values, type, this.host.ctype(type));
  }

  private callByName(text: string, args: readonly MacroArgument[], expected?: CType): Value {
    const intrinsic = this.file.isStaticFunction(text) ? undefined : this.intrinsics.get(text);
    const known = intrinsic?.(this.host, args, expected);
    if (known) return known;
    const callee = this.callee(text);
    switch (callee.kind) {
      case 'kernel':
      case 'environment':
      case 'source':
        return this.host.call(text, this.arguments(text, args));
      case 'macro': {
        const { macro } = callee;
        if (this.file.isRedefined(text)) return this.ambiguous(text);
        const constant = this.foldable(text, args);
        if (constant) return constant;
        if (macro.parameters === null) {
          // An object-like macro whose body is the name of a function.
          return this.expanded(text, macro.body, (tree) =>
            this.value({ kind: 'call', callee: tree, args, line: tree.line }, expected),
          );
        }
        const body = expandMacro(
          macro,
          args.map((argument) => argument.text),
        );
        if (body === null) return this.unknown('macro', `${text}() is used with ${args.length} arguments`);
        return this.expanded(text, body, (tree) => this.value(tree, expected));
      }
      case 'unknown':
        return this.unknownCall(text, args);
    }
  }

  /** A call of a macro that is a constant, unless a stand-in of the models is in it. */
  private foldable(text: string, args: readonly MacroArgument[]): Value | null {
    const names = args.flatMap(({ text: argument }) => argument.match(/[A-Za-z_]\w*/g) ?? []);
    if (names.some((part) => part in this.host.vocabulary.constants || this.scopes.lookup(part))) return null;
    const constant = this.host.declarations.evaluate({
      kind: 'call',
      callee: { kind: 'name', name: text, line: 0 },
      args,
      line: 0,
    });
    return constant
      ? this.number(constant.value, `${text}(${args.map((arg) => arg.text).join(', ')})`, constant.type)
      : null;
  }

  private arguments(text: string, args: readonly MacroArgument[]): Value[] {
    const signature = this.host.declarations.functionType(text);
    const model = this.host.vocabulary.kernel.get(text);
    const parts = args.map((argument, index) => () => {
      const type = signature?.parameters[index]?.type;
      const value = this.argument(argument, model?.parameters[index]?.type);
      return type && type.kind !== 'record' ? this.host.converted(value, type) : value;
    });
    return this.host.emitter.inOrder(parts);
  }

  argument(argument: MacroArgument, expected?: CType): Value {
    if (argument.kind === 'expression') return this.value(argument.value, expected);
    return this.unknown('macro argument', `the argument '${argument.text}' is no expression`);
  }

  private unknownCall(text: string, args: readonly MacroArgument[]): Value {
    const values = this.arguments(text, args);
    for (const { expression } of values) if (!isStable(expression)) this.host.emitter.emit({ kind: 'run', expression });
    const signature = this.host.declarations.functionType(text);
    this.host.remark(
      'note',
      'opaque call',
      `${text}() has no model and no source: it is assumed to leave objects alone`,
    );
    this.host.emitter.emit({ kind: 'limit', what: `${text}() has no model and no source`, ends: false });
    const type = signature?.returns ?? intType;
    if (type.kind === 'void') return { expression: zero('0'), type, ctype: { kind: 'void' } };
    return this.host.opaque(`the result of ${text}()`, type);
  }

  /** A macro's body in the place of its use. */
  expanded<T>(text: string, body: string, lift: (tree: CExpression) => T): T {
    const line = this.host.emitter.currentLine;
    const parsed = parseFragment(body, 'expression', { ...this.file.parseOptions, line });
    if (parsed.tree === null || this.expansion >= maximalExpansion) {
      const reason = parsed.tree === null ? parsed.message : 'macros are nested too deeply';
      return lift({ kind: 'bad', message: `the macro ${text}: ${reason}`, line });
    }
    this.expansion += 1;
    try {
      return lift(parsed.tree);
    } finally {
      this.expansion -= 1;
    }
  }

  private ambiguous(macro: string): Value {
    return this.unknown(
      'redefined macro',
      `the file defines ${macro} more than once: which one is meant here is not known`,
    );
  }

  /** Something without a form: control that gets here ends in a limit. */
  private unknown(kind: string, what: string): Value {
    this.host.blocked(kind, what);
    return { expression: zero('0'), type: intType, ctype: intCType };
  }
}

const pointerToVoid: SemanticType = { kind: 'pointer', to: voidType };

/** Lists that an architecture's headers define. */
const counterLists: ReadonlySet<string> = new Set(['ATOMIC_INIT', 'ATOMIC64_INIT', 'ATOMIC_LONG_INIT']);

/** Macros that are their argument, also where it is assigned to. */
const transparentPlaces: ReadonlySet<string> = new Set(['READ_ONCE', 'WRITE_ONCE', 'data_race', 'rcu_dereference']);

function zero(text: string): Expression {
  return { kind: 'int', value: 0, text };
}

function isTrue(expression: Expression): Expression {
  return { kind: 'binary', operator: '!=', left: expression, right: zero('0') };
}

function negated(expression: Expression): Expression {
  if (expression.kind === 'int') return { kind: 'int', value: -expression.value, text: `-${expression.text}` };
  return { kind: 'unary', operator: '-', operand: expression, arithmetic: 's64' };
}

/** The operation on values of the type; null if it has no result there. */
function fold(operator: BinaryOperator, a: bigint, b: bigint, type: IntType): bigint | null {
  const width = BigInt(widthOf(type));
  const isShift = operator === '<<' || operator === '>>';
  if (isShift && (b < 0n || b >= width)) return null;
  if ((operator === '/' || operator === '%') && b === 0n) return null;
  const compute = foldings[operator];
  const exact = compute?.(a, b) ?? null;
  if (exact === null || !isSigned(type)) return exact;
  return BigInt.asIntN(Number(width), exact) === exact ? exact : null;
}

const foldings: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
};

/** How tightly the outermost operator of an expression binds its operands. */
function bindingOf(tree: CExpression): number {
  switch (tree.kind) {
    case 'binary':
      return bindingStrength(tree.operator)!;
    case 'conditional':
      return 0;
    case 'assign':
    case 'comma':
      return -1;
    default:
      return 11;
  }
}

/** Whether the first parenthesis of a text is closed by its last character. */
function isParenthesised(text: string): boolean {
  const trimmed = text.trim();
  if (!trimmed.startsWith('(') || !trimmed.endsWith(')')) return false;
  let depth = 0;
  for (let at = 0; at < trimmed.length - 1; at += 1) {
    if (trimmed[at] === '(') depth += 1;
    if (trimmed[at] === ')') depth -= 1;
    if (depth === 0) return false;
  }
  return true;
}

function isPointer(value: Value): boolean {
  return value.type.kind === 'pointer' || value.ctype.kind === 'pointer' || value.ctype.kind === 'function';
}

function functionOf(type: SemanticType): (SemanticType & { kind: 'function' }) | null {
  if (type.kind === 'function') return type;
  return type.kind === 'pointer' ? functionOf(type.to) : null;
}

function literalType(literal: CExpression & { kind: 'int' }): IntSemantic {
  const isLarge = literal.value > 0x7fffffffn;
  const isHuge = literal.value > 0xffffffffn;
  const isWritten = /^0/.test(literal.text) && literal.text !== '0';
  let int: IntType = literal.long || isHuge || (isLarge && !literal.unsigned && !isWritten) ? 's64' : 's32';
  if (literal.unsigned || (isWritten && isLarge && int === 's32')) int = int === 's64' ? 'u64' : 'u32';
  const names: Record<string, string> = { s32: 'int', u32: 'unsigned int', s64: 'long', u64: 'unsigned long' };
  return { kind: 'int', int, name: names[int]! };
}

function promotedType(type: IntSemantic): IntSemantic {
  const int = promoted(type.int);
  return int === type.int ? type : intType;
}

function intOf(int: IntType, ...from: readonly SemanticType[]): IntSemantic {
  for (const type of from) if (type.kind === 'int' && type.int === int) return type;
  return { kind: 'int', int, name: int };
}

function computedIn(type: IntType): { readonly arithmetic: IntType } {
  return { arithmetic: type };
}

function describe(type: SemanticType): string {
  switch (type.kind) {
    case 'record':
      return `${type.record} ${type.tag}`;
    case 'pointer':
      return `${describe(type.to)} *`;
    case 'int':
      return type.name;
    case 'array':
      return `${describe(type.of)}[]`;
    case 'unknown':
      return type.text;
    default:
      return type.kind;
  }
}
