import { describe, expect, test } from 'vitest';
import { assign, setup, type AnyStateMachine } from 'xstate';
import { machineTypes } from '../machineTypes.js';
import type { Lifecycle } from '../lifecycle.js';
import { compileLifecycle } from './compileLifecycle.js';
import { exploreLifecycle } from './exploreLifecycle.js';
import { runTable } from './runTable.js';

/** A lifecycle around a machine under test, whose events are `a` and `b`. */
function lifecycleOf(machine: AnyStateMachine, more: Partial<Lifecycle> = {}): Lifecycle {
  return {
    id: 'test',
    title: 'a machine under test',
    use: 'primitive',
    cType: 'test',
    source: 'none, v6.12',
    machine,
    events: [{ type: 'a' }, { type: 'b', waits: true }],
    ...more,
  };
}

const types = machineTypes<{ result: number; count: number }, { type: 'a' } | { type: 'b' }>();
const context = { result: 0, count: 0 };
const count = assign<typeof context, { type: 'a' } | { type: 'b' }, undefined, { type: 'a' } | { type: 'b' }, never>({
  count: ({ context }) => context.count + 1,
});

const counter = setup({ types, actions: { count } }).createMachine({
  context,
  initial: 'only',
  states: { only: { on: { a: { actions: 'count' } } } },
});

describe('refuses a machine that breaks the conventions', () => {
  const problemOf = (machine: AnyStateMachine, more?: Partial<Lifecycle>) => {
    const explored = exploreLifecycle(lifecycleOf(machine, more), { threads: 1 });
    return explored.ok ? undefined : [explored.error.kind, explored.error.message];
  };

  test('without an end, and names what grows', () => {
    expect(problemOf(counter)).toEqual([
      'unbounded',
      'lifecycle test: more than 10000 states, so it is taken for infinite; context.count took 10001 values: bound it, for example with countBound',
    ]);
  });

  test('with something else than integers in its context', () => {
    for (const value of [0.5, 2 ** 40, 'text', null]) {
      const machine = setup({}).createMachine({
        context: { result: 0, owner: value },
        initial: 'only',
        states: { only: { on: { a: 'only' } } },
      });
      expect(problemOf(machine)).toEqual([
        'bad-context',
        `lifecycle test: context.owner is ${String(value)} in state only(owner=${String(value)}); the context holds small integers only`,
      ]);
    }
  });

  test('with an event that is neither handled nor declared to wait', () => {
    const machine = setup({ types }).createMachine({
      context,
      initial: 'only',
      states: { only: { on: { b: 'only' } } },
    });
    expect(problemOf(machine)).toEqual([
      'unhandled-event',
      'lifecycle test: no transition for a in state only(count=0); give it one, or declare that it waits',
    ]);
  });

  test('that rests in a forbidden state', () => {
    const machine = setup({ types }).createMachine({
      context,
      initial: 'fine',
      states: { fine: { on: { a: 'bad' } }, bad: { meta: { violates: 'double-free' }, on: { a: 'bad' } } },
    });
    expect(problemOf(machine)).toEqual([
      'rests-in-forbidden-state',
      'lifecycle test: forbidden state bad(count=0) is not passed through; give it an "always" transition to the state that goes on',
    ]);
  });

  test('that breaks two properties at once', () => {
    const machine = setup({ types }).createMachine({
      context,
      initial: 'fine',
      states: {
        fine: { on: { a: 'bad' } },
        bad: { meta: { violates: 'double-free' }, always: 'worse' },
        worse: { meta: { violates: 'kernel-bug' }, always: 'fine' },
      },
    });
    expect(problemOf(machine)?.[0]).toBe('two-violations');
  });

  test('that does anything but assign', () => {
    const machine = setup({ types, actions: { shout: () => undefined } }).createMachine({
      context,
      initial: 'only',
      states: { only: { on: { a: { actions: 'shout' } } } },
    });
    expect(problemOf(machine)).toEqual([
      'side-effect',
      'lifecycle test: a in state only(count=0) has an action other than "assign"',
    ]);
  });

  test('that waits for time to pass', () => {
    const machine = setup({ types }).createMachine({
      context,
      initial: 'only',
      states: { only: { on: { a: 'later' } }, later: { on: { a: 'later' }, after: { 10: 'only' } } },
    });
    expect(problemOf(machine)?.[0]).toBe('side-effect');
  });
});

test('a bound turns a counter into a table', () => {
  const table = compileLifecycle(lifecycleOf(counter, { countBound: 2 }), { threads: 1 });
  expect(table.states).toEqual(['only(count=0)', 'only(count=1)', 'only(count=2)']);
  expect(runTable(table, 'a', 'b', 'a', 'a')).toEqual([
    'only(count=1) = 0',
    'waits',
    'only(count=2) = 0',
    'out of bounds',
  ]);
});

test('nested states are told apart', () => {
  const machine = setup({ types }).createMachine({
    context,
    initial: 'outer',
    states: {
      outer: {
        meta: { onFree: 'memory-leak' },
        initial: 'left',
        states: { left: { on: { a: 'right' } }, right: { meta: { atEnd: 'memory-leak' }, on: { a: 'left' } } },
      },
    },
  });
  const table = compileLifecycle(lifecycleOf(machine), { threads: 1 });
  expect(table.states).toEqual(['outer.left', 'outer.right']);
  expect([table.onFree, table.atEnd]).toEqual([
    ['memory-leak', 'memory-leak'],
    [null, 'memory-leak'],
  ]);
});

test('a table is explored once for each number of threads, and once if threads do not matter', () => {
  const machine = setup({}).createMachine({
    context: { result: 0 },
    initial: 'only',
    states: { only: { on: { a: 'only' } } },
  });
  const plain = lifecycleOf(machine);
  const threaded = lifecycleOf(machine, { events: [{ type: 'a', parameter: { name: 'thread', limit: 'thread' } }] });
  expect(compileLifecycle(plain, { threads: 2 })).toBe(compileLifecycle(plain, { threads: 3 }));
  expect(compileLifecycle(threaded, { threads: 2 })).toBe(compileLifecycle(threaded, { threads: 2 }));
  expect(compileLifecycle(threaded, { threads: 3 }).events).toEqual([
    { type: 'a', value: 0 },
    { type: 'a', value: 1 },
    { type: 'a', value: 2 },
  ]);
});

test('compiling throws what exploring returns as an error', () => {
  expect(() => compileLifecycle(lifecycleOf(counter), { threads: 1 })).toThrow(
    /^lifecycle test: more than 10000 states/,
  );
});

test('an event that a table does not have is refused', () => {
  const table = compileLifecycle(lifecycleOf(counter, { countBound: 2 }), { threads: 1 });
  expect(() => runTable(table, 'c')).toThrow('lifecycle test has no event c');
});
