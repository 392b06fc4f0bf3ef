import { outOfBounds, waits, type LifecycleTable } from '../lifecycle.js';

/**
 * Runs events on a table, from state 0, and says in one line each what happened: target, result, violation.
 *
 * Events are written as they are printed, the parameter in parentheses: `inc`, `lock(1)`. An event that waits or passes the
 * count bound leaves the state as it is. Throws for an event that the table does not have.
 *
 * @example runTable(table, 'set(1)', 'decAndTest', 'inc')
 * // ['live(count=1) = 0', 'zero = 1', 'saturated = 0, refcount-from-zero']
 */
export function runTable(table: LifecycleTable, ...events: readonly string[]): string[] {
  let state = 0;
  return events.map((event) => {
    const entry = state * table.events.length + findColumn(table, event);
    const next = table.next[entry]!;
    if (next === waits) return 'waits';
    if (next === outOfBounds) return 'out of bounds';
    state = next;
    const violates = table.violates[entry];
    const violation = violates === null ? '' : `, ${violates}`;
    return `${table.states[next]} = ${table.result[entry]}${violation}${table.ends[entry] === 1 ? ', ends' : ''}`;
  });
}

/** The column of an event in its printed form. */
function findColumn(table: LifecycleTable, event: string): number {
  const column = table.events.findIndex(({ type, value }) => event === (value === null ? type : `${type}(${value})`));
  if (column < 0) throw new Error(`lifecycle ${table.lifecycle.id} has no event ${event}`);
  return column;
}
