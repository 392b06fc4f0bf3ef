import { widthOf } from './integer.js';
import type { Member, RecordShape } from './records.js';
import type { SemanticType } from './semanticType.js';

/** Sizes and offsets by the System V ABI of x86-64: natural alignment, little endian, LP64. All numbers are bytes. */

export interface Layout {
  readonly size: number;
  readonly align: number;
  /** By member, those of anonymous records included; bit-fields are left out, they have no address. */
  readonly offsets: ReadonlyMap<string, number>;
}

const POINTER = 8;

/** Layout of a type, without offsets for what is no record. `layoutOfRecord` gives those, null for an incomplete one. */
export function layoutOfType(type: SemanticType, layoutOfRecord: (tag: string) => Layout | null): Layout | null {
  switch (type.kind) {
    case 'int': {
      const size = type.int === 'bool' ? 1 : widthOf(type.int) / 8;
      return { size, align: size, offsets: new Map() };
    }
    case 'pointer':
      return { size: POINTER, align: POINTER, offsets: new Map() };
    case 'record':
      return layoutOfRecord(type.tag);
    case 'array': {
      const element = layoutOfType(type.of, layoutOfRecord);
      if (element === null || type.length === null) return null;
      return { size: element.size * type.length, align: element.align, offsets: new Map() };
    }
    // Functions and `void` have no size, and of the others none is known.
    case 'void':
    case 'float':
    case 'function':
    case 'unknown':
      return null;
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Where the next member goes. `bits` counts from the start of the record. */
interface Cursor {
  bits: number;
  end: number;
  align: number;
}

/** Layout of a record, null if a member has an incomplete type. */
export function layoutOfShape(shape: RecordShape, layoutOfRecord: (tag: string) => Layout | null): Layout | null {
  const offsets = new Map<string, number>();
  const cursor: Cursor = { bits: 0, end: 0, align: 1 };
  for (const member of shape.members) {
    if (shape.record === 'union') cursor.bits = 0;
    const placed =
      member.kind === 'field' && member.bits !== null
        ? placeBits(member, member.bits, shape.packed, cursor, layoutOfRecord)
        : placeBytes(member, shape.packed, cursor, offsets, layoutOfRecord);
    if (!placed) return null;
    cursor.end = Math.max(cursor.end, cursor.bits);
  }
  const align = Math.max(cursor.align, shape.align ?? 1);
  return { size: roundUp(Math.ceil(cursor.end / 8), align), align, offsets };
}

/** A bit-field lies within one unit of its type, unless the record is packed; one of width 0 ends the unit. */
function placeBits(
  member: Member & { readonly kind: 'field' },
  bits: number,
  packed: boolean,
  cursor: Cursor,
  layoutOfRecord: (tag: string) => Layout | null,
): boolean {
  const unit = layoutOfType(member.type, layoutOfRecord);
  if (unit === null) return false;
  const width = unit.size * 8;
  const isPacked = packed || member.packed;
  if (bits === 0) cursor.bits = roundUp(cursor.bits, width);
  else if (!isPacked && (cursor.bits % width) + bits > width) cursor.bits = roundUp(cursor.bits, width);
  if (member.align !== null) cursor.bits = roundUp(cursor.bits, member.align * 8);
  cursor.bits += bits;
  if (member.name !== null) cursor.align = Math.max(cursor.align, isPacked ? 1 : unit.align, member.align ?? 1);
  return true;
}

function placeBytes(
  member: Member,
  packed: boolean,
  cursor: Cursor,
  offsets: Map<string, number>,
  layoutOfRecord: (tag: string) => Layout | null,
): boolean {
  const layout = layoutOfMember(member, layoutOfRecord);
  if (layout === null) return false;
  const natural = packed || (member.packed && member.kind === 'field') ? 1 : layout.align;
  const align = Math.max(natural, member.align ?? 1);
  const start = roundUp(cursor.bits, align * 8) / 8;
  if (member.kind === 'field' && member.name !== null) offsets.set(member.name, start);
  else for (const [name, offset] of layout.offsets) offsets.set(name, start + offset);
  cursor.bits = (start + layout.size) * 8;
  cursor.align = Math.max(cursor.align, align);
  return true;
}

function layoutOfMember(member: Member, layoutOfRecord: (tag: string) => Layout | null): Layout | null {
  if (member.kind === 'group') return layoutOfShape(member, layoutOfRecord);
  if (!member.isSized) return null;
  const { type } = member;
  // A flexible array takes no room, but its element's alignment counts.
  if (type.kind === 'array' && type.length === null) {
    const element = layoutOfType(type.of, layoutOfRecord);
    return element === null ? null : { size: 0, align: element.align, offsets: new Map() };
  }
  return layoutOfType(type, layoutOfRecord);
}
