import type { Components } from '../cached/components.js';
import type { Interpreter } from '../../system/interpreter.js';
import type { Violation } from '../../system/step.js';
import type { ReductionReport } from '../search.js';
import { constantBase, nullPage, payloadOf, pointer, tagOf, tagPointer } from '../../system/word.js';
import { segmentsOf } from '../../system/segments.js';
import type { ThreadSymmetry } from './symmetryRenaming.js';
import { Renaming, stateImages } from './symmetryRenaming.js';
import { transposition } from './symmetryOfThreads.js';

/** A violation as it looks when threads are renamed; `renaming` has, by thread, which one it becomes. */
export interface Image {
  readonly violation: Violation;
  readonly renaming: readonly number[];
}

/**
 * Chooses one state among all that differ only in the names of interchangeable threads, the same for each of them.
 *
 * First the threads of a class are sorted by keys of what they look like, seen from themselves: their own stacks, then the rest of the
 * state. Where two look alike, exchanging them mostly changes nothing at all; if it does, all orders of those threads are tried,
 * and the one with the least contents (as numbers, component by component) is taken. Keys are hashes: two that are equal by
 * accident are one more tie. So whoever numbers contents in the same way chooses the same states.
 */
export class Canonical {
  readonly symmetry: ThreadSymmetry;
  /** A content was numbered that no state had before; whoever packs states looks whether they have room for it, and unsets this. */
  hasNew = false;
  private readonly interpreter: Interpreter;
  private readonly components: Components;
  private readonly forget: () => void;
  private readonly threads: number;
  private readonly images = new Map<number, Images>();
  private readonly views: (View | null)[];
  /** `ThreadSymmetry.places`, with all parts of each object. */
  private readonly places: readonly (readonly number[])[];
  /** What does not go with any thread. */
  private readonly shared: readonly number[];
  /** How many components had more than one content when the following were chosen. */
  private varying = -1;
  /** Of `shared`, and of the places of each thread, those that are not the same in all states. */
  private varyingShared = new Int32Array(0);
  private readonly varyingPlaces: Int32Array[];
  /** Of `varyingShared`, the first `telling` tell threads of a class apart in the state at hand. */
  private tellingShared = new Int32Array(0);
  private telling = 0;
  /** By component, then content: 1 if it looks the same from all threads of each class, 2 if not; 0 for unknown. */
  private readonly sameness: (Int32Array | undefined)[] = [];
  /** All components that are not the same in all states under every name. */
  private varyingComponents = new Int32Array(0);
  private readonly scratch: Int32Array;
  private readonly tried: Int32Array;
  private readonly best: Int32Array;
  private readonly order: Int32Array[];
  /** Neighbours in a class, exchanged: they generate all permutations. */
  private readonly generators: readonly Renaming[];
  private readonly lockImages: readonly Int32Array[];
  /** By thread: it and the one before it in its class, exchanged; null if there is none. */
  private readonly withBefore: (Images | null)[];

  /** `forget` is called when the interpreter's state was changed. */
  constructor(interpreter: Interpreter, components: Components, symmetry: ThreadSymmetry, forget: () => void) {
    const { system } = interpreter;
    this.interpreter = interpreter;
    this.components = components;
    this.symmetry = symmetry;
    this.forget = forget;
    this.threads = system.threads.length;
    this.scratch = new Int32Array(system.width);
    this.tried = new Int32Array(components.count);
    this.best = new Int32Array(components.count);
    this.order = symmetry.classes.map((members) => Int32Array.from(members));
    this.places = symmetry.places.map((objects) => objects.flatMap((object) => this.partsOf(object)));
    const moving = new Set(this.places.flat());
    for (const thread of symmetry.classes.flat()) moving.add(components.firstThread + thread);
    this.shared = Array.from({ length: components.count - 1 }, (_, at) => at).filter((at) => !moving.has(at));
    this.varyingPlaces = system.threads.map(() => new Int32Array(0));
    this.views = system.threads.map(({ index }) => {
      const members = symmetry.classes.find((one) => one.includes(index));
      return members
        ? new View(this.renamingOf(transposition(system, members[0]!, index)), symmetry, members[0]!)
        : null;
    });
    this.generators = symmetry.classes.flatMap((members) =>
      members.slice(1).map((member, at) => this.renamingOf(transposition(system, members[at]!, member))),
    );
    this.withBefore = system.threads.map(({ index }) => {
      const members = symmetry.classes.find((one) => one.includes(index)) ?? [];
      const before = members[members.indexOf(index) - 1];
      return before === undefined ? null : this.imagesOf(transposition(system, before, index));
    });
    this.lockImages = this.generators.map(({ addresses }) => {
      const at = interpreter.lockAddresses();
      return Int32Array.from(at, (address) => at.indexOf(addresses[address]!));
    });
  }

