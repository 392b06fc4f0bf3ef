/** Runs without an end: against a naive algorithm on generated systems with loops, and on systems that are known. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kmalloc } from '../../../models/kernel/slab.js';
import { choose, loop, outcome, run, set } from '../../../models/program/build.js';
import type { Statement } from '../../../models/program/statement.js';
import { replay, showsFinding } from '../../replay/replay.js';
import { findingId } from '../../finding/findingId.js';
import { countingFailures } from '../../system/countingFailures.js';
import { Interpreter } from '../../system/interpreter.js';
import { link } from '../../system/link.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import { noAssumptions } from '../../system/sharedWords.js';
import { payloadOf } from '../../system/word.js';
import type { Toy } from '../../testing/toySystem.js';
import { toySystem } from '../../testing/toySystem.js';
import { breadthFirst } from '../breadthFirst.js';
import { endlessViolations } from '../endlessRun.js';
import type { SearchResult } from '../search.js';
import { atOnce } from '../slices.js';
import { cachedBreadthFirst } from './cachedBreadthFirst.js';
import { endlessRuns, withProgress } from './progress.js';

/** Every access is a step: a loop around what no other thread can notice is otherwise a step without an end. */
const unlimited = { maxStates: 20_000, timeout: Infinity, now: () => 0, reduction: false } as const;

const lock = run('mutex_lock(&world.lock)');
const unlock = run('mutex_unlock(&world.lock)');

/** What threads of generated systems do; some go round. */
const parts: Readonly<Record<string, readonly Statement[]>> = {
  'take the lock': [lock],
  'give the lock back': [unlock],
  'try until the lock is free': [loop('!mutex_trylock(&world.lock)', [])],
  'say so': [set('world.flag', '1', 'marked')],
  'take it back': [set('world.flag', '0', 'marked')],
  'wait until somebody said so': [set('x', 'world.flag', 'marked'), loop('!x', [set('x', 'world.flag', 'marked')])],
  'look, with the lock': [set('x', '0'), loop('!x', [lock, set('x', 'world.flag', 'marked'), unlock])],
  complete: [run('complete(&world.done)')],
  'wait for the completion': [run('wait_for_completion(&world.done)')],
  // The look at the flag makes each round a step: a step has an end.
  'allocate until there is memory': [
    kmalloc('box', 'box'),
    loop('!box', [set('x', 'world.flag', 'marked'), kmalloc('box', 'box')]),
    run('kfree(box)'),
  ],
  'as chance will have it': [
    set('x', '1'),
    loop('x', [
      choose('what', [outcome('on', [set('x', '1')]), outcome('off', [set('x', '0')])]),
      run('atomic_inc(&world.hits)'),
      run('atomic_dec(&world.hits)'),
    ]),
  ],
};

interface LoopingSystem {
  /** The last thread is there twice. */
  readonly twins: boolean;
  readonly threads: readonly (readonly string[])[];
  readonly worker: boolean;
}

const anyLoopingSystem: fc.Arbitrary<LoopingSystem> = fc.record({
  threads: fc.array(fc.array(fc.constantFrom(...Object.keys(parts)), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 2,
  }),
  worker: fc.boolean(),
  twins: fc.boolean(),
});

function toyOf({ threads: single, worker, twins = false }: Omit<LoopingSystem, 'twins'> & Partial<LoopingSystem>): Toy {
  const threads = twins ? [...single, single.at(-1)!] : single;
  const locals = ['int x', 'struct box *box'];
  const bodies = threads.map((names, index) => [
    `t${index}`,
    { locals, unregister: index === 0, body: names.flatMap((name) => parts[name]!) },
  ]);
  // Once it is woken it goes round, and may keep the lock or the completion from others.
  const again = [run('wait_for_completion(&world.done)'), lock, run('complete(&world.done)'), unlock];
  const daemon = { locals, daemon: true, body: [loop('1', again)] };
  return {
    types: {
      world: { lock: 'struct mutex', done: 'struct completion', flag: 'int', hits: 'atomic_t' },
      box: { data: 'int' },
    },
    setup: { body: [run('init_completion(&world.done)'), run('mutex_init(&world.lock)')] },
    threads: { ...(Object.fromEntries(bodies) as Toy['threads']), ...(worker ? { worker: daemon } : {}) },
    capacities: { box: 4 },
  };
}

