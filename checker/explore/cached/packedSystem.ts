import type { Interpreter } from '../../system/interpreter.js';
import type { ContentTable } from './components.js';
import { Components } from './components.js';
import type { Layout } from './layout.js';
import { layoutFor } from './layout.js';
import type { Conversion, LayoutCode } from './layoutCode.js';
import { conversionOf, compileLayout, loopsOf } from './layoutCode.js';
import type { ReductionReport } from '../search.js';
import type { Movers } from '../reductions/movers.js';
import { Reach } from './reach.js';
import type { StepListener } from './transitionCache.js';
import { TransitionCache } from './transitionCache.js';

/** So many states are unpacked by loops before code is made for their form. */
const worthCompiling = 2000;

/** Somebody who keeps packed states, and has to rewrite them when their form changes. */
export interface PackedStates {
  /** Rewrites every state kept from the old form to the new one. */
  rewrite(from: Layout, to: Layout): void;
}

/**
 * A system as a transition relation over packed states. Use: `unpack` a state, ask for the `result` of each thread, and `pack` the
 * successor of each of its outcomes.
 */
export class PackedSystem {
  readonly components: Components;
  readonly cache: TransitionCache;
  /** The values of the state unpacked last; see `TransitionCache`. */
  readonly values: Int32Array;
  layout: Layout;
  private code: LayoutCode;
  /** States of this form that were unpacked; forms change often while a search is small. */
  private unpacked = 0;
  private rewrites = 0;
  private readonly keeper: PackedStates;
  private readonly reach: Reach;
  private readonly returnsMemory: boolean;
  /** By outcome, what it adds to each word of a packed state of this form; known for the first `deltasOf` outcomes. */
  private deltas = new Int32Array(1024);
  private deltasOf = 0;
  /** Live objects that the successor at hand no longer names. */
  private readonly leaks: number[] = [];
  /** By a number for locks that a thread holds, and one for further ones, the number for all of them; 0 for none. */
  private readonly heldKeys: (number | undefined)[][] = [[]];
  /** By component, content and thread: `heldSets` of the locks held. */
  private readonly heldSetsIn: (number | undefined)[][] = [];
  /** Numbers of sets of lock cells. */
  private readonly heldSets = new Map<string, number>();
  /** Goes up with every new number in these. */
  private heldVersion = 0;
  private readonly leaked: (object: number, outcome: number, thread: number) => void;
  /** The state unpacked last, packed. */
  private source: Int32Array;

  constructor(
    interpreter: Interpreter,
    listener: StepListener,
    keeper: PackedStates,
    leaked: (object: number, outcome: number, thread: number) => void,
    movers: Movers | null,
    tablesFor?: (lengths: Int32Array) => readonly ContentTable[],
  ) {
    this.components = new Components(interpreter, tablesFor);
    this.cache = new TransitionCache(interpreter, this.components, listener, movers);
    this.keeper = keeper;
    this.leaked = leaked;
    this.values = new Int32Array(this.components.count + 2 * this.cache.threads);
    this.reach = new Reach(this.components, this.cache, this.values);
    this.returnsMemory = interpreter.ownership;
    this.layout = layoutFor(this.components.sizes);
    this.code = loopsOf(this.layout);
    this.source = new Int32Array(this.layout.width);
  }

  /** Takes the interpreter's state, every content of which becomes known, as `values`; `packValues` packs them. */
  internInterpreted(): void {
    const { components, values } = this;
    this.cache.forgetLoaded();
    for (let component = 0; component < components.count; component += 1)
      values[component] = components.intern(component);
    this.fit();
  }

  /** Unpacks the state at `from[at…]`. */
  unpack(from: Int32Array, at: number): void {
    const { values, components, source } = this;
    for (let word = 0; word < source.length; word += 1) source[word] = from[at + word]!;
    this.unpacked += 1;
    if (this.unpacked === worthCompiling) this.code = compileLayout(this.layout);
    this.code.unpack(from, at, values);
    const { firstThread, facts, lockHolders, holding } = components;
    const { threads, waitingOf, heldOf } = this.cache;
    let holders = 0;
    for (let index = 0; index < holding; index += 1) {
      const component = lockHolders[index]!;
      holders |= facts[component]!.heldBy[values[component]!]!;
    }
    for (let thread = 0; thread < threads; thread += 1) {
      const own = firstThread + thread;
      values[waitingOf + thread] = facts[own]!.waits[values[own]!]!;
      values[heldOf + thread] = (holders >>> thread) & 1 ? this.heldKey(thread) : 0;
    }
  }

