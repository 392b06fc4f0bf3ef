import type { CType } from '../../program/cType.js';
import type { StructField, StructType } from '../../types/structType.js';
import type { Declarations } from '../declarations/declarations.js';
import type { RecordField, SemanticType } from '../declarations/semanticType.js';
import type { Vocabulary } from './vocabulary.js';
import { modelTags } from './vocabulary.js';

/** Elements of arrays beyond these are outside of the model: who gets there meets a limit. */
const longestArray = 64;

/** A member as lifted code sees it. */
export interface FieldAccess {
  readonly type: SemanticType;
  readonly ctype: CType;
  /** Shares its memory with another member. */
  readonly overlay: number | null;
  /** Width of a bit-field, else null. */
  readonly bits: number | null;
  /** The program's name for it where that is not C's: the models have something else under that name. */
  readonly field?: string;
}

/**
 * The struct types that lifted code uses, as the linker needs them: those of the models with the fields that C adds, and those that only
 * C has. One collector serves all files of a tree: types are known by tag.
 */
export class TypeCollector {
  private readonly vocabulary: Vocabulary;
  /** Members that code uses, by union. */
  private readonly unions = new Map<string, Set<number>>();
  private readonly collected = new Map<
    string,
    { source: string; fields: Map<string, StructField>; changed: boolean }
  >();

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** The program's type for a C type. Records are collected. */
  ctype(type: SemanticType, declarations: Declarations): CType {
    switch (type.kind) {
      case 'void':
        return { kind: 'void' };
      case 'int':
        return { kind: 'int', name: type.name };
      case 'float':
        return { kind: 'int', name: 'double' };
      case 'record':
        return { kind: 'struct', tag: this.collect(type.tag, declarations) };
      case 'pointer':
        if (type.to.kind === 'function') return { kind: 'function' };
        return { kind: 'pointer', to: this.ctype(type.to, declarations) };
      case 'array':
        // A flexible array has one element, which stands for all; of a long one there are as many as a state can have.
        return {
          kind: 'array',
          of: this.ctype(type.of, declarations),
          length: Math.min(longestArray, Math.max(1, type.length ?? 1)),
        };
      case 'function':
        return { kind: 'function' };
      case 'unknown':
        return { kind: 'int', name: 'int' };
    }
  }

  /** Tag in the models of a C tag. */
  tagOf(tag: string): string {
    // Anonymous ones are called by their place.
    return modelTags[tag] ?? tag.replace(/\W+/g, '_');
  }

  /**
   * A member of a struct: `tag` is the program's, `record` C's where it is known. The field is added to the collected type if the
   * models lack it. Null if there is no such member.
   */
  field(tag: string, record: string | null, name: string, declarations: Declarations): FieldAccess | null {
    const known = record === null ? null : this.recordField(record, name, declarations);
    const entry = this.entry(tag);
    const modelled = entry?.fields.get(name) ?? null;
    if (modelled && known?.type.kind === 'record' && modelled.type.kind !== 'struct')
      return { ...this.besideModel(tag, name, known, declarations), overlay: known.overlay, bits: null };
    if (modelled) {
      const type: SemanticType = known?.type ?? { kind: 'unknown', text: `${tag}.${name}` };
      this.document(tag, name, known);
      return {
        type,
        ctype: modelled.type,
        overlay: known?.overlay ?? null,
        bits: known?.bits ?? null,
      };
    }
    if (!known) return null;
    const ctype = this.ctype(known.type, declarations);
    this.add(tag, declarations, { name, type: ctype, ...(known.documented ? { documented: known.documented } : {}) });
    return { type: known.type, ctype, overlay: known.overlay, bits: known.bits };
  }

  /**
   * A member of a union that code reads or writes: the field that says which member is in use, and the member's number from 1. `overlay` is
   * the union's number in its struct.
   */
  memberOfUnion(
    tag: string,
    record: string | null,
    overlay: number,
    name: string,
    declarations: Declarations,
  ): { readonly key: string; readonly field: string; readonly number: number } {
    const key = `${tag}.${overlay}`;
    const field = `member in use ${overlay}`;
    if (!this.entry(tag)?.fields.has(field))
      this.add(tag, declarations, { name: field, type: { kind: 'int', name: 'int' } });
    const known = record === null ? null : this.recordField(record, name, declarations);
    const number = (known?.alternative ?? 0) + 1;
    const members = this.unions.get(key) ?? new Set();
    this.unions.set(key, members.add(number));
    return { key, field, number };
  }

  /** Whether code uses more than one member of a union; if not, it is a struct to it. */
  isMixed(key: string): boolean {
    return (this.unions.get(key)?.size ?? 0) > 1;
  }

  /** A struct where the models have only a number for it: what code does inside of it is kept beside theirs. */
  private besideModel(
    tag: string,
    name: string,
    { type }: RecordField,
    declarations: Declarations,
  ): { readonly type: SemanticType; readonly ctype: CType; readonly field: string } {
    const field = `${name} in C`;
    const ctype = this.ctype(type, declarations);
    if (!this.entry(tag)?.fields.has(field)) this.add(tag, declarations, { name: field, type: ctype });
    return { type, ctype, field };
  }

