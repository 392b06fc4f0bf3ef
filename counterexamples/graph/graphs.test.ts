import { describe, expect, it } from 'vitest';
import { breadthFirst } from '../../checker/explore/breadthFirst.js';
import { findingId } from '../../checker/finding/findingId.js';
import { exampleRevision, exampleScenario } from '../../checker/testing/exampleSystem.js';
import { replay } from '../../checker/replay/replay.js';
import { link } from '../../checker/system/link.js';
import { noAssumptions } from '../../checker/system/sharedWords.js';
import { toyFn, toySystem } from '../../checker/testing/toySystem.js';
import { run } from '../../models/program/build.js';
import { lifecycles } from '../../models/lifecycles/index.js';
import type { Lifecycle } from '../../models/lifecycles/lifecycle.js';
import { counterexampleGraph } from './counterexampleGraph.js';
import { lifecycleGraph } from './lifecycleGraph.js';
import { stateGraph } from './stateGraph.js';

const search = (variant: Parameters<typeof exampleRevision>[0], reduction = true) => {
  const system = link(exampleRevision(variant), exampleScenario);
  return { system, result: breadthFirst(system, { maxStates: 10_000, timeout: Infinity, now: () => 0, reduction }) };
};

describe('stateGraph', () => {
  it.each(['bare', 'locked', 'leaky'] as const)('has the states and transitions of the search: %s', (variant) => {
    for (const reduction of [true, false]) {
      const { system, result } = search(variant, reduction);
      const graph = stateGraph(system, { maxStates: 10_000, reduction });
      expect(graph.filterNodes((node) => /^\d+$/.test(node))).toHaveLength(result.states);
      expect(graph.size).toBe(result.transitions);
      expect(Math.max(...graph.mapNodes((node, { depth }) => (/^\d+$/.test(node) ? depth : 0)))).toBe(result.depth);
      expect(graph.getAttribute('complete')).toBe(true);
    }
  });

  it('shows every finding of the search', () => {
    const { system, result } = search('bare');
    const graph = stateGraph(system, { maxStates: 10_000 });
    const shown = new Set(
      [...graph.mapNodes((_, { breaks }) => breaks), ...graph.mapEdges((_, { breaks }) => breaks)].join(' ').split(' '),
    );
    for (const { violation } of result.discoveries) {
      if (violation.property !== 'data-race') expect(shown).toContain(findingId(violation));
    }
    expect(graph.filterNodes((_, { kind }) => kind === 'violation').length).toBeGreaterThan(0);
    expect(graph.filterNodes((_, { kind }) => kind === 'end').length).toBeGreaterThan(0);
    expect(graph.getNodeAttributes('0')).toMatchObject({ kind: 'initial', depth: 0 });
  });

  it('names the operation of a step and its thread', () => {
    const { system } = search('bare');
    const labels = stateGraph(system, { maxStates: 10_000 }).mapEdges((_, { label, thread }) => `${thread}: ${label}`);
    expect(labels).toContain('remover: kfree(box)');
    expect(labels).toContain('user: refcount_inc(&box->refcount)');
  });

  it('says so if there are more states than wanted', () => {
    const { system } = search('bare');
    const graph = stateGraph(system, { maxStates: 5 });
    expect(graph.getAttribute('complete')).toBe(false);
    expect(graph.filterNodes((node) => /^\d+$/.test(node))).toHaveLength(5);
    expect(graph.filterNodes((_, { kind }) => kind === 'not explored').length).toBeGreaterThan(0);
  });
});

