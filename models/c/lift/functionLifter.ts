import type { CType } from '../../program/cType.js';
import type { BinaryOperator, Expression } from '../../program/expression.js';
import type { Variable } from '../../program/statement.js';
import type {
  Attribute,
  DeclarationItem,
  DeclaredName,
  Designator,
  Expression as CExpression,
  FunctionItem,
  Initialiser,
  InitialiserElement,
  MacroArgument,
  MacroDefinition,
  Statement as CStatement,
  TypeSyntax,
} from '../syntax/ast.js';
import { expandMacro, parseFragment } from '../syntax/parse.js';
import type { Declarations } from '../declarations/declarations.js';
import type { SemanticType } from '../declarations/semanticType.js';
import type { CalleeLookup } from './callees.js';
import { cleanupOf, guardOf } from './cleanups.js';
import type { Draft } from './emitter.js';
import { Emitter } from './emitter.js';
import { ExpressionLifter } from './expressionLifter.js';
import type { FileScope } from './fileScope.js';
import { intrinsics } from './intrinsics/index.js';
import type { Lifting } from './lifting.js';
import { expressionOf } from './lifting.js';
import { LocalScopes } from './localScopes.js';
import type { Remark } from './remark.js';
import { isIncomplete } from './remark.js';
import {
  assignedNames,
  bodyMarker,
  collectCases,
  innerStatements,
  isPlace,
  mentionsName,
  replaceBody,
} from './syntaxQueries.js';
import type { TypeCollector } from './typeMap.js';
import { semanticOf } from './typeMap.js';
import type { Place, Value } from './value.js';
import { constantOf, intCType, intType, isSigned, isStable, name, widthOf } from './value.js';
import type { Vocabulary } from './vocabulary.js';
import { closedTags } from './vocabulary.js';

/** One function, lifted. */
export interface LiftedBody {
  readonly parameters: readonly Variable[];
  readonly locals: readonly Variable[];
  readonly returns: CType;
  readonly body: readonly Draft[];
  readonly remarks: readonly Remark[];
  /** Program names of functions with source that it names. */
  readonly uses: ReadonlySet<string>;
}

export interface FunctionContext {
  readonly item: FunctionItem;
  readonly file: string;
  readonly declarations: Declarations;
  readonly types: TypeCollector;
  readonly vocabulary: Vocabulary;
  readonly scope: FileScope;
  readonly callee: CalleeLookup;
  /** As in `PatchedFile.inputLines`; null for a file of the tree. */
  readonly mailLines: Int32Array | null;
}

/** Lifts one function. Never throws for what the source contains: what has no form is a remark and a limit. */
export function liftFunction(context: FunctionContext): LiftedBody {
  return new FunctionLifter(context).lift();
}

class FunctionLifter implements Lifting {
  readonly emitter: Emitter;
  readonly declarations: Declarations;
  readonly types: TypeCollector;
  readonly vocabulary: Vocabulary;
  private readonly context: FunctionContext;
  private readonly expressions: ExpressionLifter;
  private readonly scopes = new LocalScopes();
  private readonly remarks: Remark[] = [];
  private readonly uses = new Set<string>();
  private readonly returnType: SemanticType;
  /** Depth of the blocks that are open around each label. */
  private labelDepths = new Map<string, number>();
  /** By expression: in chains of `?:`, as of `ilog2()`, each is asked for again at every level. */
  private readonly typesFound = new WeakMap<CExpression, Place>();
  /** While types are looked at, nothing is told. */
  private silent = 0;

  constructor(context: FunctionContext) {
    this.context = context;
    this.declarations = context.declarations;
    this.types = context.types;
    this.vocabulary = context.vocabulary;
    const { parameters } = context.item.type;
    this.emitter = new Emitter(
      context.mailLines,
      parameters.map((parameter, index) => parameter.name ?? `unnamed${index + 1}`),
    );
    this.returnType = this.resolve(context.item.type.returns);
    const callee: CalleeLookup = (text) => {
      const found = context.callee(text);
      if (found.kind === 'source') this.uses.add(found.name);
      return found;
    };
    this.expressions = new ExpressionLifter(this, this.scopes, context.scope, callee, intrinsics);
    this.expressions.initialise = (place, initialiser) => this.initialise(place, initialiser);
  }

  lift(): LiftedBody {
    const { item } = this.context;
    this.emitter.at(item.line);
    this.scopes.enter();
    const written = assignedNames(item.body);
    const parameters = item.type.parameters
      .map((parameter, index) => ({ ...parameter, name: parameter.name ?? `unnamed${index + 1}` }))
      .map((parameter): Variable => {
        const type = decayed(this.resolve(parameter.type));
        const ctype = this.ctype(type);
        if (type.kind === 'record') return this.structParameter(parameter.name, type, ctype);
        let local = parameter.name;
        // What is bound to the call must stay what was passed.
        if (written.has(parameter.name)) {
          local = this.emitter.declare(`${parameter.name} here`, ctype);
          this.emitter.emit({ kind: 'assign', place: name(local), value: name(parameter.name), access: 'plain' });
        }
        this.scopes.declare(parameter.name, { expression: name(local), type, ctype });
        return { name: parameter.name, type: ctype };
      });
    if (item.type.variadic) this.remark('abstracted', 'variadic function', 'its further arguments are left out');
    const returns = this.ctype(this.returnType);
    // A struct is returned to where a last parameter points.
    if (returns.kind === 'struct') parameters.push({ name: resultParameter, type: { kind: 'pointer', to: returns } });
    this.block(item.body.body, item.body.endLine);
    for (const cleanup of this.scopes.leave()) this.emitter.append(cleanup.statements());
    return {
      parameters,
      locals: this.emitter.locals,
      returns: returns.kind === 'struct' ? { kind: 'void' } : returns,
      body: this.emitter.finish(),
      remarks: this.remarks,
      uses: this.uses,
    };
  }

