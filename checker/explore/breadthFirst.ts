import { findingId } from '../finding/findingId.js';
import type { Interpreter } from '../system/interpreter.js';
import type { Violation } from '../system/step.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { segmentsOf } from '../system/segments.js';
import type { NextAccess } from './dataRaces.js';
import { dataRaces } from './dataRaces.js';
import { lockOrderCycles } from './lockOrderCycles.js';
import type { Discovery, Move, Search, SearchOptions, SearchResult } from './search.js';
import { interrupted, outOfTime, tooManyStates } from './stopped.js';
import { withSharingAssumptions } from './sharingAssumptions.js';
import { StateStore } from './stateStore.js';

const progressInterval = 4096;

/**
 * Exhaustive breadth-first search with the interpreter: exact, one thread, shortest schedules.
 *
 * Accesses to shared data that other threads cannot notice make no step of their own (`SharedWords`); with
 * `reduction: false` every access to shared memory is a step.
 */
export const breadthFirst: Search = (system, options) =>
  withSharingAssumptions(
    system,
    options.reduction ?? true,
    (interpreter, weakened) => new BreadthFirst(interpreter, options, weakened).run(),
    undefined,
    undefined,
    false,
    options.ownership,
  );

const noChanges = new Int32Array(0);

/** Where a violation was seen: after taking fork `fork` of `thread` in state `state`; thread -1 for the state itself. */
interface Place {
  readonly violation: Violation;
  readonly state: number;
  readonly thread: number;
  readonly fork: number;
}

class BreadthFirst {
  private readonly system: LinkedSystem;
  private readonly options: SearchOptions;
  private readonly unstable: ReadonlySet<string>;
  private readonly interpreter: Interpreter;
  private readonly store: StateStore;
  private readonly initial: Int32Array;
  /** What the end of a run is compared with. */
  private readonly reference: Int32Array;
  private parents = new Int32Array(1024);
  /** Thread of the move into a state in the low 8 bits, number of the fork above. */
  private moves = new Int32Array(1024);
  private readonly places = new Map<string, Place>();
  private readonly lockEdges = new Map<string, Place & { readonly held: string; readonly taken: string }>();
  private readonly limits = new Set<string>();
  private transitions = 0;
  private cuts = 0;

  constructor(interpreter: Interpreter, options: SearchOptions, unstable: ReadonlySet<string>) {
    const { system } = interpreter;
    this.system = system;
    this.options = options;
    this.unstable = unstable;
    this.interpreter = interpreter;
    this.store = new StateStore(segmentsOf(system));
    this.reference = this.interpreter.quietState();
    this.initial = this.interpreter.initialState();
  }

  run(): SearchResult {
    const { store, system, options } = this;
    const started = options.now();
    const current = new Int32Array(system.width);
    store.insert(this.initial, noChanges, 0);
    this.parents[0] = -1;
    let depth = 0;
    let levelEnd = 1;
    for (let state = 0; state < store.size; state += 1) {
      if (state === levelEnd) {
        depth += 1;
        levelEnd = store.size;
      }
      if (state % progressInterval === progressInterval - 1 && !this.goOn(state, depth, started)) break;
      if (store.size > options.maxStates) {
        this.limits.add(tooManyStates(store.size, options.maxStates));
        break;
      }
      store.load(state, current);
      this.expand(state, current);
    }
    const discoveries = [...this.places.values(), ...this.lockOrder()].map((place) => this.discovery(place));
    return {
      states: store.size,
      transitions: this.transitions,
      depth,
      milliseconds: options.now() - started,
      bytes: store.bytes,
      limits: [...new Set([...this.limits, ...this.interpreter.limits])],
      discoveries,
      cuts: this.cuts,
      coverage: this.interpreter.coverage.slice(),
      unstableFields: [...this.unstable].sort(),
    };
  }

  private goOn(state: number, depth: number, started: number): boolean {
    const { store, options } = this;
    if (options.now() - started > options.timeout) {
      this.limits.add(outOfTime(options.timeout));
      return false;
    }
    const progress = {
      states: store.size,
      transitions: this.transitions,
      frontier: store.size - state,
      depth,
      bytes: store.bytes,
    };
    if (options.progress && !options.progress(progress)) {
      this.limits.add(interrupted);
      return false;
    }
    return true;
  }

