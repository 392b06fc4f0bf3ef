import type {
  Attribute,
  DeclarationItem,
  DeclaredName,
  Expression,
  FunctionItem,
  MacroDefinition,
  TranslationUnit,
  TypeSyntax,
} from '../syntax/ast.js';
import { variableOfMacro, type VariableSyntax } from './variableMacros.js';

export type RecordSyntax = TypeSyntax & { readonly kind: 'record' };
export type EnumSyntax = TypeSyntax & { readonly kind: 'enum' };
export type FunctionSyntax = TypeSyntax & { readonly kind: 'function' };

/** A record's definition with what stands round it. */
export interface RecordDefinition {
  readonly tag: string;
  readonly file: string;
  readonly syntax: RecordSyntax & { readonly fields: NonNullable<RecordSyntax['fields']> };
  /** `__packed` and `__aligned(n)` behind the closing brace. */
  readonly attributes: readonly Attribute[];
}

/** An enumerator: `value`, or `after` steps more than the last one with a value before it (or than 0). */
export interface EnumeratorSyntax {
  readonly value: Expression | null;
  readonly after: number;
}

/** What one file declares at file scope, by name. Of several declarations the one that says most is kept. */
export interface UnitIndex {
  readonly file: string;
  readonly records: ReadonlyMap<string, RecordDefinition>;
  /** Tags of the records defined in this file, also of anonymous ones, by their syntax. */
  readonly tags: ReadonlyMap<RecordSyntax, string>;
  readonly enums: ReadonlyMap<string, EnumSyntax>;
  readonly enumerators: ReadonlyMap<string, EnumeratorSyntax>;
  readonly typedefs: ReadonlyMap<string, TypeSyntax>;
  readonly variables: ReadonlyMap<string, VariableSyntax>;
  readonly prototypes: ReadonlyMap<string, FunctionSyntax>;
  readonly functions: ReadonlyMap<string, FunctionItem>;
  readonly macros: ReadonlyMap<string, MacroDefinition>;
}

/** Collects the records and enums that a type defines, at any depth. */
export class TypeCollector {
  readonly records = new Map<string, RecordDefinition>();
  readonly tags = new Map<RecordSyntax, string>();
  readonly enums = new Map<string, EnumSyntax>();
  readonly enumerators = new Map<string, EnumeratorSyntax>();
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** `name` is the tag of the type itself if it is an anonymous record: that of its `typedef`. */
  collect(type: TypeSyntax, attributes: readonly Attribute[], name: string | null): void {
    switch (type.kind) {
      case 'record':
        this.#record(type, attributes, name);
        return;
      case 'enum':
        this.#enum(type);
        return;
      case 'pointer':
        this.collect(type.to, attributes, null);
        return;
      case 'array':
        this.collect(type.of, attributes, null);
        return;
      case 'function':
        this.collect(type.returns, [], null);
        return;
      case 'base':
      case 'name':
      case 'typeof':
      case 'macro':
        return;
    }
  }

  #record(syntax: RecordSyntax, attributes: readonly Attribute[], name: string | null): void {
    const { fields } = syntax;
    if (fields === null || this.tags.has(syntax)) return;
    const tag = this.#freeTag(syntax.tag ?? name, syntax.line);
    this.tags.set(syntax, tag);
    this.records.set(tag, { tag, file: this.#file, syntax: { ...syntax, fields }, attributes });
    for (const field of fields) this.collect(field.type, field.attributes, null);
  }

  #freeTag(wanted: string | null, line: number): string {
    if (wanted !== null && !this.records.has(wanted)) return wanted;
    const place = `${this.#file}:${line}`;
    let tag = place;
    for (let next = 2; this.records.has(tag); next += 1) tag = `${place}#${next}`;
    return tag;
  }

  #enum(syntax: EnumSyntax): void {
    if (syntax.enumerators === null) return;
    if (syntax.tag !== null && !this.enums.has(syntax.tag)) this.enums.set(syntax.tag, syntax);
    let value: Expression | null = null;
    let after = 0;
    for (const enumerator of syntax.enumerators) {
      if (enumerator.value !== null) {
        ({ value } = enumerator);
        after = 0;
      }
      if (!this.enumerators.has(enumerator.name)) this.enumerators.set(enumerator.name, { value, after });
      after += 1;
    }
  }
}

/** A definition says more than `extern`, an initialiser more than a tentative definition. */
function weight(variable: VariableSyntax): number {
  if (variable.initialiser !== null) return 2;
  return variable.storage.includes('extern') ? 0 : 1;
}

/** `const` before the name is the pointer's, the one among the specifiers that of what it points to. */
function isConst(item: DeclarationItem, { type, attributes }: DeclaredName): boolean {
  let element = type;
  while (element.kind === 'array') element = element.of;
  return (element.kind === 'pointer' ? attributes : item.attributes).some(({ name }) => name === 'const');
}

/** Indexes a parsed file. */
export function indexUnit(unit: TranslationUnit): UnitIndex {
  const types = new TypeCollector(unit.file);
  const typedefs = new Map<string, TypeSyntax>();
  const variables = new Map<string, VariableSyntax>();
  const prototypes = new Map<string, FunctionSyntax>();
  const functions = new Map<string, FunctionItem>();

  const addVariable = (variable: VariableSyntax): void => {
    const known = variables.get(variable.name);
    if (known === undefined || weight(variable) > weight(known)) variables.set(variable.name, variable);
  };

  const addDeclaration = (item: DeclarationItem): void => {
    const isTypedef = item.storage.includes('typedef');
    const named = isTypedef ? item.names.find(({ type }) => type.kind === 'record') : undefined;
    const attributes = named === undefined ? item.attributes : [...item.attributes, ...named.attributes];
    types.collect(item.base, attributes, named?.name ?? null);
    for (const declared of item.names) {
      types.collect(declared.type, attributes, null);
      if (isTypedef) typedefs.set(declared.name, declared.type);
      else if (declared.type.kind === 'function') prototypes.set(declared.name, declared.type);
      else {
        const { name, type, initialiser, line } = declared;
        addVariable({ name, type, initialiser, storage: item.storage, isConst: isConst(item, declared), line });
      }
    }
  };

  for (const item of unit.items) {
    if (item.kind === 'function') {
      functions.set(item.name, item);
      types.collect(item.type.returns, [], null);
    } else if (item.kind === 'declaration') addDeclaration(item);
    else if (item.kind === 'macroCall') {
      const variable = variableOfMacro(item);
      if (variable !== null) addVariable(variable);
    }
  }
  const { records, tags, enums, enumerators } = types;
  return {
    file: unit.file,
    records,
    tags,
    enums,
    enumerators,
    typedefs,
    variables,
    prototypes,
    functions,
    macros: unit.macros,
  };
}
