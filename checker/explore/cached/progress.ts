import { GeneratedInterpreter } from '../../codegen/generatedInterpreter.js';
import { findingId } from '../../finding/findingId.js';
import { countingFailures } from '../../system/countingFailures.js';
import { Interpreter } from '../../system/interpreter.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import { UnstableField } from '../../system/sharedWords.js';
import { payloadOf } from '../../system/word.js';
import { endlessViolations } from '../endlessRun.js';
import type { Discovery, Move, Search, SearchOptions, SearchResult } from '../search.js';
import type { Slices } from '../slices.js';
import { atOnce } from '../slices.js';
import { withoutRoom } from '../stopped.js';
import { DepthFirst } from './depthFirst.js';
import type { LocalPath } from './findingLog.js';
import { withoutMemory } from './memoryAllowance.js';
import { stronglyConnected } from './progressComponents.js';
import { loopingOutcomes } from './progressLoops.js';
import { hashOf } from './visitedSet.js';

/**
 * A search that finds runs without an end too: some thread goes round, or waits for those that do, although none of them is held up.
 *
 * It costs nothing where the search saw that no state comes twice (`isAcyclic`). Otherwise all states are explored once more, without
 * reductions: transactions, symmetry and persistent sets keep what can be reached, and not who could go on in between, which is what fairness is about.
 * Sharing assumptions are kept: they join steps that commute with all of the others, and leave none out.
 */
export function withProgress(search: Search): Search {
  return (system, options) => atOnce(addEndlessRuns(search(system, options), system, options));
}

/** Adds the runs without an end to what a search of the system found, with the same options. */
export function* addEndlessRuns(
  result: SearchResult,
  system: LinkedSystem,
  options: SearchOptions,
): Slices<SearchResult> {
  if (result.isAcyclic === true || result.limits.length > 0) return result;
  const { discoveries, limits, milliseconds } = yield* endlessRuns(system, options, result.unstableFields);
  const known = new Set(result.discoveries.map(keyOf));
  const more = discoveries.filter((discovery) => !known.has(keyOf(discovery)));
  return {
    ...result,
    isAcyclic: false,
    milliseconds: result.milliseconds + milliseconds,
    limits: [...result.limits, ...limits.map((limit) => `runs without an end: ${limit}`)],
    discoveries: [...result.discoveries, ...more],
  };
}

function keyOf({ violation }: Discovery): string {
  return `${findingId(violation)} ${violation.via}`;
}

/** Explores a system, with what is known of its shared fields, and finds fair cycles that keep a thread from its end. */
export function* endlessRuns(
  system: LinkedSystem,
  options: SearchOptions,
  unstableFields: readonly string[],
): Slices<Pick<SearchResult, 'discoveries' | 'limits' | 'milliseconds'>> {
  const { maxStates, timeout, progress, now } = options;
  const started = now();
  const unstable = new Set(unstableFields);
  try {
    const bounds = { maxStates, timeout, now, ...(progress ? { progress } : {}) };
    const exploration = new DepthFirst(new GeneratedInterpreter(system, unstable), bounds, unstable);
    const { limits } = yield* exploration.run();
    const discoveries = limits.length > 0 ? [] : new Cycles(exploration, unstable).discoveries();
    return { discoveries, limits, milliseconds: now() - started };
  } catch (error) {
    // What the search before this one found stays found.
    const memory = withoutMemory(error);
    if (memory === null && !(error instanceof UnstableField)) throw error;
    const reason = memory === null ? (error as UnstableField).message : withoutRoom(memory);
    return { discoveries: [], limits: [reason], milliseconds: now() - started };
  }
}

/** A transition between states that are numbered. */
interface Edge {
  readonly target: number;
  readonly thread: number;
  readonly fork: number;
}

/** A strongly connected component of the state graph: its states, the one found first in front. */
type Members = readonly number[];

/** Fair cycles of a state graph that was explored to its end. */
class Cycles {
  private readonly exploration: DepthFirst;
  private readonly system: LinkedSystem;
  private readonly unstable: ReadonlySet<string>;
  private readonly looping: Uint8Array;
  private readonly scratch: Int32Array;
  /** Whether an outcome is a failure, as far as somebody asked. */
  private readonly failures = new Map<number, boolean>();
  private counting: Interpreter | null = null;

