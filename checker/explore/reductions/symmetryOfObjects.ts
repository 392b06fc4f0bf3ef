import type { Interpreter } from '../../system/interpreter.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import type { Segment } from '../../system/segments.js';
import { segmentsOf } from '../../system/segments.js';
import { payloadOf, pointer, stateAddressOf } from '../../system/word.js';
import type { Components } from '../cached/components.js';
import type { TransitionCache } from '../cached/transitionCache.js';
import { computesWithAddresses } from './symmetryOfAddresses.js';

/** Of a pool of two slots there are two orders at most, and looking for the order takes as long as the states that it saves. */
const fewestSlots = 3;

/**
 * Slots whose objects can change places without anybody noticing: those of one pool (`LinkedSystem.pools`), in their order, where there are enough
 * for it to pay. Not among them are slots that are in use in `quiet`, the state that the end of a run is compared with: that looks at objects one
 * by one.
 */
export function interchangeableSlots(
  system: LinkedSystem,
  quiet: Int32Array,
  fewest = fewestSlots,
): readonly (readonly number[])[] {
  if (computesWithAddresses(system) !== null) return [];
  const pools = [...system.pools.values()].flat();
  return pools
    .map((slots) => slots.filter(({ header }) => quiet[header] === 0).map(({ index }) => index))
    .filter((slots) => slots.length >= fewest);
}

/**
 * Chooses one state among all that differ only in which slots of a pool their objects are in. Slots are told apart by nothing but the pointers
 * to them: an allocation takes the lowest one that is free, so they tell who was freed first, and that makes no difference to any step.
 *
 * Objects are numbered in the order in which pointers lead to them, from globals first, then from the stacks of threads, then from one
 * object to the next. Words have an order, so there is one such numbering, and nothing has to be tried, as it has to be for threads. It does not
 * depend on which number a content has, so whoever shares states chooses the same ones.
 *
 * C. N. Ip, D. L. Dill, Better verification through symmetry (1996), for scalar sets; R. Iosif, Symmetry reductions for model checking of
 * concurrent dynamic software (2004), for the order of pointers.
 */
export class CanonicalSlots {
  /** A content was numbered that no state had before; whoever packs states looks whether they have room for it, and unsets this. */
  hasNew = false;
  /** Some object was moved, here or in another part of the search. As long as none was, states are what they are without this. */
  hasMoved = false;
  private readonly interpreter: Interpreter;
  private readonly components: Components;
  private readonly forget: () => void;
  private readonly pools: readonly (readonly number[])[];
  private readonly segments: readonly Segment[];
  /** By object: its pool, -1 for those that stay where they are, and its place there. */
  private readonly poolOf: Int32Array;
  private readonly rankOf: Int32Array;
  /** More than the slots of any pool. */
  private readonly rankLimit: number;
  /** By word address: the dynamic object there, or -1. */
  private readonly objectAt: Int32Array;
  /** Dynamic objects in the order in which the words of a content name them, one content after the other, of all that were known last. */
  private names = new Int32Array(1 << 10);
  private namesUsed = 0;
  /** By component, then two numbers a content: where its names begin, and where they end. */
  private readonly namedBy: Int32Array<ArrayBuffer>[];
  /** By component: how many contents were known last, and of all components how many were learned. */
  private readonly known: Int32Array;
  private learned = -1;
  /** Components that are not the same in all states. */
  private readonly varying: number[] = [];
  /** Of them, those that are slots behind the first of their pool. */
  private readonly later: number[] = [];
  /** By component: 1 if some content names a dynamic object. */
  private readonly naming: Uint8Array;
  /** Those that are roots, and by object those that it is made of. */
  private namingRoots: readonly number[] = [];
  private readonly namingParts: (readonly number[])[];
  /** By component, then content: what it becomes, by where the objects are that it names and is. */
  private readonly images: (Map<number | string, number> | undefined)[][];
  /** By outcome: 1 if it keeps the order of names, 2 if not; 0 for unknown. */
  private keeping = new Uint8Array(1 << 8);
  /** Of the state at hand, by object: the one whose place it takes, -1 if no pointer led there yet. */
  private readonly target: Int32Array;
  /** By pool: how many of its slots are taken. */
  private readonly taken: Int32Array;
  /** Objects that pointers lead to, the first `met`, and whether one of them is not in its place. */
  private readonly queue: Int32Array;
  private met = 0;
  private moves = false;
  private readonly moved: Int32Array;

