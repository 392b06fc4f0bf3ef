import type { Interpreter } from '../../system/interpreter.js';
import { headerShared } from '../../system/header.js';
import { UnstableField } from '../../system/sharedWords.js';
import type { Access, StepStatus, Violation } from '../../system/step.js';
import type { Movers } from '../reductions/movers.js';
import { moverNone, putOff } from '../reductions/movers.js';
import type { Components } from './components.js';

/** What happens while a step is made for the first time; `fork` counts the ways to decide its choices. */
export interface StepListener {
  violations(violations: readonly Violation[], thread: number, fork: number): void;
  lockEdges(edges: Interpreter['lockEdges'], thread: number, fork: number): void;
  limit(what: string): void;
}

/** Accesses of all ways to make a step. */
export interface StepAccesses {
  readonly thread: number;
  readonly list: readonly (Access & { readonly fork: number })[];
}

/** Places in the decision tree that changed: numbers of tests, and indexes of `children`. */
export interface TreeChanges {
  readonly changedTests: number[];
  readonly changedChildren: number[];
}

const unknown = 0;

/** Words of a test in `TransitionCache.tree`, and which is which beside the value, which comes first. */
const testWords = 4;
const testLowest = 1;
const testRoom = 2;
const testChildren = 3;

/** Of a result: the step touches memory that other threads can reach and that can be freed. */
export const touchesFreeable = 1;
/** It may have to wait, for something that is no lock; it takes a lock, which may have to wait too. */
export const waitsForMore = 2;
export const takesLock = 4;
/** A way to make it ends the path. */
export const endsPath = 8;

/**
 * The steps of a system as they become known: *transition caching* (S. Blom, J. van de Pol, M. Weber, Bridging the gap
 * between enumerative and symbolic model checkers, 2009). What a thread does next depends on its own component, the locks it
 * holds and the components it observes on the way; the interpreter says which. So each distinct context runs once, and what
 * comes of it is kept in a decision tree over the numbers of those components.
 *
 * Values: `values[c]` is the number of component `c`; from `waitingOf` on where each thread waits, and from `heldOf` on which
 * locks it holds, as numbers too.
 */
export class TransitionCache {
  readonly components: Components;
  readonly threads: number;
  readonly waitingOf: number;
  readonly heldOf: number;

  /** Result of a step, by its number: outcomes from `firstOutcome[r]` up to that of the next one. */
  firstOutcome = new Int32Array(64);
  /** Transitions that the step makes, those that end the path included; 0 if it waits. */
  transitions = new Int32Array(64);
  /** Of them, those that end in undefined behaviour. */
  cuts = new Int32Array(64);
  /** Hashed addresses that the step may read and write in a way that can race, as 32 bits each. */
  reads = new Int32Array(64);
  writes = new Int32Array(64);
  /** `touchesFreeable` and the like, as a set; only with movers. */
  traits = new Uint8Array(64);
  /** Classes on whose cells the step may make up for what was put off before, as a set of their bits; only with movers. */
  makesUp = new Int32Array(64);
  results = 0;
  readonly accesses: (StepAccesses | null)[] = [];

  /** Changes of an outcome: pairs of component and number from `firstChange[o]` up to that of the next one. */
  firstChange = new Int32Array(256);
  changes = new Int32Array(1024);
  /** What the component of each pair was before, which is so in every state that the outcome belongs to; at half the pair's place. */
  origins = new Int32Array(512);
  forks = new Int32Array(256);
  /**
   * Dynamic objects that the outcome may leave without a name, `maskWords` words of bits for each outcome: those that a changed
   * component no longer names, or that were allocated, and that nothing names of what the step changed or observed. If all of them can
   * be reached, everything that could be reached before still can be.
   */
  lost = new Int32Array(256);
  /** 1 where `lost` has a bit. */
  drops = new Uint8Array(256);
  /** With movers: the class on whose cells the step was put off by this outcome, as a set of at most one bit (`putOff` in `movers.ts`). */
  putOff = new Int32Array(256);
  /** Mover of the step by this outcome (`reductions/movers.ts`); only with movers. */
  movers = new Uint8Array(256);
  outcomes = 0;

  /**
   * Decision tree: per test four words, `testWords` apart: the value that is tested (`testedValue`), the lowest number that it has
   * children for (`testLowest`), for how many numbers there is room (`testRoom`), and where their children begin (`testChildren`).
   */
  tree = new Int32Array(1024);
  /** Children: `unknown`, a test (its number plus one) or a result (minus its number minus one). */
  children = new Int32Array(4096);
  tests = 0;
  childrenUsed = 0;
  /** Tests and children that changed since somebody asked; null if nobody does. */
  private tracked: TreeChanges | null = null;

