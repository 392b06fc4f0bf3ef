/** One kind of thing that `interleaf list` shows. */
export interface Section {
  /** What users type: `interleaf list scenarios`. */
  readonly name: string;
  readonly title: string;
  readonly entries: () => readonly Entry[];
}

/** One line of a listing, what stands below it when the section is listed alone, and the same as data. */
export interface Entry {
  readonly id: string;
  readonly summary: string;
  readonly details: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}
