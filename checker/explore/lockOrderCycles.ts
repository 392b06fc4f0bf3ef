/** One lock class taken while another is held. */
export interface LockEdge {
  readonly held: string;
  readonly taken: string;
}

/**
 * The edges that lie on a cycle of the lock-order graph, one per cycle's strongly connected component pair: each is a place
 * where two locks are taken in an order that some other place reverses. Locks of one class taken inside each other count as
 * a cycle, as lockdep counts them (Documentation/locking/lockdep-design.rst, v6.12).
 */
export function lockOrderCycles(edges: readonly LockEdge[]): LockEdge[] {
  const next = new Map<string, Set<string>>();
  for (const { held, taken } of edges) {
    const targets = next.get(held) ?? new Set<string>();
    targets.add(taken);
    next.set(held, targets);
  }
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const work = [from];
    for (let lock = work.pop(); lock !== undefined; lock = work.pop()) {
      if (lock === to) return true;
      if (seen.has(lock)) continue;
      seen.add(lock);
      work.push(...(next.get(lock) ?? []));
    }
    return false;
  };
  // In alphabetical order, so that the edge that stands for a pair does not depend on which was seen first.
  const cyclic = edges
    .filter(({ held, taken }) => reaches(taken, held))
    .sort((a, b) => (`${a.held} ${a.taken}` < `${b.held} ${b.taken}` ? -1 : 1));
  const reported = new Set<string>();
  return cyclic.filter(({ held, taken }) => {
    const pair = [held, taken].sort().join(' ');
    if (reported.has(pair)) return false;
    reported.add(pair);
    return true;
  });
}
