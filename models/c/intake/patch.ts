/**
 * Patches as data: what is left of a mail, an mbox, a quoted reply or a diff once everything but the change is peeled
 * off. Every line remembers the line of the input it came from, so that a message can point into what the user has
 * before them.
 */

/** A series or a single patch, in order of application. */
export interface PatchSeries {
  readonly patches: readonly Patch[];
  /** `v4` of `[PATCH v4 1/6]`; 1 if the subject has no version; null for a bare diff. */
  readonly version: number | null;
  /** Numbers that `n/m` promises and the input lacks, for example `[2, 3]`; the cover letter (0) is not missed. */
  readonly missing: readonly number[];
  /** Of a `base-commit:` trailer or line. */
  readonly baseCommit: string | null;
  readonly problems: readonly IntakeProblem[];
}

/** One patch: one mail, or one diff. */
export interface Patch {
  /** Name of the input that `inputLine` counts in: a file name, `<stdin>`. */
  readonly input: string;
  /** Subject without the `[PATCH …]` prefix, or null for a bare diff. */
  readonly subject: string | null;
  readonly author: string | null;
  /** `n` and `m` of `n/m`. */
  readonly number: number | null;
  readonly total: number | null;
  readonly files: readonly FilePatch[];
  /** Lines with text at another quote depth than the diff, from its first to its last line: a reviewer's remarks. */
  readonly droppedLines: readonly { readonly inputLine: number; readonly text: string }[];
}

/** What happens to one file. Paths are relative to the root of the tree, without `a/` and `b/`. */
export interface FilePatch {
  /** A rename or a copy has two different paths, and possibly no hunk. */
  readonly change: 'modify' | 'create' | 'delete' | 'rename' | 'copy';
  /** Null for a new file. */
  readonly oldPath: string | null;
  /** Null for a deleted file. */
  readonly newPath: string | null;
  /** Blob ids of the `index` line, abbreviated as given; null if there is none. */
  readonly oldBlob: string | null;
  readonly newBlob: string | null;
  /** First line of its header in the input. */
  readonly inputLine: number;
  readonly hunks: readonly Hunk[];
}

export interface Hunk {
  /**
   * As in `@@ -oldStart,oldLines +newStart,newLines @@`; the counts are those of `lines`, or the file would not be
   * here.
   */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly HunkLine[];
  /** Line of the `@@` in the input. */
  readonly inputLine: number;
}

export interface HunkLine {
  readonly kind: ' ' | '+' | '-';
  /** Without the marker and without the line end. */
  readonly text: string;
  /**
   * 1-based line in the input as the user has it (the mail, the mbox; of gzipped input, the unpacked text). Of a base64
   * part it is the line where the part begins plus the line within what it decodes to.
   */
  readonly inputLine: number;
  /** `\ No newline at end of file` follows. */
  readonly noNewline: boolean;
}

/** Something wrong with the input, with the place in it. */
export interface IntakeProblem {
  /** `error`: part of the input could not be used. `warning`: used, with doubts. */
  readonly severity: 'error' | 'warning';
  /** Name of the input: a file name, `<stdin>`, a git range. */
  readonly input: string;
  /** 1-based; null if it is about the whole input. */
  readonly line: number | null;
  readonly message: string;
  /** What the user can do. */
  readonly next: string;
}