  /** Names of all members of a record: C's in order, then those that only the models have. */
  fieldNames(tag: string, record: string | null, declarations: Declarations): readonly string[] {
    const fromC = record === null ? [] : (declarations.record(record)?.fields.map((field) => field.name) ?? []);
    const fromModel = [...(this.entry(tag)?.fields.keys() ?? [])];
    return [...new Set([...fromC, ...fromModel])].filter((name) => name !== '');
  }

  /** Members that initialisers without designators fill, in order: of a union the first one. */
  positionalFields(tag: string, record: string | null, declarations: Declarations): readonly string[] {
    const fields = record === null ? [] : (declarations.record(record)?.fields ?? []);
    const overlays = new Set<number>();
    const names: string[] = [];
    for (const { name, overlay } of fields) {
      if (overlay !== null && overlays.has(overlay)) continue;
      if (overlay !== null) overlays.add(overlay);
      if (name !== '') names.push(name);
    }
    return names.length > 0 ? names : this.fieldNames(tag, record, declarations);
  }

  /** Whether the models describe this type by a lifecycle: it has no members that code could copy or clear. */
  isCell(tag: string): boolean {
    const type = this.vocabulary.structType(tag);
    return type !== undefined && type.fields.length === 0;
  }

  /** A struct type for memory that is no struct in C. */
  untyped(tag: string): CType {
    if (!this.collected.has(tag)) {
      const first: StructField = { name: 'first', type: { kind: 'int', name: 'int' } };
      this.collected.set(tag, { source: 'memory without a type', fields: new Map([['first', first]]), changed: true });
    }
    return { kind: 'struct', tag };
  }

  /** A struct type around a file-scope array, which needs one; its text. */
  aroundArray(name: string, ctype: CType): string {
    const tag = `variable_${name.replace(/\W+/g, '_')}`;
    const value: StructField = { name: 'value', type: ctype };
    this.collected.set(tag, { source: 'a file-scope array', fields: new Map([['value', value]]), changed: true });
    return `struct ${tag}`;
  }

  /** The types that the models do not have, or not like this. */
  types(): readonly StructType[] {
    return [...this.collected]
      .filter(([, { changed }]) => changed)
      .map(([tag, { source, fields }]) => ({ tag, source, fields: [...fields.values()] }))
      .sort((a, b) => (a.tag < b.tag ? -1 : 1));
  }

  private collect(cTag: string, declarations: Declarations): string {
    const tag = this.tagOf(cTag);
    if (this.entry(tag)) return tag;
    const record = declarations.record(cTag);
    const source = record ? `${record.file}:${record.line}` : 'not defined in sight';
    this.collected.set(tag, { source, fields: new Map(), changed: true });
    return tag;
  }

  private recordField(record: string, name: string, declarations: Declarations): RecordField | null {
    return declarations.record(record)?.fields.find((field) => field.name === name) ?? null;
  }

  private entry(tag: string): { source: string; fields: Map<string, StructField>; changed: boolean } | null {
    const known = this.collected.get(tag);
    if (known) return known;
    const model = this.vocabulary.structType(tag);
    if (!model) return null;
    const entry = {
      source: model.source,
      fields: new Map(model.fields.map((field) => [field.name, field])),
      changed: false,
    };
    this.collected.set(tag, entry);
    return entry;
  }

  private add(tag: string, declarations: Declarations, field: StructField): void {
    const entry = this.entry(tag) ?? this.entry(this.collect(tag, declarations))!;
    entry.fields.set(field.name, field);
    entry.changed = true;
  }

  /** What the header says of a field counts, also where the models have the field. */
  private document(tag: string, name: string, known: RecordField | null): void {
    const entry = this.entry(tag);
    const field = entry?.fields.get(name);
    if (!entry || !field || !known?.documented || known.documented === field.documented) return;
    entry.fields.set(name, { ...field, documented: known.documented });
    entry.changed = true;
  }
}

/** The C type that a program's type stands for, where only that is known: integers are as wide as their name says. */
export function semanticOf(type: CType): SemanticType {
  switch (type.kind) {
    case 'void':
      return { kind: 'void' };
    case 'int':
      return {
        kind: 'int',
        int: intTypes[type.name] ?? (type.name.endsWith('size_t') ? 'u64' : 's32'),
        name: type.name,
      };
    case 'struct':
      return { kind: 'record', record: 'struct', tag: type.tag };
    case 'pointer':
      return { kind: 'pointer', to: semanticOf(type.to) };
    case 'array':
      return { kind: 'array', of: semanticOf(type.of), length: typeof type.length === 'number' ? type.length : null };
    case 'function':
      return {
        kind: 'pointer',
        to: { kind: 'function', returns: { kind: 'int', int: 's32', name: 'int' }, parameters: [], variadic: true },
      };
  }
}

const intTypes: Readonly<Record<string, 'bool' | 's8' | 'u8' | 's16' | 'u16' | 's32' | 'u32' | 's64' | 'u64'>> = {
  bool: 'bool',
  char: 's8',
  u8: 'u8',
  s8: 's8',
  u16: 'u16',
  s16: 's16',
  u32: 'u32',
  s32: 's32',
  int: 's32',
  u64: 'u64',
  s64: 's64',
  long: 's64',
  size_t: 'u64',
  ssize_t: 's64',
  gfp_t: 'u32',
  phys_addr_t: 'u64',
  dma_addr_t: 'u64',
  dev_t: 'u32',
};
