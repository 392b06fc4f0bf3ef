import type { IntakeProblem } from './patch.js';

/** A kernel tree that can be read; nothing here can write. */
export interface KernelTree {
  /** What messages call it: the directory, or `A` of a git range. */
  readonly name: string;
  /** `6.12.117` from the top Makefile; null if that cannot be read. */
  readonly version: string | null;
  /**
   * Text of a file by its path relative to the root (`drivers/tee/tee_core.c`), or null if there is none. A byte order
   * mark is dropped, bytes that are not UTF-8 are replaced. Throws `TreeError` for paths that leave the tree (also by
   * symbolic link), for binary files, and for files beyond the size limit.
   */
  read(path: string): string | null;
  /** Git's blob id of the file's bytes as they are (40 hex digits), or null if there is none. Throws as `read` does. */
  blobId(path: string): string | null;
  /** Names of the files directly in a directory, sorted; empty if there is none. */
  list(directory: string): readonly string[];
}

/** Where each line of a patched file comes from. */
export interface PatchedFile {
  readonly path: string;
  readonly text: string;
  /** By line index (line 1 is `[0]`): the line of the input (mail) that brought it, or 0 for a line of the tree. */
  readonly inputLines: Int32Array;
  /**
   * By line index: the name of that input, or null for a line of the tree. A series of files has one for each patch.
   */
  readonly inputNames: readonly (string | null)[];
  /** 1-based numbers of the lines that the patch adds or changes. */
  readonly addedLines: readonly number[];
  /** The file is new. */
  readonly created: boolean;
}

/** What became of each hunk. */
export interface HunkVerdict {
  readonly path: string;
  /** 1-based within the file and patch. */
  readonly hunk: number;
  /** Name of the input, and the line of the `@@` in it; a git range has no such line, and 0 here. */
  readonly input: string;
  readonly inputLine: number;
  readonly applied: boolean;
  /** Lines between where the hunk says it applies and where it did; positive is further down. */
  readonly offset: number;
  /** Applied only because white space was ignored. */
  readonly whitespace: boolean;
  /** Why it did not apply, with the nearest candidate; null if it did. */
  readonly message: string | null;
}

/** How the base of a file compares with what the patch was made for. */
export interface BaseVerdict {
  readonly path: string;
  /**
   * `same`: the blob id of the tree's file is that of the patch. `unknown`: the patch has no id, or the tree no such
   * file.
   */
  readonly base: 'same' | 'differs' | 'unknown';
  readonly expected: string | null;
  readonly found: string | null;
}

/**
 * A tree with patches laid over it, in memory. `read`, `list` and `blobId` see the patched files; of a file in `failed`
 * they see what the tree has.
 */
export interface PatchedTree extends KernelTree {
  /**
   * Files that the patches touch, by path; deleted ones are null. A file with a hunk that failed is absent: it is never
   * half patched.
   */
  readonly patched: ReadonlyMap<string, PatchedFile | null>;
  /** Paths that the patches touch and that could not be patched; `problems` says why. */
  readonly failed: ReadonlySet<string>;
  readonly hunks: readonly HunkVerdict[];
  readonly bases: readonly BaseVerdict[];
  readonly problems: readonly IntakeProblem[];
  /** Totals of the hunks of the files in `patched`: `+added −removed`, as a diffstat counts. */
  readonly added: number;
  readonly removed: number;
}
