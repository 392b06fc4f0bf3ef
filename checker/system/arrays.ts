import type { CType } from '../../models/program/cType.js';
import { printCType } from '../../models/program/cType.js';
import type { LinkedSystem, StructLayout } from './linkedSystem.js';

/** The memory of one array, in word addresses; `end` is behind its last element. */
export interface ArraySpan {
  readonly start: number;
  readonly end: number;
}

/** The arrays inside the objects of a system: where a pointer may be moved to. */
export class Arrays {
  private readonly system: LinkedSystem;
  private readonly sizeOf: (type: CType) => number;
  private readonly lengthOf: (array: CType & { kind: 'array' }) => number;
  /** By struct tag, relative to the struct's start; inner arrays before the arrays around them. */
  private readonly spans = new Map<string, (ArraySpan & { readonly of: CType })[]>();

  constructor(
    system: LinkedSystem,
    sizeOf: (type: CType) => number,
    lengthOf: (array: CType & { kind: 'array' }) => number,
  ) {
    this.system = system;
    this.sizeOf = sizeOf;
    this.lengthOf = lengthOf;
  }

  /** The innermost array with an element of type `to` that starts at `address`; null if there is none. */
  around(address: number, to: CType, size: number): ArraySpan | null {
    const object = this.system.objects.find(
      ({ header, layout }) => address > header && address <= header + layout.size,
    );
    if (!object) return null;
    const first = object.header + 1;
    const at = address - first;
    const span = this.spansOf(object.layout).find(
      ({ start, end, of }) => at >= start && at < end && (at - start) % size === 0 && isSame(of, to),
    );
    return span ? { start: first + span.start, end: first + span.end } : null;
  }

  private spansOf(layout: StructLayout): (ArraySpan & { readonly of: CType })[] {
    const known = this.spans.get(layout.tag);
    if (known) return known;
    const spans: (ArraySpan & { readonly of: CType })[] = [];
    for (const { type, offset } of layout.fields.values()) this.collect(type, offset, spans);
    this.spans.set(layout.tag, spans);
    return spans;
  }

  private collect(type: CType, start: number, spans: (ArraySpan & { readonly of: CType })[]): void {
    if (type.kind === 'struct') {
      const layout = this.system.layouts.get(type.tag);
      for (const inner of layout ? this.spansOf(layout) : [])
        spans.push({ ...inner, start: start + inner.start, end: start + inner.end });
    }
    if (type.kind !== 'array') return;
    const size = this.sizeOf(type.of);
    const length = this.lengthOf(type);
    for (let index = 0; index < length; index += 1) this.collect(type.of, start + index * size, spans);
    spans.push({ start, end: start + length * size, of: type.of });
  }
}

/** Numbers of all types take one word each, and are told apart by nothing else here. */
function isSame(one: CType, other: CType): boolean {
  if (one.kind === 'int' || other.kind === 'int') return one.kind === other.kind;
  return one.kind === other.kind && printCType(one) === printCType(other);
}