  private expand(state: number, current: Int32Array): void {
    const { interpreter, system } = this;
    let enabled = false;
    const accesses: (NextAccess & { readonly fork: number })[] = [];
    for (const { index: thread } of system.threads) {
      interpreter.words.set(current);
      if (interpreter.isFinished(thread)) continue;
      interpreter.forceChoices([]);
      let fork = 0;
      do {
        if (fork > 0) interpreter.words.set(current);
        const status = interpreter.step(thread);
        if (status !== 'waits') {
          enabled = true;
          this.transitions += 1;
          this.record(interpreter.violations, state, thread, fork);
          for (const edge of interpreter.lockEdges) this.recordLockEdge(edge, state, thread, fork);
        }
        for (const access of interpreter.accesses) accesses.push({ ...access, thread, fork });
        if (status === 'done') this.insert(state, thread, fork);
        else if (status === 'cut') this.cuts += 1;
        else if (status === 'exhausted') this.limits.add(interpreter.limit);
        fork += 1;
      } while (interpreter.nextFork());
    }
    if (accesses.length > 1) {
      for (const { writer, violation } of dataRaces(this.system, accesses))
        this.record([violation], state, writer.thread, writer.fork);
    }
    if (!enabled) {
      interpreter.words.set(current);
      this.record(interpreter.endViolations(this.reference), state, -1, 0);
    }
  }

  private insert(state: number, thread: number, fork: number): void {
    const number = this.store.insert(this.interpreter.words, this.interpreter.changed, this.interpreter.changes);
    if (number < 0) return;
    if (number >= this.parents.length) {
      this.parents = doubled(this.parents);
      this.moves = doubled(this.moves);
    }
    this.parents[number] = state;
    this.moves[number] = thread | (fork << 8);
  }

  private record(violations: readonly Violation[], state: number, thread: number, fork: number): void {
    for (const violation of violations) {
      const key = `${findingId(violation)} ${violation.via}`;
      if (!this.places.has(key)) this.places.set(key, { violation, state, thread, fork });
    }
  }

  private recordLockEdge(
    edge: { readonly held: string; readonly taken: string; readonly node: number },
    state: number,
    thread: number,
    fork: number,
  ): void {
    const key = `${edge.held} ${edge.taken}`;
    if (this.lockEdges.has(key)) return;
    const [tag = '', ...path] = edge.held.split('.');
    const violation: Violation = {
      property: 'lock-order',
      tag,
      cell: path.join('.'),
      operation: 'lock',
      conflict: edge.taken,
      thread,
      node: edge.node,
      via: '',
      ends: false,
      title: `${edge.taken} is taken while ${edge.held} is held, and elsewhere the other way round`,
      object: -1,
    };
    this.lockEdges.set(key, { ...edge, violation, state, thread, fork });
  }

  private lockOrder(): Place[] {
    const edges = [...this.lockEdges.values()];
    return lockOrderCycles(edges).map((edge) =>
      edges.find(({ held, taken }) => held === edge.held && taken === edge.taken)!,
    );
  }

  // ---- schedules ----

  private discovery(place: Place): Discovery {
    const path: { thread: number; fork: number }[] = [];
    for (let state = place.state; state > 0; state = this.parents[state]!) {
      const move = this.moves[state]!;
      path.push({ thread: move & 255, fork: move >> 8 });
    }
    path.reverse();
    if (place.thread >= 0) path.push({ thread: place.thread, fork: place.fork });
    return { violation: place.violation, schedule: this.decide(path) };
  }

  /** Turns fork numbers into decisions by running the path again. */
  private decide(path: readonly { readonly thread: number; readonly fork: number }[]): Move[] {
    const { interpreter } = this;
    const words = this.initial.slice();
    return path.map(({ thread, fork }) => {
      interpreter.words.set(words);
      interpreter.forceChoices([]);
      interpreter.step(thread);
      for (let count = 0; count < fork; count += 1) {
        interpreter.nextFork();
        interpreter.words.set(words);
        interpreter.step(thread);
      }
      words.set(interpreter.words);
      return { thread, decisions: interpreter.decisions() };
    });
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
