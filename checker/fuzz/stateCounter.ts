/**
 * Counts distinct states by 53-bit hashes: a figure for how much a sample has seen, where a rare collision does no harm.
 *
 * The hash is two multiplications and shifts a word, as in the finalizer of MurmurHash3.
 */
export class StateCounter {
  private readonly hashes = new Set<number>();

  get count(): number {
    return this.hashes.size;
  }

  /** An estimate: a set of numbers that are no small integers takes some 40 bytes for each. */
  get bytes(): number {
    return this.hashes.size * 40;
  }

  add(words: Int32Array): void {
    let high = 0x9e3779b9;
    let low = 0x85ebca6b;
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at]!;
      if (word === 0) continue;
      high = Math.imul(high ^ word ^ at, 0xcc9e2d51);
      high ^= high >>> 15;
      low = Math.imul(low ^ high ^ word, 0x1b873593);
      low ^= low >>> 13;
    }
    this.hashes.add((high >>> 11) * 2 ** 32 + (low >>> 0));
  }
}
