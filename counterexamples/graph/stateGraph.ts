import { createHash } from 'node:crypto';
import { MultiDirectedGraph } from 'graphology';
import { withSharingAssumptions } from '../../checker/explore/sharingAssumptions.js';
import { findingId } from '../../checker/finding/findingId.js';
import { Recorder } from '../../checker/replay/recorder.js';
import { mainOperation } from '../../checker/replay/replay.js';
import { summariseOperation } from '../../checker/replay/stepSummary.js';
import type { Interpreter } from '../../checker/system/interpreter.js';
import type { LinkedSystem } from '../../checker/system/linkedSystem.js';

/** A state, or the end of a path in undefined behaviour. */
export interface StateAttributes {
  readonly label: string;
  /** Length of the shortest path to it, in steps. */
  readonly depth: number;
  /** `end`: nothing can go on. `violation`: a path ends here in undefined behaviour, or the run ends with something broken. */
  readonly kind: 'initial' | 'inner' | 'end' | 'violation' | 'not explored';
  /** Ids of the findings it shows, separated by spaces. */
  readonly breaks: string;
}

/** A step. */
export interface TransitionAttributes {
  readonly label: string;
  readonly thread: string;
  /** Ids of the findings it shows, separated by spaces. */
  readonly breaks: string;
}

interface StateGraphAttributes {
  readonly name: string;
  /** False if there are states beyond the limit. */
  readonly complete: boolean;
}

export type StateGraph = MultiDirectedGraph<StateAttributes, TransitionAttributes, StateGraphAttributes>;

export interface StateGraphOptions {
  /** At most this many states; those whose successors are left out have the kind `not explored`. */
  readonly maxStates: number;
  /** As in the search: with it, accesses that other threads cannot notice make no step of their own. Default true. */
  readonly reduction?: boolean;
}

/** The states of a system and the steps between them. States are numbered in the order of a breadth-first search, from 0. */
export function stateGraph(system: LinkedSystem, options: StateGraphOptions): StateGraph {
  return withSharingAssumptions(system, options.reduction ?? true, (interpreter) =>
    new StateGraphBuilder(system, interpreter, options.maxStates).build(),
  );
}

class StateGraphBuilder {
  private readonly system: LinkedSystem;
  private readonly interpreter: Interpreter;
  private readonly maxStates: number;
  private readonly recorder: Recorder;
  private readonly graph: StateGraph = new MultiDirectedGraph();
  private readonly states: Int32Array[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly reference: Int32Array;
  private complete = true;

  constructor(system: LinkedSystem, interpreter: Interpreter, maxStates: number) {
    this.system = system;
    this.interpreter = interpreter;
    this.maxStates = maxStates;
    this.recorder = new Recorder(system, interpreter);
    interpreter.observer = null;
    this.reference = interpreter.quietState();
  }

  build(): StateGraph {
    const { graph, states, interpreter } = this;
    this.add(interpreter.initialState(), 0);
    for (let state = 0; state < states.length; state += 1) this.expand(state);
    interpreter.observer = null;
    graph.replaceAttributes({ name: `${this.system.revision.id} ${this.system.scenario.id}`, complete: this.complete });
    return graph;
  }

  private expand(state: number): void {
    const { interpreter, system, graph } = this;
    const words = this.states[state]!;
    const depth = graph.getNodeAttribute(String(state), 'depth');
    let isEnabled = false;
    for (const { index: thread } of system.threads) {
      interpreter.words.set(words);
      if (interpreter.isFinished(thread)) continue;
      interpreter.forceChoices([]);
      do {
        interpreter.words.set(words);
        const moved = this.step(thread);
        if (!moved) continue;
        isEnabled = true;
        const target =
          moved.status === 'done'
            ? this.add(interpreter.words, depth + 1)
            : this.addEnd(state, moved.status, depth + 1, moved.edge.breaks);
        if (target === null) graph.setNodeAttribute(String(state), 'kind', 'not explored');
        else graph.addDirectedEdge(String(state), target, moved.edge);
      } while (interpreter.nextFork());
    }
    if (isEnabled) return;
    interpreter.words.set(words);
    const broken = interpreter.endViolations(this.reference).map(findingId);
    const kind = broken.length > 0 ? 'violation' : 'end';
    graph.mergeNodeAttributes(String(state), { kind, breaks: [...new Set(broken)].join(' ') });
  }

  /** Null if the thread waits. */
  private step(
    thread: number,
  ): { readonly status: 'done' | 'cut' | 'exhausted'; readonly edge: TransitionAttributes } | null {
    const { interpreter, recorder, system } = this;
    recorder.begin(1);
    interpreter.observer = recorder;
    const status = interpreter.step(thread);
    interpreter.observer = null;
    if (status === 'waits') return null;
    const failedAt = status === 'cut' ? (interpreter.violations.findLast(({ ends }) => ends)?.node ?? -1) : -1;
    const { operations } = recorder.finish(thread, failedAt);
    const main = operations[mainOperation(operations)];
    const label = main ? summariseOperation(main).text : 'ends';
    const breaks = [...new Set(interpreter.violations.map(findingId))].join(' ');
    return { status, edge: { label, thread: system.threads[thread]!.name, breaks } };
  }

  /** The node of a state, new or known; null beyond the limit. */
  private add(words: Int32Array, depth: number): string | null {
    const key = createHash('sha256')
      .update(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
      .digest('base64');
    const known = this.numbers.get(key);
    if (known !== undefined) return String(known);
    if (this.states.length >= this.maxStates) {
      this.complete = false;
      return null;
    }
    const number = this.states.length;
    this.numbers.set(key, number);
    this.states.push(words.slice());
    const kind = number === 0 ? 'initial' : 'inner';
    return this.graph.addNode(String(number), { label: String(number), depth, kind, breaks: '' });
  }

  /** A path that ends within a step: in undefined behaviour, or at a bound of the model. */
  private addEnd(state: number, status: 'cut' | 'exhausted', depth: number, breaks: string): string {
    const node = `${status} ${state} ${breaks}`;
    const label = status === 'cut' ? breaks : 'bound of the model';
    if (!this.graph.hasNode(node))
      this.graph.addNode(node, { label, depth, kind: status === 'cut' ? 'violation' : 'not explored', breaks });
    return node;
  }
}
