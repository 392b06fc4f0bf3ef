import type { LinkedSystem } from '../../system/linkedSystem.js';
import { segmentsOf } from '../../system/segments.js';
import type { ThreadSymmetry } from '../reductions/symmetryRenaming.js';
import { Renaming } from '../reductions/symmetryRenaming.js';
import { transposition } from '../reductions/symmetryOfThreads.js';
import type { Components } from './components.js';

/** A component that comes from one content to another; before is -1 if nobody knows. */
export interface ContentChange {
  readonly component: number;
  readonly before: number;
  readonly after: number;
}

/**
 * What changes become when interchangeable threads are renamed. A search that keeps states up to names sees of each step one
 * that differs in nothing but names; these are the others. Contents have numbers of their own here.
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
  private readonly known = new Map<string, readonly ContentChange[]>();

  /** `words` is where `components` puts contents. */
  constructor(system: LinkedSystem, components: Components, symmetry: ThreadSymmetry, words: Int32Array) {
    this.components = components;
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
    this.contents = this.places.map(() => []);
  }

  /** A change, with the search's numbers of contents, and all its images, with the numbers that contents have here. */
  of({ component, before, after }: ContentChange): readonly ContentChange[] {
    const key = `${component} ${before} ${after}`;
    const known = this.known.get(key);
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
    this.known.set(key, images);
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
    const content = words.slice(start, start + length);
    const key = content.join();
    const numbers = this.numbers[component]!;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    this.contents[component]!.push(content);
    return numbers.size - 1;
  }
}

function keyOf({ component, before, after }: ContentChange): string {
  return `${component} ${before} ${after}`;
}