  private partsOf(object: number): number[] {
    const { furtherParts } = this.components;
    const further = Array.from({ length: furtherParts[object + 1]! - furtherParts[object]! }, (_, at) => at);
    return [object, ...further.map((at) => furtherParts[object]! + at)];
  }

  /** Whether any two threads can change places. */
  get exchanges(): boolean {
    return this.order.length > 0;
  }

  /**
   * Makes the state with these contents the canonical one of its kind. The result says which thread became which; null if the
   * state was canonical. The array is valid until the next call.
   */
  canonicalise(values: Int32Array): Int32Array | null {
    if (!this.exchanges) return null;
    if (this.varying !== this.components.varying) this.chooseVarying();
    this.findTelling(values);
    let ties = false;
    let isSorted = true;
    for (let index = 0; index < this.order.length; index += 1) {
      const order = this.order[index]!;
      order.set(this.symmetry.classes[index]!);
      // Insertion sort: mostly one thread has moved, and all others are in order.
      for (let at = 1; at < order.length; at += 1) {
        const thread = order[at]!;
        let to = at;
        for (; to > 0; to -= 1) {
          const sign = this.compare(order[to - 1]!, thread, values);
          if (sign === 0) ties = true;
          if (sign <= 0) break;
          order[to] = order[to - 1]!;
        }
        if (to !== at) isSorted = false;
        order[to] = thread;
      }
    }
    if (!ties) return isSorted ? null : this.apply(this.permutationOf(this.order), values);
    return this.breakTies(values, isSorted);
  }

  /**
   * Whether a thread and the one before it in its class can be exchanged in a canonical state, and nothing changes. Then what they make of the state differs
   * in nothing but names, and so do what they break and the edges that they run.
   */
  isTwin(thread: number, values: Int32Array): boolean {
    const images = this.withBefore[thread]!;
    if (images === null) return false;
    if (this.varying !== this.components.varying) this.chooseVarying();
    const { firstThread } = this.components;
    const own = firstThread + thread;
    // Mostly the threads themselves are not where the other one is.
    const before = images.renaming.components[own]!;
    if (this.imageIn(images, own, values[own]!) !== values[before]!) return false;
    return this.isFixed(images, values);
  }

  /**
   * What is assumed of the words of shared objects (`SharedWords`) has to hold in all states, of which only the canonical ones are
   * visited. True if that was news. Throws `UnstableField` if it does not.
   */
  checkAssumptions(): boolean {
    let isNews = false;
    for (let changed = true; changed;) {
      changed = false;
      this.generators.forEach(({ addresses, threads }, at) => {
        if (this.interpreter.assumeOfImages(addresses, threads, this.lockImages[at]!)) changed = true;
      });
      if (changed) isNews = true;
    }
    return isNews;
  }

  /** What became of it, for the report. */
  report(): ReductionReport {
    const { classes, reasons } = this.symmetry;
    const orders = classes.reduce((product, { length }) => product * factorial(length), 1);
    const effect =
      orders === 1
        ? 'no two threads are interchangeable'
        : `up to ${orders} states that differ in the names of threads count as one`;
    return { name: 'symmetry', effect, reasons };
  }

