import {
  createActor,
  initialTransition,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type StateValue,
} from 'xstate';
import { err, ok, type Result } from '../../base/result.js';
import type { PropertyId } from '../../program/propertyId.js';
import { outOfBounds, waits, type Lifecycle, type LifecycleMeta, type LifecycleTable } from '../lifecycle.js';

/** What a lifecycle is compiled for. */
export interface LifecycleBounds {
  /** Threads of the system: the range of parameters whose limit is `'thread'`. At least 1. */
  readonly threads: number;
}

/** A machine that does not keep the conventions of {@link Lifecycle}, so that no table can stand for it. */
export interface LifecycleError {
  readonly kind:
    'unbounded' | 'bad-context' | 'unhandled-event' | 'rests-in-forbidden-state' | 'two-violations' | 'side-effect';
  /** Id of the lifecycle. */
  readonly lifecycle: string;
  /** What is wrong, where, and what to do about it. */
  readonly message: string;
}

/** More states than this are taken for infinitely many; the largest registered lifecycle has some twenty. */
const maxStates = 10_000;

/** One column of the table, with the event as XState takes it. */
interface Column {
  readonly type: string;
  readonly value: number | null;
  readonly event: EventObject;
  readonly mayWait: boolean;
}

/** One entry of the table before its target has a number. */
interface Step {
  readonly target: AnyMachineSnapshot | typeof waits | typeof outOfBounds;
  readonly result: number;
  readonly violates: PropertyId | null;
  readonly ends: boolean;
}

/** What is wrong, before the name of the lifecycle is put to it. */
type Problem = Omit<LifecycleError, 'lifecycle'>;

/**
 * Explores a machine breadth first with XState's pure transition function, and writes down what it does.
 *
 * States are numbered in the order they are found (state 0 is the initial one), events in the order of `lifecycle.events`
 * and then of the parameter, so the same machine always gives the same table. Cost: one XState macrostep, some 10 µs, for
 * each state and event. Errors: a machine that breaks the conventions of {@link Lifecycle}.
 */
export function exploreLifecycle(
  lifecycle: Lifecycle,
  bounds: LifecycleBounds,
): Result<LifecycleTable, LifecycleError> {
  const columns = expandEvents(lifecycle, bounds);
  const take = stepper(lifecycle.machine);
  const found: AnyMachineSnapshot[] = [initialTransition(lifecycle.machine)[0]];
  const numbers = new Map([[stateKey(found[0]!), 0]]);
  const rows: { next: number; step: Step }[] = [];

  for (let state = 0; state < found.length; state++) {
    const snapshot = found[state]!;
    const problem = checkState(snapshot);
    if (problem !== undefined) return failed(lifecycle, problem);
    for (const column of columns) {
      const taken = takeStep(lifecycle, take, snapshot, column);
      if (!taken.ok) return failed(lifecycle, taken.error);
      const { target } = taken.value;
      if (typeof target === 'number') {
        rows.push({ next: target, step: taken.value });
        continue;
      }
      const key = stateKey(target);
      let number = numbers.get(key);
      if (number === undefined) {
        number = found.push(target) - 1;
        numbers.set(key, number);
        if (found.length > maxStates) return failed(lifecycle, growsWithoutEnd(found));
      }
      rows.push({ next: number, step: taken.value });
    }
  }

  const firstColumn = new Map<string, number>();
  for (const [index, { type }] of columns.entries()) if (!firstColumn.has(type)) firstColumn.set(type, index);
  return ok({
    lifecycle,
    states: nameStates(found),
    events: columns.map(({ type, value }) => ({ type, value })),
    column: firstColumn,
    next: Int32Array.from(rows, (row) => row.next),
    result: Int32Array.from(rows, (row) => row.step.result),
    violates: rows.map((row) => row.step.violates),
    ends: Uint8Array.from(rows, (row) => Number(row.step.ends)),
    onFree: found.map((snapshot) => metaOf(snapshot).onFree ?? null),
    atEnd: found.map((snapshot) => metaOf(snapshot).atEnd ?? null),
  });
}

