import { stronglyConnected } from './progressComponents.js';
import type { Expander } from './expander.js';
import type { ContentChange } from './progressImages.js';
import { ContentImages } from './progressImages.js';
import type { TransitionCache } from './transitionCache.js';

/** A change that a step makes. */
interface Change extends ContentChange {
  readonly step: number;
}

/** The contents that a step found, the last one looked at first. */
interface Found {
  readonly component: number;
  readonly content: number;
  readonly rest: Found | null;
}

/** The steps that a search made, as far as cycles are concerned. Plain data. */
export interface StepChanges {
  /** By step, the outcome in the cache of the search. */
  readonly outcomes: Int32Array;
  /**
   * Four numbers a change: the step, the component, its content before (-1 if nobody knows) and after. Of threads and of memory that lasts as long as
   * the run: other memory can be cleared when nobody names it any more, and changes then without a step that says so.
   */
  readonly changes: Int32Array;
}

/**
 * What the steps that an exhaustive search made tell of cycles, as a part of its result. Transactions and persistent sets keep an
 * equivalent of each run without an end, so its steps are known all the same; of states that are kept up to names, the other
 * names of each step count too, and slots of objects do not count. A search in parts has steps in each, with the same numbers of contents.
 */
export function acyclicity(
  { canonical, slots, packed, interpreter }: Expander,
  parts: readonly StepChanges[] = [stepChangesOf(packed.cache)],
): { readonly isAcyclic?: true } {
  const { cache, components } = packed;
  const classes = canonical?.symmetry.classes.length ?? 0;
  const slotless = slots?.hasMoved === true ? slots.addressesWithoutSlots() : null;
  const images =
    canonical && (classes > 0 || slotless)
      ? new ContentImages(interpreter.system, components, canonical.symmetry, slotless, interpreter.words)
      : null;
  const looping = loopingSteps(parts, components.firstThread, images);
  if (images) cache.forgetLoaded();
  return looping.includes(1) ? {} : { isAcyclic: true };
}

/** Outcomes of steps that a run may make on the way from a state back to it (`loopingSteps`): 1 in the list, by number. */
export function loopingOutcomes(cache: TransitionCache): Uint8Array {
  const steps = stepChangesOf(cache);
  const looping = new Uint8Array(cache.outcomes);
  for (const [step, isLooping] of loopingSteps([steps], cache.components.firstThread, null).entries())
    if (isLooping === 1) looping[steps.outcomes[step]!] = 1;
  return looping;
}

/** The steps that a cache knows. */
export function stepChangesOf(cache: TransitionCache): StepChanges {
  const { components } = cache;
  const lasts = new Uint8Array(components.count);
  for (const component of [...components.roots, components.count - 1]) lasts[component] = 1;
  const outcomes: number[] = [];
  const changes: number[] = [];
  for (let thread = 0; thread < cache.threads; thread += 1)
    forEachOutcome(cache, thread, (outcome, found) => {
      for (let at = cache.firstChange[outcome]!; at < cache.firstChange[outcome + 1]!; at += 2) {
        const component = cache.changes[at]!;
        if (lasts[component] !== 1) continue;
        const before = contentIn(found, component) ?? -1;
        const after = cache.changes[at + 1]!;
        if (before !== after) changes.push(outcomes.length, component, before, after);
      }
      outcomes.push(outcome);
    });
  return { outcomes: Int32Array.from(outcomes), changes: Int32Array.from(changes) };
}

/**
 * Steps that a run may make on the way from a state back to it: 1 in the list, by number, those of each part of the search behind those of
 * the parts before it.
 *
 * Such a run brings every component back to the content that it had. So it is made of steps each of whose changes lies on a
 * cycle in the graph that the changes of all these steps make of the contents of a component: small graphs, whatever the number of
 * states. Steps that lie on no cycle are left out, until all that are left do. If none is left, no state comes twice.
 */
export function loopingSteps(
  parts: readonly StepChanges[],
  firstThread: number,
  images: ContentImages | null,
): Uint8Array {
  const looping = new Uint8Array(parts.reduce((sum, { outcomes }) => sum + outcomes.length, 0)).fill(1);
  // Each thread for itself: that nearly always tells.
  for (const changes of byComponent(changesIn(parts, looping, firstThread), images)) leaveOut(changes, looping);
  const graphs = byComponent(changesIn(parts, looping, 0), images);
  while (graphs.map((changes) => leaveOut(changes, looping)).includes(true));
  return looping;
}

/** Changes of looping steps, of components from one on. */
function changesIn(parts: readonly StepChanges[], looping: Uint8Array, least: number): Change[] {
  const found: Change[] = [];
  let first = 0;
  for (const { outcomes, changes } of parts) {
    for (let at = 0; at < changes.length; at += 4) {
      const step = first + changes[at]!;
      const component = changes[at + 1]!;
      if (component < least || looping[step] === 0) continue;
      found.push({ step, component, before: changes[at + 2]!, after: changes[at + 3]! });
    }
    first += outcomes.length;
  }
  return found;
}

/** Changes by component, with those that they become under other names. */
function byComponent(changes: readonly Change[], images: ContentImages | null): Change[][] {
  const lists = new Map<number, Change[]>();
  for (const change of changes)
    for (const image of images?.of(change) ?? [change]) {
      const list = lists.get(image.component) ?? [];
      lists.set(image.component, list);
      list.push({ ...image, step: change.step });
    }
  return [...lists.values()];
}

/** Takes steps whose change, of one component, lies on no cycle out of `looping`; whether there were any. */
function leaveOut(changes: readonly Change[], looping: Uint8Array): boolean {
  const left = changes.filter(({ step }) => looping[step] === 1);
  // A change from nobody knows what may close any cycle.
  if (left.some(({ before }) => before < 0)) return false;
  const from: number[][] = [];
  for (const { before, after } of left) (from[before] ??= []).push(after);
  const contents = left.reduce((most, { before, after }) => Math.max(most, before, after), -1) + 1;
  const numbers = stronglyConnected(contents, (content, into) => {
    for (const after of from[content] ?? []) into.push(after);
  });
  const out = left.filter(({ before, after }) => numbers[before] !== numbers[after]);
  for (const { step } of out) looping[step] = 0;
  return out.length > 0;
}

function contentIn(found: Found | null, component: number): number | undefined {
  for (let at = found; at; at = at.rest) if (at.component === component) return at.content;
  return undefined;
}

/** Every known outcome of a thread, with all that its step found: walks the decision tree. */
function forEachOutcome(cache: TransitionCache, thread: number, visit: (outcome: number, found: Found) => void): void {
  const { children, firstOutcome } = cache;
  const below: { readonly test: number; readonly found: Found | null }[] = [{ test: thread, found: null }];
  for (let top = below.pop(); top; top = below.pop()) {
    const test = cache.test(top.test);
    for (let position = 0; position < test.room; position += 1) {
      const child = children[test.children + position]!;
      if (child === 0) continue;
      const content = test.low + position;
      const found = { component: test.what, content, rest: top.found };
      if (child > 0) below.push({ test: child - 1, found });
      else
        for (let outcome = firstOutcome[-1 - child]!; outcome < firstOutcome[-child]!; outcome += 1)
          visit(outcome, found);
    }
  }
}
