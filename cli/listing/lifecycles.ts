import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { lifecycles } from '../../models/lifecycles/index.js';
import type { Lifecycle, LifecycleEvent, LifecycleMeta } from '../../models/lifecycles/lifecycle.js';
import type { Entry, Section } from './section.js';

/** Every lifecycle with its states and events, as its machine has them. */
export const lifecycleSection: Section = {
  name: 'lifecycles',
  title: 'Lifecycles: the machines of kernel objects',
  entries: () => (lifecycles as readonly Lifecycle[]).map(entryOf),
};

/** One state of a machine. */
interface State {
  readonly name: string;
  readonly description: string;
  /** Property broken by passing it; null for an ordinary state. */
  readonly violates: string | null;
  readonly onFree: string | null;
  readonly atEnd: string | null;
}

function entryOf(lifecycle: Lifecycle): Entry {
  const { id, title, use, cType, source, events } = lifecycle;
  const states = statesOf(lifecycle.machine);
  const width = Math.max(...states.map(({ name }) => name.length));
  return {
    id,
    summary: title,
    details: [
      `${use === 'primitive' ? 'is the semantics of' : 'watches'} ${cType}; ${source}`,
      'states:',
      ...states.map((state) => `  ${state.name.padEnd(width)}  ${describe(state)}`),
      `events: ${events.map(printEvent).join(', ')}`,
      ...bindingsOf(lifecycle),
    ],
    data: { id, title, use, cType, source, states, events, bindings: lifecycle.bindings ?? [] },
  };
}

/** States in the order of the machine; substates are named `parent.child`. */
function statesOf(machine: AnyStateMachine): State[] {
  return leavesOf(machine.root).map((node) => {
    // The registry does not know the metadata's type; `Lifecycle` says what it is.
    const meta = (node.meta ?? {}) as LifecycleMeta;
    return {
      name: node.path.join('.'),
      description: node.description ?? '',
      violates: meta.violates ?? null,
      onFree: meta.onFree ?? null,
      atEnd: meta.atEnd ?? null,
    };
  });
}

function leavesOf(node: AnyStateNode): AnyStateNode[] {
  const children = Object.values(node.states);
  return children.length === 0 ? [node] : children.flatMap(leavesOf);
}

function describe({ description, violates, onFree, atEnd }: State): string {
  const notes = [
    ...(violates === null ? [] : [`breaks ${violates}`]),
    ...(onFree === null ? [] : [`freeing breaks ${onFree}`]),
    ...(atEnd === null ? [] : [`ending the run here breaks ${atEnd}`]),
  ];
  return notes.length === 0 ? description : `${description} [${notes.join('; ')}]`;
}

function printEvent({ type, parameter, waits }: LifecycleEvent): string {
  return `${type}${parameter ? `(${parameter.name})` : ''}${waits ? ' (may wait)' : ''}`;
}

function bindingsOf({ bindings = [] }: Lifecycle): string[] {
  if (bindings.length === 0) return [];
  return [
    `heard from: ${bindings.map((binding) => `${binding.event} at the ${binding.when} of ${binding.function}`).join(', ')}`,
  ];
}
