import type { Components } from './components.js';
import type { TransitionCache } from './transitionCache.js';

/**
 * Which dynamic objects can be reached by following names, in the state whose contents are in `values`. Sets of objects are masks, by the
 * bits of `Components.bitOf`.
 */
export class Reach {
  /** What `isNamed` or `byThreads` found to be named at all; complete only if something was not. */
  readonly named: Int32Array;
  /** What `byThreads` found that one thread reaches, and nobody else. */
  readonly owned: Int32Array;
  private readonly components: Components;
  private readonly cache: TransitionCache;
  private readonly values: Int32Array;
  /** What static objects reach. */
  private readonly everybody: Int32Array;
  private readonly followed: Int32Array;
  /** By bit, the threads that reach an object which not everybody reaches, as a set. */
  private readonly by: Int32Array;
  /** Bits of objects that such threads were added to; an object has a place for each of them. */
  private readonly queue: Int32Array;
  private queued = 0;
  /** A set of at most 64 objects. */
  private low = 0;
  private high = 0;

  constructor(components: Components, cache: TransitionCache, values: Int32Array) {
    this.components = components;
    this.cache = cache;
    this.values = values;
    const mask = () => new Int32Array(components.maskWords);
    this.named = mask();
    this.owned = mask();
    this.everybody = mask();
    this.followed = mask();
    this.by = new Int32Array(components.ofBit.length);
    this.queue = new Int32Array(components.ofBit.length * (cache.threads + 1));
  }

  /**
   * Whether everything that an outcome may have taken a name from (`TransitionCache.lost`) can be reached, from static objects or threads;
   * `named` is all that can be if not.
   */
  isNamed(outcome: number): boolean {
    const { named, followed, components } = this;
    if (this.fitsInTwoWords && components.usedWords === 1) return this.isNamedInOneWord(outcome);
    named.fill(0);
    followed.fill(0);
    for (let index = 0; index < components.naming; index += 1) this.add(named, components.namingStatics[index]!);
    for (let thread = 0; thread < this.cache.threads; thread += 1) this.add(named, components.firstThread + thread);
    return this.follow(named, outcome);
  }

  /** The same with at most 32 objects in use: this is done in every second step of a search without reductions. */
  private isNamedInOneWord(outcome: number): boolean {
    const { components, values, cache } = this;
    const { facts, namingStatics, naming, maskWords, ofBit, firstThread, furtherParts } = components;
    const lost = cache.lost[outcome * maskWords]!;
    let named = 0;
    for (let component = firstThread; component < firstThread + cache.threads; component += 1)
      named |= facts[component]!.names[values[component]! * maskWords]!;
    for (let index = 0; index < naming; index += 1) {
      const component = namingStatics[index]!;
      named |= facts[component]!.names[values[component]! * maskWords]!;
    }
    let followed = 0;
    for (let open = named; (lost & ~named) !== 0 && open !== 0; open = named & ~followed) {
      const bit = 31 - Math.clz32(open);
      const component = ofBit[bit]!;
      named |= facts[component]!.names[values[component]! * maskWords]!;
      for (let part = furtherParts[component]!; part < furtherParts[component + 1]!; part += 1)
        named |= facts[part]!.names[values[part]! * maskWords]!;
      followed |= 1 << bit;
    }
    this.named[0] = named;
    return (lost & ~named) === 0;
  }

  /** Whether all of it can be reached from static objects that belong to no thread. */
  byEverybody(outcome: number): boolean {
    if (this.fitsInTwoWords) return this.byEverybodyInTwoWords(outcome);
    const { everybody, followed } = this;
    everybody.fill(0);
    followed.fill(0);
    this.addStatics(everybody);
    return this.follow(everybody, outcome);
  }

