import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createActor,
  getMicrosteps,
  type AnyMachineSnapshot,
  type AnyStateNode,
  type EventObject,
  type StateValue,
} from 'xstate';
import { isPropertyId } from '../program/propertyId.js';
import { compileLifecycle } from './compile/compileLifecycle.js';
import { exploreLifecycle } from './compile/exploreLifecycle.js';
import { lifecycleByCType, lifecycleById, lifecycles } from './index.js';
import { outOfBounds, waits, type Lifecycle, type LifecycleMeta, type LifecycleTable } from './lifecycle.js';

const threads = 3;

/** A running XState actor: the reference, with the microsteps of the last event. */
function startActor(lifecycle: Lifecycle) {
  const passed: LifecycleMeta[] = [];
  const actor = createActor(lifecycle.machine, {
    inspect: (inspection) => {
      if (inspection.type !== '@xstate.microstep') return;
      const snapshot = inspection.snapshot as AnyMachineSnapshot;
      passed.push(...(Object.values(snapshot.getMeta()) as LifecycleMeta[]));
    },
  });
  actor.start();
  const read = () => actor.getSnapshot() as AnyMachineSnapshot;
  return {
    read,
    /** Sends one event; `violates` is what the forbidden states on the way break. */
    send(event: EventObject) {
      passed.length = 0;
      const enabled = read().can(event);
      if (enabled) actor.send(event);
      return {
        enabled,
        violates: passed.flatMap((meta) => meta.violates ?? []),
        ends: passed.some((meta) => meta.ends === true),
        result: (read().context as { result: number }).result,
      };
    },
  };
}

/** The XState event of a column. */
function eventOf(table: LifecycleTable, column: number): EventObject {
  const { type, value } = table.events[column]!;
  const name = table.lifecycle.events.find((event) => event.type === type)?.parameter?.name;
  return name === undefined ? { type } : { type, [name]: value };
}

/** What of a snapshot is state: everything but the result. */
function stateOf(snapshot: AnyMachineSnapshot) {
  const { result, ...context } = snapshot.context as { result: number } & Record<string, number>;
  void result;
  return { value: valueOf(snapshot), context };
}

/** Dotted paths of the active nodes, outermost first: `outer`, `outer.inner`. */
function pathsOf(value: StateValue): string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([name, inner]) => [
    name,
    ...pathsOf(inner ?? {}).map((path) => `${name}.${path}`),
  ]);
}

/** The value of a snapshot; a registry of machines does not know the names of one machine's states. */
function valueOf(snapshot: AnyMachineSnapshot): StateValue {
  return snapshot.value as StateValue;
}

/** For each state of a table the columns of a shortest way to it. */
function shortestPaths(table: LifecycleTable): number[][] {
  const paths: (number[] | undefined)[] = table.states.map(() => undefined);
  paths[0] = [];
  const queue = [0];
  for (const state of queue) {
    for (let column = 0; column < table.events.length; column++) {
      const next = table.next[state * table.events.length + column]!;
      if (next < 0 || paths[next] !== undefined) continue;
      paths[next] = [...paths[state]!, column];
      queue.push(next);
    }
  }
  return paths.map((path, state) => path ?? expect.fail(`state ${table.states[state]} is not reachable`));
}

/** All state nodes below the root. */
function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states as Record<string, AnyStateNode>).flatMap((child) => [child, ...nodesOf(child)]);
}

/** Entries of a table with their state and column. */
function entriesOf(table: LifecycleTable) {
  return table.states.flatMap((_, state) =>
    table.events.map((_event, column) => ({ state, column, entry: state * table.events.length + column })),
  );
}