/** The alphabet with each parameter's values written out. */
function expandEvents(lifecycle: Lifecycle, bounds: LifecycleBounds): Column[] {
  return lifecycle.events.flatMap(({ type, parameter, waits: mayWait = false }): Column[] => {
    if (parameter === undefined) return [{ type, value: null, event: { type }, mayWait }];
    const limit = parameter.limit === 'thread' ? bounds.threads : parameter.limit;
    return Array.from({ length: limit }, (_, value) => {
      const event = { type, [parameter.name]: value };
      return { type, value, event, mayWait };
    });
  });
}

/** The snapshots that an event leads through, and whether XState would do anything beside; see `stepper`. */
type Take = (
  snapshot: AnyMachineSnapshot,
  event: EventObject,
) => { readonly passed: readonly AnyMachineSnapshot[]; readonly hasEffect: boolean };

/**
 * What XState's `getMicrosteps` does, which starts an actor for every event; starting those takes most of its time, and machines
 * that have no actors of their own can share one.
 */
function stepper(machine: AnyStateMachine): Take {
  const self = createActor(machine);
  const ignore = () => {};
  let hasEffect = false;
  const scope: AnyActorScope = {
    self,
    id: self.id,
    sessionId: self.sessionId,
    system: self.system,
    logger: ignore,
    defer: ignore,
    emit: ignore,
    stopChild: ignore,
    actionExecutor: () => (hasEffect = true),
  };
  return (snapshot, event) => {
    hasEffect = false;
    const passed = machine.microstep(snapshot, event, scope);
    return { passed, hasEffect };
  };
}

/** One event in one state. */
function takeStep(
  lifecycle: Lifecycle,
  take: Take,
  snapshot: AnyMachineSnapshot,
  column: Column,
): Result<Step, Problem> {
  const { event } = column;
  if (!snapshot.can(event)) {
    if (column.mayWait) return ok({ target: waits, result: 0, violates: null, ends: false });
    const message = `no transition for ${printEvent(column)} in state ${nameState(snapshot)}; give it one, or declare that it waits`;
    return err({ kind: 'unhandled-event', message });
  }
  const { passed, hasEffect } = take(snapshot, event);
  if (hasEffect) {
    const message = `${printEvent(column)} in state ${nameState(snapshot)} has an action other than "assign"`;
    return err({ kind: 'side-effect', message });
  }
  // A macrostep has at least one microstep: `can` has seen the transition.
  const target = passed.at(-1)!;
  if ((contextOf(target)['count'] ?? 0) > (lifecycle.countBound ?? Infinity)) {
    return ok({ target: outOfBounds, result: 0, violates: null, ends: false });
  }
  const forbidden = passed
    .slice(0, -1)
    .map(metaOf)
    .filter((meta) => meta.violates !== undefined);
  if (forbidden.length > 1) {
    const message = `${printEvent(column)} in state ${nameState(snapshot)} passes two forbidden states; one violation for one event`;
    return err({ kind: 'two-violations', message });
  }
  const [violation] = forbidden;
  return ok({
    target,
    result: contextOf(target)['result'] ?? 0,
    violates: violation?.violates ?? null,
    ends: violation?.ends === true,
  });
}

/** What speaks against a state as a state of the table, if anything. */
function checkState(snapshot: AnyMachineSnapshot): Problem | undefined {
  for (const [name, value] of Object.entries(contextOf(snapshot) as Record<string, unknown>)) {
    // Table entries are 32 bits wide, and state keys are printed numbers.
    if (typeof value !== 'number' || (value | 0) !== value) {
      const message = `context.${name} is ${String(value)} in state ${nameState(snapshot)}; the context holds small integers only`;
      return { kind: 'bad-context', message };
    }
  }
  if (Object.keys(snapshot.children as object).length > 0) {
    return {
      kind: 'side-effect',
      message: `state ${nameState(snapshot)} has a child actor; a lifecycle is one machine`,
    };
  }
  if (metaOf(snapshot).violates !== undefined) {
    const message = `forbidden state ${nameState(snapshot)} is not passed through; give it an "always" transition to the state that goes on`;
    return { kind: 'rests-in-forbidden-state', message };
  }
  return undefined;
}