  /** Control-flow edges that some thread ran, for all that are like it. */
  spreadCoverage(coverage: Uint8Array): void {
    const { system } = this.interpreter;
    for (const members of this.symmetry.classes) {
      const roots = members.map((member) => system.functions[system.threads[member]!.root]!);
      const starts = roots.map(({ entry }) => system.nodes[entry]!.firstEdge);
      const last = roots[0]!.entry + roots[0]!.program.nodes.length;
      const end = system.nodes[last]?.firstEdge ?? system.edges;
      for (let edge = 0; edge < end - starts[0]!; edge += 1)
        if (starts.some((start) => coverage[start + edge] === 1))
          for (const start of starts) coverage[start + edge] = 1;
    }
  }

  /** The same violation by other threads, where it names the thread: only code outside of any entry point does. */
  othersLike(violation: Violation): Image[] {
    const { threads } = this.interpreter.system;
    const { thread, via } = violation;
    const members = this.symmetry.classes.find((one) => one.includes(thread));
    const name = threads[thread]?.name ?? '';
    if (!members || (via !== name && !via.startsWith(`${name} →`))) return [];
    return members
      .filter((member) => member !== thread)
      .map((member) =>
        this.imageOf(violation, this.renamingOf(transposition(this.interpreter.system, thread, member))),
      );
  }

  /** The violation in a state in which the order of two threads is reversed; null if they cannot be renamed like that. */
  inReverse(violation: Violation, lower: number, higher: number): Image | null {
    const membersOf = (thread: number) => this.symmetry.classes.find((one) => one.includes(thread)) ?? [thread];
    const [from, to] = [Math.max(...membersOf(lower)), Math.min(...membersOf(higher))];
    if (from <= to) return null;
    const { system } = this.interpreter;
    const renaming = transposition(system, lower, from);
    if (membersOf(lower).includes(higher))
      return this.imageOf(violation, this.renamingOf(transposition(system, lower, higher)));
    renaming[higher] = to;
    renaming[to] = higher;
    return this.imageOf(violation, this.renamingOf(renaming));
  }

  private imageOf(violation: Violation, renaming: Renaming): Image {
    const { threads } = this.interpreter.system;
    const { thread, node, object, via, title } = violation;
    const [before, after] = [thread, renaming.threads[thread]!].map((index) => threads[index]!.name);
    const isNamed = via === before || via.startsWith(`${before} →`);
    return {
      violation: {
        ...violation,
        thread: renaming.threads[thread]!,
        node: renaming.node(node),
        object: object < 0 ? object : renaming.components[object]!,
        via: isNamed ? `${after}${via.slice(before!.length)}` : via,
        title: title.replace(`thread ${before} `, `thread ${after} `),
      },
      renaming: [...renaming.threads],
    };
  }

  /** Finds out which components have to be looked at. What varies under one name does so under all. */
  private chooseVarying(): void {
    const { components, symmetry, places } = this;
    const { sizes, firstThread } = components;
    const varies = Uint8Array.from(sizes, (size) => (size > 1 ? 1 : 0));
    const alike = (same: readonly number[]) => {
      if (same.some((component) => varies[component] === 1)) for (const component of same) varies[component] = 1;
    };
    for (const members of symmetry.classes) {
      alike(members.map((member) => firstThread + member));
      places[members[0]!]!.forEach((_, at) => alike(members.map((member) => places[member]![at]!)));
      for (const member of members)
        this.varyingPlaces[member] = Int32Array.from(places[member]!.filter((place) => varies[place] === 1));
    }
    this.tellingShared = new Int32Array(this.shared.length);
    this.varyingShared = Int32Array.from(this.shared.filter((component) => varies[component] === 1));
    this.varyingComponents = Int32Array.from(varies.keys()).filter((component) => varies[component] === 1);
    this.varying = components.varying;
  }

  // ---- keys ----