  /** After `byEverybody` said no: what is named, and what of it only one thread reaches. Whether everything that lost a name is named. */
  byThreads(outcome: number): boolean {
    const { everybody, named, owned, by, queue, components, cache, values } = this;
    const { usedWords, bits, firstThread, ofBit, namingStatics, naming, furtherParts } = components;
    if (this.fitsInTwoWords) return this.byThreadsInTwoWords(outcome);
    by.fill(0, 0, bits);
    this.queued = 0;
    for (let thread = 0; thread < cache.threads; thread += 1)
      this.reachNames(firstThread + thread, values[firstThread + thread]!, 1 << thread);
    for (let index = 0; index < naming; index += 1) {
      const component = namingStatics[index]!;
      const owner = components.ownerOfStatic(component, values[component]!);
      if (owner >= 0) this.reachNames(component, values[component]!, 1 << owner);
    }
    while (this.queued > 0) {
      const bit = queue[--this.queued]!;
      const object = ofBit[bit]!;
      this.reachNames(object, values[object]!, by[bit]!);
      for (let part = furtherParts[object]!; part < furtherParts[object + 1]!; part += 1)
        this.reachNames(part, values[part]!, by[bit]!);
    }
    for (let word = 0; word < usedWords; word += 1) {
      named[word] = everybody[word]!;
      owned[word] = 0;
    }
    for (let bit = 0; bit < bits; bit += 1) {
      const threads = by[bit]!;
      if (threads === 0) continue;
      named[bit >> 5]! |= 1 << (bit & 31);
      if ((threads & (threads - 1)) === 0) owned[bit >> 5]! |= 1 << (bit & 31);
    }
    return this.hasAll(named, outcome);
  }

  /** At most 64 objects are in use. */
  private get fitsInTwoWords(): boolean {
    return this.components.usedWords <= 2;
  }

  // The same with at most 64 objects in use, which is nearly always so: large searches do little else as often.

  private byEverybodyInTwoWords(outcome: number): boolean {
    const { components, values, everybody } = this;
    const { maskWords, facts, namingStatics, naming } = components;
    this.low = 0;
    this.high = 0;
    for (let index = 0; index < naming; index += 1) {
      const component = namingStatics[index]!;
      const content = values[component]!;
      if (components.ownerOfStatic(component, content) >= 0) continue;
      const { names } = facts[component]!;
      this.low |= names[content * maskWords]!;
      if (maskWords > 1) this.high |= names[content * maskWords + 1]!;
    }
    this.followInTwoWords(0, 0);
    everybody[0] = this.low;
    if (maskWords > 1) everybody[1] = this.high;
    return this.hasAll(everybody, outcome);
  }

  private byThreadsInTwoWords(outcome: number): boolean {
    const { components, values, everybody, named, owned, cache } = this;
    const { maskWords, facts, firstThread, namingStatics, naming } = components;
    const everybodyLow = everybody[0]!;
    const everybodyHigh = maskWords > 1 ? everybody[1]! : 0;
    let [onceLow, onceHigh, twiceLow, twiceHigh] = [0, 0, 0, 0];
    for (let thread = 0; thread < cache.threads; thread += 1) {
      const { names } = facts[firstThread + thread]!;
      const at = values[firstThread + thread]! * maskWords;
      this.low = names[at]!;
      this.high = maskWords > 1 ? names[at + 1]! : 0;
      for (let index = 0; index < naming; index += 1) {
        const component = namingStatics[index]!;
        const content = values[component]!;
        if (components.ownerOfStatic(component, content) !== thread) continue;
        const { names } = facts[component]!;
        this.low |= names[content * maskWords]!;
        if (maskWords > 1) this.high |= names[content * maskWords + 1]!;
      }
      this.followInTwoWords(everybodyLow, everybodyHigh);
      twiceLow |= onceLow & this.low;
      twiceHigh |= onceHigh & this.high;
      onceLow |= this.low;
      onceHigh |= this.high;
    }
    named[0] = everybodyLow | onceLow;
    owned[0] = onceLow & ~twiceLow;
    if (maskWords > 1) {
      named[1] = everybodyHigh | onceHigh;
      owned[1] = onceHigh & ~twiceHigh;
    }
    return this.hasAll(named, outcome);
  }

