import type {
  Expression,
  FieldSyntax,
  Initialiser,
  MacroDefinition,
  TranslationUnit,
  TypeSyntax,
} from '../syntax/ast.js';
import { expandMacro, parseFragment, type Configuration, type FragmentOptions } from '../syntax/parse.js';
import { printExpression } from '../syntax/printExpression.js';
import { baseType, basicRecord, basicTypedef } from './basicTypes.js';
import { commonConstants } from './commonConstants.js';
import type { ConstantValue, Declarations, GlobalVariable } from './declarations.js';
import type { ConstantEnvironment, ExpandedMacro } from './constantEnvironment.js';
import { evaluateConstant } from './evaluate.js';
import { fieldMacros } from './fieldMacros.js';
import { HeaderCache } from './headerCache.js';
import type { HeaderSource } from './includes.js';
import { plainInt, type IntValue } from './integer.js';
import { readRecordDocumentation } from './kernelDoc.js';
import { layoutOfShape, layoutOfType, type Layout } from './layout.js';
import { indexMacroItems } from './macroItems.js';
import { flatten, shapeOf, type RecordEnvironment, type RecordShape } from './records.js';
import { lookupWithin, Scope, type Found, type Lookup } from './scope.js';
import type { RecordType, SemanticType } from './semanticType.js';
import { typeOfExpression, type TypingEnvironment } from './typeOfExpression.js';
import { TypeCollector, type RecordDefinition, type RecordSyntax, type UnitIndex } from './unitIndex.js';

export interface DeclarationOptions {
  /** Decides the `#if`s of headers, and `IS_ENABLED()`. */
  readonly configuration: Configuration;
  /** Headers parsed for other files of the same tree under the same configuration; by default nothing is shared. */
  readonly cache?: HeaderCache;
  /** Levels of includes below the file that are read; 2 by default. */
  readonly depth?: number;
  /** Largest header that is read, in characters; 4 Mi by default. A cache that is given has a limit of its own. */
  readonly headerLimit?: number;
  /** Values of names for which no file in sight has one; by default `commonConstants`. */
  readonly constants?: ReadonlyMap<string, Pick<ConstantValue, 'value' | 'type'>>;
}

const DEFAULT_DEPTH = 2;

/** What is declared for a parsed file. Reads nothing yet; whatever goes wrong later is in `problems`, nothing throws. */
export function openDeclarations(
  tree: HeaderSource,
  file: string,
  unit: TranslationUnit,
  options: DeclarationOptions,
): Declarations {
  const cache = options.cache ?? new HeaderCache(tree, options.configuration, options.headerLimit);
  const scope = new Scope(unit, cache, options.depth ?? DEFAULT_DEPTH);
  return new FileDeclarations({ ...unit, file }, scope, cache, options);
}

/** Results of lookups by name, `null` included. */
function memo<T>(results: Map<string, T>, name: string, make: () => T): T {
  const known = results.get(name);
  if (known !== undefined) return known;
  const result = make();
  results.set(name, result);
  return result;
}

/** `outer` is where a header looks for what it does not declare itself. */
interface DeeperHeaders {
  readonly outer: Lookup;
  readonly byPath: Map<string, FileDeclarations>;
}

class FileDeclarations implements Declarations {
  readonly file: string;
  readonly #cache: HeaderCache;
  readonly #options: DeclarationOptions;
  readonly #configuration: Configuration;
  readonly #constants: ReadonlyMap<string, Pick<ConstantValue, 'value' | 'type'>>;
  readonly #unit: TranslationUnit;
  readonly #scope: Lookup;
  /** Headers that lie deeper than those that are read, each with what it declares before all else; shared by all of them. */
  readonly #deeper: DeeperHeaders;
  /** What macros at file scope define; made when a name is found nowhere else. */
  #macroItems: UnitIndex | null = null;
  /** Types that blocks of the file and expanded macros define; they become known when they are resolved. */
  readonly #local: TypeCollector;