describe.each(lifecycles.map((lifecycle): [string, Lifecycle] => [lifecycle.id, lifecycle]))('%s', (_, lifecycle) => {
  const table = compileLifecycle(lifecycle, { threads });
  const width = table.events.length;

  test('the table equals the machine on every reachable transition', () => {
    const paths = shortestPaths(table);
    const states = new Map<string, number>();
    for (const { state, column, entry } of entriesOf(table)) {
      const actor = startActor(lifecycle);
      for (const step of paths[state]!) actor.send(eventOf(table, step));
      const before = JSON.stringify(stateOf(actor.read()));
      // One table state for one machine state, both ways.
      expect(states.get(before) ?? state).toBe(state);
      states.set(before, state);

      const { enabled, result, violates, ends } = actor.send(eventOf(table, column));
      const after = stateOf(actor.read());
      const next = table.next[entry]!;
      if (next === waits) {
        expect(enabled).toBe(false);
        continue;
      }
      if (next === outOfBounds) {
        expect(after.context['count']).toBeGreaterThan(lifecycle.countBound!);
        continue;
      }
      const target = startActor(lifecycle);
      for (const step of paths[next]!) target.send(eventOf(table, step));
      expect({ enabled, after, result, violates, ends }).toEqual({
        enabled: true,
        after: stateOf(target.read()),
        result: table.result[entry],
        violates: table.violates[entry] === null ? [] : [table.violates[entry]],
        ends: table.ends[entry] === 1,
      });
    }
    expect(states.size).toBe(table.states.length);
  });

  test('a random run is the same on an actor and on the table', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: width - 1 }), { maxLength: 40 }), (columns) => {
        const actor = startActor(lifecycle);
        let state = 0;
        for (const column of columns) {
          const entry = state * width + column;
          const next = table.next[entry]!;
          if (next === outOfBounds) return;
          const { enabled, result, violates } = actor.send(eventOf(table, column));
          expect(enabled).toBe(next !== waits);
          if (next === waits) continue;
          expect(result).toBe(table.result[entry]);
          expect(violates[0] ?? null).toBe(table.violates[entry]);
          state = next;
          expect(table.states[state]!.replace(/\(.*/, '')).toBe(pathsOf(valueOf(actor.read())).at(-1));
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test('exploring twice gives the same table', () => {
    const again = exploreLifecycle(lifecycle, { threads });
    expect(again).toEqual({ ok: true, value: table });
  });

  test('state 0 is where the machine starts, and it has not broken anything', () => {
    const start = startActor(lifecycle).read();
    expect(table.states[0]!.replace(/\(.*/, '')).toBe(pathsOf(valueOf(start)).at(-1));
    expect(Object.values(start.context as Record<string, number>).every((value) => value === 0)).toBe(true);
    expect([table.onFree[0], table.atEnd[0] === 'memory-leak']).toEqual([null, false]);
  });

  test('an event waits only if it says so, and then it does somewhere and does not elsewhere', () => {
    for (const { type, waits: mayWait = false } of lifecycle.events) {
      const ofType = entriesOf(table).filter(({ column }) => table.events[column]!.type === type);
      expect(ofType.some(({ entry }) => table.next[entry] === waits)).toBe(mayWait);
      expect(ofType.some(({ entry }) => table.next[entry] !== waits)).toBe(true);
    }
  });

  test('the count is bounded if there is one, and the bound is reached', () => {
    const counts = 'count' in (startActor(lifecycle).read().context as object);
    expect(lifecycle.countBound !== undefined).toBe(counts);
    expect(table.next.includes(outOfBounds)).toBe(counts);
    if (counts) expect(table.states.some((name) => name.includes(`count=${lifecycle.countBound}`))).toBe(true);
  });

  test('what an operation returns does not depend on what the one before returned', () => {
    const stale = 777;
    const paths = shortestPaths(table);
    for (const { state, column, entry } of entriesOf(table)) {
      if (table.next[entry]! < 0) continue;
      const actor = startActor(lifecycle);
      for (const step of paths[state]!) actor.send(eventOf(table, step));
      const { value, context } = stateOf(actor.read());
      const result = lifecycle.use === 'monitor' ? 0 : stale;
      const snapshot = lifecycle.machine.resolveState({ value, context: { ...context, result } });
      const after = getMicrosteps(lifecycle.machine, snapshot, eventOf(table, column)).at(-1)![0];
      expect((after.context as { result: number }).result).toBe(table.result[entry]);
    }
  });

  test('a monitor returns nothing', () => {
    if (lifecycle.use === 'monitor') expect(table.result.every((result) => result === 0)).toBe(true);
  });

  test('every state of the machine is reached, and the forbidden ones are passed through', () => {
    const reached = new Set<string>();
    for (const steps of shortestPaths(table)) {
      for (let column = 0; column < width; column++) {
        const actor = createActor(lifecycle.machine, {
          inspect: (inspection) => {
            if (inspection.type !== '@xstate.microstep') return;
            for (const path of pathsOf(valueOf(inspection.snapshot as AnyMachineSnapshot))) reached.add(path);
          },
        });
        actor.start();
        for (const path of pathsOf(valueOf(actor.getSnapshot() as AnyMachineSnapshot))) reached.add(path);
        for (const step of [...steps, column]) actor.send(eventOf(table, step));
      }
    }
    const nodes = nodesOf(lifecycle.machine.root);
    expect([...reached].sort()).toEqual(nodes.map(({ path }) => path.join('.')).sort());
    for (const node of nodes) {
      const forbidden = (node.meta as LifecycleMeta | undefined)?.violates !== undefined;
      expect({ state: node.key, leadsOn: (node.always ?? []).length > 0 }).toEqual({
        state: node.key,
        leadsOn: forbidden,
      });
    }
  });

  test('metadata names properties, and only a forbidden state ends', () => {
    for (const node of nodesOf(lifecycle.machine.root)) {
      const { violates, ends, onFree, atEnd } = (node.meta ?? {}) as LifecycleMeta;
      for (const id of [violates, onFree, atEnd]) expect(id === undefined || isPropertyId(id)).toBe(true);
      if (ends === true) expect(violates).toBeDefined();
    }
  });

  test('what is taken and given back leaves no trace', () => {
    for (const { type: take, undoneBy } of lifecycle.events) {
      if (undoneBy === undefined) continue;
      let restored = 0;
      for (const { state, column, entry } of entriesOf(table)) {
        const { type, value } = table.events[column]!;
        const between = table.next[entry]!;
        if (type !== take || between < 0 || between === state || table.violates[entry] !== null) continue;
        const back = between * width + table.column.get(undoneBy)! + (value ?? 0);
        expect([table.next[back], table.violates[back]]).toEqual([state, null]);
        restored++;
      }
      expect(restored).toBeGreaterThan(0);
    }
  });

  test('threads are interchangeable', () => {
    const permuted = (value: number | null) => (value === null ? 0 : (value + 1) % threads);
    const columnOf = (column: number) => {
      const { type, value } = table.events[column]!;
      const parameter = lifecycle.events.find((event) => event.type === type)!.parameter;
      return parameter?.limit === 'thread' ? table.column.get(type)! + permuted(value) : column;
    };
    // The images of the states, found by walking the table and its image in step.
    const image = new Map([[0, 0]]);
    for (const [state, mapped] of image) {
      for (let column = 0; column < width; column++) {
        const entry = state * width + column;
        const other = mapped * width + columnOf(column);
        expect([table.result[other], table.violates[other]]).toEqual([table.result[entry], table.violates[entry]]);
        const [next, expected] = [table.next[entry]!, table.next[other]!];
        if (next < 0) expect(expected).toBe(next);
        else if (image.has(next)) expect(image.get(next)).toBe(expected);
        else image.set(next, expected);
      }
    }
  });

  test('bindings of a monitor reach each of its events; a primitive has none', () => {
    const types = lifecycle.events.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    const { bindings = [] } = lifecycle;
    if (lifecycle.use === 'primitive') expect(bindings).toEqual([]);
    else expect([...new Set(bindings.map(({ event }) => event))].sort()).toEqual([...types].sort());
    for (const binding of bindings) {
      expect(binding.function).toMatch(/^[a-z_][a-z0-9_]*$/);
      // At the call there is no result, neither as the object nor to be tested.
      if (binding.when === 'call') {
        expect(binding.object).not.toBe('result');
        if ((binding.outcome ?? 'any') !== 'any') expect(binding.outcomeOf).toBeDefined();
      }
    }
  });

  test("opens in XState's own tools", () => {
    expect(lifecycle.machine.id).toBe(lifecycle.id);
    const drawn = JSON.parse(JSON.stringify(lifecycle.machine)) as { states: Record<string, { description?: string }> };
    expect(Object.keys(drawn.states)).toEqual(Object.keys(lifecycle.machine.definition.states));
    for (const [name, { description }] of Object.entries(drawn.states)) {
      expect({ name, described: (description ?? '').length > 0 }).toEqual({ name, described: true });
    }
    const actor = createActor(lifecycle.machine);
    actor.start();
    expect((actor.getSnapshot() as AnyMachineSnapshot).status).toBe('active');
    actor.stop();
  });

  test('is found by its id and by its C type', () => {
    expect(lifecycleById(lifecycle.id)).toBe(lifecycle);
    expect(lifecycleByCType(lifecycle.cType)).toBe(lifecycle);
    expect(lifecycle.source).toMatch(/v6\.12$/);
  });
});

test('ids and C types are unique', () => {
  expect(new Set(lifecycles.map(({ id }) => id)).size).toBe(lifecycles.length);
  expect(new Set(lifecycles.map(({ cType }) => cType)).size).toBe(lifecycles.length);
  expect(lifecycleById('no such')).toBeUndefined();
  expect(lifecycleByCType('no such')).toBeUndefined();
});

test('the tables have the sizes they had', () => {
  const sizes = lifecycles.map((lifecycle) => {
    const { states, events } = compileLifecycle(lifecycle, { threads });
    return `${lifecycle.id}: ${states.length} states, ${events.length} events`;
  });
  expect(sizes).toMatchInlineSnapshot(`
    [
      "memory: 3 states, 4 events",
      "refcount: 14 states, 16 events",
      "mutex: 6 states, 16 events",
      "spinlock: 5 states, 14 events",
      "completion: 6 states, 7 events",
      "idr_slot: 3 states, 7 events",
      "fd_slot: 3 states, 6 events",
      "file_count: 14 states, 5 events",
      "module_ref: 15 states, 5 events",
      "sg_table: 2 states, 2 events",
      "dma_mapping: 2 states, 3 events",
      "gen_pool: 7 states, 4 events",
      "backing_memory: 2 states, 2 events",
      "tee_device: 5 states, 6 events",
      "tee_context: 5 states, 6 events",
      "tee_shm: 3 states, 4 events",
      "dma_buf: 11 states, 5 events",
      "dma_buf_attachment: 5 states, 5 events",
      "syscall: 3 states, 4 events",
    ]
  `);
});