  /** The locks that a thread holds, as a number. */
  private heldKey(thread: number): number {
    const { components, values } = this;
    const { lockHolders, holding } = components;
    let key = 0;
    for (let index = 0; index < holding; index += 1) {
      const component = lockHolders[index]!;
      const value = values[component]!;
      if (((components.facts[component]!.heldBy[value]! >>> thread) & 1) === 0) continue;
      const set = this.heldSetOf(component, value, thread);
      const chains = (this.heldKeys[key] ??= []);
      key = chains[set] ??= this.newHeldKey();
    }
    return key;
  }

  private newHeldKey(): number {
    this.heldVersion += 1;
    return this.heldKeys.push([]) - 1;
  }

  /**
   * Numbers of what threads hold, for those who find their way without `unpack`: by component, the set of locks in it by content and thread; by
   * number for some locks and set, that for all of them.
   */
  get heldLocks() {
    return { version: this.heldVersion, sets: this.heldSetsIn, keys: this.heldKeys, count: this.heldSets.size };
  }

  /** The locks in a component that a thread holds, as a number. */
  private heldSetOf(component: number, value: number, thread: number): number {
    const sets = (this.heldSetsIn[component] ??= []);
    const place = value * this.cache.threads + thread;
    let set = sets[place];
    if (set === undefined) {
      const cells = this.components.heldIn(component, value, thread).join();
      set = this.heldSets.get(cells) ?? this.heldSets.size;
      this.heldSets.set(cells, set);
      while (sets.length < place) sets.push(undefined);
      sets[place] = set;
      this.heldVersion += 1;
    }
    return set;
  }

  /** The result of the next step of a thread in the unpacked state. New contents may change the form of packed states. */
  result(thread: number): number {
    const { cache } = this;
    const known = cache.results;
    const result = cache.resultOf(thread, this.values);
    if (cache.results !== known) this.fit();
    return result;
  }

  /** Writes the successor by an outcome of `thread` to `into[at…]`. */
  pack(outcome: number, thread: number, into: Int32Array, at: number): void {
    const { cache, source } = this;
    if (outcome >= this.deltasOf) this.learnDeltas();
    const { deltas } = this;
    const width = source.length;
    const from = outcome * width;
    for (let word = 0; word < width; word += 1) into[at + word] = source[word]! + deltas[from + word]!;
    if (cache.drops[outcome] === 1) this.recycle(outcome, thread, into, at);
  }

  /**
   * An outcome changes components from certain numbers to certain others, the same in all states that it belongs to. So each word of
   * the packed state changes by the same difference, modulo 2^32.
   */
  private learnDeltas(): void {
    const { cache } = this;
    const { width, word, shift } = this.layout;
    const { changes, origins, firstChange } = cache;
    while (cache.outcomes * width > this.deltas.length) this.deltas = grown(this.deltas);
    const { deltas } = this;
    for (let outcome = this.deltasOf; outcome < cache.outcomes; outcome += 1) {
      const at = outcome * width;
      for (let index = 0; index < width; index += 1) deltas[at + index] = 0;
      const end = firstChange[outcome + 1]!;
      for (let change = firstChange[outcome]!; change < end; change += 2) {
        const component = changes[change]!;
        deltas[at + word[component]!]! += (changes[change + 1]! - origins[change >> 1]!) << shift[component]!;
      }
    }
    this.deltasOf = cache.outcomes;
  }

  /** By outcome, what it adds to each word of a packed state of this form; for all outcomes so far. */
  outcomeDeltas(): Int32Array {
    this.learnDeltas();
    return this.deltas;
  }

  /** Clears, in the successor at `into[at…]`, memory that nothing names any more, and makes private what one thread is left with. */
  private recycle(outcome: number, thread: number, into: Int32Array, at: number): void {
    const { cache, reach } = this;
    // The changed components take their new numbers for the time being.
    this.exchange(outcome, cache.changes, 1, 0);
    if (this.returnsMemory) {
      if (!reach.byEverybody(outcome)) {
        if (!reach.byThreads(outcome)) this.clearUnnamed(reach.named, into, at);
        this.makePrivate(reach.owned, into, at);
      }
    } else if (!reach.isNamed(outcome)) this.clearUnnamed(reach.named, into, at);
    this.exchange(outcome, cache.origins, 0, 1);
    if (this.leaks.length === 0) return;
    // By number, whatever the order of bits.
    for (const object of this.leaks.sort((one, other) => one - other)) this.leaked(object, outcome, thread);
    this.leaks.length = 0;
  }