describe('counterexampleGraph', () => {
  const graphOf = (variant: Parameters<typeof exampleRevision>[0], property: string) => {
    const { system, result } = search(variant);
    const { violation, schedule } = result.discoveries.find((discovery) => discovery.violation.property === property)!;
    const told = replay(system, schedule, result.unstableFields);
    if (!told.ok) throw new Error(told.error.message);
    return { graph: counterexampleGraph(told.value, findingId(violation)), steps: told.value.steps };
  };
  const edges = (graph: ReturnType<typeof counterexampleGraph>, kind: string) =>
    graph
      .filterDirectedEdges((_, attributes) => attributes.kind === kind)
      .map((edge) => `${graph.source(edge)} → ${graph.target(edge)} ${graph.getEdgeAttribute(edge, 'label')}`.trim());

  it('has a node for each step, in the column of its thread', () => {
    const { graph, steps } = graphOf('bare', 'use-after-free');
    expect(graph.order).toBe(steps.length);
    for (const { number, thread } of steps) {
      expect(graph.getNodeAttributes(`step ${number}`)).toMatchObject({
        thread,
        column: thread === 'user' ? 0 : 1,
        step: number,
      });
    }
  });

  it('orders the steps of a thread', () => {
    const { graph, steps } = graphOf('bare', 'use-after-free');
    expect(edges(graph, 'program')).toHaveLength(steps.length - 2);
  });

  it('leads from the step that freed the memory to the one that uses it', () => {
    const { graph, steps } = graphOf('bare', 'use-after-free');
    const freed = steps.find(({ changes }) => changes.some(({ text }) => text.endsWith('freed by kfree')))!.number;
    expect(edges(graph, 'conflict')).toEqual([
      expect.stringMatching(`^step ${freed} → step ${steps.length} use-after-free-`),
    ]);
    expect(graph.getNodeAttribute(`step ${freed}`, 'role')).toBe('conflicts');
    expect(graph.getNodeAttribute(`step ${steps.length}`, 'role')).toBe('breaks');
  });

  it('leads from the change of a word to its next use by another thread', () => {
    const { graph } = graphOf('bare', 'refcount-from-zero');
    expect(edges(graph, 'communication')).toEqual(['step 4 → step 5 box#user.refcount']);
  });

  it('leads from the thread that gave a lock back to the one that takes it', () => {
    const { graph } = graphOf('leaky', 'memory-leak');
    expect(edges(graph, 'lock')).toEqual([expect.stringMatching(/^step \d+ → step \d+ world\.lock$/)]);
  });

  it('leads from one thread to another with locks and words, and from earlier to later', () => {
    for (const [variant, property] of [
      ['leaky', 'memory-leak'],
      ['bare', 'use-after-free'],
    ] as const) {
      const { graph } = graphOf(variant, property);
      graph.forEachDirectedEdge((_, { kind }, source, target, from, to) => {
        expect(from.step).toBeLessThan(to.step);
        if (kind === 'lock' || kind === 'communication') expect(from.thread, `${source} ${target}`).not.toBe(to.thread);
        if (kind === 'program') expect(from.thread).toBe(to.thread);
      });
    }
  });

  it('leads nowhere from a lock that its thread takes again, nor from a word that it uses again', () => {
    const { revision, scenario } = toySystem({
      types: { world: { lock: 'struct mutex', count: 'refcount_t' } },
      functions: [
        toyFn(
          'void twice(void)',
          [],
          [
            'mutex_lock(&world.lock)',
            'refcount_inc(&world.count)',
            'mutex_unlock(&world.lock)',
            'mutex_lock(&world.lock)',
            'refcount_inc(&world.count)',
            'mutex_unlock(&world.lock)',
          ].map(run),
        ),
      ],
      threads: { one: [run('twice()')], two: [run('twice()')] },
      setup: { body: [run('mutex_init(&world.lock)'), run('refcount_set(&world.count, 1)')] },
    });
    const system = link(revision, scenario);
    const told = replay(
      system,
      [0, 0, 0, 0, 0, 0].map((thread) => ({ thread, decisions: [] })),
      [noAssumptions],
    );
    if (!told.ok) throw new Error(told.error.message);
    const graph = counterexampleGraph(told.value);
    expect(edges(graph, 'program')).toHaveLength(5);
    expect([...edges(graph, 'lock'), ...edges(graph, 'communication')]).toEqual([]);
  });

  it('leads from a get to its put', () => {
    const { system, result } = search('locked');
    // The user alone: get and put.
    const moves: { thread: number; decisions: number[] }[] = [];
    for (let told = replay(system, moves, result.unstableFields); told.ok && told.value.enabled.includes('user');) {
      moves.push({ thread: 0, decisions: [] });
      told = replay(system, moves, result.unstableFields);
    }
    const told = replay(system, moves, result.unstableFields);
    if (!told.ok) throw new Error(told.error.message);
    expect(edges(counterexampleGraph(told.value), 'reference')).toEqual([
      expect.stringMatching(/^step \d+ → step \d+ box#user\.refcount$/),
    ]);
  });
});

describe('lifecycleGraph', () => {
  it.each(lifecycles as readonly Lifecycle[])('$id: every state can be reached from the initial one', (lifecycle) => {
    const graph = lifecycleGraph(lifecycle);
    const [initial] = graph.filterNodes((_, { kind }) => kind === 'initial');
    const reached = new Set([initial!]);
    for (const node of reached) for (const next of graph.outNeighbors(node)) reached.add(next);
    expect(reached.size).toBe(graph.order);
  });

  it('draws what the refcount does', () => {
    const graph = lifecycleGraph(lifecycles.find(({ id }) => id === 'refcount')!);
    const edges = graph.mapDirectedEdges(
      (_, { label, breaks }, source, target) =>
        `${source} → ${target}: ${label}${breaks === '' ? '' : ` breaks ${breaks}`}`,
    );
    expect(edges).toContain('zero → saturated: inc breaks refcount-from-zero');
    expect(edges).toContain('live(count=1) → zero: set(0), decAndTest = 1');
    expect(
      edges.some((edge) => edge.startsWith('live(count=2) → live(count=1): ') && edge.includes('decAndTest')),
    ).toBe(true);
    expect(graph.hasNode('live(count=3)')).toBe(false);
  });
});
