import type { LifecycleMeta } from './lifecycle.js';

/** The types of a lifecycle's machine, as `setup` takes them. */
interface MachineTypes<Context extends { result: number }, Event extends { type: string }> {
  readonly context: Context;
  readonly events: Event;
  readonly meta: LifecycleMeta;
}

/**
 * Tells XState's `setup` the types of a lifecycle's machine: `setup({ types: machineTypes<Context, Event>() })`.
 *
 * XState reads the type of `types` and never its value, which is an empty object.
 */
export function machineTypes<Context extends { result: number }, Event extends { type: string }>(): MachineTypes<
  Context,
  Event
> {
  return {} as MachineTypes<Context, Event>;
}