  /** Gives the components that an outcome changes the numbers at `numbers[(change + offset) >> half]`. */
  private exchange(outcome: number, numbers: Int32Array, offset: number, half: number): void {
    const { values, cache } = this;
    const { changes, firstChange } = cache;
    const end = firstChange[outcome + 1]!;
    for (let change = firstChange[outcome]!; change < end; change += 2)
      values[changes[change]!] = numbers[(change + offset) >> half]!;
  }

  /** Clears the objects that are not among those named. */
  private clearUnnamed(named: Int32Array, into: Int32Array, at: number): void {
    const { components, values } = this;
    const { facts, ofBit, bits, furtherParts } = components;
    const { word, shift, mask } = this.layout;
    for (let bit = 0; bit < bits; bit += 1) {
      if ((named[bit >> 5]! >>> (bit & 31)) & 1) continue;
      const component = ofBit[bit]!;
      const life = facts[component]!.life[values[component]!]!;
      if (life === 0) continue;
      if (life === 2) this.leaks.push(component);
      into[at + word[component]!]! &= ~(mask[component]! << shift[component]!);
      for (let part = furtherParts[component]!; part < furtherParts[component + 1]!; part += 1)
        into[at + word[part]!]! &= ~(mask[part]! << shift[part]!);
    }
  }

  /** Makes these objects private. */
  private makePrivate(owned: Int32Array, into: Int32Array, at: number): void {
    const { components, values } = this;
    const { facts, ofBit, usedWords } = components;
    const { word, shift } = this.layout;
    for (let part = 0; part < usedWords; part += 1) {
      for (let left = owned[part]!; left !== 0; left &= left - 1) {
        const component = ofBit[part * 32 + 31 - Math.clz32(left & -left)]!;
        const content = values[component]!;
        const privately = facts[component]!.privately[content]!;
        if (privately !== content) into[at + word[component]!]! += (privately - content) << shift[component]!;
      }
    }
  }

  /** What memory can become private again. */
  ownershipReport(): ReductionReport {
    const { system, facts, sizes } = this.components;
    const isShared = (index: number) => facts[index]!.shared.subarray(0, sizes[index]).includes(1);
    const dynamic = system.objects.filter((object) => !object.static && isShared(object.index));
    const list = [...new Set(dynamic.map(({ tag }) => `struct ${tag}`))].sort().join(', ');
    return {
      name: 'ownership',
      effect: list === '' ? 'no memory is shared but static objects' : `memory can become private again: ${list}`,
      reasons: ['what a thread does with memory that nobody else can reach makes no step of its own'],
    };
  }

  /** Packs values that are all known. */
  packValues(values: Int32Array, into: Int32Array, at: number): void {
    this.code.pack(values, into, at);
  }

  /** Writes the state at `from[at…]` in one form to `to[start…]` in another. */
  static convert(from: Layout, to: Layout): Conversion {
    return conversionOf(from, to);
  }

  /** Writes the contents of the packed state at `from[at…]`, by component. */
  contentsOf(from: Int32Array, at: number, into: Int32Array): void {
    this.code.unpack(from, at, into);
  }

  /** Changes the form of packed states if some component has more contents than the form has room for. */
  fit(): void {
    const { layout, components } = this;
    const { sizes } = components;
    let fits = true;
    for (let component = 0; component < sizes.length && fits; component += 1)
      fits = sizes[component]! - 1 <= layout.mask[component]! >>> 0;
    if (fits) return;
    this.adopt(layoutFor(this.largerRoom()));
    this.keeper.rewrite(layout, this.layout);
    this.packValues(this.values, this.source, 0);
  }

  /** Gives packed states another form, which has room for all contents known. States have to be unpacked again. */
  adopt(layout: Layout): void {
    this.layout = layout;
    this.code = loopsOf(layout);
    this.unpacked = 0;
    this.source = new Int32Array(layout.width);
    this.deltasOf = 0;
  }

  /**
   * For how many contents of each component the next form is to have room. Some to spare, so that this does not happen often: each
   * time costs a pass over all states. More of it when it still happens after many times: the state space is large then.
   */
  largerRoom(): Int32Array {
    const { layout, components } = this;
    const { sizes, firstThread } = components;
    this.rewrites += 1;
    const isLate = this.rewrites > 16;
    return sizes.map((size, component) => {
      if (size === 1) return 1;
      const spare = component >= firstThread || isLate ? 2 * size : size >> 1;
      return Math.max(size <= 4 && !isLate ? size : size + spare, (layout.mask[component]! >>> 0) + 1);
    });
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