  /** A struct is passed by the address of what is copied here. */
  private structParameter(parameter: string, type: SemanticType, ctype: CType): Variable {
    const pointer: CType = { kind: 'pointer', to: ctype };
    const local = this.emitter.declare(`${parameter} here`, ctype);
    this.scopes.declare(parameter, { expression: name(local), type, ctype });
    this.copy(
      { expression: name(local), type, ctype },
      { expression: { kind: 'deref', pointer: name(parameter) }, type, ctype },
    );
    return { name: parameter, type: pointer };
  }

  // ---- services ----

  value(expression: CExpression, expected?: CType): Value {
    return this.expressions.value(expression, expected);
  }

  effect(expression: CExpression): void {
    this.expressions.effect(expression);
  }

  place(expression: CExpression): Place {
    return this.expressions.place(expression);
  }

  combined(operator: Exclude<BinaryOperator, '&&' | '||'>, left: Value, right: Value): Value {
    return this.expressions.combined(operator, left, right);
  }

  condition(expression: CExpression): Expression {
    return this.expressions.condition(expression);
  }

  ctype(type: SemanticType): CType {
    return this.types.ctype(type, this.declarations);
  }

  resolve(type: TypeSyntax): SemanticType {
    switch (type.kind) {
      case 'typeof':
        if (type.of === null) return { kind: 'unknown', text: '__auto_type' };
        return type.of.kind === 'typeName' ? this.resolve(type.of.type) : this.typeOf(type.of).type;
      case 'pointer':
        return { kind: 'pointer', to: this.resolve(type.to) };
      case 'array':
        if (type.of.kind === 'typeof' || type.of.kind === 'array') {
          const length = type.length === null ? null : (this.declarations.evaluate(type.length)?.value ?? null);
          return { kind: 'array', of: this.resolve(type.of), length: length === null ? null : Number(length) };
        }
        return this.declarations.resolve(type);
      default:
        return this.declarations.resolve(type);
    }
  }

  typeOf(expression: CExpression): Place {
    const known = this.typesFound.get(expression);
    if (known) return known;
    this.silent += 1;
    try {
      let result: Place = { expression: name('0'), type: intType, ctype: intCType };
      this.emitter.within(() => {
        result = isPlace(expression) ? this.expressions.place(expression) : this.expressions.value(expression);
      });
      this.typesFound.set(expression, result);
      return result;
    } finally {
      this.silent -= 1;
    }
  }

  converted(value: Value, type: SemanticType): Value {
    if (type.kind === 'int') return this.toInteger(value, type);
    if (type.kind === 'pointer') {
      const ctype = this.ctype(type);
      // void * takes and gives any pointer: the more precise type is kept.
      if (ctype.kind === 'pointer' && ctype.to.kind === 'void' && value.type.kind !== 'int') return value;
      const same = sameCType(value.ctype, ctype);
      if (same) return { ...value, type };
      // Where the models have another type for the same thing, theirs stays.
      if (value.type.kind === 'pointer' && sameSemantic(value.type, type)) return value;
      return { ...value, type, ctype, retyped: true };
    }
    return value;
  }

  private toInteger(value: Value, type: SemanticType & { kind: 'int' }): Value {
    const ctype: CType = { kind: 'int', name: type.name };
    if (type.int === 'bool') {
      if (value.type.kind === 'int' && value.type.int === 'bool') return value;
      if (isTruth(value.expression)) return { expression: value.expression, type, ctype };
      if (value.expression.kind === 'int')
        return {
          expression: { kind: 'int', value: value.expression.value === 0 ? 0 : 1, text: value.expression.text },
          type,
          ctype,
        };
      const zero: Expression = { kind: 'int', value: 0, text: '0' };
      return { expression: { kind: 'binary', operator: '!=', left: value.expression, right: zero }, type, ctype };
    }
    if (value.type.kind !== 'int') return { ...value, type, ctype };
    const from = value.type.int;
    const { expression } = value;
    const constant = constantOf(value);
    if (constant !== null && expression.kind === 'int') {
      const bits = widthOf(type.int);
      const wrapped = isSigned(type.int) ? BigInt.asIntN(bits, constant) : BigInt.asUintN(bits, constant);
      return this.expressions.number(wrapped, expression.text, type);
    }
    if (!needsConversion(from, type.int)) return { ...value, type, ctype };
    return { expression: { kind: 'convert', from, to: type.int, operand: expression }, type, ctype };
  }

  fitted(value: Value, place: Place): Value {
    const converted = this.converted(value, place.type);
    const { bits } = place;
    if (bits === undefined || place.type.kind !== 'int' || place.type.int === 'bool' || bits >= widthOf(place.type.int))
      return converted;
    if (bits > trackedBits) {
      this.remark('abstracted', 'bit-field', `a bit-field of ${bits} bits is not cut to its width`);
      return converted;
    }
    const number = (value: number): Value => ({
      ...converted,
      expression: { kind: 'int', value, text: String(value) },
    });
    const cut = this.expressions.combined('&', converted, number(2 ** bits - 1));
    if (!isSigned(place.type.int)) return cut;
    const sign = number(2 ** (bits - 1));
    return this.expressions.combined('-', this.expressions.combined('^', cut, sign), sign);
  }

  sized(type: SemanticType, initialiser: Initialiser | null): SemanticType {
    if (type.kind !== 'array' || type.length !== null || initialiser?.kind !== 'list') return type;
    let [length, next] = [0, 0];
    for (const { designators } of initialiser.elements) {
      const [first] = designators;
      if (first?.kind === 'index') next = Number(this.declarations.evaluate(first.high ?? first.low)?.value ?? next);
      next += 1;
      length = Math.max(length, next);
    }
    return { ...type, length };
  }