/** The error of a machine with too many states: names the context variable with the most values. */
function growsWithoutEnd(found: readonly AnyMachineSnapshot[]): Problem {
  const names = Object.keys(contextOf(found[0]!)).filter((name) => name !== 'result');
  const counted = names.map((name) => ({ name, size: new Set(found.map((state) => contextOf(state)[name])).size }));
  const widest = counted.sort((a, b) => b.size - a.size)[0];
  const cause = widest === undefined ? '' : `; context.${widest.name} took ${widest.size} values: bound it`;
  const hint = widest?.name === 'count' ? ', for example with countBound' : '';
  return { kind: 'unbounded', message: `more than ${maxStates} states, so it is taken for infinite${cause}${hint}` };
}

function failed(lifecycle: Lifecycle, { kind, message }: Problem): Result<never, LifecycleError> {
  return err({ kind, lifecycle: lifecycle.id, message: `lifecycle ${lifecycle.id}: ${message}` });
}

/** The context; {@link checkState} has seen that it holds integers. */
function contextOf(snapshot: AnyMachineSnapshot): Readonly<Record<string, number>> {
  // A registry of machines does not know the type of one machine's context.
  return snapshot.context as Record<string, number>;
}

function valueOf(snapshot: AnyMachineSnapshot): StateValue {
  // As with the context, the registry does not know the names of one machine's states.
  return snapshot.value as StateValue;
}

/** The metadata of all active nodes together (a substate may refine what its parent says). */
function metaOf(snapshot: AnyMachineSnapshot): LifecycleMeta {
  const metas = Object.values(snapshot.getMeta()) as LifecycleMeta[];
  return metas.reduce((all, meta) => ({ ...all, ...meta }), {});
}

/** Equal for two snapshots that differ in the result only. */
function stateKey(snapshot: AnyMachineSnapshot): string {
  const context = contextOf(snapshot);
  let key = printValue(valueOf(snapshot));
  for (const name in context) if (name !== 'result') key += `,${context[name]}`;
  return key;
}

/** `live`; `outer.inner` for nested states, `left.a+right.b` for parallel ones. */
function printValue(value: StateValue): string {
  if (typeof value === 'string') return value;
  const parts = Object.entries(value).map(([name, inner]) => `${name}.${inner === undefined ? '' : printValue(inner)}`);
  return parts.join('+');
}

function printEvent({ type, value }: Column): string {
  return value === null ? type : `${type}(${value})`;
}

/** The name of one state with its whole context. */
function nameState(snapshot: AnyMachineSnapshot): string {
  return withContext(snapshot, Object.keys(contextOf(snapshot)));
}

/** Names for print: a context variable is left out of states in which it is always 0, where it means nothing. */
function nameStates(found: readonly AnyMachineSnapshot[]): string[] {
  const used = new Map<string, Set<string>>();
  for (const snapshot of found) {
    const value = printValue(valueOf(snapshot));
    const names = used.get(value) ?? new Set();
    used.set(value, names);
    for (const [name, number] of Object.entries(contextOf(snapshot))) if (number !== 0) names.add(name);
  }
  return found.map((snapshot) => withContext(snapshot, [...(used.get(printValue(valueOf(snapshot))) ?? [])]));
}

function withContext(snapshot: AnyMachineSnapshot, names: readonly string[]): string {
  const context = contextOf(snapshot);
  const shown = names.filter((name) => name !== 'result').map((name) => `${name}=${context[name]}`);
  return shown.length === 0 ? printValue(valueOf(snapshot)) : `${printValue(valueOf(snapshot))}(${shown.join(', ')})`;
}
