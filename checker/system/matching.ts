/** Pairs of things, each in one pair at most, out of those that are allowed: as many as there can be (augmenting paths, C. Berge, 1957). */
export class Matching<T> {
  /** How many pairs are allowed. */
  allowed = 0;
  private readonly others = new Map<T, Set<T>>();
  private readonly partners = new Map<T, T>();

  allow(one: T, other: T): void {
    const others = this.others.get(one) ?? new Set();
    this.others.set(one, others);
    if (others.has(other)) return;
    others.add(other);
    this.allowed += 1;
  }

  /** The first of a pair comes first. What is paired stays so when more pairs are allowed, though it may be with another one. */
  pairs(): [T, T][] {
    const isPaired = new Set(this.partners.values());
    for (const one of this.others.keys()) if (!isPaired.has(one)) this.findFor(one, new Set());
    return [...this.partners].map(([other, one]) => [one, other]);
  }

  /** Finds somebody for `one`, if need be by giving others somebody else. */
  private findFor(one: T, asked: Set<T>): boolean {
    for (const other of this.others.get(one)!) {
      if (asked.has(other)) continue;
      asked.add(other);
      const rival = this.partners.get(other);
      if (rival !== undefined && !this.findFor(rival, asked)) continue;
      this.partners.set(other, one);
      return true;
    }
    return false;
  }
}