  assign(place: Place, value: Value, access: 'plain' | 'marked' | 'atomic' = 'plain'): void {
    if (place.ctype.kind === 'struct') {
      if (value.ctype.kind !== 'struct')
        return this.blocked('struct as value', 'a struct is assigned from something else');
      this.copy(place, value);
      return this.useMember(place);
    }
    if (place.ctype.kind === 'array') return this.blocked('array as value', 'an array is assigned');
    this.emitter.emit({ kind: 'assign', place: place.expression, value: value.expression, access });
    this.useMember(place);
  }

  /** From here on the unions around a place hold the members that lead to it. */
  private useMember(place: Place): void {
    for (const { key, number, inUse } of place.overlays ?? []) {
      const value: Expression = { kind: 'int', value: number, text: String(number) };
      this.emitter.emitForUnion({ kind: 'assign', place: inUse, value, access: 'plain' }, key);
    }
  }

  copy(target: Place, source: Place | null): void {
    const isWhole = target.ctype.kind === 'struct' || target.ctype.kind === 'array';
    const to = isWhole ? this.expressions.steady(target) : target;
    const from = isWhole && source !== null ? this.expressions.steady(source) : source;
    if (to.ctype.kind === 'array') {
      const { length } = to.ctype;
      if (typeof length !== 'number') return;
      for (let index = 0; index < length; index += 1) {
        const at = (place: Place): Place => ({
          expression: {
            kind: 'index',
            base: place.expression,
            index: { kind: 'int', value: index, text: String(index) },
          },
          type: place.type.kind === 'array' ? place.type.of : intType,
          ctype: place.ctype.kind === 'array' ? place.ctype.of : intCType,
        });
        this.copy(at(to), from === null ? null : at(from));
      }
      return;
    }
    if (to.ctype.kind !== 'struct') {
      const value: Expression = from === null ? { kind: 'int', value: 0, text: '0' } : from.expression;
      this.emitter.emit({ kind: 'assign', place: to.expression, value, access: 'plain' }, usedField(to.expression));
      return;
    }
    const { tag } = to.ctype;
    if (this.types.isCell(tag)) {
      if (from !== null) this.remark('abstracted', 'copied cell', `a ${tag} is copied: its state stays what it was`);
      return;
    }
    if (from !== null && from.ctype.kind === 'struct' && from.ctype.tag !== tag)
      return this.blocked('struct as value', `struct ${from.ctype.tag} is copied to struct ${tag}`);
    for (const field of this.types.fieldNames(tag, recordTag(to.type), this.declarations)) {
      const target = this.memberOf(to, field, false);
      const source = from === null ? null : this.memberOf(from, field, false);
      if (target === null || (from !== null && source === null)) continue;
      this.copyField(`${tag}.${field}`, target, source);
    }
  }

  private copyField(field: string, to: Place, from: Place | null): void {
    if (to.ctype.kind === 'struct' || to.ctype.kind === 'array') {
      const nested = this.emitter.within(() => this.copy(to, from));
      this.emitter.append(nested.map((statement) => ({ ...statement, ifUsed: statement.ifUsed ?? field })));
      return;
    }
    const value: Expression = from === null ? { kind: 'int', value: 0, text: '0' } : from.expression;
    this.emitter.emit({ kind: 'assign', place: to.expression, value, access: 'plain' }, field);
  }

  pointee(pointer: Value): Place {
    const value = this.expressions.retyped(pointer);
    const ctype: CType = value.ctype.kind === 'pointer' ? value.ctype.to : intCType;
    const type: SemanticType = value.type.kind === 'pointer' ? value.type.to : semanticOf(ctype);
    // A dereferenced address is the place itself.
    if (value.expression.kind === 'address') return { expression: value.expression.place, type, ctype };
    if (!isStable(value.expression)) this.expressions.pointerTypes.set(value.expression, value.ctype);
    return { expression: { kind: 'deref', pointer: value.expression }, type, ctype };
  }

  member(base: Place, field: string): Place | null {
    const found = this.memberOf(base, field);
    if (found) return found;
    const where = base.ctype.kind === 'struct' ? `struct ${base.ctype.tag}` : 'something that is no struct';
    this.blocked('untyped field', `the member '${field}' of ${where} is not known`);
    return null;
  }

  /** `isUse`: code reads or writes it, rather than copies all members there are. */
  private memberOf(base: Place, field: string, isUse = true): Place | null {
    if (base.ctype.kind !== 'struct') return null;
    const { tag } = base.ctype;
    const access = this.types.field(tag, recordTag(base.type), field, this.declarations);
    if (!access) return null;
    if (
      closedTags.has(tag) &&
      this.silent === 0 &&
      !this.vocabulary.structType(tag)?.fields.some((known) => known.name === field)
    )
      this.remark(
        'abstracted',
        'inside of a modelled type',
        `'${field}' of struct ${tag} is not what its model works on`,
      );
    if (access.field !== undefined)
      this.remark('abstracted', 'inside of a modelled type', `'${field}' of struct ${tag} is kept beside its model`);
    // What is in use is looked at beside the member itself: the way there is gone once.
    const from = access.overlay !== null && isUse ? this.expressions.steady(base) : base;
    const arrow = from.expression.kind === 'deref';
    const expression: Expression = {
      kind: 'member',
      base: arrow ? from.expression.pointer : from.expression,
      field: access.field ?? field,
      arrow,
    };
    const overlays = [...(base.overlays ?? [])];
    if (access.overlay !== null && isUse) {
      const record = recordTag(base.type);
      const union = this.types.memberOfUnion(tag, record, access.overlay, field, this.declarations);
      const inUse: Expression = { ...expression, field: union.field };
      overlays.push({ key: union.key, member: field, number: union.number, inUse });
    }
    return {
      expression,
      type: access.type,
      ctype: access.ctype,
      ...(access.bits === null ? {} : { bits: access.bits }),
      ...(overlays.length === 0 ? {} : { overlays }),
    };
  }