  /** Adds to `low` and `high` what the objects in them name, and what those name, but for some objects that are left out altogether. */
  private followInTwoWords(exceptLow: number, exceptHigh: number): void {
    const { components, values } = this;
    const { facts, maskWords, ofBit, furtherParts } = components;
    let low = this.low & ~exceptLow;
    let high = this.high & ~exceptHigh;
    for (let [openLow, openHigh] = [low, high]; (openLow | openHigh) !== 0;) {
      const isLow = openLow !== 0;
      const bit = 31 - Math.clz32(isLow ? openLow : openHigh);
      if (isLow) openLow &= ~(1 << bit);
      else openHigh &= ~(1 << bit);
      const object = ofBit[isLow ? bit : 32 + bit]!;
      const end = furtherParts[object + 1]!;
      for (let part = object, next = furtherParts[object]!; ; part = next, next += 1) {
        const { names } = facts[part]!;
        const at = values[part]! * maskWords;
        const newLow = names[at]! & ~(low | exceptLow);
        low |= newLow;
        openLow |= newLow;
        if (maskWords > 1) {
          const newHigh = names[at + 1]! & ~(high | exceptHigh);
          high |= newHigh;
          openHigh |= newHigh;
        }
        if (next === end) break;
      }
    }
    this.low = low;
    this.high = high;
  }

  /** These threads reach what a content names, unless everybody does. */
  private reachNames(component: number, content: number, threads: number): void {
    const { everybody, by, queue, components } = this;
    const { facts, maskWords, usedWords } = components;
    const { names } = facts[component]!;
    const from = content * maskWords;
    for (let word = 0; word < usedWords; word += 1) {
      for (let left = names[from + word]! & ~everybody[word]!; left !== 0; left &= left - 1) {
        const bit = word * 32 + 31 - Math.clz32(left & -left);
        const before = by[bit]!;
        if ((threads & ~before) === 0) continue;
        by[bit] = before | threads;
        queue[this.queued++] = bit;
      }
    }
  }

  /** Adds what the static objects name that belong to no thread. */
  private addStatics(mask: Int32Array): void {
    const { components, values } = this;
    const { namingStatics, naming } = components;
    for (let index = 0; index < naming; index += 1) {
      const component = namingStatics[index]!;
      if (components.ownerOfStatic(component, values[component]!) < 0) this.add(mask, component);
    }
  }

  private add(mask: Int32Array, component: number): void {
    const { facts, maskWords, usedWords } = this.components;
    const { names } = facts[component]!;
    const from = this.values[component]! * maskWords;
    for (let word = 0; word < usedWords; word += 1) mask[word]! |= names[from + word]!;
  }

  /**
   * Adds to a mask what the objects in it name that were not followed yet, until all that the outcome may have taken a name from is there;
   * tells whether it is.
   */
  private follow(mask: Int32Array, outcome: number): boolean {
    const { followed } = this;
    const { ofBit, usedWords, furtherParts } = this.components;
    for (let again = true; again;) {
      again = false;
      for (let word = 0; word < usedWords; word += 1) {
        for (;;) {
          if (this.hasAll(mask, outcome)) return true;
          const open = mask[word]! & ~followed[word]!;
          if (open === 0) break;
          const lowest = open & -open;
          followed[word]! |= lowest;
          const object = ofBit[word * 32 + 31 - Math.clz32(lowest)]!;
          this.add(mask, object);
          for (let part = furtherParts[object]!; part < furtherParts[object + 1]!; part += 1) this.add(mask, part);
          again ||= usedWords > 1;
        }
      }
    }
    return this.hasAll(mask, outcome);
  }

  private hasAll(mask: Int32Array, outcome: number): boolean {
    const { maskWords, usedWords } = this.components;
    const { lost } = this.cache;
    const from = outcome * maskWords;
    for (let word = 0; word < usedWords; word += 1) if ((lost[from + word]! & ~mask[word]!) !== 0) return false;
    return true;
  }
}
