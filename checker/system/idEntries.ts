import type { LinkedSystem } from './linkedSystem.js';

/** A slot of an IDR: where its lifecycle and its pointer stand, and in which state the pointer is published. */
export interface IdEntry {
  readonly cell: number;
  readonly pointer: number;
  readonly published: number;
}

/** Every IDR slot of a system. */
export function idEntriesOf(system: LinkedSystem): IdEntry[] {
  const entry = system.layouts.get('idr_entry');
  const [cell, named] = [entry?.fields.get('cell'), entry?.fields.get('ptr')];
  if (!cell || !named) return [];
  return system.objects.flatMap((object) =>
    object.layout.cells
      .filter(({ table }) => table.lifecycle.id === 'idr_slot')
      .map(({ offset, table }) => {
        const address = object.header + 1 + offset;
        const published = table.next[table.column.get('allocObject')!]!;
        return { cell: address, pointer: address - cell.offset + named.offset, published };
      }),
  );
}

/** Address of each documented output field → address of the ghost word that tells whether it was written. */
export function outputGhosts(system: LinkedSystem): ReadonlyMap<number, number> {
  const ghosts = new Map<number, number>();
  for (const object of system.objects) {
    for (const [field, ghost] of object.layout.outputs) {
      const place = object.layout.fields.get(field);
      if (place) ghosts.set(object.header + 1 + place.offset, object.header + 1 + ghost);
    }
  }
  return ghosts;
}