  addressOf(place: Place): Value {
    if (place.overlays && this.silent === 0)
      this.remark(
        'abstracted',
        'union',
        'the address of a member of a union: which member is written through it is not seen',
      );
    const type: SemanticType = { kind: 'pointer', to: place.type };
    const ctype: CType = place.ctype.kind === 'function' ? place.ctype : { kind: 'pointer', to: place.ctype };
    if (place.expression.kind === 'deref') return { expression: place.expression.pointer, type, ctype };
    return { expression: { kind: 'address', place: place.expression }, type, ctype };
  }

  opaque(what: string, type: SemanticType): Value {
    const ctype = this.ctype(type);
    if (type.kind === 'int') return { expression: { kind: 'opaque', what, type: type.int }, type, ctype };
    if (ctype.kind === 'struct') return this.opaqueStruct(what, type, ctype);
    if (type.kind === 'pointer' && this.silent === 0)
      this.remark('abstracted', 'opaque pointer', `${what} is a pointer nobody knows: NULL stands for it`);
    return { expression: { kind: 'int', value: 0, text: 'NULL' }, type, ctype };
  }

  /** A struct nobody knows: its numbers may be any. */
  private opaqueStruct(what: string, type: SemanticType, ctype: CType & { kind: 'struct' }): Value {
    const place: Place = { expression: this.emitter.temporary(ctype), type, ctype };
    for (const field of this.types.fieldNames(ctype.tag, recordTag(type), this.declarations)) {
      const target = this.memberOf(place, field);
      if (target?.type.kind === 'int') this.assign(target, this.opaque(`'${field}' of ${what}`, target.type));
      else this.remark('abstracted', 'opaque struct', `'${field}' of ${what} is no number: it is 0`);
    }
    return place;
  }

  call(text: string, args: readonly Value[]): Value {
    const callee = this.context.callee(text);
    if (callee.kind === 'source') this.uses.add(callee.name);
    const model = callee.kind === 'kernel' || callee.kind === 'environment' ? callee.definition : null;
    let values = args;
    if (model && args.length !== model.parameters.length) {
      if (args.length < model.parameters.length)
        this.blocked(
          'call',
          `${text}() is called with ${args.length} arguments, its model takes ${model.parameters.length}`,
        );
      // What a model leaves out is still evaluated.
      for (const { expression } of args.slice(model.parameters.length))
        if (!isStable(expression)) this.emitter.emit({ kind: 'run', expression });
      values = args.slice(0, model.parameters.length);
    }
    const known = this.declarations.functionType(text);
    const type = known?.returns ?? (model ? semanticOf(model.returns) : intType);
    const target = name(callee.kind === 'source' ? callee.name : text);
    return this.called(target, values, type, model ? model.returns : this.ctype(type));
  }

  called(callee: Expression, values: readonly Value[], type: SemanticType, ctype: CType): Value {
    const args = values.map((value) => (value.ctype.kind === 'struct' ? this.addressOf(value) : value).expression);
    if (ctype.kind !== 'struct') return { expression: { kind: 'call', callee, args }, type, ctype };
    const result: Place = { expression: this.emitter.temporary(ctype), type, ctype };
    args.push(this.addressOf(result).expression);
    this.emitter.emit({ kind: 'run', expression: { kind: 'call', callee, args } });
    return result;
  }

  remark(level: Remark['level'], kind: string, what: string): void {
    if (this.silent > 0) return;
    if (level === 'abstracted' && isIncomplete(kind)) this.emitter.emit({ kind: 'limit', what, ends: false });
    const { file, item } = this.context;
    const line = this.emitter.currentLine;
    if (this.remarks.some((known) => known.line === line && known.kind === kind && known.what === what)) return;
    this.remarks.push({ file, function: item.name, line, level, kind, what });
  }

  blocked(kind: string, what: string): void {
    this.remark('blocked', kind, what);
    this.emitter.emit({ kind: 'limit', what, ends: true });
  }

  // ---- statements ----

  statement(statement: CStatement): void {
    this.emitter.at(statement.line);
    switch (statement.kind) {
      case 'expression':
        if (!this.guard(statement.expression)) this.effect(statement.expression);
        return;
      case 'declaration':
        return this.declaration(statement.declaration);
      case 'block':
        this.scopes.enter();
        this.block(statement.body, statement.endLine);
        for (const cleanup of [...this.scopes.leave()].reverse()) this.emitter.append(cleanup.statements());
        return;
      case 'if':
        return this.conditional(statement);
      case 'while':
        return this.loop(statement.condition, null, statement.body);
      case 'do':
        return this.doWhile(statement);
      case 'for':
        return this.forLoop(statement);
      case 'switch':
        return this.switchStatement(statement);
      case 'case':
      case 'default': {
        const label = this.caseLabels.at(-1)?.get(statement);
        if (label === undefined) return this.blocked('syntax', 'a case outside of a switch');
        this.emitter.emit({ kind: 'label', label });
        return;
      }
      case 'label':
        this.emitter.emit({ kind: 'label', label: statement.label });
        return;
      case 'goto': {
        const depth = this.labelDepths.get(statement.label);
        if (depth === undefined)
          return this.blocked('syntax', `goto to the label '${statement.label}', which is nowhere`);
        for (const cleanup of this.scopes.cleanupsDownTo(depth)) this.emitter.append(cleanup.statements());
        this.emitter.emit({ kind: 'goto', label: statement.label });
        return;
      }
      case 'computedGoto':
        return this.blocked('computed goto', 'a computed goto');
      case 'break':
      case 'continue': {
        const target = this.scopes.loopTarget(statement.kind);
        if (!target) return this.blocked('syntax', `${statement.kind} outside of a loop`);
        for (const cleanup of this.scopes.cleanupsDownTo(target.depth)) this.emitter.append(cleanup.statements());
        this.emitter.emit({ kind: 'goto', label: target.label });
        return;
      }
      case 'return':
        return this.returnStatement(statement.value);
      case 'macroLoop':
        return this.macroLoop(statement);
      case 'nestedFunction':
        return this.blocked('nested function', `the nested function ${statement.function.name}`);
      case 'asm':
        return this.blocked('asm', 'inline assembly');
      case 'empty':
        return;
      case 'bad':
        return this.blocked('syntax error', statement.message);
    }
  }

