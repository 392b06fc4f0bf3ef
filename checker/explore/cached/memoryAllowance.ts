/** There is no room for more: of what the user allows, of what the machine has, or of what the format can number. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory';
}

/** How many bytes the arrays of one search may take together. */
export class MemoryAllowance {
  /** Bytes; Infinity for as many as the machine gives. */
  readonly limit: number;
  /** Bytes of the arrays that ask before they grow. */
  private taken = 0;
  /** Bytes of everything else, as the search tells from time to time. */
  others = 0;

  constructor(limit = Infinity) {
    this.limit = limit;
  }

  /** Takes so many bytes. Throws `OutOfMemory` if that is more than is left. */
  take(bytes: number): void {
    if (this.taken + this.others + bytes > this.limit) throw new OutOfMemory(usedUp(this.limit));
    this.taken += bytes;
  }

  giveBack(bytes: number): void {
    this.taken -= bytes;
  }
}

/** `4 GB`, `1.5 GB`, `64 kB`: powers of 1024. */
export function printBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${amount < 10 && !Number.isInteger(amount) ? amount.toFixed(1) : Math.round(amount)} ${units[power]!}`;
}

/** What there is too little of, if that is what an error says; null for any other error. */
export function withoutMemory(error: unknown): string | null {
  if (error instanceof OutOfMemory) return error.message;
  // What Node throws where an array cannot be had; a stack that overflows is a RangeError too, and none of these.
  const isAllocation = error instanceof RangeError && /allocation failed|array length/i.test(error.message);
  return isAllocation ? 'the memory of this machine' : null;
}

/** What a search that may use so many bytes needs more than, to be put behind `more than`. */
export function usedUp(limit: number): string {
  return `the ${printBytes(limit)} that it may use (--memory)`;
}
