import type { CType } from '../../models/program/cType.js';
import type { LinkedSystem, StructLayout } from './linkedSystem.js';

const cache = new WeakMap<LinkedSystem, Map<string, string[]>>();

/** Dotted path of the word at `offset` of an object, for example `idr.slot[1].ptr`; '' if the object is a single cell. */
export function pathAt(system: LinkedSystem, layout: StructLayout, offset: number): string {
  let perSystem = cache.get(system);
  if (!perSystem) cache.set(system, (perSystem = new Map<string, string[]>()));
  let names = perSystem.get(layout.tag);
  if (!names) {
    names = new Array<string>(layout.size).fill('');
    name(system, layout, '', 0, names);
    perSystem.set(layout.tag, names);
  }
  return names[offset] ?? '';
}

function name(system: LinkedSystem, layout: StructLayout, prefix: string, start: number, names: string[]): void {
  for (const field of layout.fields.values())
    nameField(system, field.type, join(prefix, field.name), start + field.offset, names);
  for (const [field, offset] of layout.outputs) names[start + offset] = join(prefix, `${field} (written)`);
  for (const cell of layout.cells) if (cell.path.startsWith('@')) names[start + cell.offset] = join(prefix, cell.path);
}

function nameField(system: LinkedSystem, type: CType, path: string, start: number, names: string[]): number {
  if (type.kind === 'struct') {
    const layout = system.layouts.get(type.tag)!;
    if (layout.fields.size === 0) names[start] = path;
    else name(system, layout, path, start, names);
    return layout.size;
  }
  if (type.kind === 'array') {
    const length = typeof type.length === 'number' ? type.length : (system.arrayLengths.get(type.length) ?? 1);
    let size = 0;
    for (let index = 0; index < length; index += 1)
      size += nameField(system, type.of, `${path}[${index}]`, start + size, names);
    return size;
  }
  names[start] = path;
  return 1;
}

function join(prefix: string, field: string): string {
  return prefix === '' ? field : `${prefix}.${field}`;
}