  private block(body: readonly CStatement[], endLine: number): void {
    this.noteLabels(body);
    for (const statement of body) this.statement(statement);
    this.emitter.at(endLine);
  }

  /** Labels of this block stand at its depth; those of blocks inside are noted when those are entered, unless a goto comes first. */
  private noteLabels(body: readonly CStatement[], depth = this.scopes.depth): void {
    for (const statement of body) {
      if (statement.kind === 'label' && !this.labelDepths.has(statement.label))
        this.labelDepths.set(statement.label, depth);
      for (const inner of innerStatements(statement)) this.noteLabels(inner.body, depth + inner.deeper);
    }
  }

  private conditional(statement: CStatement & { kind: 'if' }): void {
    const constant = this.constantCondition(statement.condition);
    if (constant !== null) {
      const branch = constant ? statement.then : statement.otherwise;
      if (branch) this.scoped(branch);
      return;
    }
    const condition = this.condition(statement.condition);
    const { line } = statement;
    const then = this.emitter.within(() => this.scoped(statement.then));
    const otherwise = this.emitter.within(() => statement.otherwise && this.scoped(statement.otherwise));
    this.emitter.at(line);
    this.emitter.emit({ kind: 'if', condition, then, otherwise });
  }

  /** `if (IS_ENABLED(CONFIG_X))`, `if (0)`: the other branch is no code. */
  private constantCondition(condition: CExpression): boolean | null {
    const { constants } = this.vocabulary;
    const { scope } = this.context;
    if (mentionsName(condition, (text) => text in constants || scope.isRedefined(text))) return null;
    const constant = this.declarations.evaluate(condition);
    return constant === null ? null : constant.value !== 0n;
  }

  private scoped(statement: CStatement): void {
    if (statement.kind === 'block') return this.statement(statement);
    this.scopes.enter();
    this.noteLabels([statement]);
    this.statement(statement);
    for (const cleanup of [...this.scopes.leave()].reverse()) this.emitter.append(cleanup.statements());
  }

  private loop(condition: CExpression | null, step: CExpression | null, body: CStatement): void {
    const labels = { continueLabel: this.emitter.newLabel('continue'), breakLabel: this.emitter.newLabel('break') };
    const { currentLine } = this.emitter;
    let test: Expression = { kind: 'int', value: 1, text: '1' };
    const before = this.emitter.within(() => {
      if (condition) test = this.condition(condition);
    });
    const inside = this.emitter.within(() => {
      this.scopes.enter(labels);
      this.scoped(body);
      for (const cleanup of this.scopes.leave()) this.emitter.append(cleanup.statements());
      this.emitter.at(currentLine);
      this.emitter.emit({ kind: 'label', label: labels.continueLabel });
      if (step) this.effect(step);
    });
    this.emitter.at(currentLine);
    if (before.length === 0) this.emitter.emit({ kind: 'while', condition: test, body: inside });
    else {
      const leave = this.emitter.within(() => this.emitter.emit({ kind: 'goto', label: labels.breakLabel }));
      const always: Expression = { kind: 'int', value: 1, text: '1' };
      const test2 = this.emitter.within(() =>
        this.emitter.emit({ kind: 'if', condition: test, then: [], otherwise: leave }),
      );
      this.emitter.emit({ kind: 'while', condition: always, body: [...before, ...test2, ...inside] });
    }
    this.emitter.emit({ kind: 'label', label: labels.breakLabel });
  }

  private doWhile(statement: CStatement & { kind: 'do' }): void {
    const constant = this.constantCondition(statement.condition);
    const labels = { continueLabel: this.emitter.newLabel('continue'), breakLabel: this.emitter.newLabel('break') };
    const top = this.emitter.newLabel('do');
    if (constant !== false) this.emitter.emit({ kind: 'label', label: top });
    this.scopes.enter(labels);
    this.scoped(statement.body);
    for (const cleanup of this.scopes.leave()) this.emitter.append(cleanup.statements());
    this.emitter.at(statement.condition.line);
    this.emitter.emit({ kind: 'label', label: labels.continueLabel });
    if (constant !== false) {
      const condition = this.condition(statement.condition);
      const again = this.emitter.within(() => this.emitter.emit({ kind: 'goto', label: top }));
      this.emitter.emit({ kind: 'if', condition, then: again, otherwise: [] });
    }
    this.emitter.emit({ kind: 'label', label: labels.breakLabel });
  }

  private forLoop(statement: CStatement & { kind: 'for' }): void {
    this.scopes.enter();
    if (statement.initial) {
      if (statement.initial.kind === 'declaration') this.declaration(statement.initial);
      else this.effect(statement.initial);
    }
    this.loop(statement.condition, statement.step, statement.body);
    for (const cleanup of this.scopes.leave()) this.emitter.append(cleanup.statements());
  }

