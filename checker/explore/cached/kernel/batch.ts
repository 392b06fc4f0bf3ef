/** States that are expanded together. */
export interface Batch {
  /** Where the state stands whose `place` was asked for last. */
  readonly words: Int32Array;
  /** Finds a state by its position in the batch: its index in `words`. */
  place(index: number): number;
  /** What a finding gives as its state. */
  number(index: number): number;
  /** No further state is to be expanded. */
  readonly isOver?: boolean;
}
