import { describe, expect, it } from 'vitest';
import { alloc, choose, fault, fn, outcome, run, set } from '../../models/program/build.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { struct } from '../../models/types/structType.js';
import { breadthFirst } from '../explore/breadthFirst.js';
import type { ResolvedRevision } from './link.js';
import { link } from './link.js';
import { Interpreter } from './interpreter.js';
import { ModelError } from './modelError.js';
import { defaultOptions } from './linkedSystem.js';

const environment = { file: '<test>', origin: 'environment' } as const;

const types = [
  struct('thing', 'test', { lock: 'struct mutex', next: 'struct thing *', count: 'int' }),
  struct('world', 'test', { thing: 'struct thing *', n: 'int' }),
];

function revision(...functions: FunctionDefinition[]): ResolvedRevision {
  return {
    revision: {
      id: 'test',
      title: '',
      base: null,
      kernel: '6.12',
      source: '',
      omits: [],
      functions: [],
      tables: [],
      types: [],
      subsystem: 'test',
    },
    functions: new Map(functions.map((definition) => [definition.name, definition])),
    tables: new Map(),
    types: new Map(types.map((type) => [type.tag, type])),
    constants: {},
    globals: {},
    initialValues: {},
  };
}

function scenario(overrides: Partial<Scenario> = {}): Scenario {
  return {
    id: 'test',
    title: '',
    description: '',
    subsystem: 'test',
    activities: [],
    size: 'default',
    globals: { world: 'struct world' },
    functions: [],
    tables: [],
    types: [],
    processes: [],
    threads: [{ name: 'only', process: null, run: 'body' }],
    setup: [],
    capacities: {},
    ...overrides,
  };
}

const body = (...statements: Parameters<typeof fn>[2]) =>
  fn('void body(void)', { ...environment, locals: ['struct thing *t', 'int x'] }, statements);
const search = (definition: FunctionDefinition, overrides: Partial<Scenario> = {}, options = defaultOptions) =>
  breadthFirst(link(revision(definition), scenario(overrides), options), {
    maxStates: 1000,
    timeout: Infinity,
    now: () => 0,
  });

describe('linking', () => {
  it.each([
    [[run('nobody()')], "the function 'nobody' is called, but nobody defines it"],
    [[set('x', 'world.missing')], "struct world has no field 'missing' (it has thing, n)"],
    [[alloc('t', 'unknown')], 'allocates struct unknown, which is no known type'],
    [[set('x', 'unknown_name')], "the name 'unknown_name' is neither a local nor a known function"],
    [[set('x', 'x->count')], "takes the field 'count' of"],
    [[run('@lock(&world.n)')], 'no lifecycle cell'],
  ])('says what does not fit: %#', (statements, message) => {
    expect(() => link(revision(body(...statements)), scenario())).toThrow(message);
  });

  it('refuses setup as an unknown thread and a thread in an unknown process', () => {
    expect(() => link(revision(body()), scenario({ setup: [{ as: 'nobody', run: 'body' }] }))).toThrow(
      "runs as 'nobody'",
    );
    expect(() => link(revision(body()), scenario({ threads: [{ name: 'only', process: 'P', run: 'body' }] }))).toThrow(
      "process 'P', which is not listed",
    );
  });

  it('drops fields that nobody uses', () => {
    const system = link(revision(body(set('x', 'world.n'))), scenario());
    expect([...system.layouts.get('world')!.fields.keys()]).toEqual(['n']);
  });
});