  private switchStatement(statement: CStatement & { kind: 'switch' }): void {
    const value = this.emitter.kept(this.value(statement.value));
    const cases: { readonly statement: CStatement; readonly label: string }[] = [];
    collectCases(statement.body, (found) => cases.push({ statement: found, label: this.emitter.newLabel('case') }));
    const breakLabel = this.emitter.newLabel('break');
    let otherwise = breakLabel;
    for (const { statement: found, label } of cases) {
      if (found.kind === 'default') {
        otherwise = label;
        continue;
      }
      if (found.kind !== 'case') continue;
      this.emitter.at(found.line);
      const low = this.value(found.low);
      const test =
        found.high === null
          ? this.expressions.combined('==', value, low).expression
          : ({
              kind: 'binary',
              operator: '&&',
              left: this.expressions.combined('>=', value, low).expression,
              right: this.expressions.combined('<=', value, this.value(found.high)).expression,
            } as const);
      const jump = this.emitter.within(() => this.emitter.emit({ kind: 'goto', label }));
      this.emitter.emit({ kind: 'if', condition: test, then: jump, otherwise: [] });
    }
    this.emitter.emit({ kind: 'goto', label: otherwise });
    this.caseLabels.push(new Map(cases.map(({ statement: found, label }) => [found, label])));
    this.scopes.enter({ continueLabel: null, breakLabel });
    this.switchBody(statement.body);
    for (const cleanup of this.scopes.leave()) this.emitter.append(cleanup.statements());
    this.caseLabels.pop();
    this.emitter.emit({ kind: 'label', label: breakLabel });
  }

  private readonly caseLabels: Map<CStatement, string>[] = [];

  private switchBody(body: CStatement): void {
    const statements = body.kind === 'block' ? body.body : [body];
    this.scopes.enter();
    this.noteLabels(statements);
    for (const statement of statements) this.statement(statement);
    for (const cleanup of [...this.scopes.leave()].reverse()) this.emitter.append(cleanup.statements());
  }

  private returnStatement(value: CExpression | null): void {
    const hasCleanups = this.scopes.cleanupsDownTo(0).length > 0;
    if (value === null || this.returnType.kind === 'void') {
      if (value) this.effect(value);
      for (const cleanup of this.scopes.cleanupsDownTo(0)) this.emitter.append(cleanup.statements());
      this.emitter.emit({ kind: 'return', value: null });
      return;
    }
    const returns = this.ctype(this.returnType);
    if (returns.kind === 'struct') {
      const place: Place = {
        expression: { kind: 'deref', pointer: name(resultParameter) },
        type: this.returnType,
        ctype: returns,
      };
      this.initialise(place, { kind: 'expression', value });
      for (const cleanup of this.scopes.cleanupsDownTo(0)) this.emitter.append(cleanup.statements());
      this.emitter.emit({ kind: 'return', value: null });
      return;
    }
    let result = this.converted(this.value(value, this.ctype(this.returnType)), this.returnType);
    if (hasCleanups && !isConstant(result.expression)) {
      const temporary = this.emitter.temporary(result.ctype);
      this.emitter.emit({ kind: 'assign', place: temporary, value: result.expression, access: 'plain' });
      result = { ...result, expression: temporary };
    }
    for (const cleanup of this.scopes.cleanupsDownTo(0)) this.emitter.append(cleanup.statements());
    this.emitter.emit({ kind: 'return', value: result.expression });
  }

  // ---- declarations ----

  private declaration(declaration: DeclarationItem): void {
    if (declaration.storage.includes('typedef') || declaration.storage.includes('extern')) return;
    for (const declared of declaration.names) this.variable(declaration, declared);
  }

  private variable(declaration: DeclarationItem, declared: DeclaredName): void {
    let type = this.resolve(declared.type);
    if (type.kind === 'function') return;
    if (type.kind === 'unknown' && declared.initialiser?.kind === 'expression')
      type = decayed(this.typeOf(declared.initialiser.value).type);
    type = this.sized(type, declared.initialiser);
    if (type.kind === 'unknown')
      this.remark('abstracted', 'unknown type', `the type of ${declared.name}: ${type.text}`);
    const ctype = this.ctype(type);
    if (declaration.storage.includes('static')) {
      const place = this.context.scope.staticLocal({
        name: declared.name,
        type,
        initialiser: declared.initialiser,
        defined: true,
        isStatic: true,
        isConst: declaration.attributes.some((attribute) => attribute.name === 'const'),
        file: this.context.file,
        line: declared.line,
      });
      this.scopes.declare(declared.name, place);
      return;
    }
    this.local(declared, type, ctype);
    const cleanup = this.cleanupAttribute([...declaration.attributes, ...declared.attributes]);
    if (!cleanup) return;
    const local = this.scopes.lookup(declared.name)!;
    const place: Place = local;
    const statements = cleanupOf(cleanup, this, place);
    if (statements) this.scopes.addCleanup({ statements });
    else this.blocked('cleanup', `the cleanup '${cleanup.name}' of ${declared.name} is not known`);
  }

  private local(declared: DeclaredName, type: SemanticType, ctype: CType): void {
    // The name is in sight of its own initialiser, but an array decays and a value does not exist before it.
    const local = this.emitter.declare(declared.name, ctype);
    const place: Place = { expression: name(local), type, ctype };
    const initial = declared.initialiser?.kind === 'expression' ? declared.initialiser.value : null;
    if (initial && ctype.kind !== 'struct' && ctype.kind !== 'array') {
      const value = this.converted(this.value(initial, ctype), type);
      this.scopes.declare(declared.name, { expression: name(local), type, ctype });
      this.assign(place, value);
      return;
    }
    this.scopes.declare(declared.name, { expression: name(local), type, ctype });
    if (declared.initialiser) this.initialise(place, declared.initialiser);
  }

