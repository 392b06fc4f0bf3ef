import { printErrno } from '../../models/program/errno.js';
import type { CType } from '../../models/program/cType.js';
import type { LinkedSystem, ObjectSlot, StructLayout } from '../system/linkedSystem.js';
import { headerConflictShift, headerShared, headerState } from '../system/header.js';
import { pathAt } from '../system/pathAt.js';
import { stateName } from '../system/stateName.js';
import {
  constantBase,
  isErrorWord,
  nullPage,
  payloadOf,
  tagFunction,
  tagInteger,
  tagOf,
  tagPointer,
  uninitialised,
} from '../system/word.js';
import type { Change } from './replayData.js';

/** A change without the knowledge of whose memory it is in. */
export type WordChange = Omit<Change, 'local'>;

/** Words of a state as text, for people. Reads states, never changes them. */
export class StateDescriber {
  private readonly system: LinkedSystem;
  private readonly objectAt: Int32Array;
  private readonly leafTypes = new Map<string, CType[]>();
  /** Start of each ops table in the constant region, ascending. */
  private readonly tables: { readonly name: string; readonly start: number }[];

  constructor(system: LinkedSystem) {
    this.system = system;
    this.objectAt = new Int32Array(system.width).fill(-1);
    for (const object of system.objects)
      this.objectAt.fill(object.index, object.header, object.header + object.layout.size + 1);
    this.tables = [...system.tableTags.keys()]
      .map((name) => ({ name, start: payloadOf(system.symbols.get(name)!) }))
      .sort((a, b) => a.start - b.start);
  }

  /** The object whose memory holds the word at `address`, header included. */
  objectOf(address: number): ObjectSlot | null {
    return this.system.objects[this.objectAt[address] ?? -1] ?? null;
  }

  isShared(words: Int32Array, object: ObjectSlot): boolean {
    return (payloadOf(words[object.header]!) & headerShared) !== 0;
  }

  /** The lifecycle state of an object's memory: `live`, `freed`. */
  memoryState(words: Int32Array, object: ObjectSlot): string {
    return this.system.memory.states[payloadOf(words[object.header]!) & headerState]!;
  }

  /** `tee_device#0.mutex` for an address in state memory, `NULL + n` below it. */
  place(address: number): string {
    if (address < nullPage) return address === 0 ? 'NULL' : `NULL + ${address}`;
    if (address >= constantBase) return this.constant(address);
    const object = this.objectOf(address);
    if (!object) return 'the stack';
    const path = pathAt(this.system, object.layout, address - object.header - 1);
    if (path === '') return object.name;
    return path.startsWith('@') ? `${object.name}${path}` : `${object.name}.${path}`;
  }

  /** A word as a value of that type. */
  value(word: number, type: CType | null): string {
    switch (tagOf(word)) {
      case tagPointer:
        return this.pointer(
          payloadOf(word),
          type?.kind === 'pointer' && type.to.kind === 'struct' ? type.to.tag : null,
        );
      case tagFunction:
        return this.system.functions[payloadOf(word) - 1]?.definition.name ?? 'a function';
      case tagInteger:
        if (type?.kind !== 'pointer' && type?.kind !== 'function') return String(payloadOf(word));
        if (word === 0) return 'NULL';
        return isErrorWord(word) ? `ERR_PTR(${printErrno(payloadOf(word))})` : String(payloadOf(word));
      default:
        return word === uninitialised ? 'uninitialised' : 'a large number';
    }
  }

  /** The word at an address as its type, or the state of its lifecycle. */
  wordAt(words: Int32Array, address: number): string {
    const object = this.objectOf(address);
    if (!object) return this.value(words[address] ?? 0, null);
    const offset = address - object.header - 1;
    const cell = object.layout.cells.find((candidate) => candidate.offset === offset);
    // Counts are told without their name: `live(2)`.
    if (cell) return stateName(this.system, cell.table, payloadOf(words[address]!)).replace('count=', '');
    return this.value(words[address]!, this.typeAt(object.layout, offset));
  }

  /** What differs between two states, objects in order; `what` is told of objects as a whole. */
  changes(before: Int32Array, after: Int32Array): WordChange[] {
    const changes: WordChange[] = [];
    for (const object of this.system.objects) {
      let differs = false;
      const end = object.header + object.layout.size;
      for (let at = object.header; at <= end && !differs; at += 1) differs = before[at] !== after[at];
      if (differs) this.changesOf(object, before, after, changes);
    }
    return changes;
  }

