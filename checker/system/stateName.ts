import type { LifecycleTable } from '../../models/lifecycles/lifecycle.js';
import type { LinkedSystem } from './linkedSystem.js';

/** A lifecycle state for messages: holders of locks are threads by name. */
export function stateName(system: LinkedSystem, table: LifecycleTable, state: number): string {
  const name = table.states[state] ?? '?';
  return name.replace(
    /\(owner=(\d+)\)/,
    (_, thread: string) => ` by ${system.threads[Number(thread)]?.name ?? thread}`,
  );
}