/** Whether a run that ends shows the finding as well. */
const hasDeadlock = ({ discoveries }: SearchResult, id: string) =>
  discoveries.some(({ violation, cycle }) => cycle === undefined && findingId(violation) === id);

const linked = (toy: Toy) => {
  const { revision, scenario } = toySystem(toy);
  return link(revision, scenario);
};

interface NaiveState {
  readonly edges: { readonly target: number; readonly thread: number; readonly failures: number }[];
  readonly heldUp: boolean[];
  readonly finished: boolean[];
}

/** The state graph, by the interpreter; null if it is large. */
function naiveGraph(system: LinkedSystem, most: number): NaiveState[] | null {
  const counting = countingFailures(system);
  const interpreter = new Interpreter(counting, new Set([noAssumptions]));
  const numbers = new Map<string, number>();
  const words: Int32Array[] = [];
  const numberOf = (state: Int32Array) => {
    state[counting.faultCounter] = 0;
    const key = state.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, words.length);
    words.push(state);
    return words.length - 1;
  };
  numberOf(interpreter.initialState().slice());
  const graph: NaiveState[] = [];
  for (const state of words) {
    if (words.length > most) return null;
    const made: NaiveState = { edges: [], heldUp: [], finished: [] };
    for (const { index } of system.threads) {
      interpreter.words.set(state);
      made.finished.push(interpreter.isFinished(index));
      let moves = 0;
      interpreter.forceChoices([]);
      do {
        interpreter.words.set(state);
        const status = interpreter.step(index);
        if (status !== 'waits') moves += 1;
        if (status !== 'done') continue;
        const failures = payloadOf(interpreter.words[counting.faultCounter]!);
        made.edges.push({ target: numberOf(interpreter.words.slice()), thread: index, failures });
      } while (interpreter.nextFork());
      made.heldUp.push(moves === 0);
    }
    graph.push(made);
  }
  return graph;
}

/**
 * Names of the threads that some fair run without an end keeps from theirs. Tries every set of threads that may go on moving: all
 * others are held up throughout, and each of the set moves between states that reach each other. By the transitive closure.
 */
function naiveStuck(system: LinkedSystem, graph: readonly NaiveState[]): Set<string> {
  const stuck = new Set<string>();
  for (let movers = 1; movers < 1 << system.threads.length; movers += 1) {
    const moves = (thread: number) => ((movers >> thread) & 1) === 1;
    const isIn = (state: number) => graph[state]!.heldUp.every((held, thread) => held || moves(thread));
    const edgesOf = (state: number) =>
      graph[state]!.edges.filter(({ target, failures, thread }) => failures === 0 && moves(thread) && isIn(target));
    const reach = graph.map((_, state) => {
      const seen = new Set<number>();
      const left = isIn(state) ? [state] : [];
      for (let at = left.pop(); at !== undefined; at = left.pop())
        for (const { target } of edgesOf(at)) {
          if (seen.has(target)) continue;
          seen.add(target);
          left.push(target);
        }
      return seen;
    });
    for (const [state, seen] of reach.entries()) {
      const around = new Set([...seen].filter((other) => reach[other]!.has(state)));
      const moving = new Set(
        [...around].flatMap((at) => edgesOf(at).flatMap(({ target, thread }) => (around.has(target) ? [thread] : []))),
      );
      if (!around.has(state) || system.threads.some(({ index }) => moves(index) && !moving.has(index))) continue;
      for (const { index, name, daemon } of system.threads)
        if (!daemon && !graph[state]!.finished[index]) stuck.add(name);
    }
  }
  return stuck;
}