  readonly #definitions = new Map<string, RecordDefinition | null>();
  readonly #shapes = new Map<string, RecordShape | null>();
  readonly #records = new Map<string, RecordType>();
  readonly #layouts = new Map<string, Layout | null>();
  readonly #typedefs = new Map<string, SemanticType | null>();
  readonly #typeNames = new Map<string, boolean>();
  readonly #macros = new Map<string, MacroDefinition | null>();
  readonly #bodies = new Map<MacroDefinition, ExpandedMacro | null>();
  readonly #enumerators = new Map<string, IntValue | null>();
  readonly #values = new Map<string, ConstantValue | null>();

  readonly #environment: ConstantEnvironment;

  constructor(
    unit: TranslationUnit,
    scope: Lookup,
    cache: HeaderCache,
    options: DeclarationOptions,
    deeper: DeeperHeaders = { outer: scope, byPath: new Map() },
  ) {
    this.#deeper = deeper;
    this.file = unit.file;
    this.#cache = cache;
    this.#options = options;
    this.#configuration = options.configuration;
    this.#constants = options.constants ?? commonConstants;
    this.#unit = unit;
    this.#scope = scope;
    this.#local = new TypeCollector(unit.file);
    this.#environment = this.#environmentWith(() => null);
  }

  get problems() {
    return this.#scope.problems;
  }

  record(tag: string): RecordType | null {
    const known = this.#records.get(tag);
    if (known !== undefined) return known;
    const record = basicRecordType(tag) ?? this.#recordType(tag) ?? this.#deeperWith(tag)?.record(tag) ?? null;
    // A block's own type may become known later, so that only what was found is remembered.
    if (record !== null) this.#records.set(tag, record);
    return record;
  }

