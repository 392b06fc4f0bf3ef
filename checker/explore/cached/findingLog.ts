import { findingId } from '../../finding/findingId.js';
import { headerOfSetup } from '../../system/header.js';
import type { Interpreter } from '../../system/interpreter.js';
import type { Violation } from '../../system/step.js';
import { dataRaces, raceViolation } from '../dataRaces.js';
import { lockOrderCycles } from '../lockOrderCycles.js';
import type { Canonical, Image } from '../reductions/symmetryCanonical.js';
import type { PackedSystem } from './packedSystem.js';

/** Moves from a state that is kept: of one thread, each by the number of its fork. Thread -1 for the state itself. */
export interface LocalPath {
  readonly thread: number;
  readonly forks: readonly number[];
  /** By thread, which one it is called in the state that the path leads to; absent if all keep their names. */
  readonly renaming?: readonly number[];
}

/** Where a violation was seen first: at the end of a path from a state. */
export interface Place {
  readonly violation: Violation;
  /** Number of the state, as the search that keeps it counts. */
  readonly state: number;
  readonly path: LocalPath;
  /** What a run to there needs, where the search counts it (failures, switches). */
  readonly cost?: number;
}

/** A place where a lock is taken while another is held. */
type EdgePlace = Place & { readonly held: string; readonly taken: string };

/** What a `FindingLog` knows, as plain data. */
export interface FindingNotes {
  readonly found: readonly (readonly [string, Place])[];
  readonly lockEdges: readonly (readonly [string, EdgePlace])[];
}

/** What a search found, by finding and way in: the first place of each. */
export class FindingLog {
  /** Number of the state that is expanded; the search sets it. */
  state = 0;
  /** What a run to the step at hand needs; of several places the one that needs least is kept. Null where nobody counts. */
  costOf: (() => number) | null = null;
  /** Forks that lead from it to the step at hand, where several steps make one transition. */
  readonly prefix: number[] = [];
  cuts = 0;
  readonly limits = new Set<string>();
  private readonly interpreter: Interpreter;
  /** The state after setup and the exit of all processes: what the end of a run is compared with. */
  private readonly reference: Int32Array;
  private readonly found = new Map<string, Place>();
  private readonly lockEdges = new Map<string, EdgePlace>();
  private readonly leaks = new Set<number>();
  /** By the next step of a thread, those of others with which it was compared. */
  private readonly races: (Set<number> | undefined)[] = [];
  /** Set if states stand for others too, with threads renamed: what is broken there, under another name, is noted as well. */
  canonical: Canonical | null = null;
  /** By component: contents that were seen at the end of a run, in states where all threads had ended and where one had not. */
  private endSeen: Set<number>[] = [];

  constructor(interpreter: Interpreter, reference: Int32Array) {
    this.interpreter = interpreter;
    this.reference = reference;
  }

  /** How many places are known: more than before means that something was found. */
  get size(): number {
    return this.found.size + this.lockEdges.size;
  }

  /** All that is known, as plain data. */
  notes(): FindingNotes {
    return { found: [...this.found], lockEdges: [...this.lockEdges] };
  }

  /** Knows what these notes say, and nothing else. */
  restore(notes: FindingNotes): void {
    this.found.clear();
    this.lockEdges.clear();
    for (const [key, place] of notes.found) this.found.set(key, place);
    for (const [key, place] of notes.lockEdges) this.lockEdges.set(key, place);
  }

  /** Takes over what logs of parts of one search noted, each with its places in the order of that search. */
  merge(parts: readonly FindingNotes[]): void {
    const inOrder = <T extends Place>(entries: readonly (readonly [string, T])[], into: Map<string, T>) => {
      into.clear();
      const sorted = [...entries].sort(([, one], [, other]) => one.state - other.state);
      for (const [key, place] of sorted) if (!into.has(key)) into.set(key, place);
    };
    inOrder([...this.found, ...parts.flatMap(({ found }) => found)], this.found);
    inOrder([...this.lockEdges, ...parts.flatMap(({ lockEdges }) => lockEdges)], this.lockEdges);
  }

  /** The first place of each finding, in the order in which they were found; the order of locks last. */
  places(): Place[] {
    const edges = [...this.lockEdges.values()];
    const cyclic = lockOrderCycles(edges).map((edge) =>
      edges.find(({ held, taken }) => held === edge.held && taken === edge.taken)!,
    );
    return [...this.found.values(), ...cyclic];
  }

  /** Violations of a step, made with the `fork`-th way to decide its choices. */
  record(violations: readonly Violation[], thread: number, fork: number): void {
    for (const violation of violations) {
      const key = `${findingId(violation)} ${violation.via}`;
      const known = this.found.get(key);
      if (known && this.costOf === null) continue;
      const place = this.placeOf(violation, thread, fork);
      if (known && place.cost! >= known.cost!) continue;
      this.found.set(key, place);
      for (const image of this.canonical?.othersLike(violation) ?? []) this.recordImage(place, image);
    }
  }