  private initialise(place: Place, initialiser: Initialiser): void {
    if (initialiser.kind === 'expression') {
      if (place.ctype.kind === 'array') {
        this.remark('abstracted', 'array initialiser', 'the content of an array is left out');
        return;
      }
      if (place.ctype.kind === 'struct') return this.initialiseStruct(place, initialiser.value);
      return this.assign(place, this.fitted(this.value(initialiser.value, place.ctype), place));
    }
    if (place.ctype.kind !== 'struct' && place.ctype.kind !== 'array') {
      const [first] = initialiser.elements;
      if (first) this.initialise(place, first.value);
      else this.copy(place, null);
      return;
    }
    this.copy(place, null);
    this.fill(place, initialiser.elements, 0, true);
  }

  /**
   * Initialises the members of a struct or array from the elements of a list, from `start` on. Without braces of its own it takes as
   * many as it has members, and leaves the others to the list around it. Gives the position behind the last element it took.
   */
  private fill(place: Place, elements: readonly InitialiserElement[], start: number, braced: boolean): number {
    const members =
      place.ctype.kind === 'struct'
        ? this.types.positionalFields(place.ctype.tag, recordTag(place.type), this.declarations)
        : [];
    const count =
      place.ctype.kind === 'array' && typeof place.ctype.length === 'number' ? place.ctype.length : members.length;
    let next = 0;
    let index = start;
    while (index < elements.length) {
      const { designators, value } = elements[index]!;
      const [first] = designators;
      if (!braced && (first !== undefined || next >= count)) return index;
      let targets: Place[];
      if (first === undefined) {
        const target = place.ctype.kind === 'array' ? this.at(place, next) : this.member(place, members[next] ?? '');
        targets = target && next < count ? [target] : [];
        next += 1;
      } else {
        targets = this.designated(place, designators);
        const at = first.kind === 'field' ? members.indexOf(first.name) : this.constantIndex(first.high ?? first.low);
        next = (at ?? 0) + 1;
      }
      const [target] = targets;
      // A member without members takes none: the element is then all of it.
      const after = target && this.takesSeveral(target, value) ? this.fill(target, elements, index, false) : index;
      if (after === index) this.initialiseAll(targets, value);
      index = after === index ? index + 1 : after;
    }
    return index;
  }

  /** A struct or array whose first element stands in the list without braces around it. */
  private takesSeveral(target: Place, value: Initialiser): boolean {
    if (value.kind === 'list' || (target.ctype.kind !== 'struct' && target.ctype.kind !== 'array')) return false;
    const { kind } = value.value;
    if (kind === 'compoundLiteral' || kind === 'string') return false;
    return target.ctype.kind === 'array' || this.typeOf(value.value).ctype.kind !== 'struct';
  }

  /** One value in several places, found once. */
  private initialiseAll(targets: readonly Place[], value: Initialiser): void {
    const [first, ...others] = targets;
    if (!first) return;
    this.initialise(first, value);
    for (const other of others) {
      if (first.ctype.kind === 'struct' || first.ctype.kind === 'array') this.copy(other, first);
      else this.assign(other, first);
    }
  }

  /** The places that designators lead to; none, with a remark, if one of them is not known. */
  private designated(place: Place, designators: readonly Designator[]): Place[] {
    let targets: Place[] = [place];
    for (const designator of designators) {
      if (designator.kind === 'field') {
        targets = targets.flatMap((target) => this.member(target, designator.name) ?? []);
        continue;
      }
      const low = this.constantIndex(designator.low);
      const high = designator.high === null ? low : this.constantIndex(designator.high);
      if (low === null || high === null) {
        this.blocked('designator', 'an index that is no constant');
        return [];
      }
      const indices = Array.from({ length: Math.max(0, high - low + 1) }, (_, offset) => low + offset);
      targets = targets.flatMap((target) => indices.flatMap((at) => this.at(target, at) ?? []));
    }
    return targets;
  }

  private constantIndex(expression: CExpression): number | null {
    const constant = this.declarations.evaluate(expression);
    return constant === null ? null : Number(constant.value);
  }

  /** `struct x y = z;`, and macros that are lists: `struct completion c = COMPLETION_INITIALIZER_ONSTACK(c)`. */
  private initialiseStruct(place: Place, value: CExpression): void {
    if (value.kind === 'compoundLiteral') return this.initialise(place, value.initialiser);
    const list = this.expressions.listOf(value);
    if (list) return this.initialise(place, list);
    const type = this.typeOf(value);
    if (type.ctype.kind === 'struct') return this.assign(place, this.value(value));
    if (place.ctype.kind === 'struct' && this.types.isCell(place.ctype.tag)) return;
    this.blocked('struct as value', 'a struct is initialised by something else');
  }

  private at(place: Place, index: number): Place | null {
    if (place.ctype.kind !== 'array') return null;
    // Elements behind those that the model has are not there to be initialised.
    if (typeof place.ctype.length === 'number' && index >= place.ctype.length) return null;
    const type: SemanticType = place.type.kind === 'array' ? place.type.of : semanticOf(place.ctype.of);
    const expression: Expression = {
      kind: 'index',
      base: place.expression,
      index: { kind: 'int', value: index, text: String(index) },
    };
    return { expression, type, ctype: place.ctype.of };
  }

  // ---- guards, cleanups and loop macros ----

  private cleanupAttribute(
    attributes: readonly Attribute[],
  ): { readonly kind: 'free' | 'function'; readonly name: string } | null {
    for (const { name: attribute, args } of attributes) {
      const argument = args?.[0];
      if (!argument || (attribute !== '__free' && attribute !== '__cleanup' && attribute !== 'cleanup')) continue;
      return { kind: attribute === '__free' ? 'free' : 'function', name: argument.text };
    }
    return null;
  }

  /** `guard(mutex)(&lock);` */
  private guard(expression: CExpression): boolean {
    if (expression.kind !== 'call' || expression.callee.kind !== 'call') return false;
    const { callee, args } = expression.callee;
    if (callee.kind !== 'name' || callee.name !== 'guard') return false;
    const release = this.enterGuard(args[0]?.text ?? '', expression.args);
    if (release) this.scopes.addCleanup({ statements: release });
    return true;
  }