  private changesOf(object: ObjectSlot, before: Int32Array, after: Int32Array, changes: WordChange[]): void {
    const whole = (what: string) =>
      changes.push({ place: object.name, object: object.name, from: null, to: null, text: `${object.name}: ${what}` });
    const [was, is] = [payloadOf(before[object.header]!), payloadOf(after[object.header]!)];
    if (was === 0 && is !== 0) {
      whole('allocated');
      return;
    }
    if (is === 0) {
      whole('nothing names it any more');
      return;
    }
    if ((was & headerState) !== (is & headerState)) {
      const by = this.system.functions[(is >> headerConflictShift) - 1]?.definition.name;
      whole(by === undefined ? this.memoryState(after, object) : `freed by ${by}`);
      return;
    }
    for (let at = object.header + 1; at <= object.header + object.layout.size; at += 1) {
      if (before[at] === after[at]) continue;
      const place = this.place(at);
      const [from, to] = [this.wordAt(before, at), this.wordAt(after, at)];
      changes.push({ place, object: object.name, from, to, text: `${place}: ${from} → ${to}` });
    }
    if ((was & headerShared) === 0 && (is & headerShared) !== 0) whole('published, other threads can reach it');
  }

  /** A pointer into an object names the member of the type that it points to: `&tee_device#0.cdev`. */
  private pointer(address: number, tag: string | null): string {
    if (address < nullPage || address >= constantBase) return this.place(address);
    const object = this.objectOf(address);
    if (!object) return 'a local';
    const offset = address - object.header - 1;
    if (offset === 0 && (tag === null || tag === object.tag)) return object.name;
    const member = tag === null ? null : this.memberOfType(object.layout, offset, tag);
    if (member !== null) return `&${object.name}.${member}`;
    return offset === 0 ? object.name : `&${this.place(address)}`;
  }

  /** Path of the embedded struct of that type at an offset; null if there is none. */
  private memberOfType(layout: StructLayout, offset: number, tag: string): string | null {
    for (const field of layout.fields.values()) {
      const inner = offset - field.offset;
      const found = inner < 0 ? null : this.memberOfField(field.type, inner, tag);
      if (found !== null) return `${field.name}${found}`;
    }
    return null;
  }

  private memberOfField(type: CType, offset: number, tag: string): string | null {
    if (type.kind === 'struct') {
      if (offset === 0 && type.tag === tag) return '';
      const layout = this.system.layouts.get(type.tag)!;
      const inner = offset < layout.size ? this.memberOfType(layout, offset, tag) : null;
      return inner === null ? null : `.${inner}`;
    }
    if (type.kind !== 'array' || type.of.kind !== 'struct') return null;
    const { size } = this.system.layouts.get(type.of.tag)!;
    const index = Math.floor(offset / size);
    const inner = this.memberOfField(type.of, offset % size, tag);
    return inner === null || index >= this.lengthOf(type.length) ? null : `[${index}]${inner}`;
  }

  private lengthOf(length: number | string): number {
    return typeof length === 'number' ? length : (this.system.arrayLengths.get(length) ?? 1);
  }

  private constant(address: number): string {
    return this.tables.filter(({ start }) => start <= address).at(-1)?.name ?? 'a constant';
  }

  private typeAt(layout: StructLayout, offset: number): CType | null {
    let types = this.leafTypes.get(layout.tag);
    if (!types) {
      types = [];
      for (const field of layout.fields.values()) this.collectLeaves(field.type, field.offset, types);
      this.leafTypes.set(layout.tag, types);
    }
    return types[offset] ?? null;
  }

  /** Size in words. */
  private collectLeaves(type: CType, start: number, types: CType[]): number {
    if (type.kind === 'struct') {
      const layout = this.system.layouts.get(type.tag)!;
      for (const field of layout.fields.values()) this.collectLeaves(field.type, start + field.offset, types);
      return layout.size;
    }
    if (type.kind === 'array') {
      const length = this.lengthOf(type.length);
      let size = 0;
      for (let index = 0; index < length; index += 1) size += this.collectLeaves(type.of, start + size, types);
      return size;
    }
    types[start] = type;
    return 1;
  }
}