  private readonly interpreter: Interpreter;
  private readonly loaded: Int32Array;
  /** The state before the step that is learned, where somebody wants to know how it commutes. */
  private readonly before: Int32Array;
  /** Dynamic objects that are surely named after an outcome. */
  private readonly known: Int32Array;
  private readonly listener: StepListener;
  private readonly commuting: Movers | null;

  /** With `commuting`, outcomes and results say how they commute. */
  constructor(
    interpreter: Interpreter,
    components: Components,
    listener: StepListener,
    commuting: Movers | null = null,
  ) {
    this.commuting = commuting;
    this.interpreter = interpreter;
    this.components = components;
    this.listener = listener;
    this.threads = interpreter.system.threads.length;
    this.waitingOf = components.count;
    this.heldOf = components.count + this.threads;
    this.loaded = new Int32Array(components.count).fill(-1);
    this.before = commuting ? interpreter.words.slice() : new Int32Array(0);
    this.known = new Int32Array(components.maskWords);
    // The first tests are those of the threads' own components; below each stands one of the locks that the thread holds.
    for (let thread = 0; thread < this.threads; thread += 1) this.addTest(components.firstThread + thread);
  }

  get bytes(): number {
    return (
      this.children.byteLength +
      this.changes.byteLength +
      this.firstChange.byteLength * 3 +
      this.origins.byteLength +
      this.tree.byteLength +
      this.lost.byteLength +
      this.firstOutcome.byteLength * 5
    );
  }

  /** The result of the next step of `thread` in the state with these values; runs it if it is new. */
  resultOf(thread: number, values: Int32Array): number {
    const { tree, children } = this;
    let test = thread * testWords;
    for (;;) {
      const position = values[tree[test]!]! - tree[test + testLowest]!;
      const child =
        position >>> 0 < tree[test + testRoom]! ? children[tree[test + testChildren]! + position]! : unknown;
      if (child < 0) return -1 - child;
      if (child === unknown) return this.learn(thread, values);
      test = (child - 1) * testWords;
    }
  }

  /** Puts the state with these values into the interpreter. */
  load(values: Int32Array): void {
    const { components, loaded } = this;
    for (let component = 0; component < components.count; component += 1) {
      if (loaded[component] === values[component]) continue;
      loaded[component] = values[component]!;
      components.load(component, values[component]!);
    }
  }

  /** The interpreter's state was changed by someone else. */
  forgetLoaded(): void {
    this.loaded.fill(-1);
  }

  /** Told of every context in which a step is made for the first time. */
  journal: ((thread: number, values: Int32Array) => void) | null = null;

  private learn(thread: number, values: Int32Array): number {
    const { interpreter, components } = this;
    this.journal?.(thread, values);
    const result = this.results;
    this.roomForResult();
    this.firstOutcome[result] = this.outcomes;
    this.load(values);
    if (this.commuting) this.before.set(interpreter.words);
    const own = components.firstThread + thread;
    const accesses: (Access & { fork: number })[] = [];
    let transitions = 0;
    let cuts = 0;
    let traits = 0;
    let makesUp = 0;
    let freed = -1;
    interpreter.forgetObserved();
    if (components.facts[own]!.life[values[own]!] !== 0) {
      interpreter.deferRecycling = true;
      interpreter.forceChoices([]);
      let fork = 0;
      try {
        do {
          const status = interpreter.step(thread);
          if (status !== 'waits') {
            transitions += 1;
            this.listener.violations(interpreter.violations, thread, fork);
            this.listener.lockEdges(interpreter.lockEdges, thread, fork);
          }
          for (const access of interpreter.accesses) accesses.push({ ...access, fork });
          const mover = status === 'waits' ? moverNone : (this.commuting?.ofLastStep(this.before) ?? moverNone);
          if (this.commuting) {
            traits |= this.traitsOfLastStep(this.commuting, status);
            makesUp |= this.commuting.madeUpByLastStep();
            freed = fork === 0 ? this.commuting.freedByLastStep() : -1;
          }
          if (status === 'done') this.addOutcome(values, fork, mover);
          else if (status === 'cut') cuts += 1;
          else if (status === 'exhausted') this.listener.limit(interpreter.limit);
          this.restore(values);
          fork += 1;
        } while (interpreter.nextFork());
      } catch (error) {
        // An assumption that fails in the middle of a step leaves the state as it is then.
        this.forgetLoaded();
        if (error instanceof UnstableField) {
          this.load(values);
          error.state = interpreter.words.slice();
        }
        throw error;
      } finally {
        interpreter.deferRecycling = false;
      }
    }
    this.transitions[result] = transitions;
    this.cuts[result] = cuts;
    this.makesUp[result] = makesUp;
    this.traits[result] =
      traits | (this.commuting && this.touchedFreeable(this.commuting, freed) ? touchesFreeable : 0);
    let [reads, writes] = [0, 0];
    for (const { address, writes: isWrite } of accesses) {
      const bit = 1 << (Math.imul(address, 0x9e3779b1) >>> 27);
      if (isWrite) writes |= bit;
      else reads |= bit;
    }
    this.reads[result] = reads;
    this.writes[result] = writes;
    this.accesses[result] = accesses.length > 0 ? { thread, list: accesses } : null;
    this.results += 1;
    this.firstOutcome[this.results] = this.outcomes;
    this.remember(thread, values, result);
    return result;
  }

