import { stronglyConnected } from './progressComponents.js';
import type { Expander } from './expander.js';
import type { ContentChange } from './progressImages.js';
import { ContentImages } from './progressImages.js';
import type { TransitionCache } from './transitionCache.js';

/** A change that an outcome makes. */
interface Change extends ContentChange {
  readonly outcome: number;
}

/** The contents that a step found, the last one looked at first. */
interface Found {
  readonly component: number;
  readonly content: number;
  readonly rest: Found | null;
}

/**
 * What the steps that an exhaustive search made tell of cycles, as a part of its result. Transactions and persistent sets keep an
 * equivalent of each run without an end, so its steps are known all the same; of states that are kept up to names, the other
 * names of each step count too.
 */
export function acyclicity({ canonical, packed, interpreter }: Expander): { readonly isAcyclic?: true } {
  const { cache, components } = packed;
  const images = canonical
    ? new ContentImages(interpreter.system, components, canonical.symmetry, interpreter.words)
    : null;
  const looping = loopingOutcomes(cache, images);
  if (images) cache.forgetLoaded();
  return looping.includes(1) ? {} : { isAcyclic: true };
}

/**
 * Outcomes of steps that a run may make on the way from a state back to it: 1 in the list, by number.
 *
 * Such a run brings every component back to the content that it had. So it is made of outcomes each of whose changes lies on a
 * cycle in the graph that the changes of all these outcomes make of the contents of a component: small graphs, whatever the number of
 * states. Outcomes that lie on no cycle are left out, until all that are left do. If none is left, no state comes twice.
 */
export function loopingOutcomes(cache: TransitionCache, images: ContentImages | null = null): Uint8Array {
  const { components } = cache;
  const looping = new Uint8Array(cache.outcomes);
  const foundBy: (Found | null)[] = [];
  const own: Change[] = [];
  for (let thread = 0; thread < cache.threads; thread += 1) {
    const component = components.firstThread + thread;
    forEachOutcome(cache, thread, (outcome, before, found) => {
      looping[outcome] = 1;
      foundBy[outcome] = found;
      own.push({ outcome, component, before, after: contentAfter(cache, outcome, component) ?? before });
    });
  }
  // Each thread for itself: that nearly always tells.
  for (const changes of byComponent(own, images)) leaveOut(changes, looping);
  const left = foundBy.flatMap((found, outcome) => (looping[outcome] === 1 ? [{ found, outcome }] : []));
  // Memory that can be cleared when nobody names it any more changes without a step that says so.
  const lasting = [...components.roots, components.count - 1].flatMap((component) =>
    left.flatMap(({ found, outcome }): Change[] => {
      const before = contentIn(found, component);
      const isThread = component >= components.firstThread;
      const after = contentAfter(cache, outcome, component) ?? (isThread ? before : undefined);
      return after === undefined ? [] : [{ outcome, component, before: before ?? -1, after }];
    }),
  );
  const graphs = byComponent(lasting, images);
  while (graphs.map((changes) => leaveOut(changes, looping)).includes(true));
  return looping;
}

/** Changes by component, with those that they become under other names. */
function byComponent(changes: readonly Change[], images: ContentImages | null): Change[][] {
  const lists = new Map<number, Change[]>();
  for (const change of changes)
    for (const image of images?.of(change) ?? [change]) {
      const list = lists.get(image.component) ?? [];
      lists.set(image.component, list);
      list.push({ ...image, outcome: change.outcome });
    }
  return [...lists.values()];
}

/** Takes outcomes whose change, of one component, lies on no cycle out of `looping`; whether there were any. */
function leaveOut(changes: readonly Change[], looping: Uint8Array): boolean {
  const left = changes.filter(({ outcome }) => looping[outcome] === 1);
  // A change from nobody knows what may close any cycle.
  if (left.some(({ before }) => before < 0)) return false;
  const from: number[][] = [];
  for (const { before, after } of left) (from[before] ??= []).push(after);
  const contents = left.reduce((most, { before, after }) => Math.max(most, before, after), -1) + 1;
  const numbers = stronglyConnected(contents, (content, into) => {
    for (const after of from[content] ?? []) into.push(after);
  });
  const out = left.filter(({ before, after }) => numbers[before] !== numbers[after]);
  for (const { outcome } of out) looping[outcome] = 0;
  return out.length > 0;
}

/** The content of a component after an outcome; undefined if it stays as it is. */
function contentAfter(cache: TransitionCache, outcome: number, component: number): number | undefined {
  for (let at = cache.firstChange[outcome]!; at < cache.firstChange[outcome + 1]!; at += 2)
    if (cache.changes[at] === component) return cache.changes[at + 1];
  return undefined;
}

function contentIn(found: Found | null, component: number): number | undefined {
  for (let at = found; at; at = at.rest) if (at.component === component) return at.content;
  return undefined;
}

/** Every known outcome of a thread, with its own content before and all that its step found: walks the decision tree. */
function forEachOutcome(
  cache: TransitionCache,
  thread: number,
  visit: (outcome: number, content: number, found: Found) => void,
): void {
  const { children, firstOutcome } = cache;
  const below: { readonly test: number; readonly own: number; readonly found: Found | null }[] = [
    { test: thread, own: -1, found: null },
  ];
  for (let top = below.pop(); top; top = below.pop()) {
    const test = cache.test(top.test);
    for (let position = 0; position < test.room; position += 1) {
      const child = children[test.children + position]!;
      if (child === 0) continue;
      const content = test.low + position;
      const found = { component: test.what, content, rest: top.found };
      const own = top.own < 0 ? content : top.own;
      if (child > 0) below.push({ test: child - 1, own, found });
      else
        for (let outcome = firstOutcome[-1 - child]!; outcome < firstOutcome[-child]!; outcome += 1)
          visit(outcome, own, found);
    }
  }
}