  private recordImage({ state, path }: Place, { violation, renaming }: Image): void {
    const key = `${findingId(violation)} ${violation.via}`;
    if (!this.found.has(key)) this.found.set(key, { violation, state, path: { ...path, renaming } });
  }

  private placeOf(violation: Violation, thread: number, fork: number): Place {
    const path = { thread, forks: thread < 0 ? [] : [...this.prefix, fork] };
    return { violation, state: this.state, path, ...(this.costOf ? { cost: this.costOf() } : {}) };
  }

  recordLockEdges(edges: Interpreter['lockEdges'], thread: number, fork: number): void {
    for (const edge of edges) {
      const key = `${edge.held} ${edge.taken}`;
      if (this.lockEdges.has(key)) continue;
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
      this.lockEdges.set(key, { ...edge, ...this.placeOf(violation, thread, fork) });
    }
  }

  /** Whether locks are taken inside each other in both orders, as far as is known. */
  hasLockCycle(): boolean {
    return lockOrderCycles([...this.lockEdges.values()]).length > 0;
  }

  /** An outcome leaves a live object that nothing names: the step is made again to tell. */
  recordLeak(packed: PackedSystem, object: number, outcome: number, thread: number): void {
    const { interpreter } = this;
    const { cache } = packed;
    const key = outcome * packed.components.count + object;
    if (this.leaks.has(key)) return;
    this.leaks.add(key);
    const fork = cache.forks[outcome]!;
    cache.load(packed.values);
    interpreter.forceChoices([]);
    interpreter.step(thread);
    for (let count = 0; count < fork; count += 1) {
      interpreter.nextFork();
      cache.forgetLoaded();
      cache.load(packed.values);
      interpreter.step(thread);
    }
    this.record(interpreter.violations, thread, fork);
    cache.forgetLoaded();
  }

  /** Accesses of two threads whose next steps are in the same state; `results` has the next step of each thread. */
  checkRaces(packed: PackedSystem, results: Int32Array): void {
    const { cache } = packed;
    const { reads, writes } = cache;
    for (let first = 0; first < results.length; first += 1) {
      const one = results[first]!;
      for (let second = first + 1; second < results.length; second += 1) {
        const other = results[second]!;
        const both = (writes[one]! & (reads[other]! | writes[other]!)) | (reads[one]! & writes[other]!);
        if (both === 0) continue;
        const seen = (this.races[one] ??= new Set());
        if (seen.has(other)) continue;
        seen.add(other);
        const accesses = [one, other].flatMap((result) => {
          const known = cache.accesses[result]!;
          return known.list.map((access) => ({ ...access, thread: known.thread }));
        });
        for (const { writer, other, violation } of dataRaces(this.interpreter.system, accesses)) {
          this.record([violation], writer.thread, writer.fork);
          if (!other.writes || !this.canonical) continue;
          // Of two threads that write, the first is told to be the writer: where they can change places, that is the other one.
          const reversed = raceViolation(this.interpreter.system, other, writer);
          const image = this.canonical.inReverse(reversed, writer.thread, other.thread);
          if (image) this.recordImage(this.placeOf(reversed, other.thread, other.fork), image);
        }
      }
    }
  }

  /**
   * No thread can go on in the unpacked state. What is broken then depends on the contents one by one (of parts, with their object's header), so contents that were
   * seen in such a state need no second look, unless an object is left over: whether it took the place of another one depends on all of them.
   */
  checkEnd(packed: PackedSystem): void {
    const { interpreter } = this;
    const { components, values } = packed;
    let blocked = 0;
    for (const { index, daemon } of interpreter.system.threads) {
      const own = components.firstThread + index;
      if (!daemon && components.facts[own]!.life[values[own]!] !== 0) blocked = 1;
    }
    let isNew = false;
    for (let component = 0; component < components.count; component += 1) {
      // What a part means may depend on the header of its object.
      const object = components.objectOf[component]!;
      const header = object === component || object < 0 ? 0 : values[object]!;
      const key = (header * 2 ** 26 + values[component]!) * 2 + blocked;
      const seen = (this.endSeen[component] ??= new Set());
      // What an object that setup did not make is compared with depends on the pointers to it.
      if (object === component && components.isLiveDynamic(object, values[object]!))
        isNew ||= (components.headerIn(object, values[object]!) & headerOfSetup) === 0;
      if (seen.has(key)) continue;
      seen.add(key);
      isNew = true;
    }
    if (!isNew) return;
    packed.cache.load(values);
    this.record(interpreter.endViolations(this.reference), -1, 0);
  }
}