  resolve(type: TypeSyntax): SemanticType {
    switch (type.kind) {
      case 'base':
        return baseType(type.name);
      case 'name':
        return this.#typedef(type.name) ?? { kind: 'unknown', text: type.name };
      case 'record':
        return { kind: 'record', record: type.record, tag: this.#tag(type) };
      case 'enum':
        return this.#enum(type);
      case 'pointer':
        return { kind: 'pointer', to: this.resolve(type.to) };
      case 'array':
        return { kind: 'array', of: this.resolve(type.of), length: this.#length(type.length) };
      case 'function':
        return this.#function(type);
      case 'typeof':
        if (type.of?.kind === 'typeName') return this.resolve(type.of.type);
        return { kind: 'unknown', text: 'typeof' };
      case 'macro':
        return this.#typeMacro(type);
    }
  }

  variable(name: string): GlobalVariable | null {
    const result = this.#find((index) => index.variables.get(name));
    if (result === null) return null;
    const { found, file } = result;
    const { initialiser, storage, line } = found;
    return {
      name,
      type: completeArray(this.resolve(found.type), initialiser, (expression) => this.#number(expression)),
      initialiser,
      defined: initialiser !== null || !storage.includes('extern'),
      isStatic: storage.includes('static'),
      isConst: found.isConst,
      file,
      line,
    };
  }

  functionType(name: string): (SemanticType & { readonly kind: 'function' }) | null {
    const syntax = this.#find((index) => index.functions.get(name)?.type ?? index.prototypes.get(name));
    if (syntax !== null) return this.#function(syntax.found);
    const declared = this.#find((index) => index.variables.get(name))?.found.type;
    // A prototype by a typedef: `irq_handler_fn handler;`.
    const type = declared === undefined ? null : this.resolve(declared);
    return type?.kind === 'function' ? type : null;
  }

  functionBody(name: string): ReturnType<Declarations['functionBody']> {
    const result = this.#find((index) => index.functions.get(name));
    return result === null ? null : { item: result.found, file: result.file };
  }

  macro(name: string): MacroDefinition | null {
    return memo(this.#macros, name, () => this.#scope.find((index) => index.macros.get(name))?.found ?? null);
  }

  constant(name: string): ConstantValue | null {
    return memo(this.#values, name, () => this.evaluate({ kind: 'name', name, line: 0 }));
  }

  evaluate(expression: Expression, local?: (name: string) => SemanticType | null): ConstantValue | null {
    const environment = local === undefined ? this.#environment : this.#environmentWith(local);
    const result = evaluateConstant(expression, environment);
    return result === null
      ? null
      : { value: result.value, type: plainInt(result.int), from: printExpression(expression) };
  }

  sizeOf(type: SemanticType): number | null {
    return this.#layoutOf(type)?.size ?? null;
  }

  isTypeName(name: string): boolean {
    if (basicTypedef(name) !== undefined) return true;
    return memo(this.#typeNames, name, () => this.#scope.find((index) => index.typedefs.get(name)) !== null);
  }

  /** As `Scope.find`, and at last in what macros of this file define. */
  #find<T>(pick: (index: UnitIndex) => T | undefined): Found<T> | null {
    const result = this.#scope.find(pick);
    if (result !== null) return result;
    this.#macroItems ??= indexMacroItems(this.#unit, (name) => this.#macroAnywhere(name), {
      file: this.file,
      configuration: this.#configuration,
      isTypeName: (name) => this.isTypeName(name),
    });
    const found = pick(this.#macroItems);
    return found === undefined ? null : { found, file: this.file };
  }

  #macroAnywhere(name: string): MacroDefinition | null {
    return (
      this.macro(name) ?? this.#scope.findBeyond(`#define ${name}`, (index) => index.macros.get(name))?.found ?? null
    );
  }

  #recordType(tag: string): RecordType | null {
    const definition = this.#definition(tag);
    const shape = this.#shape(tag);
    if (definition === null || shape === null) return null;
    const lines = this.#cache.lines(definition.file);
    return flatten(definition, shape, readRecordDocumentation(lines, definition.syntax.line));
  }

  #definition(tag: string): RecordDefinition | null {
    const known = this.#definitions.get(tag) ?? this.#local.records.get(tag);
    if (known !== undefined) return known;
    return memo(this.#definitions, tag, () => this.#scope.find((index) => index.records.get(tag))?.found ?? null);
  }

  /** The header below those that are read which defines a record; its constants and types come first in the definition. */
  #deeperWith(tag: string): FileDeclarations | null {
    for (const header of this.#deeper.byPath.values()) {
      if (header.#definition(tag)?.file === header.file) return header;
    }
    const pick = (index: UnitIndex): RecordDefinition | undefined => index.records.get(tag);
    const result = this.#scope.findBeyond(`struct ${tag}`, pick) ?? this.#scope.findBeyond(`union ${tag}`, pick);
    return result === null ? null : this.#deeperHeader(result.file);
  }

  #deeperHeader(path: string): FileDeclarations | null {
    const known = this.#deeper.byPath.get(path);
    if (known !== undefined) return known;
    const header = this.#cache.header(path);
    if (header === null || 'message' in header) return null;
    const declarations = new FileDeclarations(
      header.unit,
      lookupWithin(header.index, this.#deeper.outer),
      this.#cache,
      this.#options,
      this.#deeper,
    );
    this.#deeper.byPath.set(path, declarations);
    return declarations;
  }

  /** Null also while it is being made: a record that contains itself is no type. */
  #shape(tag: string): RecordShape | null {
    const known = this.#shapes.get(tag);
    if (known !== undefined) return known;
    const definition = this.#definition(tag);
    if (definition === null) return null;
    this.#shapes.set(tag, null);
    const environment: RecordEnvironment = {
      resolve: (type) => this.resolve(type),
      number: (expression) => this.#number(expression),
      fieldsOfMacro: (type, line) => this.#fieldsOfMacro(type, line),
    };
    const shape = shapeOf(definition, environment);
    this.#shapes.set(tag, shape);
    return shape;
  }

  #layoutOf(type: SemanticType): Layout | null {
    return layoutOfType(type, (tag) => this.#layout(tag));
  }

  #layout(tag: string): Layout | null {
    const known = this.#layouts.get(tag);
    if (known !== undefined) return known;
    const basic = basicRecord(tag);
    if (basic !== undefined) {
      return { size: basic.size, align: basic.align, offsets: new Map(basic.fields.map(({ name }) => [name, 0])) };
    }
    const shape = this.#shape(tag);
    if (shape === null) return this.#definition(tag) === null ? this.#deeperLayout(tag) : null;
    this.#layouts.set(tag, null);
    const layout = layoutOfShape(shape, (inner) => this.#layout(inner));
    this.#layouts.set(tag, layout);
    return layout;
  }

  #deeperLayout(tag: string): Layout | null {
    const header = this.#deeperWith(tag);
    return header === null ? null : header.#layout(tag);
  }

