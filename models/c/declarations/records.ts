import type { Attribute, Expression, FieldSyntax, TypeSyntax } from '../syntax/ast.js';
import type { RecordField, RecordType, SemanticType } from './semanticType.js';
import type { Direction } from './kernelDoc.js';
import type { RecordDefinition } from './unitIndex.js';

/** What the members of a record are made of. */
export interface RecordEnvironment {
  resolve(type: TypeSyntax): SemanticType;
  /** Value of a constant expression: length of an array, width of a bit-field, alignment. */
  number(expression: Expression): number | null;
  /** The members that a macro in a record stands for; null if nobody knows. */
  fieldsOfMacro(type: TypeSyntax & { readonly kind: 'macro' }, line: number): readonly FieldSyntax[] | null;
}

/** What decides the layout of one record or member beside its type. Alignments in bytes. */
interface Packing {
  readonly packed: boolean;
  /** Of `__aligned(n)`; null if there is none. */
  readonly align: number | null;
}

export type Member =
  | (Packing & {
      readonly kind: 'field';
      /** Null for a bit-field that is only padding. */
      readonly name: string | null;
      readonly type: SemanticType;
      readonly line: number;
      readonly bits: number | null;
      /** False where the length of an array is no known constant. */
      readonly isSized: boolean;
    })
  /** An anonymous struct or union, whose members are members of the record round it. */
  | (Packing & { readonly kind: 'group'; readonly record: 'struct' | 'union'; readonly members: readonly Member[] });

/** A record as its layout needs it: anonymous members not yet merged. */
export interface RecordShape extends Packing {
  readonly record: 'struct' | 'union';
  readonly members: readonly Member[];
}

const CACHE_LINE = 64;
/** `aligned` without a number: the largest alignment the machine ever asks for. */
const LARGEST_ALIGNMENT = 16;

function alignment(attribute: Attribute, environment: RecordEnvironment): number | null {
  const name = attribute.name.replace(/^_+|_+$/g, '');
  if (/^cacheline_aligned(_in_smp)?$/.test(name)) return CACHE_LINE;
  if (name !== 'aligned' && name !== 'Alignas') return null;
  const [argument] = attribute.args ?? [];
  if (argument === undefined) return LARGEST_ALIGNMENT;
  return argument.kind === 'expression' ? environment.number(argument.value) : null;
}

function packing(attributes: readonly Attribute[], environment: RecordEnvironment): Packing {
  const aligns = attributes.map((attribute) => alignment(attribute, environment)).filter((align) => align !== null);
  return {
    packed: attributes.some(({ name }) => name === 'packed' || name === '__packed' || name === '__packed__'),
    align: aligns.length === 0 ? null : Math.max(...aligns),
  };
}

/** Every dimension of an array is `[]` or a known number. */
function isSized(syntax: TypeSyntax, type: SemanticType): boolean {
  if (syntax.kind !== 'array' || type.kind !== 'array') return true;
  return (syntax.length === null || type.length !== null) && isSized(syntax.of, type.of);
}

function members(fields: readonly FieldSyntax[], environment: RecordEnvironment): readonly Member[] {
  return fields.flatMap((field): readonly Member[] => {
    const { name, type, line } = field;
    if (name === null && type.kind === 'macro') {
      const expanded = environment.fieldsOfMacro(type, line);
      if (expanded !== null) return members(expanded, environment);
      const unknown: SemanticType = { kind: 'unknown', text: type.name };
      return [
        { kind: 'field', name: null, type: unknown, line, bits: null, isSized: false, packed: false, align: null },
      ];
    }
    const own = packing(field.attributes, environment);
    if (name === null && field.bits === null && type.kind === 'record' && type.fields !== null) {
      return [{ kind: 'group', record: type.record, members: members(type.fields, environment), ...own }];
    }
    const bits = field.bits === null ? null : environment.number(field.bits);
    // A declaration without a name declares no member: `struct tag;`, `enum { A, B };`.
    if (name === null && bits === null) return [];
    const meaning = environment.resolve(type);
    const sized = isSized(type, meaning) && (field.bits === null || bits !== null);
    return [{ kind: 'field', name, type: meaning, line, bits, isSized: sized, ...own }];
  });
}

/** Resolves the members of a record. */
export function shapeOf(definition: RecordDefinition, environment: RecordEnvironment): RecordShape {
  const { syntax, attributes } = definition;
  return {
    record: syntax.record,
    members: members(syntax.fields, environment),
    ...packing(attributes, environment),
  };
}

/** The record as others see it: members of anonymous ones merged, overlays numbered. */
export function flatten(
  definition: RecordDefinition,
  shape: RecordShape,
  documented: (path: string, line: number) => Direction | null,
): RecordType {
  const fields: RecordField[] = [];
  let unions = 0;
  let alternatives = 0;
  // `struct` is the alternative that all of the list belongs to; null in a union, whose members are alternatives of their own.
  const add = (list: readonly Member[], overlay: number | null, struct: number | null): void => {
    for (const member of list) {
      let alternative = struct ?? 0;
      if (overlay !== null && struct === null) {
        alternative = alternatives;
        alternatives += 1;
      }
      if (member.kind === 'field') {
        const { name, type, line, bits } = member;
        if (name === null) continue;
        fields.push({ name, type, line, bits, overlay, alternative, documented: documented(name, line) });
      } else if (member.record === 'union' && overlay === null) {
        unions += 1;
        alternatives = 0;
        add(member.members, unions - 1, null);
      } else add(member.members, overlay, overlay === null || member.record === 'union' ? null : alternative);
    }
  };
  add(shape.members, shape.record === 'union' ? 0 : null, null);
  const { tag, file, syntax } = definition;
  return { record: shape.record, tag, file, line: syntax.line, fields };
}
