import type { LifecycleTable } from '../../models/lifecycles/lifecycle.js';
import type { LinkedSystem, ObjectSlot } from './linkedSystem.js';

/** Where a lock cell stands and which thread holds it in which of its states. */
export interface LockCell {
  readonly address: number;
  readonly object: ObjectSlot;
  readonly path: string;
  /** By lifecycle state: the holding thread, or -1. */
  readonly holder: Int32Array;
  readonly spin: boolean;
  readonly table: LifecycleTable;
}

/** Every mutex and spinlock of a system, in the order of its objects. */
export function lockCellsOf(system: LinkedSystem): LockCell[] {
  const cells: LockCell[] = [];
  for (const object of system.objects) {
    for (const { offset, path, table } of object.layout.cells) {
      const { id } = table.lifecycle;
      if (id !== 'mutex' && id !== 'spinlock') continue;
      const holder = holders(table, system.threads.length);
      cells.push({ address: object.header + 1 + offset, object, path, holder, spin: id === 'spinlock', table });
    }
  }
  return cells;
}

/** For each state of a lock's lifecycle the thread that holds it, or -1. */
function holders(table: LifecycleTable, threads: number): Int32Array {
  const holder = new Int32Array(table.states.length).fill(-1);
  const lock = table.column.get('lock')!;
  for (let thread = 0; thread < threads; thread += 1) {
    for (let state = 0; state < table.states.length; state += 1) {
      const cell = state * table.events.length + lock + thread;
      const next = table.next[cell]!;
      if (next >= 0 && table.violates[cell] === null) holder[next] = thread;
    }
  }
  return holder;
}