  #typedef(name: string): SemanticType | null {
    const basic = basicTypedef(name);
    if (basic !== undefined) return basic;
    const known = this.#typedefs.get(name);
    if (known !== undefined) return known;
    // A typedef by way of itself is none.
    this.#typedefs.set(name, null);
    const near = this.#scope.find((index) => index.typedefs.get(name))?.found;
    const type = near === undefined ? (this.#typeByMacro(name) ?? this.#deeperType(name)) : this.resolve(near);
    this.#typedefs.set(name, type);
    return type;
  }

  #deeperType(name: string): SemanticType | null {
    const result = this.#scope.findBeyond(`typedef ${name}`, (index) => index.typedefs.get(name));
    return result === null ? null : (this.#deeperHeader(result.file)?.resolve(result.found) ?? null);
  }

  /** `#define cookie_t u64`. */
  #typeByMacro(name: string): SemanticType | null {
    const macro = this.macro(name);
    if (macro === null || macro.parameters !== null || macro.body === '') return null;
    const { tree } = parseFragment(macro.body, 'type', this.#fragment(macro.file, macro.line));
    return tree === null ? null : this.resolve(tree.type);
  }

  #typeMacro(type: TypeSyntax & { readonly kind: 'macro' }): SemanticType {
    const text = this.#expandType(type);
    const fragment = text === null ? null : parseFragment(text, 'type', this.#fragment(this.file, 0)).tree;
    // A macro by way of itself would have no end.
    if (fragment === null || fragment.type.kind === 'macro') return { kind: 'unknown', text: type.name };
    return this.resolve(fragment.type);
  }

