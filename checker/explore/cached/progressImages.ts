import type { LinkedSystem } from '../../system/linkedSystem.js';
import { segmentsOf } from '../../system/segments.js';
import type { ThreadSymmetry } from '../reductions/symmetryRenaming.js';
import { Renaming } from '../reductions/symmetryRenaming.js';
import { transposition } from '../reductions/symmetryOfThreads.js';
import { pointer, stateAddressOf } from '../../system/word.js';
import type { Components } from './components.js';

/** A component that comes from one content to another; before is -1 if nobody knows. */
export interface ContentChange {
  readonly component: number;
  readonly before: number;
  readonly after: number;
}

/**
 * What changes become when interchangeable threads are renamed. A search that keeps states up to names sees of each step one
 * that differs in nothing but names; these are the others. Where it keeps them up to the slots of objects, contents that differ in nothing else
 * are one. Contents have numbers of their own here.
 */
export class ContentImages {
  private readonly components: Components;
  private readonly words: Int32Array;
  private readonly scratch: Int32Array;
  private readonly into: Int32Array;
  private readonly generators: readonly Renaming[];
  /** By component: where it begins, and how many words it has. */
  private readonly places: readonly (readonly [start: number, length: number])[];
  private readonly numbers: Map<string, number>[];
  private readonly contents: Int32Array[][];
  /** By component, then both contents as one number. */
  private readonly known: Map<number, readonly ContentChange[]>[];
  /** By word address: where it is if slots are not told apart; null if they are. */
  private readonly slotless: Int32Array | null;

  /** `words` is where `components` puts contents. `slotless`: see `CanonicalSlots.addressesWithoutSlots`. */
  constructor(
    system: LinkedSystem,
    components: Components,
    symmetry: ThreadSymmetry,
    slotless: Int32Array | null,
    words: Int32Array,
  ) {
    this.components = components;
    this.slotless = slotless;
    this.words = words;
    this.scratch = new Int32Array(words.length);
    this.into = new Int32Array(words.length);
    // Neighbours in a class, exchanged: they generate all permutations.
    this.generators = symmetry.classes.flatMap((members) =>
      members.slice(1).flatMap((member, at) => {
        const renaming = Renaming.of(system, symmetry, transposition(system, members[at]!, member));
        return typeof renaming === 'string' ? [] : [renaming];
      }),
    );
    this.places = segmentsOf(system).map(({ start, length }) => [start, length] as const);
    this.numbers = this.places.map(() => new Map<string, number>());
    this.known = this.places.map(() => new Map<number, readonly ContentChange[]>());
    this.contents = this.places.map(() => []);
  }

  /** A change, with the search's numbers of contents, and all its images, with the numbers that contents have here. */
  of({ component, before, after }: ContentChange): readonly ContentChange[] {
    const ofComponent = this.known[component]!;
    const key = (before + 1) * mostContents + after;
    const known = ofComponent.get(key);
    if (known) return known;
    const first = { component, before: this.take(component, before), after: this.take(component, after) };
    const found = new Map([[keyOf(first), first]]);
    for (const change of found.values())
      for (const renaming of this.generators) {
        const image = {
          component: renaming.components[change.component]!,
          before: this.imageOf(change.component, change.before, renaming),
          after: this.imageOf(change.component, change.after, renaming),
        };
        if (!found.has(keyOf(image))) found.set(keyOf(image), image);
      }
    const images = [...found.values()];
    ofComponent.set(key, images);
    return images;
  }

  private take(component: number, content: number): number {
    if (content < 0) return -1;
    this.components.load(component, content);
    return this.intern(component, this.words);
  }

  private imageOf(component: number, content: number, renaming: Renaming): number {
    if (content < 0) return -1;
    const [start] = this.places[component]!;
    const target = renaming.components[component]!;
    const [to, length] = this.places[target]!;
    this.scratch.set(this.contents[component]![content]!, start);
    // The counter of failures has nobody's name.
    if (component === this.places.length - 1) return content;
    this.into.fill(0, to, to + length);
    renaming.rename(this.scratch, component, this.into);
    return this.intern(target, this.into);
  }

  private intern(component: number, words: Int32Array): number {
    const [start, length] = this.places[component]!;
    const { slotless } = this;
    const given = words.subarray(start, start + length);
    const content = slotless ? given.map((word) => withoutSlot(word, slotless)) : given.slice();
    const key = content.join();
    const numbers = this.numbers[component]!;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    this.contents[component]!.push(content);
    return numbers.size - 1;
  }
}

/** More than there can be contents of a component: each takes memory. */
const mostContents = 2 ** 26;

function withoutSlot(word: number, slotless: Int32Array): number {
  const address = stateAddressOf(word);
  return address < 0 ? word : pointer(slotless[address]!);
}

function keyOf({ component, before, after }: ContentChange): string {
  return `${component} ${before} ${after}`;
}
