const leastSlots = 1 << 10;
const mostSlots = 1 << 18;

/**
 * Packed states that came up, as many as there is room for: a new one takes the place of another one. Half of the successors of a search that keeps
 * states up to names were there before in the same form, mostly not long ago.
 */
export class RecentStates {
  /** By slot: 1 if a state is there, then its words. */
  private table = new Int32Array(0);
  private width = 0;
  private slots = 0;
  /** How many were put into the table. */
  private added = 0;

  get bytes(): number {
    return this.table.byteLength;
  }

  /** Whether the state at `words[at…]` is here, with its hash; it is from now on. All states have the same width and form until `forget`. */
  meets(words: Int32Array, at: number, width: number, hash: number): boolean {
    if (this.width !== width || this.added >= 8 * this.slots) this.makeRoom(width);
    const { table } = this;
    const slot = (hash & (this.slots - 1)) * (width + 1);
    let isHere = table[slot] === 1;
    for (let word = 0; isHere && word < width; word += 1) isHere = table[slot + 1 + word] === words[at + word];
    if (isHere) return true;
    table[slot] = 1;
    for (let word = 0; word < width; word += 1) table[slot + 1 + word] = words[at + word]!;
    this.added += 1;
    return false;
  }

  forget(): void {
    this.table.fill(0);
  }

  /** A new table, larger if it can be. */
  private makeRoom(width: number): void {
    if (this.width === width && this.slots === mostSlots) {
      this.added = -Infinity;
      return;
    }
    this.slots = this.width === width || this.slots === 0 ? Math.max(leastSlots, 2 * this.slots) : this.slots;
    this.width = width;
    this.added = 0;
    this.table = new Int32Array(this.slots * (width + 1));
  }
}
