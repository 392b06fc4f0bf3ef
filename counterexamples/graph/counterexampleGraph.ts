import { MultiDirectedGraph } from 'graphology';
import { explainFinding } from '../../checker/replay/explainFinding.js';
import type { HeldCount, Holder, Replay, ReplayStep } from '../../checker/replay/replayData.js';
import { summariseStep } from '../../checker/replay/stepSummary.js';

/** A step of a counterexample. Threads are columns, time goes down the rows. */
export interface StepAttributes {
  readonly label: string;
  readonly thread: string;
  /** Index of the thread. */
  readonly column: number;
  /** Number of the step, from 1. */
  readonly step: number;
  readonly function: string;
  /** `drivers/tee/tee_core.c:831`, or the file alone. */
  readonly place: string;
  /** What changed, one change a line. */
  readonly changes: string;
  readonly role: 'step' | 'breaks' | 'conflicts';
}

/**
 * How two steps belong together. `program`: the thread's next step. `conflict`: what the violation conflicts with. `lock`: a lock goes
 * from one thread to another. `reference`: a reference is given back that was taken there. `communication`: the word that a step works on
 * was last changed there, by another thread. `again`: from the last step of a run without an end to the one that follows it.
 */
export interface RelationAttributes {
  readonly label: string;
  readonly kind: 'program' | 'conflict' | 'lock' | 'reference' | 'communication' | 'again';
}

interface CounterexampleGraphAttributes {
  readonly name: string;
}

export type CounterexampleGraph = MultiDirectedGraph<StepAttributes, RelationAttributes, CounterexampleGraphAttributes>;

/** The steps of a replay and how they belong together; `finding` is the id of the finding whose steps are marked. */
export function counterexampleGraph(run: Replay, finding?: string): CounterexampleGraph {
  const graph: CounterexampleGraph = new MultiDirectedGraph();
  const explained = finding === undefined ? null : explainFinding(run, finding);
  const [breaks, conflicts] = [explained?.breaks?.step ?? null, explained?.conflicts?.step ?? null];
  for (const step of run.steps) {
    const role = step.number === breaks ? 'breaks' : step.number === conflicts ? 'conflicts' : 'step';
    graph.addNode(nodeOf(step.number), { ...attributesOf(run, step), role });
  }
  const relate = (from: number, to: number, kind: RelationAttributes['kind'], label: string) =>
    graph.addDirectedEdge(nodeOf(from), nodeOf(to), { kind, label });
  programOrder(run, (from, to) => relate(from, to, 'program', ''));
  if (run.repeatsFrom !== undefined) relate(run.steps.length, run.repeatsFrom, 'again', 'for ever');
  if (breaks !== null && conflicts !== null) relate(conflicts, breaks, 'conflict', finding ?? '');
  lockHandovers(run, (from, to, lock) => relate(from, to, 'lock', lock));
  returnedReferences(run, (from, to, count) => relate(from, to, 'reference', count));
  communications(run, (from, to, place) => relate(from, to, 'communication', place));
  graph.replaceAttributes({ name: `${run.revision} ${run.scenario}${finding === undefined ? '' : ` ${finding}`}` });
  return graph;
}

function nodeOf(step: number): string {
  return `step ${step}`;
}

function attributesOf(run: Replay, step: ReplayStep): Omit<StepAttributes, 'role'> {
  const { text, function: name, place } = summariseStep(step);
  return {
    label: `${step.number} ${name}: ${text}`,
    thread: step.thread,
    column: run.threads.findIndex((thread) => thread.name === step.thread),
    step: step.number,
    function: name,
    place: `${place.file}${place.line === undefined ? '' : `:${place.line}`}`,
    changes: step.changes
      .filter((change) => !change.local)
      .map(({ text: change }) => change)
      .join('\n'),
  };
}

type Relate = (from: number, to: number, what: string) => void;

function programOrder(run: Replay, relate: (from: number, to: number) => void): void {
  const last = new Map<string, number>();
  for (const { number, thread } of run.steps) {
    const before = last.get(thread);
    if (before !== undefined) relate(before, number);
    last.set(thread, number);
  }
}

/** From the step that gave a lock back to the next one that takes it, if that is another thread's. */
function lockHandovers(run: Replay, relate: Relate): void {
  const given = new Map<string, { readonly step: number; readonly thread: string }>();
  let held = new Map<string, string>();
  for (const step of run.steps) {
    const now = new Map(step.locks.map(({ lock, thread }) => [lock, thread]));
    for (const lock of held.keys()) if (!now.has(lock)) given.set(lock, { step: step.number, thread: step.thread });
    for (const [lock, thread] of now) {
      if (held.get(lock) === thread) continue;
      const from = given.get(lock);
      if (from && from.thread !== thread) relate(from.step, step.number, lock);
    }
    held = now;
  }
}

/** From the step that took a reference to the step that gave it back. References of setup have no step. */
function returnedReferences(run: Replay, relate: Relate): void {
  const counts = new Map<string, HeldCount>(run.holders.map((count) => [count.count, count]));
  for (const step of run.steps) {
    for (const count of step.holders) {
      const kept = [...count.holders];
      for (const holder of counts.get(count.count)?.holders ?? []) {
        const index = kept.findIndex((candidate) => sameReference(candidate, holder));
        if (index >= 0) kept.splice(index, 1);
        else if (holder.step > 0 && holder.step < step.number) relate(holder.step, step.number, count.count);
      }
      counts.set(count.count, count);
    }
  }
}

/** A reference that is put into a table, or taken out of it, stays the same. */
function sameReference(one: Holder, other: Holder): boolean {
  return one.step === other.step && one.function === other.function;
}

/** From the last change of a word by one thread to the next use of it by another. */
function communications(run: Replay, relate: Relate): void {
  const changed = new Map<string, { readonly step: number; readonly thread: string }>();
  const related = new Set<string>();
  for (const step of run.steps) {
    for (const { target, shared } of step.operations) {
      const from = target === null || !shared ? undefined : changed.get(target);
      if (!from || from.thread === step.thread || target === null) continue;
      const key = `${from.step} ${step.number} ${target}`;
      if (!related.has(key)) relate(from.step, step.number, target);
      related.add(key);
    }
    for (const { place, from, local } of step.changes) {
      if (from !== null && !local) changed.set(place, { step: step.number, thread: step.thread });
    }
  }
}