  /** `forget` is called when the interpreter's state was changed. */
  constructor(
    interpreter: Interpreter,
    components: Components,
    pools: readonly (readonly number[])[],
    forget: () => void,
  ) {
    const { system } = interpreter;
    const { objects } = system;
    this.interpreter = interpreter;
    this.components = components;
    this.forget = forget;
    this.pools = pools;
    this.segments = segmentsOf(system);
    this.poolOf = new Int32Array(objects.length).fill(-1);
    this.rankOf = new Int32Array(objects.length);
    pools.forEach((slots, pool) =>
      slots.forEach((object, rank) => {
        this.poolOf[object] = pool;
        this.rankOf[object] = rank;
      }),
    );
    this.rankLimit = 1 + Math.max(...pools.map(({ length }) => length));
    this.objectAt = new Int32Array(system.width).fill(-1);
    for (const { index, header, layout, static: isStatic } of objects)
      if (!isStatic) this.objectAt.fill(index, header, header + layout.size + 1);
    // The content that is all zero words names nothing.
    this.namedBy = this.segments.map(() => new Int32Array(16));
    this.known = new Int32Array(components.count).fill(1);
    this.naming = new Uint8Array(components.count);
    this.namingParts = objects.map(() => []);
    this.images = this.segments.map(() => []);
    this.target = new Int32Array(objects.length);
    this.taken = new Int32Array(pools.length);
    this.queue = new Int32Array(objects.length);
    this.moved = new Int32Array(components.count);
  }

  /**
   * Whether what an outcome makes of a canonical state is canonical for sure: pointers lead to the same objects in the same order as before, in every
   * state.
   */
  keepsNames(outcome: number, cache: TransitionCache): boolean {
    if (outcome >= this.keeping.length) this.keeping = withRoom(this.keeping, outcome);
    if (this.keeping[outcome] === 0) this.keeping[outcome] = this.hasSameNames(outcome, cache) ? 1 : 2;
    return this.keeping[outcome] === 1;
  }

  private hasSameNames(outcome: number, { changes, origins, firstChange }: TransitionCache): boolean {
    if (this.learned !== this.components.learned) this.learnContents();
    for (let at = firstChange[outcome]!; at < firstChange[outcome + 1]!; at += 2) {
      const component = changes[at]!;
      if (component === this.components.count - 1) continue;
      const before = this.namesIn(component, origins[at >> 1]!);
      const after = this.namesIn(component, changes[at + 1]!);
      if (before.length !== after.length || before.some((object, place) => object !== after[place])) return false;
    }
    return true;
  }

  /** Makes the state with these contents the canonical one of its kind; false if it was. */
  canonicalise(values: Int32Array): boolean {
    if (this.learned !== this.components.learned) this.learnContents();
    const { later } = this;
    let used = 0;
    for (let at = 0; at < later.length; at += 1) used |= values[later[at]!]!;
    if (used === 0 || !this.findTargets(values)) return false;
    this.move(values);
    this.hasMoved = true;
    return true;
  }

  /**
   * What is assumed of the words of shared objects (`SharedWords`) has to hold under all names of the objects; true if that was news. Throws
   * `UnstableField` if it does not hold.
   */
  checkAssumptions(): boolean {
    return this.hasMoved && this.interpreter.assumeOfSlots(this.usedPools());
  }

  /** By address: where things are if nobody can tell slots of a pool apart, so all in the first one. */
  addressesWithoutSlots(): Int32Array {
    const { system } = this.interpreter;
    const addresses = Int32Array.from({ length: system.width }, (_, at) => at);
    for (const [first, ...others] of this.pools)
      for (const other of others) {
        const [to, from] = [system.objects[first!]!, system.objects[other]!];
        for (let offset = 0; offset <= from.layout.size; offset += 1)
          addresses[from.header + offset] = to.header + offset;
      }
    return addresses;
  }