  /** Looks once for each state which of what goes with no thread has to be looked at from each of them. */
  private findTelling(values: Int32Array): void {
    const { varyingShared, tellingShared, sameness } = this;
    let telling = 0;
    for (let at = 0; at < varyingShared.length; at += 1) {
      const component = varyingShared[at]!;
      const content = values[component]!;
      if (content === 0) continue;
      const known = sameness[component]?.[content] ?? 0;
      if ((known === 0 ? this.learnSameness(component, content, values) : known) === 2)
        tellingShared[telling++] = component;
    }
    this.telling = telling;
  }

  private learnSameness(component: number, content: number, values: Int32Array): number {
    const looksSame = this.symmetry.classes.every((members) =>
      members.every((member) => this.key(member, component, values) === this.key(members[0]!, component, values)),
    );
    const known = (this.sameness[component] = withRoom(this.sameness[component], content));
    known[content] = looksSame ? 1 : 2;
    return known[content];
  }

  private compare(one: number, other: number, values: Int32Array): number {
    const { components, varyingPlaces, tellingShared: shared, telling } = this;
    const { firstThread } = components;
    const difference = this.key(one, firstThread + one, values) - this.key(other, firstThread + other, values);
    if (difference !== 0) return difference;
    const left = varyingPlaces[one]!;
    const right = varyingPlaces[other]!;
    for (let at = 0; at < left.length; at += 1) {
      const sign = this.key(one, left[at]!, values) - this.key(other, right[at]!, values);
      if (sign !== 0) return sign;
    }
    for (let at = 0; at < telling; at += 1) {
      const sign = this.key(one, shared[at]!, values) - this.key(other, shared[at]!, values);
      if (sign !== 0) return sign;
    }
    return 0;
  }

  /** What a component looks like from a thread. */
  private key(thread: number, component: number, values: Int32Array): number {
    const content = values[component]!;
    if (content === 0) return 0;
    const view = this.views[thread]!;
    const known = view.keys[component]?.[content] ?? 0;
    return known !== 0 ? known : this.learnKey(view, component, content);
  }

  private learnKey(view: View, component: number, content: number): number {
    const { interpreter, components } = this;
    components.load(component, content);
    this.forget();
    const number = hashOf(view.textOf(interpreter, component, this.scratch));
    const keys = (view.keys[component] = withRoom(view.keys[component], content));
    keys[content] = number;
    return number;
  }

  // ---- permutations ----

  /** The thread at each place of the sorted order becomes the one whose place that is. */
  private permutationOf(order: readonly Int32Array[]): Int32Array {
    const permutation = this.permutation;
    for (let thread = 0; thread < this.threads; thread += 1) permutation[thread] = thread;
    for (let index = 0; index < order.length; index += 1) {
      const members = this.symmetry.classes[index]!;
      for (let at = 0; at < members.length; at += 1) permutation[order[index]![at]!] = members[at]!;
    }
    return permutation;
  }

  private readonly permutation = new Int32Array(16);

  private renamingOf(threads: Int32Array): Renaming {
    return this.imagesOf(threads).renaming;
  }

  private imagesOf(permutation: Int32Array): Images {
    let number = 0;
    for (let thread = 0; thread < this.threads; thread += 1) number = number * this.threads + permutation[thread]!;
    let images = this.images.get(number);
    if (images === undefined) {
      const { system } = this.interpreter;
      const renaming = Renaming.of(system, this.symmetry, permutation.slice(0, this.threads));
      if (typeof renaming === 'string') throw new Error(`${renaming} tells threads apart that are interchangeable`);
      this.images.set(number, (images = { renaming, contents: [] }));
    }
    return images;
  }

  private apply(permutation: Int32Array, values: Int32Array): Int32Array {
    const images = this.imagesOf(permutation);
    this.map(images, values, this.tried);
    this.take(this.tried, values);
    return images.renaming.threads;
  }

  /** Writes the image of a state. */
  private map(images: Images, values: Int32Array, into: Int32Array): void {
    const { components } = images.renaming;
    const { varyingComponents } = this;
    for (let index = 0; index < varyingComponents.length; index += 1) {
      const component = varyingComponents[index]!;
      into[components[component]!] = this.imageIn(images, component, values[component]!);
    }
  }

