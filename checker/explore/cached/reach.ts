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
  /** What one thread reaches beside. */
  private readonly own: Int32Array;
  private readonly several: Int32Array;

  constructor(components: Components, cache: TransitionCache, values: Int32Array) {
    this.components = components;
    this.cache = cache;
    this.values = values;
    const mask = () => new Int32Array(components.maskWords);
    this.named = mask();
    this.owned = mask();
    this.everybody = mask();
    this.followed = mask();
    this.own = mask();
    this.several = mask();
  }

  /**
   * Whether everything that an outcome may have taken a name from (`TransitionCache.lost`) can be reached, from static objects or threads;
   * `named` is all that can be if not.
   */
  isNamed(outcome: number): boolean {
    const { named, followed, components } = this;
    named.fill(0);
    followed.fill(0);
    for (let index = 0; index < components.naming; index += 1) this.add(named, components.namingStatics[index]!);
    for (let thread = 0; thread < this.cache.threads; thread += 1) this.add(named, components.firstThread + thread);
    return this.follow(named, outcome);
  }

  /** Whether all of it can be reached from static objects that belong to no thread. */
  byEverybody(outcome: number): boolean {
    const { everybody, followed } = this;
    everybody.fill(0);
    followed.fill(0);
    this.addStatics(everybody, -1);
    return this.follow(everybody, outcome);
  }

  /** After `byEverybody` said no: what is named, and what of it only one thread reaches. */
  byThreads(): void {
    const { everybody, followed, own, several, named, owned, components, cache } = this;
    const { usedWords } = components;
    owned.fill(0);
    several.fill(0);
    for (let thread = 0; thread < cache.threads; thread += 1) {
      for (let word = 0; word < usedWords; word += 1) {
        own[word] = 0;
        followed[word] = everybody[word]!;
      }
      this.add(own, components.firstThread + thread);
      this.addStatics(own, thread);
      this.follow(own, -1);
      for (let word = 0; word < usedWords; word += 1) {
        several[word]! |= owned[word]! & own[word]!;
        owned[word]! |= own[word]!;
      }
    }
    for (let word = 0; word < usedWords; word += 1) {
      named[word] = everybody[word]! | owned[word]!;
      owned[word]! &= ~(several[word]! | everybody[word]!);
    }
  }

  /** Adds what the static objects of a thread name, or those of everybody (-1). */
  private addStatics(mask: Int32Array, thread: number): void {
    const { components, values } = this;
    const { namingStatics, naming } = components;
    for (let index = 0; index < naming; index += 1) {
      const component = namingStatics[index]!;
      if (components.ownerOfStatic(component, values[component]!) === thread) this.add(mask, component);
    }
  }

  private add(mask: Int32Array, component: number): void {
    const { facts, maskWords, usedWords } = this.components;
    const { names } = facts[component]!;
    const from = this.values[component]! * maskWords;
    for (let word = 0; word < usedWords; word += 1) mask[word]! |= names[from + word]!;
  }

  /**
   * Adds to a mask what the objects in it name that were not followed yet. Ends when all that the outcome may have taken a name from is
   * there, and tells whether it is; without an outcome (-1), when nothing is left to follow.
   */
  private follow(mask: Int32Array, outcome: number): boolean {
    const { followed } = this;
    const { ofBit, usedWords } = this.components;
    for (let again = true; again;) {
      again = false;
      for (let word = 0; word < usedWords; word += 1) {
        for (;;) {
          if (outcome >= 0 && this.hasAll(mask, outcome)) return true;
          const open = mask[word]! & ~followed[word]!;
          if (open === 0) break;
          const lowest = open & -open;
          followed[word]! |= lowest;
          this.add(mask, ofBit[word * 32 + 31 - Math.clz32(lowest)]!);
          again ||= usedWords > 1;
        }
      }
    }
    return outcome >= 0 && this.hasAll(mask, outcome);
  }

  private hasAll(mask: Int32Array, outcome: number): boolean {
    const { maskWords, usedWords } = this.components;
    const { lost } = this.cache;
    const from = outcome * maskWords;
    for (let word = 0; word < usedWords; word += 1) if ((lost[from + word]! & ~mask[word]!) !== 0) return false;
    return true;
  }
}