  #expandType(type: TypeSyntax & { readonly kind: 'macro' }): string | null {
    const macro = fieldMacros.get(type.name) ?? this.macro(type.name);
    if (macro === null) return null;
    return expandMacro(
      macro,
      type.args.map(({ text }) => text),
    );
  }

  #fieldsOfMacro(type: TypeSyntax & { readonly kind: 'macro' }, line: number): readonly FieldSyntax[] | null {
    const text = this.#expandType(type);
    if (text === null) return null;
    const { tree } = parseFragment(`struct { ${text} ; }`, 'type', this.#fragment(this.file, line));
    if (tree?.type.kind !== 'record' || tree.type.fields === null) return null;
    const { fields } = tree.type;
    return fields.some((field) => field.type.kind === 'macro' && field.type.name === type.name) ? null : fields;
  }

  #fragment(file: string, line: number): FragmentOptions {
    return {
      file,
      line,
      configuration: this.#configuration,
      isTypeName: (name) => this.isTypeName(name),
    };
  }

  #tag(syntax: RecordSyntax): string {
    if (syntax.fields === null) return syntax.tag ?? '';
    const known = this.#scope.find((index) => index.tags.get(syntax))?.found ?? this.#local.tags.get(syntax);
    if (known !== undefined) return known;
    this.#local.collect(syntax, [], null);
    return this.#local.tags.get(syntax)!;
  }

  /** As gcc has it: `unsigned int` unless a value is negative or needs more. */
  #enum(syntax: TypeSyntax & { readonly kind: 'enum' }): SemanticType {
    if (syntax.enumerators !== null) this.#local.collect(syntax, [], null);
    const { tag } = syntax;
    const definition =
      syntax.enumerators === null && tag !== null
        ? (this.#scope.find((index) => index.enums.get(tag))?.found ?? this.#local.enums.get(tag) ?? syntax)
        : syntax;
    const values = (definition.enumerators ?? []).map(({ name }) => this.#enumerator(name)?.value ?? 0n);
    const isNegative = values.some((value) => value < 0n);
    const isLong = values.some((value) => value >= (isNegative ? 1n << 31n : 1n << 32n) || value < -(1n << 31n));
    const int = isNegative ? (isLong ? 's64' : 's32') : isLong ? 'u64' : 'u32';
    return { kind: 'int', int, name: tag === null ? 'enum' : `enum ${tag}` };
  }

  #enumerator(name: string): IntValue | null {
    const known = this.#enumerators.get(name);
    if (known !== undefined) return known;
    const syntax = this.#scope.find((index) => index.enumerators.get(name))?.found ?? this.#local.enumerators.get(name);
    // Not remembered: a block's enumerators become known later.
    if (syntax === undefined) return null;
    this.#enumerators.set(name, null);
    const base = syntax.value === null ? -1n : evaluateConstant(syntax.value, this.#environment)?.value;
    const first = syntax.value === null ? 1n : 0n;
    const value = base === undefined ? null : enumeratorOf(base + first + BigInt(syntax.after));
    this.#enumerators.set(name, value);
    return value;
  }

  #function(syntax: TypeSyntax & { readonly kind: 'function' }): SemanticType & { readonly kind: 'function' } {
    const parameters = syntax.parameters.map(({ name, type }) => ({ name, type: decay(this.resolve(type)) }));
    return {
      kind: 'function',
      returns: this.resolve(syntax.returns),
      parameters,
      variadic: syntax.variadic,
    };
  }

  #number(expression: Expression): number | null {
    const result = evaluateConstant(expression, this.#environment);
    return result === null ? null : Number(result.value);
  }

  #length(expression: Expression | null): number | null {
    const length = expression === null ? null : this.#number(expression);
    return length === null || length < 0 ? null : length;
  }

  #typeOf(expression: Expression, local: (name: string) => SemanticType | null): SemanticType | null {
    const environment: TypingEnvironment = {
      resolve: (type) => this.resolve(type),
      record: (tag) => this.record(tag),
      variable: (name) => local(name) ?? this.variable(name)?.type ?? this.functionType(name),
      constant: (inner) => this.evaluate(inner, local)?.type ?? null,
    };
    return typeOfExpression(expression, environment);
  }

  #environmentWith(local: (name: string) => SemanticType | null): ConstantEnvironment {
    return {
      named: (name) => (local(name) === null ? this.#named(name) : null),
      macro: (name) => (local(name) === null ? this.macro(name) : null),
      expand: (macro, args, line) => this.#expand(macro, args, line),
      symbol: (name) => this.#configuration.symbol(name).value,
      isTypeName: (name) => this.isTypeName(name),
      resolve: (type) => this.resolve(type),
      typeOf: (expression) => this.#typeOf(expression, local),
      sizeOf: (type) => this.sizeOf(type),
      alignOf: (type) => this.#layoutOf(type)?.align ?? null,
      offsetOf: (type, member) => this.#memberOf(type, member)?.offset ?? null,
    };
  }

  #named(name: string): IntValue | null {
    const enumerator = this.#enumerator(name);
    if (enumerator !== null) return enumerator;
    if (name.startsWith('CONFIG_')) {
      const { value } = this.#configuration.symbol(name);
      // 1 is what a policy says of every symbol; a number that is used as one must come from a `.config`.
      if (value !== undefined && value !== 1) return { value: BigInt(value), int: 's32' };
    }
    const common = this.#constants.get(name);
    return common === undefined ? null : { value: common.value, int: common.type.int };
  }

  #expand(macro: MacroDefinition, args: readonly string[], line: number): ExpandedMacro | null {
    if (macro.parameters !== null) {
      const text = expandMacro(macro, args);
      return text === null ? null : this.#parse(text, macro.file, line);
    }
    const known = this.#bodies.get(macro);
    if (known !== undefined) return known;
    const expanded = macro.body === '' ? null : this.#parse(macro.body, macro.file, macro.line);
    this.#bodies.set(macro, expanded);
    return expanded;
  }

  #parse(text: string, file: string, line: number): ExpandedMacro | null {
    const { tree } = parseFragment(text, 'expression', this.#fragment(file, line));
    return tree === null ? null : { tree, text };
  }

  /** Offset and type of `a.b[2]` in a record. */
  #memberOf(type: SemanticType, member: Expression): { readonly offset: bigint; readonly type: SemanticType } | null {
    if (member.kind === 'name') return this.#field(type, member.name);
    if (member.kind === 'member' && !member.arrow) {
      const base = this.#memberOf(type, member.base);
      const inner = base === null ? null : this.#field(base.type, member.field);
      return base === null || inner === null ? null : { offset: base.offset + inner.offset, type: inner.type };
    }
    if (member.kind !== 'index') return null;
    const base = this.#memberOf(type, member.base);
    const index = evaluateConstant(member.index, this.#environment);
    if (base?.type.kind !== 'array' || index === null) return null;
    const size = this.sizeOf(base.type.of);
    return size === null ? null : { offset: base.offset + BigInt(size) * index.value, type: base.type.of };
  }

  #field(type: SemanticType, name: string): { readonly offset: bigint; readonly type: SemanticType } | null {
    if (type.kind !== 'record') return null;
    const field = this.record(type.tag)?.fields.find((candidate) => candidate.name === name);
    const offset = this.#layout(type.tag)?.offsets.get(name);
    return field === undefined || offset === undefined ? null : { offset: BigInt(offset), type: field.type };
  }
}