  /** Whether a renaming leaves a state as it is. */
  private isFixed(images: Images, values: Int32Array): boolean {
    const { components } = images.renaming;
    const { varyingComponents } = this;
    for (let index = 0; index < varyingComponents.length; index += 1) {
      const component = varyingComponents[index]!;
      if (values[components[component]!] !== this.imageIn(images, component, values[component]!)) return false;
    }
    return true;
  }

  /** What a content becomes under a renaming. */
  private imageIn({ renaming, contents }: Images, component: number, content: number): number {
    if (content === 0) return 0;
    const known = contents[component]?.[content] ?? 0;
    return known !== 0 ? known : this.learnImage(renaming, contents, component, content);
  }

  private take(from: Int32Array, into: Int32Array): void {
    for (const component of this.varyingComponents) into[component] = from[component]!;
  }

  private learnImage(
    renaming: Renaming,
    contents: (Int32Array | undefined)[],
    component: number,
    content: number,
  ): number {
    const { components, interpreter, scratch } = this;
    const target = renaming.components[component]!;
    const { system, words } = interpreter;
    components.load(component, content);
    if (component < components.count - 1) {
      renaming.rename(words, component, scratch);
      const { start, length } = segmentsOf(system)[target]!;
      words.set(scratch.subarray(start, start + length), start);
    }
    const known = components.sizes[target]!;
    const image = components.intern(target);
    if (components.sizes[target] !== known) this.hasNew = true;
    this.forget();
    const images = (contents[component] = withRoom(contents[component], content));
    images[content] = image;
    return image;
  }

  // ---- threads that look alike ----

  private breakTies(values: Int32Array, isSorted: boolean): Int32Array | null {
    let groups: [number, number, number][] = [];
    this.order.forEach((order, index) => {
      for (let from = 0; from < order.length;) {
        let to = from + 1;
        while (to < order.length && this.compare(order[from]!, order[to]!, values) === 0) to += 1;
        if (to - from > 1 && !this.areIndifferent(order, from, to, values)) groups.push([index, from, to]);
        from = to;
      }
    });
    if (groups.length === 0) return isSorted ? null : this.apply(this.permutationOf(this.order), values);
    let chosen: Int32Array | null = null;
    const start = this.order.map((order) => order.slice());
    const all = groups.reduce<Int32Array[][]>(
      (orders, [index, from, to]) =>
        orders.flatMap((order) =>
          arrangements([...order[index]!.slice(from, to)]).map((arranged) => {
            const next = order.map((one) => one.slice());
            next[index]!.set(arranged, from);
            return next;
          }),
        ),
      [start],
    );
    groups = [];
    for (const order of all) {
      const images = this.imagesOf(this.permutationOf(order));
      this.map(images, values, this.tried);
      if (chosen !== null && !isLess(this.tried, this.best)) continue;
      this.take(this.tried, this.best);
      chosen = images.renaming.threads;
    }
    this.take(this.best, values);
    return chosen;
  }

  /** Whether exchanging any of the threads from one place of the order to another changes nothing. */
  private areIndifferent(order: Int32Array, from: number, to: number, values: Int32Array): boolean {
    const permutation = this.exchange;
    for (let thread = 0; thread < this.threads; thread += 1) permutation[thread] = thread;
    for (let at = from; at + 1 < to; at += 1) {
      const [one, other] = [order[at]!, order[at + 1]!];
      permutation[one] = other;
      permutation[other] = one;
      const isFixed = this.isFixed(this.imagesOf(permutation), values);
      permutation[one] = one;
      permutation[other] = other;
      if (!isFixed) return false;
    }
    return true;
  }

  private readonly exchange = new Int32Array(16);
}

/** A renaming, with the images of contents that are known: by component, then content; 0 for unknown. */
interface Images {
  readonly renaming: Renaming;
  readonly contents: (Int32Array | undefined)[];
}

/**
 * How things look from one thread: renamed so that it is the first of its class, and without the names of all other
 * interchangeable threads, of which only the class is told. What looks different to two threads is different, not the reverse.
 */