  private traitsOfLastStep(commuting: Movers, status: StepStatus): number {
    const wait = commuting.waitOfLastStep();
    let traits = status === 'cut' || status === 'exhausted' ? endsPath : 0;
    if (wait.takesLock) traits |= takesLock;
    else if (wait.mayWait) traits |= waitsForMore;
    return traits;
  }

  /**
   * Whether the step just made, and taken back, observed an object that can be freed and that other threads can reach, beside the
   * one that it frees itself in the only way there is to make it.
   */
  private touchedFreeable(commuting: Movers, freed: number): boolean {
    const { interpreter } = this;
    const { objects } = interpreter.system;
    for (let index = 0; index < interpreter.observations; index += 1) {
      const object = objects[interpreter.observed[index]!];
      if (!object || object.index === freed || !commuting.canBeFreed(object.index)) continue;
      if (((interpreter.words[object.header]! >> 2) & headerShared) !== 0) return true;
    }
    return false;
  }

  /** Takes what the step changed back. */
  private restore(values: Int32Array): void {
    const { interpreter, components } = this;
    for (let index = 0; index < interpreter.changes; index += 1) {
      const component = interpreter.changed[index]!;
      components.load(component, values[component]!);
    }
  }

  private addOutcome(values: Int32Array, fork: number, mover: number): void {
    const { interpreter, components } = this;
    const outcome = this.outcomes;
    this.roomForOutcome(interpreter.changes);
    let at = this.firstChange[outcome]!;
    for (let index = 0; index < interpreter.changes; index += 1) {
      const component = interpreter.changed[index]!;
      const number = components.intern(component);
      if (number === values[component]) continue;
      this.changes[at] = component;
      this.changes[at + 1] = number;
      this.origins[at >> 1] = values[component]!;
      at += 2;
    }
    this.forks[outcome] = fork;
    // Which failure uses up the number allowed makes a difference to all others.
    const countsFailure =
      interpreter.system.faultCounter >= 0 && this.changesComponent(outcome, at, components.count - 1);
    this.movers[outcome] = countsFailure ? moverNone : mover & ~putOff;
    this.putOff[outcome] = !countsFailure && (mover & putOff) !== 0 ? this.commuting!.putOffByLastStep() : 0;
    this.drops[outcome] = this.loses(outcome, values, this.firstChange[outcome]!, at) ? 1 : 0;
    this.outcomes += 1;
    this.firstChange[this.outcomes] = at;
  }

  private changesComponent(outcome: number, end: number, component: number): boolean {
    for (let at = this.firstChange[outcome]!; at < end; at += 2) if (this.changes[at] === component) return true;
    return false;
  }

  /** Fills `lost` for the outcome with these changes; true if it has a bit. */
  private loses(outcome: number, values: Int32Array, from: number, to: number): boolean {
    const { components, changes, known, interpreter, lost } = this;
    const { maskWords, bitOf } = components;
    const at = outcome * maskWords;
    lost.fill(0, at, at + maskWords);
    for (let change = from; change < to; change += 2) {
      const component = changes[change]!;
      const { names, life } = components.facts[component]!;
      for (let word = 0; word < maskWords; word += 1)
        lost[at + word]! |=
          names[values[component]! * maskWords + word]! & ~names[changes[change + 1]! * maskWords + word]!;
      const bit = component < components.objects ? bitOf[component]! : -1;
      if (bit >= 0 && life[values[component]!] === 0) lost[at + (bit >> 5)]! |= 1 << (bit & 31);
    }
    known.fill(0);
    const { ownership } = interpreter;
    if (ownership) this.addNewlyShared(outcome, values, from, to);
    this.addKnown(values, from, to, ownership);
    let any = 0;
    for (let word = 0; word < maskWords; word += 1) any |= lost[at + word]! &= ~known[word]!;
    if (any === 0 || !ownership) return any !== 0;
    // What was private and still is named stays so.
    this.addKnown(values, from, to, false);
    any = 0;
    for (let index = 0; index < interpreter.observations; index += 1) {
      const observed = interpreter.observed[index]!;
      const bit = observed < components.objects ? bitOf[observed]! : -1;
      if (bit < 0 || ((known[bit >> 5]! >>> (bit & 31)) & 1) === 0) continue;
      const after = this.numberAfter(observed, values, from, to);
      if (!this.isShared(observed, values[observed]!) && !this.isShared(observed, after))
        lost[at + (bit >> 5)]! &= ~(1 << (bit & 31));
    }
    for (let word = 0; word < maskWords; word += 1) any |= lost[at + word]!;
    return any !== 0;
  }