  /** What became of it, for the report. */
  reasons(): string[] {
    const { objects } = this.interpreter.system;
    const list = [...new Set(this.usedPools().map(([first]) => `struct ${objects[first!]!.tag}`))].sort().join(', ');
    if (list === '') return [];
    if (!this.hasMoved) return [`objects that one thread made are in the order of the pointers to them: ${list}`];
    return [`objects that one thread made are told apart by the pointers to them only: ${list}`];
  }

  /** Of each pool the slots that came to be used, two or more. */
  private usedPools(): readonly (readonly number[])[] {
    const { sizes } = this.components;
    return this.pools.map((slots) => slots.filter((object) => sizes[object]! > 1)).filter((slots) => slots.length > 1);
  }

  // ---- contents ----

  /** Finds out what the contents name that are new, and which components have to be looked at. */
  private learnContents(): void {
    const { components, known, naming, poolOf, rankOf } = this;
    const { sizes, objectOf, roots, furtherParts } = components;
    this.learned = components.learned;
    let isNaming = false;
    for (let component = 0; component < components.count - 1; component += 1) {
      const first = known[component]!;
      const end = sizes[component]!;
      if (first === end) continue;
      known[component] = end;
      if (first === 1) {
        this.varying.push(component);
        if (objectOf[component] === component && poolOf[component]! >= 0 && rankOf[component]! > 0)
          this.later.push(component);
      }
      this.namedBy[component] = withPlace(this.namedBy[component]!, 2 * end);
      let any = false;
      for (let content = first; content < end; content += 1) if (this.learnNames(component, content)) any = true;
      if (!any || naming[component] === 1) continue;
      naming[component] = 1;
      isNaming = true;
    }
    if (!isNaming) return;
    this.namingRoots = [...roots].filter((component) => naming[component] === 1);
    for (const { index } of this.interpreter.system.objects) {
      const parts = [index];
      for (let part = furtherParts[index]!; part < furtherParts[index + 1]!; part += 1) parts.push(part);
      this.namingParts[index] = parts.filter((component) => naming[component] === 1);
    }
  }

  /** Takes note of what a content names; whether that is anything. */
  private learnNames(component: number, content: number): boolean {
    const { start, length } = this.segments[component]!;
    const { words } = this.interpreter;
    this.components.load(component, content);
    this.forget();
    const found = new Set<number>();
    for (let at = start; at < start + length; at += 1) {
      const address = stateAddressOf(words[at]!);
      if (address >= 0 && this.objectAt[address]! >= 0) found.add(this.objectAt[address]!);
    }
    const namedBy = this.namedBy[component]!;
    namedBy[2 * content] = this.namesUsed;
    this.names = withPlace(this.names, this.namesUsed + found.size);
    for (const object of found) this.names[this.namesUsed++] = object;
    namedBy[2 * content + 1] = this.namesUsed;
    return found.size > 0;
  }

  private namesIn(component: number, content: number): Int32Array {
    const namedBy = this.namedBy[component]!;
    return this.names.subarray(namedBy[2 * content], namedBy[2 * content + 1]);
  }

  // ---- numbers of objects ----

  /** Numbers the objects of a state; whether any of them is to move. */
  private findTargets(values: Int32Array): boolean {
    const { target, taken, queue, namingRoots, namingParts } = this;
    target.fill(-1);
    taken.fill(0);
    this.met = 0;
    this.moves = false;
    for (let at = 0; at < namingRoots.length; at += 1) this.meetNames(namingRoots[at]!, values);
    for (let at = 0; at < this.met; at += 1) {
      const parts = namingParts[queue[at]!]!;
      for (let part = 0; part < parts.length; part += 1) this.meetNames(parts[part]!, values);
    }
    return this.moves;
  }

