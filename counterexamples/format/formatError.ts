/** Why a file is no counterexample that this program can read. */
export interface FormatError {
  readonly code: 'not-json' | 'wrong-format' | 'newer-version' | 'invalid';
  /** What was found and what was expected, one sentence. */
  readonly message: string;
  /** `line 3, column 14`, or the path of a field: `schedule[2].thread`; null for the file as a whole. */
  readonly place: string | null;
  /** What to do about it. */
  readonly next: string;
}