  /** Whether a content is one of an object that others can reach. */
  private isShared(component: number, content: number): boolean {
    return this.components.facts[component]!.shared[content] === 1;
  }

  /**
   * What becomes shared in a step can have been given back in the same one: it is among what may be lost, unless an object that was shared
   * before names it after. That one was so without it.
   */
  private addNewlyShared(outcome: number, values: Int32Array, from: number, to: number): void {
    const { components, changes, known, lost } = this;
    const { maskWords, bitOf } = components;
    const fresh: number[] = [];
    for (let at = from; at < to; at += 2) {
      const component = changes[at]!;
      if (bitOf[component]! < 0) continue;
      const object = components.objectOf[component]!;
      if (this.isShared(object, values[object]!)) this.addNames(known, component, changes[at + 1]!);
      else if (this.isShared(object, this.numberAfter(object, values, from, to))) fresh.push(at);
    }
    for (let grown = true; grown;) {
      grown = false;
      for (const at of fresh) {
        const bit = bitOf[changes[at]!]!;
        if ((known[bit >> 5]! >>> (bit & 31)) & 1)
          grown = this.addNames(known, changes[at]!, changes[at + 1]!) || grown;
      }
    }
    for (const at of fresh) {
      const bit = bitOf[changes[at]!]!;
      if (((known[bit >> 5]! >>> (bit & 31)) & 1) === 0) lost[outcome * maskWords + (bit >> 5)]! |= 1 << (bit & 31);
    }
    known.fill(0);
  }

  /**
   * Adds the dynamic objects that are surely reached after an outcome to `known`: those that contents name which the step changed to or
   * observed, from static objects and, unless they are left out, threads.
   */
  private addKnown(values: Int32Array, from: number, to: number, onlyStatics: boolean): void {
    const { components, changes, known, interpreter } = this;
    const { bitOf, firstThread } = components;
    const isRoot = (component: number, content: number) =>
      bitOf[component]! < 0 &&
      !(onlyStatics && (component >= firstThread || components.ownerOfStatic(component, content) >= 0));
    for (let at = from; at < to; at += 2)
      if (isRoot(changes[at]!, changes[at + 1]!)) this.addNames(known, changes[at]!, changes[at + 1]!);
    for (let index = 0; index < interpreter.observations; index += 1) {
      const observed = interpreter.observed[index]!;
      if (observed >= components.count || !isRoot(observed, values[observed]!)) continue;
      if (this.numberAfter(observed, values, from, to) === values[observed])
        this.addNames(known, observed, values[observed]);
    }
    // Objects that are known to be there as well, and to be named, name others.
    for (let grown = true; grown;) {
      grown = false;
      for (let index = 0; index < interpreter.observations; index += 1) {
        const observed = interpreter.observed[index]!;
        const bit = observed < components.count ? bitOf[observed]! : -1;
        if (bit >= 0 && (known[bit >> 5]! >>> (bit & 31)) & 1)
          grown = this.addNames(known, observed, this.numberAfter(observed, values, from, to)) || grown;
      }
    }
  }

  /** Adds what a content names to a mask; true if that is more than there was. */
  private addNames(mask: Int32Array, component: number, number: number): boolean {
    const { maskWords, facts } = this.components;
    const { names } = facts[component]!;
    let more = 0;
    for (let word = 0; word < maskWords; word += 1) {
      const added = names[number * maskWords + word]! & ~mask[word]!;
      mask[word]! |= added;
      more |= added;
    }
    return more !== 0;
  }

  private numberAfter(component: number, values: Int32Array, from: number, to: number): number {
    for (let at = from; at < to; at += 2) if (this.changes[at] === component) return this.changes[at + 1]!;
    return values[component]!;
  }

  // ---- the decision tree ----

