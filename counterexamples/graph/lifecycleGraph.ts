import { MultiDirectedGraph } from 'graphology';
import { compileLifecycle } from '../../models/lifecycles/compile/compileLifecycle.js';
import type { Lifecycle, LifecycleTable } from '../../models/lifecycles/lifecycle.js';
import type { PropertyId } from '../../models/program/propertyId.js';

/** A state of a lifecycle. */
export interface LifecycleStateAttributes {
  readonly label: string;
  readonly kind: 'initial' | 'state';
  /** Property that is broken by freeing the memory in this state, or ''. */
  readonly onFree: PropertyId | '';
  /** Property that is broken by ending a run in this state, or ''. */
  readonly atEnd: PropertyId | '';
}

/** What operations do. Operations with the same effect are one transition. */
export interface LifecycleTransitionAttributes {
  /** The operations, with the parameter and what they return: `lock(1)`, `incNotZero = 1`. */
  readonly label: string;
  /** Property that is broken by taking it, or ''. */
  readonly breaks: PropertyId | '';
  /** What follows is undefined. */
  readonly ends: boolean;
}

interface LifecycleGraphAttributes {
  readonly name: string;
}

export type LifecycleGraph = MultiDirectedGraph<
  LifecycleStateAttributes,
  LifecycleTransitionAttributes,
  LifecycleGraphAttributes
>;

export interface LifecycleGraphOptions {
  /** Threads that may hold a lock. Default 2: enough to see one wait for another. */
  readonly threads?: number;
  /** Counts above this one are left out. Default 2. */
  readonly maxCount?: number;
}

/** A lifecycle as drawn from its compiled table: what the checker runs. Operations that wait, or change nothing and return 0, are left out. */
export function lifecycleGraph(lifecycle: Lifecycle, options: LifecycleGraphOptions = {}): LifecycleGraph {
  const table = compileLifecycle(lifecycle, { threads: options.threads ?? 2 });
  const graph: LifecycleGraph = new MultiDirectedGraph();
  const isShown = (state: string) => Number(/count=(\d+)/.exec(state)?.[1] ?? 0) <= (options.maxCount ?? 2);
  for (const [index, state] of table.states.entries()) {
    if (!isShown(state)) continue;
    const kind = index === 0 ? 'initial' : 'state';
    graph.addNode(state, { label: state, kind, onFree: table.onFree[index] ?? '', atEnd: table.atEnd[index] ?? '' });
  }
  for (const [index, state] of table.states.entries()) {
    if (isShown(state)) addTransitions(graph, table, index);
  }
  graph.replaceAttributes({ name: lifecycle.id });
  return graph;
}

interface Group {
  readonly target: string;
  readonly labels: string[];
  readonly breaks: PropertyId | '';
  readonly ends: boolean;
}

function addTransitions(graph: LifecycleGraph, table: LifecycleTable, state: number): void {
  const groups = new Map<string, Group>();
  for (const [column, { type, value }] of table.events.entries()) {
    const cell = state * table.events.length + column;
    const target = table.states[table.next[cell]!];
    if (target === undefined || !graph.hasNode(target)) continue;
    const breaks = table.violates[cell] ?? '';
    const ends = table.ends[cell] === 1;
    const result = table.result[cell]!;
    if (table.next[cell] === state && result === 0 && breaks === '') continue;
    const label = `${type}${value === null ? '' : `(${value})`}${result === 0 ? '' : ` = ${result}`}`;
    const key = `${target} ${breaks} ${ends}`;
    const group: Group = groups.get(key) ?? { target, labels: [], breaks, ends };
    group.labels.push(label);
    groups.set(key, group);
  }
  for (const { target, labels, breaks, ends } of groups.values()) {
    graph.addDirectedEdge(table.states[state], target, { label: labels.join(', '), breaks, ends });
  }
}