class View {
  /** By component, then content; 0 for unknown. */
  readonly keys: (Int32Array | undefined)[] = [];
  private readonly renaming: Renaming;
  /** By object: the one of the first thread of the class that stands for it, or -1. */
  private readonly standIn = new Map<number, number>();
  private readonly self: ReadonlySet<number>;
  private readonly symmetry: ThreadSymmetry;
  private readonly first: number;
  private readonly orbits = new Map<unknown, Int32Array>();

  constructor(renaming: Renaming, symmetry: ThreadSymmetry, first: number) {
    this.renaming = renaming;
    this.symmetry = symmetry;
    this.first = first;
    this.self = new Set(symmetry.places[first]);
    for (const members of symmetry.classes)
      for (const member of members)
        symmetry.places[member]!.forEach((object, at) => this.standIn.set(object, symmetry.places[members[0]!]![at]!));
  }

  /** The component in the interpreter's state, as text. */
  textOf({ system, words }: Interpreter, component: number, scratch: Int32Array): string {
    const target = this.renaming.components[component]!;
    const segments = segmentsOf(system);
    if (target === segments.length - 1) return `${target}:${words[system.faultCounter] ?? 0}`;
    this.renaming.rename(words, component, scratch);
    const segment = segments[target]!;
    const { start } = segment;
    const end = start + segment.length;
    const object = system.objects[segment.object];
    if (object) {
      for (const { offset, table } of object.layout.cells) {
        const at = object.header + 1 + offset;
        if (at >= start && at < end)
          scratch[at] = this.orbitOf(system.threads.length, table, payloadOf(scratch[at]!)) << 2;
      }
    }
    let text = `${target}:`;
    for (let at = start; at < end; at += 1) {
      let word = scratch[at]!;
      const address = payloadOf(word);
      let mark = '';
      if (tagOf(word) === tagPointer && address >= nullPage && address < constantBase) {
        const named = system.objects.find(({ header, layout }) => address >= header && address <= header + layout.size);
        const stand = named && !this.self.has(named.index) ? this.standIn.get(named.index) : undefined;
        if (named && stand !== undefined) {
          word = pointer(address - named.header + system.objects[stand]!.header);
          mark = '*';
        }
      }
      text += `${mark}${word},`;
    }
    return text;
  }

  /** The least state that a state becomes when other threads are exchanged, and not this one. */
  private orbitOf(threads: number, table: Parameters<typeof stateImages>[0], state: number): number {
    let orbits = this.orbits.get(table);
    if (!orbits) {
      const least = Int32Array.from(table.states, (_, at) => at);
      const images = this.symmetry.classes.flatMap((members) => {
        const others = members.filter((member) => member !== this.first);
        return others.slice(1).map((member, at) => {
          const exchange = Int32Array.from({ length: threads }, (_, thread) => thread);
          exchange[others[at]!] = member;
          exchange[member] = others[at]!;
          return stateImages(table, exchange)!;
        });
      });
      for (let changed = true; changed;) {
        changed = false;
        for (const image of images)
          image.forEach((to, from) => {
            const low = Math.min(least[from]!, least[to]!);
            if (least[from] !== low || least[to] !== low) changed = true;
            least[from] = low;
            least[to] = low;
          });
      }
      this.orbits.set(table, (orbits = least));
    }
    return orbits[state]!;
  }
}

/** 31 bits of a text, never 0 (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) & 0x7fff_ffff) | 1;
}

function withRoom(array: Int32Array | undefined, index: number): Int32Array {
  if (array && index < array.length) return array;
  const larger = new Int32Array(Math.max(8, 2 * index));
  if (array) larger.set(array);
  return larger;
}

function factorial(count: number): number {
  return count < 2 ? 1 : count * factorial(count - 1);
}

function isLess(one: Int32Array, other: Int32Array): boolean {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at >= 0 && one[at]! < other[at]!;
}

function arrangements(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    arrangements(items.filter((_, index) => index !== at)).map((rest) => [item, ...rest]),
  );
}