function basicRecordType(tag: string): RecordType | null {
  const basic = basicRecord(tag);
  if (basic === undefined) return null;
  const fields = basic.fields.map((field) => ({
    ...field,
    line: 0,
    bits: null,
    overlay: null,
    alternative: 0,
    documented: null,
  }));
  return { record: 'struct', tag, file: '', line: 0, fields };
}

/** The type that an enumerator has: `int` where its value fits. */
function enumeratorOf(value: bigint): IntValue {
  if (value >= -(1n << 31n) && value < 1n << 31n) return { value, int: 's32' };
  if (value >= 0n && value < 1n << 32n) return { value, int: 'u32' };
  return { value, int: value < 1n << 63n ? 's64' : 'u64' };
}

/** What a parameter's type becomes. */
function decay(type: SemanticType): SemanticType {
  if (type.kind === 'array') return { kind: 'pointer', to: type.of };
  return type.kind === 'function' ? { kind: 'pointer', to: type } : type;
}

/** `int x[] = { … }` has as many elements as its initialiser. */
function completeArray(
  type: SemanticType,
  initialiser: Initialiser | null,
  number: (expression: Expression) => number | null,
): SemanticType {
  if (type.kind !== 'array' || type.length !== null || initialiser?.kind !== 'list') return type;
  let next = 0;
  let length = 0;
  for (const { designators } of initialiser.elements) {
    const [first] = designators;
    if (first?.kind === 'index') {
      const index = number(first.high ?? first.low);
      if (index === null) return type;
      next = index;
    }
    next += 1;
    length = Math.max(length, next);
  }
  return { ...type, length };
}