  statements(body: readonly CStatement[]): void {
    this.noteLabels(body);
    for (const statement of body) this.statement(statement);
  }

  private enterGuard(guardClass: string, args: readonly MacroArgument[]): (() => readonly Draft[]) | null {
    const guard = guardOf(guardClass);
    if (!guard) {
      this.blocked('guard', `the guard class '${guardClass}' is not known`);
      return null;
    }
    const argument = expressionOf(args[0]);
    // What is released is what was taken, wherever the argument leads by then.
    const values = argument && guard.takesArgument ? [this.emitter.copied(this.value(argument))] : [];
    for (const lock of guard.lock) this.effectOf(this.call(lock, values));
    return () => this.emitter.within(() => guard.unlock.forEach((unlock) => this.effectOf(this.call(unlock, values))));
  }

  effectOf(value: Value): void {
    if (!isStable(value.expression)) this.emitter.emit({ kind: 'run', expression: value.expression });
  }

  /** A loop over processors runs once: there is one. */
  private oneProcessor(loop: string): MacroDefinition {
    this.remark('abstracted', 'one processor', `${loop}() runs for one processor`);
    return { name: loop, parameters: ['cpu'], body: 'for ((cpu) = 0; (cpu) < 1; (cpu)++)', file: '', line: 0 };
  }

  private macroLoop(statement: CStatement & { kind: 'macroLoop' }): void {
    if (statement.name === 'scoped_guard') {
      // It is a loop that runs once: break and continue both leave it.
      const label = this.emitter.newLabel('break');
      this.scopes.enter({ continueLabel: label, breakLabel: label });
      const release = this.enterGuard(statement.args[0]?.text ?? '', statement.args.slice(1));
      if (release) this.scopes.addCleanup({ statements: release });
      this.scoped(statement.body);
      for (const cleanup of this.scopes.leave()) this.emitter.append(cleanup.statements());
      this.emitter.emit({ kind: 'label', label });
      return;
    }
    const macro = processorLoops.has(statement.name)
      ? this.oneProcessor(statement.name)
      : this.declarations.macro(statement.name);
    if (!macro)
      return this.blocked('unknown loop macro', `${statement.name}(…) with a body: no macro of that name is in sight`);
    const body = expandMacro(
      macro,
      statement.args.map((argument) => argument.text),
    );
    if (body === null)
      return this.blocked('unknown loop macro', `${statement.name} is used with ${statement.args.length} arguments`);
    const parsed = parseFragment(`${body} ${bodyMarker}();`, 'statements', {
      ...this.context.scope.parseOptions,
      line: statement.line,
    });
    if (parsed.tree === null) return this.blocked('unknown loop macro', `${statement.name}: ${parsed.message}`);
    const trees = parsed.tree.map((tree) => replaceBody(tree, statement.body));
    const [first] = trees;
    const isLoop = trees.length === 1 && first && ['for', 'while', 'if', 'macroLoop'].includes(first.kind);
    if (!isLoop)
      return this.blocked(
        'unknown loop macro',
        `${statement.name} has a body, but its definition is no loop: is a ';' missing?`,
      );
    this.statement(first);
  }
}

/** include/linux/cpumask.h, v6.12. */
const processorLoops: ReadonlySet<string> = new Set(
  ['possible', 'present', 'online', 'enabled'].map((which) => `for_each_${which}_cpu`),
);

/** Numbers of this many bits are tracked, whatever their sign. */
const trackedBits = 29;

/** Points to where a function puts the struct that it returns. */
const resultParameter = 'returned struct';

function isConstant(expression: Expression): boolean {
  return expression.kind === 'int';
}

function isTruth(expression: Expression): boolean {
  if (expression.kind === 'unary') return expression.operator === '!' || expression.operator === 'IS_ERR';
  return expression.kind === 'binary' && ['==', '!=', '<', '<=', '>', '>=', '&&', '||'].includes(expression.operator);
}

function needsConversion(from: string, to: string): boolean {
  if (from === to || from === 'bool') return false;
  const [a, b] = [from, to].map((type) => (type === 'bool' ? 8 : Number(type.slice(1)))) as [number, number];
  if (b < 32) return !(a < b && from.startsWith('u')) && !(a <= b && from[0] === to[0]);
  // A u32 that is negative as a residue has another one in 64 bits; narrower types are stored as their value.
  return from === 'u32' && b === 64;
}

function sameCType(a: CType, b: CType): boolean {
  if (a.kind === 'pointer' && b.kind === 'pointer') return sameCType(a.to, b.to);
  if (a.kind === 'struct' && b.kind === 'struct') return a.tag === b.tag;
  if (a.kind === 'int' && b.kind === 'int') return true;
  return a.kind === b.kind && a.kind !== 'array';
}

function sameSemantic(a: SemanticType, b: SemanticType): boolean {
  if (a.kind === 'pointer' && b.kind === 'pointer') return sameSemantic(a.to, b.to);
  if (a.kind === 'record' && b.kind === 'record') return a.tag === b.tag;
  if (a.kind === 'int' && b.kind === 'int') return a.int === b.int;
  return a.kind === b.kind;
}

function recordTag(type: SemanticType): string | null {
  return type.kind === 'record' ? type.tag : null;
}

/** Arrays and functions as parameters are pointers. */
function decayed(type: SemanticType): SemanticType {
  if (type.kind === 'array') return { kind: 'pointer', to: type.of };
  if (type.kind === 'function') return { kind: 'pointer', to: type };
  return type;
}

function usedField(place: Expression): string | undefined {
  return place.kind === 'member' ? place.field : undefined;
}