  constructor(exploration: DepthFirst, unstable: ReadonlySet<string>) {
    this.exploration = exploration;
    this.unstable = unstable;
    this.system = exploration.expander.interpreter.system;
    this.looping = loopingOutcomes(exploration.expander.packed.cache);
    this.scratch = new Int32Array(exploration.visited.width);
  }

  /** One for each finding and way in: a shortest way to a cycle, and the cycle. */
  discoveries(): Discovery[] {
    if (!this.looping.includes(1)) return [];
    const found = new Map<string, Discovery>();
    for (const members of this.components().flatMap((component) => this.fairParts(component))) {
      const inside = new Set(members);
      const stem = this.shortest(
        0,
        (state) => inside.has(state),
        (state) => this.edges(state, false),
      );
      const { schedule, cycle } = this.schedules(stem, this.cycleFrom(stem.end, inside));
      const interpreter = new Interpreter(this.system, this.unstable);
      interpreter.words.set(interpreter.initialState());
      for (const { thread, decisions } of schedule) {
        interpreter.forceChoices(decisions);
        interpreter.step(thread);
      }
      for (const violation of endlessViolations(interpreter, cycle)) {
        const discovery = { violation, schedule, cycle };
        if (!found.has(keyOf(discovery))) found.set(keyOf(discovery), discovery);
      }
    }
    return [...found.values()];
  }

  /** Components that a run can stay in for ever without failures; the one with the state found first is the first. */
  private components(): Members[] {
    const { size } = this.exploration.visited;
    const selfLoops = new Set<number>();
    const numbers = stronglyConnected(size, (state, into) => {
      for (const { target } of this.edges(state, true)) {
        into.push(target);
        if (target === state) selfLoops.add(state);
      }
    });
    const sizes = new Int32Array(size + 1);
    for (const number of numbers) sizes[number]! += 1;
    const members = new Map<number, number[]>();
    for (let state = 0; state < size; state += 1) {
      const number = numbers[state]!;
      if (sizes[number] === 1 && !selfLoops.has(state)) continue;
      const known = members.get(number);
      if (known) known.push(state);
      else members.set(number, [state]);
    }
    return [...members.values()];
  }

  /** Transitions of a state; only those that may lie on a cycle, and are no failures, if asked so. */
  private edges(state: number, onlyLooping: boolean): Edge[] {
    const { looping, scratch, exploration } = this;
    const { visited, expander } = exploration;
    const { packed } = expander;
    const { cache } = packed;
    const found: Edge[] = [];
    packed.unpack(visited.words, visited.at(state));
    for (let thread = 0; thread < cache.threads; thread += 1) {
      const result = packed.result(thread);
      for (let outcome = cache.firstOutcome[result]!; outcome < cache.firstOutcome[result + 1]!; outcome += 1) {
        if (onlyLooping && (looping[outcome] === 0 || this.isFailure(outcome, thread))) continue;
        packed.pack(outcome, thread, scratch, 0);
        const known = visited.insert(scratch, 0, hashOf(scratch, 0, visited.width));
        if (known >= 0) throw new Error('a state has a successor that the search did not find');
        found.push({ target: -1 - known, thread, fork: cache.forks[outcome]! });
      }
    }
    return found;
  }

  /** Whether the step of the unpacked state with this outcome fails somewhere; it does so in every state. */
  private isFailure(outcome: number, thread: number): boolean {
    const known = this.failures.get(outcome);
    if (known !== undefined) return known;
    this.counting ??= new Interpreter(countingFailures(this.system), this.unstable);
    const { packed, interpreter } = this.exploration.expander;
    const { counting } = this;
    const { faultCounter } = counting.system;
    packed.cache.load(packed.values);
    const before = interpreter.words;
    let fork = -1;
    counting.forceChoices([]);
    do {
      counting.words.set(before);
      if (this.system.faultCounter < 0) counting.words[faultCounter] = 0;
      counting.step(thread);
      fork += 1;
    } while (fork < packed.cache.forks[outcome]! && counting.nextFork());
    const was = this.system.faultCounter < 0 ? 0 : before[faultCounter]!;
    const isFailure = payloadOf(counting.words[faultCounter]!) > payloadOf(was);
    this.failures.set(outcome, isFailure);
    return isFailure;
  }

