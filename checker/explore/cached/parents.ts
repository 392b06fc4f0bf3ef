const sampleShift = 9;

/**
 * The predecessor of each state of a breadth-first search, in two bits a state: states are numbered as they are found, by
 * states that are expanded in the order of their numbers, so predecessors never decrease. A 1 stands for the next state
 * that is expanded, a 0 for a state that it found.
 */
export class Parents {
  private bits = new Int32Array(1024);
  private length = 0;
  /** For every 512th state: how many bits precede its own. */
  private samples = new Int32Array(64);
  private expanded = 0;
  private found = 1;

  get bytes(): number {
    return this.bits.byteLength + this.samples.byteLength;
  }

  /** The next state has been expanded and found so many new ones. */
  push(children: number): void {
    const end = this.length + 1 + children;
    if (end > this.bits.length * 32)
      this.bits = grown(this.bits, Math.max(end >> 5, this.bits.length) + (this.bits.length >> 1) + 1);
    this.bits[this.length >> 5]! |= 1 << (this.length & 31);
    for (let child = 0; child < children; child += 1) {
      const number = this.found + child;
      if ((number & ((1 << sampleShift) - 1)) !== 0) continue;
      const at = number >> sampleShift;
      if (at >= this.samples.length) this.samples = grown(this.samples, this.samples.length * 2);
      this.samples[at] = this.length + 1 + child;
    }
    this.length = end;
    this.expanded += 1;
    this.found += children;
  }

  /** The state that found `state`; -1 for the first one. */
  of(state: number): number {
    if (state === 0) return -1;
    const sample = state >> sampleShift;
    // Bits before a state's own: one for each state before it except the first, and one for each expanded state up to its parent.
    let at = sample === 0 ? 0 : this.samples[sample]!;
    let seen = sample === 0 ? 1 : sample << sampleShift;
    for (; ; at += 1) {
      if (((this.bits[at >> 5]! >>> (at & 31)) & 1) === 1) continue;
      if (seen === state) return at - (state - 1) - 1;
      seen += 1;
    }
  }
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