describe('runs without an end', () => {
  it('are those that a naive algorithm finds, and each is shown by its cycle', () => {
    const seen = { stuck: 0, ending: 0, acyclic: 0 };
    fc.assert(
      fc.property(anyLoopingSystem, (generated) => {
        const system = linked(toyOf(generated));
        const graph = naiveGraph(system, 150);
        if (graph === null) return;
        const stuck = naiveStuck(system, graph);
        const { isAcyclic, unstableFields, limits: bounds } = cachedBreadthFirst(system, unlimited);
        // More completions than the model counts.
        if (bounds.length > 0) return;
        if (isAcyclic) seen.acyclic += 1;
        const { discoveries, limits } = atOnce(endlessRuns(system, unlimited, unstableFields));
        expect(limits).toEqual([]);
        const named = discoveries.map(({ violation }) => system.threads[violation.thread]!.name);
        expect(discoveries.length > 0).toBe(stuck.size > 0);
        for (const name of named) expect(stuck).toContain(name);
        if (isAcyclic) expect(discoveries).toEqual([]);
        for (const { violation, schedule, cycle } of discoveries) {
          expect(cycle!.length).toBeGreaterThan(0);
          const run = replay(system, schedule, unstableFields, cycle);
          expect(run.ok && showsFinding(run.value, findingId(violation))).toBe(true);
        }
        // Reductions leave steps out, and hide no cycle.
        const reductions = { ...unlimited, ownership: true, transactions: true, symmetry: true };
        const reduced = withProgress(cachedBreadthFirst)(system, reductions);
        if (reduced.limits.length === 0 && reduced.cuts === 0)
          expect(reduced.discoveries.some(({ cycle }) => cycle)).toBe(
            discoveries.some(({ violation }) => !hasDeadlock(reduced, findingId(violation))),
          );
        seen[stuck.size > 0 ? 'stuck' : 'ending'] += 1;
      }),
      { numRuns: Number(process.env['INTERLEAF_LOOPING_SYSTEMS'] ?? 60), seed: 5 },
    );
    expect(seen.stuck).toBeGreaterThan(10);
    expect(seen.ending).toBeGreaterThan(10);
    expect(seen.acyclic).toBeGreaterThan(5);
  }, 300_000);

  it('leave out those that need failures for ever, or that are not fair', () => {
    const retries = linked(toyOf({ threads: [['allocate until there is memory']], worker: false }));
    expect(withProgress(cachedBreadthFirst)(retries, unlimited).discoveries).toEqual([]);
    const polls = linked(toyOf({ threads: [['wait until somebody said so'], ['say so']], worker: false }));
    expect(withProgress(cachedBreadthFirst)(polls, unlimited).discoveries).toEqual([]);
  });

  it('come with a shortest way to their cycle, and with no finding twice', () => {
    const system = linked(toyOf({ threads: [['take the lock', 'try until the lock is free']], worker: false }));
    const { discoveries } = withProgress(cachedBreadthFirst)(system, unlimited);
    const endless = discoveries.filter(({ cycle }) => cycle);
    expect(endless).toHaveLength(1);
    expect(endless[0]!.violation).toMatchObject({ property: 'unregister-returns', tag: 'world', cell: 'lock' });
    expect(endless[0]!.violation.title).toBe('thread t0 goes round for ever at mutex_trylock for lock of struct world');
    expect(endless[0]!.schedule).toHaveLength(breadthFirst(system, unlimited).states - 1);
    expect(endless[0]!.cycle).toHaveLength(1);
  });

  it('are no such thing if the cycle does not come back, or somebody else could go on', () => {
    const system = linked(toyOf({ threads: [['wait until somebody said so'], ['say so']], worker: false }));
    const interpreter = new Interpreter(system, new Set([noAssumptions]));
    const from = (moves: readonly number[], cycle: readonly number[]) => {
      interpreter.words.set(interpreter.initialState());
      for (const thread of moves) interpreter.step(thread);
      return endlessViolations(
        interpreter,
        cycle.map((thread) => ({ thread, decisions: [] })),
      );
    };
    expect(from([0], [0])).toEqual([]);
    expect(from([], [0, 1])).toEqual([]);
  });

  it('are not looked for where the search did not come to its end', () => {
    const system = linked(toyOf({ threads: [['wait until somebody said so']], worker: true }));
    const { discoveries, limits } = withProgress(cachedBreadthFirst)(system, { ...unlimited, maxStates: 1 });
    expect(discoveries).toEqual([]);
    expect(limits).toHaveLength(1);
  });
});
