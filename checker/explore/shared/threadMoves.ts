import type { ContentImages } from '../cached/progressImages.js';
import type { TransitionCache } from '../cached/transitionCache.js';

/** By thread: pairs of numbers, what the thread's own component was and what it became in a step; each pair once. */
export type ThreadMoves = readonly Int32Array[];

/** The steps that a cache knows, as what they do to the thread that makes them. */
export function threadMovesOf(cache: TransitionCache): ThreadMoves {
  return Array.from({ length: cache.threads }, (_, thread) => {
    const own = cache.components.firstThread + thread;
    const pairs = new Set<string>();
    const { low, room, children } = cache.test(thread);
    for (let at = 0; at < room; at += 1) {
      for (const result of resultsBelow(cache, cache.children[children + at]!))
        for (let outcome = cache.firstOutcome[result]!; outcome < cache.firstOutcome[result + 1]!; outcome += 1)
          pairs.add(`${low + at} ${contentAfter(cache, outcome, own) ?? low + at}`);
    }
    return Int32Array.from([...pairs].flatMap((pair) => pair.split(' ').map(Number)));
  });
}

/** The results in a subtree of the decision tree. */
function resultsBelow(cache: TransitionCache, root: number): number[] {
  const results: number[] = [];
  const open = [root];
  for (let child = open.pop(); child !== undefined; child = open.pop()) {
    if (child < 0) results.push(-1 - child);
    if (child <= 0) continue;
    const { children, room } = cache.test(child - 1);
    for (let at = children; at < children + room; at += 1) open.push(cache.children[at]!);
  }
  return results;
}

function contentAfter(cache: TransitionCache, outcome: number, component: number): number | undefined {
  for (let at = cache.firstChange[outcome]!; at < cache.firstChange[outcome + 1]!; at += 2)
    if (cache.changes[at] === component) return cache.changes[at + 1]!;
  return undefined;
}

/** Moves with their images, where threads that are alike have one another's names; contents have the numbers of the images. */
export function movesUnderAllNames(
  all: readonly ThreadMoves[],
  firstThread: number,
  images: ContentImages,
): ThreadMoves {
  const pairs = (all[0] ?? []).map((): number[] => []);
  for (const moves of all)
    moves.forEach((known, thread) => {
      for (let at = 0; at < known.length; at += 2) {
        const change = { component: firstThread + thread, before: known[at]!, after: known[at + 1]! };
        for (const { component, before, after } of images.of(change))
          pairs[component - firstThread]!.push(before, after);
      }
    });
  return pairs.map((list) => Int32Array.from(list));
}

/**
 * Whether no run comes back to a state, told by the threads alone: each step of a thread changes what its own component holds, and
 * none leads back. `all` has the moves of every cache of a complete search.
 */
export function areAcyclic(all: readonly ThreadMoves[]): boolean {
  const threads = all[0]?.length ?? 0;
  for (let thread = 0; thread < threads; thread += 1) {
    const after = new Map<number, Set<number>>();
    const entering = new Map<number, number>();
    for (const moves of all) {
      const pairs = moves[thread]!;
      for (let at = 0; at < pairs.length; at += 2) {
        const [from, to] = [pairs[at]!, pairs[at + 1]!];
        const known = after.get(from) ?? new Set();
        after.set(from, known);
        if (!known.has(to)) entering.set(to, (entering.get(to) ?? 0) + 1);
        known.add(to);
      }
    }
    // What nothing leads to is on no cycle; taken away until nothing of the kind is left.
    const free = [...after.keys()].filter((content) => !entering.has(content));
    for (let content = free.pop(); content !== undefined; content = free.pop()) {
      for (const next of after.get(content) ?? []) {
        const left = entering.get(next)! - 1;
        entering.set(next, left);
        if (left === 0) free.push(next);
      }
      after.delete(content);
    }
    if (after.size > 0) return false;
  }
  return true;
}