  /** Threads that can go on in a state. */
  private able(state: number): number[] {
    const { visited, expander } = this.exploration;
    const { packed } = expander;
    packed.unpack(visited.words, visited.at(state));
    return this.system.threads
      .map(({ index }) => index)
      .filter((thread) => packed.cache.transitions[packed.result(thread)] !== 0);
  }

  /**
   * The largest parts of a component in which each thread moves or can never go on. States in which a thread can that does not move
   * anywhere in the component cannot be passed again and again; what is left without them may be several components.
   */
  private fairParts(members: Members): Members[] {
    const inside = new Set(members);
    const moving = new Set(members.flatMap((state) => this.edgesInside(state, inside).map(({ thread }) => thread)));
    const left = members.filter((state) => this.able(state).every((thread) => moving.has(thread)));
    if (left.length === members.length) return moving.size > 0 ? [members] : [];
    const index = new Map(left.map((state, at) => [state, at]));
    const rest = new Set(left);
    const numbers = stronglyConnected(left.length, (at, into) => {
      for (const { target } of this.edgesInside(left[at]!, rest)) into.push(index.get(target)!);
    });
    const parts = new Map<number, number[]>();
    for (const [at, state] of left.entries()) parts.set(numbers[at]!, [...(parts.get(numbers[at]!) ?? []), state]);
    return [...parts.values()].flatMap((part) => this.fairParts(part));
  }

  private edgesInside(state: number, inside: ReadonlySet<number>): Edge[] {
    return this.edges(state, true).filter(({ target }) => inside.has(target));
  }

  /** A closed walk inside in which each thread moves that can; as short as going to the nearest each time makes it. */
  private cycleFrom(start: number, inside: ReadonlySet<number>): Edge[] {
    const edges = (state: number) => this.edgesInside(state, inside);
    const left = new Set([...inside].flatMap((state) => edges(state).map(({ thread }) => thread)));
    const walk: Edge[] = [];
    const endOf = () => walk.at(-1)?.target ?? start;
    const pass = (edge: Edge) => {
      walk.push(edge);
      left.delete(edge.thread);
    };
    for (let [thread] = left; thread !== undefined; [thread] = left) {
      const ofThread = (edge: Edge) => edge.thread === thread;
      for (const edge of this.shortest(endOf(), (state) => edges(state).some(ofThread), edges).path) pass(edge);
      pass(edges(endOf()).find(ofThread)!);
    }
    for (const edge of this.shortest(endOf(), (state) => state === start, edges).path) pass(edge);
    return walk;
  }

  /** A shortest way from a state to one that is wanted. */
  private shortest(
    from: number,
    isWanted: (state: number) => boolean,
    edges: (state: number) => readonly Edge[],
  ): { readonly path: readonly Edge[]; readonly end: number } {
    const reached = new Map<number, { readonly parent: number; readonly edge: Edge } | null>([[from, null]]);
    for (const state of reached.keys()) {
      if (isWanted(state)) {
        const path: Edge[] = [];
        for (let step = reached.get(state); step; step = reached.get(step.parent)) path.push(step.edge);
        return { path: path.reverse(), end: state };
      }
      for (const edge of edges(state)) if (!reached.has(edge.target)) reached.set(edge.target, { parent: state, edge });
    }
    throw new Error('a state of a component cannot be reached from another one');
  }

  private schedules(
    stem: { readonly path: readonly Edge[] },
    cycle: readonly Edge[],
  ): { readonly schedule: Move[]; readonly cycle: Move[] } {
    const whole = [...stem.path, ...cycle].map(({ thread, fork }): LocalPath => ({ thread, forks: [fork] }));
    const moves = this.exploration.expander.schedule(whole);
    return { schedule: moves.slice(0, stem.path.length), cycle: moves.slice(stem.path.length) };
  }
}
