/** The lengths of the last levels of a breadth-first search, the one that is expanded at the end. */
export class LevelLengths {
  private lengths: readonly number[];

  constructor(lengths: readonly number[] = [1]) {
    this.lengths = lengths;
  }

  get last(): readonly number[] {
    return this.lengths;
  }

  /** A level begins. */
  push(length: number): void {
    this.lengths = [...this.lengths.slice(-2), length];
  }

  /**
   * A guess at how many states are still to be expanded, if so many of the last level are; undefined as long as levels grow, and nobody
   * can know.
   */
  remaining(ofLevel: number): number | undefined {
    const [older = 0, old = 0, current = 0] = this.lengths;
    if (this.lengths.length < 3 || older <= old || old <= current) return undefined;
    // The levels to come, if they go on to shrink as this one did: usually they shrink faster.
    return Math.round(ofLevel + (current * current) / (old - current));
  }
}
