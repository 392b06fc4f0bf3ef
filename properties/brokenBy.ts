import { lifecycles } from '../models/lifecycles/index.js';
import type { Lifecycle, LifecycleMeta } from '../models/lifecycles/lifecycle.js';
import type { PropertyId } from '../models/program/propertyId.js';
import type { Exercise } from './property.js';

/**
 * The operations that some lifecycle forbids in some state, naming this property: events of primitives, and for monitors the
 * functions that are bound to such events. Read from the machines, so a new lifecycle needs no edit of a property.
 */
export function brokenBy(property: PropertyId): readonly Exercise[] {
  return (lifecycles as readonly Lifecycle[]).flatMap((lifecycle): Exercise[] => {
    const events = forbiddenEvents(lifecycle, property);
    if (events.length === 0) return [];
    if (lifecycle.use === 'primitive') return [{ kind: 'event', lifecycle: lifecycle.id, events }];
    const bound = (lifecycle.bindings ?? []).filter(({ event }) => events.includes(event));
    return [{ kind: 'call', functions: [...new Set(bound.map((binding) => binding.function))] }];
  });
}

/** Event types with a transition into a forbidden state of this property. */
function forbiddenEvents({ machine, events }: Lifecycle, property: PropertyId): string[] {
  const states = [machine.root, ...Object.values(machine.root.states)];
  const forbidden = states.filter((state) => (state.meta as LifecycleMeta | undefined)?.violates === property);
  return events
    .map(({ type }) => type)
    .filter((type) =>
      states.some((state) =>
        state.transitions.get(type)?.some(({ target }) => target?.some((to) => forbidden.includes(to))),
      ),
    );
}
