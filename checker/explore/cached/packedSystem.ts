import type { Interpreter } from '../../system/interpreter.js';
import type { ContentTable } from './components.js';
import { Components } from './components.js';
import type { Layout } from './layout.js';
import { layoutFor } from './layout.js';
import type { Movers } from '../reductions/movers.js';
import type { StepListener } from './transitionCache.js';
import { TransitionCache } from './transitionCache.js';

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
  private rewrites = 0;
  private readonly keeper: PackedStates;
  /** What changed components were, while `values` has what they become. */
  private readonly after: Int32Array;
  private readonly marks: Int32Array;
  /** Live objects that the successor at hand no longer names. */
  private readonly leaks: number[] = [];
  /** Packed components: those with more than one content, in the order of their words. */
  private packed: Int32Array;
  private readonly heldKeys = new Map<number, number>();
  private readonly heldSets = new Map<string, number>();
  private readonly leaked: (object: number, outcome: number, thread: number) => void;
  /** Packed words of the state unpacked last. */
  private source: Int32Array;
  private sourceAt = 0;

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
    this.after = new Int32Array(this.components.count);
    this.marks = new Int32Array(this.components.maskWords);
    this.layout = layoutFor(this.components.sizes);
    this.packed = packedOf(this.layout);
    this.source = new Int32Array(1);
  }

  /** Takes the interpreter's state, every content of which becomes known, as `values`; `packValues` packs them. */
  internInterpreted(): void {
    const { components, values } = this;
    this.cache.forgetLoaded();
    for (let component = 0; component < components.count; component += 1)
      values[component] = components.intern(component);
    this.fit();
  }

  /** Unpacks the state at `from[at…]`. The array must stay as it is until the next state is unpacked. */
  unpack(from: Int32Array, at: number): void {
    const { values, components, packed } = this;
    const { word, shift, mask } = this.layout;
    this.source = from;
    this.sourceAt = at;
    for (let index = 0; index < packed.length; index += 1) {
      const component = packed[index]!;
      values[component] = (from[at + word[component]!]! >>> shift[component]!) & mask[component]!;
    }
    const { firstThread, facts, lockHolders } = components;
    const { threads, waitingOf, heldOf } = this.cache;
    let holders = 0;
    for (let index = 0; index < lockHolders.length; index += 1) {
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
    let key = 0;
    for (const component of components.lockHolders) {
      const value = values[component]!;
      if (((components.facts[component]!.heldBy[value]! >>> thread) & 1) === 0) continue;
      key = this.extendKey(key, component, value, thread);
    }
    return key;
  }

  private extendKey(key: number, component: number, value: number, thread: number): number {
    const { components } = this;
    const place = (value * components.count + component) * 32 + thread;
    let set = this.heldPlaces.get(place);
    if (set === undefined) {
      const cells = components.heldIn(component, value, thread).join();
      set = this.heldSets.get(cells) ?? this.heldSets.size + 1;
      this.heldSets.set(cells, set);
      this.heldPlaces.set(place, set);
    }
    const chain = key * 65_536 + set;
    let next = this.heldKeys.get(chain);
    if (next === undefined) this.heldKeys.set(chain, (next = this.heldKeys.size + 1));
    return next;
  }

  private readonly heldPlaces = new Map<number, number>();

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
    const { cache, source, sourceAt } = this;
    const { width, word, shift, mask } = this.layout;
    for (let index = 0; index < width; index += 1) into[at + index] = source[sourceAt + index]!;
    const { changes } = cache;
    const end = cache.firstChange[outcome + 1]!;
    for (let change = cache.firstChange[outcome]!; change < end; change += 2) {
      const component = changes[change]!;
      const place = at + word[component]!;
      const low = shift[component]!;
      into[place] = (into[place]! & ~(mask[component]! << low)) | (changes[change + 1]! << low);
    }
    if (cache.drops[outcome] === 1) this.recycle(outcome, thread, into, at);
  }

  /** Clears, in the successor at `into[at…]`, memory that nothing names any more. */
  private recycle(outcome: number, thread: number, into: Int32Array, at: number): void {
    const { after, cache, components, marks, values } = this;
    const { facts, roots, maskWords } = components;
    const end = cache.firstChange[outcome + 1]!;
    // The changed components take their new numbers for the time being.
    for (let change = cache.firstChange[outcome]!; change < end; change += 2) {
      const component = cache.changes[change]!;
      after[component] = values[component]!;
      values[component] = cache.changes[change + 1]!;
    }
    let lost = 0;
    for (let part = 0; part < maskWords; part += 1) {
      let named = 0;
      for (let index = 0; index < roots.length; index += 1) {
        const component = roots[index]!;
        named |= facts[component]!.names[values[component]! * maskWords + part]!;
      }
      marks[part] = named;
      lost |= cache.lost[outcome * maskWords + part]! & ~named;
    }
    if (lost !== 0) this.clearUnnamed(outcome, thread, into, at);
    for (let change = cache.firstChange[outcome]!; change < end; change += 2) {
      const component = cache.changes[change]!;
      values[component] = after[component]!;
    }
    for (const object of this.leaks) this.leaked(object, outcome, thread);
    this.leaks.length = 0;
  }

  /** Follows the names in `marks` through live objects, and clears the objects that are not among those found. */
  private clearUnnamed(outcome: number, thread: number, into: Int32Array, at: number): void {
    const { components, marks, values } = this;
    const { facts, maskWords, ofBit } = components;
    for (let grown = true; grown;) {
      grown = false;
      for (let bit = 0; bit < ofBit.length; bit += 1) {
        if (((marks[bit >> 5]! >>> (bit & 31)) & 1) === 0) continue;
        const component = ofBit[bit]!;
        const { names } = facts[component]!;
        const from = values[component]! * maskWords;
        for (let part = 0; part < maskWords; part += 1) {
          const added = names[from + part]! & ~marks[part]!;
          if (added === 0) continue;
          marks[part]! |= added;
          grown = true;
        }
      }
    }
    const { word, shift, mask } = this.layout;
    for (let bit = 0; bit < ofBit.length; bit += 1) {
      if ((marks[bit >> 5]! >>> (bit & 31)) & 1) continue;
      const component = ofBit[bit]!;
      const life = facts[component]!.life[values[component]!]!;
      if (life === 0) continue;
      if (life === 2) this.leaks.push(component);
      into[at + word[component]!]! &= ~(mask[component]! << shift[component]!);
    }
  }

  /** Packs values that are all known. */
  packValues(values: Int32Array, into: Int32Array, at: number): void {
    const { width, word, shift } = this.layout;
    for (let index = 0; index < width; index += 1) into[at + index] = 0;
    for (let index = 0; index < this.packed.length; index += 1) {
      const component = this.packed[index]!;
      into[at + word[component]!]! |= values[component]! << shift[component]!;
    }
  }

  /** Writes the state at `from[at…]` in one form to `to[start…]` in another, which must be 0. */
  static convert(
    from: Layout,
    to: Layout,
  ): (source: Int32Array, at: number, target: Int32Array, start: number) => void {
    const components = packedOf(from);
    return (source, at, target, start) => {
      for (const component of components) {
        const value = (source[at + from.word[component]!]! >>> from.shift[component]!) & from.mask[component]!;
        target[start + to.word[component]!]! |= value << to.shift[component]!;
      }
    };
  }

  /** Writes the contents of the packed state at `from[at…]`, by component. */
  contentsOf(from: Int32Array, at: number, into: Int32Array): void {
    const { packed } = this;
    const { word, shift, mask } = this.layout;
    for (let index = 0; index < packed.length; index += 1) {
      const component = packed[index]!;
      into[component] = (from[at + word[component]!]! >>> shift[component]!) & mask[component]!;
    }
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
    // Where the state that was unpacked last stands now is not known here; whoever goes on with it unpacks it again.
    this.source = new Int32Array(this.layout.width);
    this.sourceAt = 0;
    this.packValues(this.values, this.source, 0);
  }

  /** Gives packed states another form, which has room for all contents known. States have to be unpacked again. */
  adopt(layout: Layout): void {
    this.layout = layout;
    this.packed = packedOf(layout);
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

function packedOf(layout: Layout): Int32Array {
  const components = Array.from(layout.mask.keys()).filter((component) => layout.mask[component] !== 0);
  return Int32Array.from(components.sort((a, b) => layout.word[a]! - layout.word[b]!));
}