  /** Numbers the objects that a component names and that have no number yet. */
  private meetNames(component: number, values: Int32Array): void {
    const { names, target, queue } = this;
    const namedBy = this.namedBy[component]!;
    const content = values[component]!;
    const end = namedBy[2 * content + 1]!;
    for (let at = namedBy[2 * content]!; at < end; at += 1) {
      const object = names[at]!;
      if (target[object]! >= 0) continue;
      target[object] = this.nextSlot(object);
      if (target[object] !== object) this.moves = true;
      queue[this.met] = object;
      this.met += 1;
    }
  }

  /** The place of the next object of a pool; of an object that stays where it is, its own. */
  private nextSlot(object: number): number {
    const pool = this.poolOf[object]!;
    if (pool < 0) return object;
    const rank = this.taken[pool]!;
    this.taken[pool] = rank + 1;
    return this.pools[pool]![rank]!;
  }

  // ---- new names ----

  private move(values: Int32Array): void {
    const { varying, components, moved, target } = this;
    const { objectOf, furtherParts } = components;
    this.placeUnmet(values);
    for (const component of varying) moved[component] = 0;
    for (const component of varying) {
      const content = values[component]!;
      if (content === 0) continue;
      const object = objectOf[component]!;
      const to = object < 0 ? object : target[object]!;
      if (to < 0 || to === object) moved[component] = this.imageOf(component, content, component);
      else {
        const part = component === object ? to : furtherParts[to]! + component - furtherParts[object]!;
        moved[part] = this.imageOf(component, content, part);
      }
    }
    // What was the same in all states so far may be so no longer.
    if (this.learned !== components.learned) this.learnContents();
    for (const component of varying) values[component] = moved[component]!;
  }

  /** An object in use that no pointer leads to stays behind those that are met, in its order. */
  private placeUnmet(values: Int32Array): void {
    for (const slots of this.pools)
      for (const object of slots)
        if (this.target[object]! < 0 && values[object] !== 0) this.target[object] = this.nextSlot(object);
  }

  /** What a content becomes, which goes from one component to another. */
  private imageOf(component: number, content: number, to: number): number {
    const { poolOf, rankOf, rankLimit, target, segments } = this;
    const names = this.namesIn(component, content);
    let isSame = component === to;
    let key = isSame ? 0 : rankOf[segments[to]!.object]! + 1;
    for (let at = 0; at < names.length; at += 1) {
      const object = names[at]!;
      if (poolOf[object]! < 0) continue;
      if (target[object] !== object) isSame = false;
      key = key * rankLimit + rankOf[target[object]!]!;
    }
    if (isSame) return content;
    const images = (this.images[component]![content] ??= new Map<number | string, number>());
    const place = Number.isSafeInteger(key) ? key : `${to}: ${Array.from(names, (object) => target[object]!).join()}`;
    const known = images.get(place);
    if (known !== undefined) return known;
    const image = this.learnImage(component, content, to);
    images.set(place, image);
    return image;
  }

  private learnImage(component: number, content: number, to: number): number {
    const { components, segments, objectAt, target } = this;
    const { words, system } = this.interpreter;
    components.load(component, content);
    const { start, length } = segments[component]!;
    const image = words.slice(start, start + length).map((word) => {
      const address = stateAddressOf(word);
      const object = address < 0 ? -1 : objectAt[address]!;
      const becomes = object < 0 ? -1 : target[object]!;
      if (becomes < 0 || becomes === object) return word;
      return pointer(payloadOf(word) + system.objects[becomes]!.header - system.objects[object]!.header);
    });
    words.set(image, segments[to]!.start);
    const known = components.sizes[to]!;
    const number = components.intern(to);
    if (components.sizes[to] !== known) this.hasNew = true;
    this.forget();
    return number;
  }
}

/** The array, or a longer copy of it, with an element at that index. */
function withRoom(array: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * index + 1);
  larger.set(array);
  return larger;
}

/** The array, or a longer copy of it, with room for so many elements. */
function withPlace(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = new Int32Array(2 * length);
  larger.set(array);
  return larger;
}
