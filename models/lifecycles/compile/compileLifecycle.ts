import type { Lifecycle, LifecycleTable } from '../lifecycle.js';
import { exploreLifecycle, type LifecycleBounds } from './exploreLifecycle.js';

/** Tables by lifecycle and thread count; a lifecycle without thread parameters has one table, under 0. */
const tables = new WeakMap<Lifecycle, Map<number, LifecycleTable>>();

/**
 * The table of a lifecycle, explored on first use and kept.
 *
 * Throws where {@link exploreLifecycle} returns an error. For the registered lifecycles that cannot happen: the law tests
 * compile each of them.
 */
export function compileLifecycle(lifecycle: Lifecycle, bounds: LifecycleBounds): LifecycleTable {
  const key = lifecycle.events.some(({ parameter }) => parameter?.limit === 'thread') ? bounds.threads : 0;
  let ofLifecycle = tables.get(lifecycle);
  if (ofLifecycle === undefined) tables.set(lifecycle, (ofLifecycle = new Map<number, LifecycleTable>()));
  let table = ofLifecycle.get(key);
  if (table === undefined) {
    const explored = exploreLifecycle(lifecycle, bounds);
    if (!explored.ok) throw new Error(explored.error.message);
    ofLifecycle.set(key, (table = explored.value));
  }
  return table;
}