describe('bounds', () => {
  const many = body(
    alloc('t', 'thing'),
    set('world.thing', 't'),
    alloc('t', 'thing'),
    set('t->next', 'world.thing'),
    set('world.thing', 't'),
  );

  it('make a run inconclusive and name the capacity', () => {
    expect(search(many, { capacities: { thing: 1 } }).limits).toEqual([
      expect.stringContaining("raise capacities['thing']"),
    ]);
    expect(search(many, { capacities: { thing: 2 } }).limits).toEqual([]);
  });

  it('cover the call stack', () => {
    const endless = fn('void body(void)', environment, [run('body()')]);
    expect(search(endless).limits).toEqual([expect.stringContaining('call stack')]);
  });

  it('find a loop that never does anything', () => {
    const spinning = fn('void body(void)', { ...environment, locals: ['int x'] }, [
      { kind: 'while', condition: { kind: 'int', value: 1, text: '1' }, body: [set('x', 'x + 1')] },
    ]);
    expect(() => search(spinning)).toThrow(ModelError);
  });
});

describe('options', () => {
  const two = body(
    choose('first', [outcome('success', [set('world.n', 'world.n + 1')]), fault('-ENOMEM', [set('x', '1')])]),
    choose('second', [outcome('success', [set('world.n', 'world.n + 1')]), fault('-ENOMEM', [set('x', '1')])]),
    run('WARN_ON(world.n == 0)'),
  );

  it('limit the number of failures in a run', () => {
    const warnings = (faults: number | null) => search(two, {}, { ...defaultOptions, faults }).discoveries.length;
    expect(warnings(null)).toBe(1);
    expect(warnings(2)).toBe(1);
    expect(warnings(1)).toBe(0);
    expect(warnings(0)).toBe(0);
  });

  it('force outcomes of calls, of one caller or of all', () => {
    const callee = fn('int answer(void)', environment, [
      { kind: 'return', value: { kind: 'int', value: 0, text: '0' } },
    ]);
    const caller = body(run('WARN_ON(answer())'));
    const forced = (name: string | null) =>
      breadthFirst(
        link(revision(caller, callee), scenario(), {
          ...defaultOptions,
          forcedOutcomes: [{ caller: name, callee: 'answer', value: 1, text: '' }],
        }),
        { maxStates: 100, timeout: Infinity, now: () => 0 },
      ).discoveries.length;
    expect(forced(null)).toBe(1);
    expect(forced('body')).toBe(1);
    expect(forced('another')).toBe(0);
  });
});

describe('setup', () => {
  it('has to finish without choices and without breaking anything', () => {
    const initial = (definition: FunctionDefinition) =>
      new Interpreter(
        link(revision(body(), definition), scenario({ setup: [{ as: 'only', run: 'setup' }] })),
        new Set(),
      ).initialState();
    const setup = (...statements: Parameters<typeof fn>[2]) =>
      fn('void setup(void)', { ...environment, locals: ['struct thing *t'] }, statements);
    expect(() => initial(setup(run('WARN_ON(1)')))).toThrow('does not finish');
    expect(() => initial(setup(choose('which', [outcome('a'), outcome('b')])))).toThrow('has a choice');
    expect(() => initial(setup(choose('kzalloc', [outcome('a'), fault('b')])))).not.toThrow();
  });
});

describe('memory within a step', () => {
  it('is recycled before a capacity counts as exhausted', () => {
    const call = fn('void call(void)', { ...environment, locals: ['struct thing t'] }, [set('t.count', '1')]);
    const many = body(...Array.from({ length: 5 }, () => run('call()')));
    const result = breadthFirst(link(revision(many, call), scenario({ capacities: { thing: 1 } })), {
      maxStates: 100,
      timeout: Infinity,
      now: () => 0,
    });
    expect(result.limits).toEqual([]);
    expect(result.discoveries).toEqual([]);
  });
});

it('links the same revision, scenario and options once, and others anew', () => {
  const [one, other] = [revision(body()), revision(body())];
  const closed = scenario();
  const system = link(one, closed, defaultOptions);
  expect(link(one, closed, defaultOptions)).toBe(system);
  const oneFault = { ...defaultOptions, faults: 1 };
  expect(link(one, closed, oneFault).options).toBe(oneFault);
  expect(link(one, { ...closed, id: 'another' }, defaultOptions).scenario.id).toBe('another');
  expect(link(other, closed, defaultOptions)).not.toBe(system);
});