  /** Files a result under all that it depends on: the thread's own component, its locks, and what it observed, in order. */
  private remember(thread: number, values: Int32Array, result: number): void {
    const { interpreter, components } = this;
    let slot = this.childSlot(thread, values);
    slot = this.testAt(slot, this.heldOf + thread, values);
    for (let index = 0; index < interpreter.observations; index += 1) {
      const observed = interpreter.observed[index]!;
      slot = this.testAt(
        slot,
        observed < components.count ? observed : this.waitingOf + observed - interpreter.waitingOf,
        values,
      );
    }
    if (interpreter.observedAll)
      for (let component = 0; component < components.count; component += 1) slot = this.testAt(slot, component, values);
    if (this.children[slot] !== unknown)
      throw new Error('a step depends on something that it does not say it observed');
    this.children[slot] = -1 - result;
    this.tracked?.changedChildren.push(slot);
  }

  /** Nobody asks any more what changed. */
  stopTracking(): void {
    this.tracked = null;
  }

  /** What changed in the tree since the last call; from the first one on this is kept. */
  track(): TreeChanges {
    const changes = this.tracked ?? { changedTests: [], changedChildren: [] };
    this.tracked = { changedTests: [], changedChildren: [] };
    return changes;
  }

  /** The slot of the value in a test of `what`, which stands in `slot` or is put there. */
  private testAt(slot: number, what: number, values: Int32Array): number {
    let child = this.children[slot]!;
    if (child === unknown) {
      child = this.addTest(what) + 1;
      this.children[slot] = child;
      this.tracked?.changedChildren.push(slot);
    }
    if (child < 0 || this.tree[(child - 1) * testWords] !== what)
      throw new Error('a step depends on something that it does not say it observed');
    return this.childSlot(child - 1, values);
  }

  private addTest(what: number): number {
    const test = this.tests;
    this.tests += 1;
    if (this.tests * testWords > this.tree.length) this.tree = grown(this.tree);
    this.tree[test * testWords] = what;
    return test;
  }

  /** What a test asks for, and where the children for the numbers from `low` on stand. */
  test(number: number): { what: number; low: number; room: number; children: number } {
    const { tree } = this;
    const at = number * testWords;
    return {
      what: tree[at]!,
      low: tree[at + testLowest]!,
      room: tree[at + testRoom]!,
      children: tree[at + testChildren]!,
    };
  }

  /** Where the child of a test for the value in `values` stands; makes room for it. */
  private childSlot(test: number, values: Int32Array): number {
    const { what, room, low } = this.test(test);
    const value = values[what]!;
    if (room === 0) this.moveChildren(test, value, 1);
    else if (value < low) {
      const lower = Math.max(0, Math.min(value, low - room));
      this.moveChildren(test, lower, low + room - lower);
    } else if (value >= low + room) this.moveChildren(test, low, Math.max(value + 1 - low, room * 2));
    const moved = this.test(test);
    return moved.children + value - moved.low;
  }

  /** Gives a test room for so many numbers from `low`, those it had among them. */
  private moveChildren(test: number, low: number, size: number): void {
    const before = this.test(test);
    this.tracked?.changedTests.push(test);
    const at = this.childrenUsed;
    this.childrenUsed += size;
    while (this.childrenUsed > this.children.length) this.children = grown(this.children);
    if (before.room > 0)
      this.children.copyWithin(at + before.low - low, before.children, before.children + before.room);
    const place = test * testWords;
    this.tree[place + testLowest] = low;
    this.tree[place + testRoom] = size;
    this.tree[place + testChildren] = at;
  }

  private roomForResult(): void {
    if (this.results + 1 < this.firstOutcome.length) return;
    this.firstOutcome = grown(this.firstOutcome);
    this.transitions = grown(this.transitions);
    this.cuts = grown(this.cuts);
    this.reads = grown(this.reads);
    this.traits = grownBytes(this.traits);
    this.writes = grown(this.writes);
    this.makesUp = grown(this.makesUp);
  }

  private roomForOutcome(changes: number): void {
    if (this.outcomes + 1 >= this.firstChange.length) {
      this.firstChange = grown(this.firstChange);
      this.forks = grown(this.forks);
      this.putOff = grown(this.putOff);
      this.drops = grownBytes(this.drops);
      this.movers = grownBytes(this.movers);
    }
    while ((this.outcomes + 1) * this.components.maskWords > this.lost.length) this.lost = grown(this.lost);
    while (this.firstChange[this.outcomes]! + 2 * changes > this.changes.length) {
      this.changes = grown(this.changes);
      this.origins = grown(this.origins);
    }
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function grownBytes(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(array.length * 2);
  larger.set(array);
  return larger;
}
