/**
 * What a check read: the tree, the patch, and what became of their C. Plain data, the `source` of a result. Paths are relative to the
 * root of the tree, lines are 1-based.
 */
export interface SourceReport {
  readonly tree: TreeSummary;
  /** How `#if`s were decided: `policy`, or the name of a `.config`. */
  readonly configuration: string;
  /** Id of the subsystem whose files were lifted. */
  readonly subsystem: string;
  /** Null for a tree alone. */
  readonly patch: PatchSummary | null;
  readonly functions: readonly LiftedSummary[];
  /** C functions for which a hand-written model runs instead. */
  readonly kept: readonly { readonly name: string; readonly reason: string }[];
  /** Functions that kernel API models stand for and that the patch changes: the models say what they did before. */
  readonly changedModels: readonly string[];
  /** How many of each kind of remark; the most frequent first. */
  readonly remarks: readonly RemarkCount[];
  readonly approximations: readonly ApproximationPlace[];
  /** Calls of functions without model and source, which are assumed to do nothing to objects; by name. */
  readonly opaqueCalls: readonly OpaqueCall[];
  /** Every `#if` in the lifted files and how it was decided. */
  readonly conditionals: readonly DecidedConditional[];
  /** What could not be read or parsed, in files and their headers. */
  readonly problems: readonly SourceProblem[];
  /** Null for a tree alone. */
  readonly changedLines: ChangedLines | null;
  /** Why the answer is incomplete whatever the searches say, one sentence each: then nothing `holds`. */
  readonly incomplete: readonly string[];
  /** What tells the same source again, for a counterexample that is replayed later. */
  readonly identity: SourceIdentity;
}

export interface TreeSummary {
  /** The directory as it was given, or the commit of a git range. */
  readonly name: string;
  /** Of the top Makefile: `6.12.117`. */
  readonly version: string | null;
}

/** What was read of patches, and how they fit the tree. */
export interface PatchSummary {
  /** `patches` out of files, or a `range` of git commits. */
  readonly kind: 'patches' | 'range';
  /** File names, `<stdin>`, or the range. */
  readonly inputs: readonly string[];
  /** `4` of `[PATCH v4 1/6]`; null where no subject says it. */
  readonly version: number | null;
  /** In order of application; of a range the subjects of its commits. */
  readonly patches: readonly PatchPart[];
  /** Numbers that `n/m` promises and the input lacks. */
  readonly missing: readonly number[];
  readonly baseCommit: string | null;
  readonly files: readonly PatchedFileSummary[];
  /** Lines added and removed in the files that could be patched, as a diffstat counts. */
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly HunkSummary[];
  /** Problems of the input and of its application. */
  readonly problems: readonly InputProblem[];
  readonly changedFunctions: readonly ChangedFunction[];
}

export interface PatchPart {
  readonly input: string;
  readonly subject: string | null;
  readonly author: string | null;
  /** `n` and `m` of `n/m`. */
  readonly number: number | null;
  readonly total: number | null;
  /** Lines of the mail in the middle of the diff that are no part of it: a reviewer's remarks. */
  readonly droppedLines: readonly { readonly line: number; readonly text: string }[];
}

export interface PatchedFileSummary {
  readonly path: string;
  /** `failed`: a hunk did not apply, and the file is as the tree has it. */
  readonly change: 'changed' | 'created' | 'deleted' | 'failed';
  /** Whether the tree's file is the one that the patch was made for. */
  readonly base: 'same' | 'differs' | 'unknown';
}

export interface HunkSummary {
  readonly path: string;
  /** 1-based within the file and patch. */
  readonly hunk: number;
  readonly input: string;
  /** Of its `@@` in the input; 0 for a range. */
  readonly inputLine: number;
  readonly applied: boolean;
  /** Lines further down than the hunk says; negative is further up. */
  readonly offset: number;
  /** Applied only because white space was ignored. */
  readonly whitespace: boolean;
  readonly message: string | null;
}

export interface InputProblem {
  readonly severity: 'error' | 'warning';
  readonly input: string;
  readonly line: number | null;
  readonly message: string;
  readonly next: string;
}

/** A function whose text the patch changes, wherever it is. */
export interface ChangedFunction {
  readonly name: string;
  readonly file: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Its program runs in scenarios that reach it. */
  readonly lifted: boolean;
}

export interface LiftedSummary {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  readonly fromPatch: boolean;
  /** The worst of its remarks. */
  readonly level: 'exact' | 'abstracted' | 'blocked';
}

export interface RemarkCount {
  readonly kind: string;
  readonly level: 'note' | 'abstracted' | 'blocked';
  readonly count: number;
  /** One of them, as `file:line function: what`. */
  readonly example: string;
}

export interface ApproximationPlace {
  readonly function: string;
  readonly file: string;
  readonly direction: 'under' | 'over';
  readonly what: string;
}

export interface OpaqueCall {
  readonly name: string;
  /** As `file:line function`. */
  readonly places: readonly string[];
}

export interface DecidedConditional {
  readonly file: string;
  readonly line: number;
  readonly directive: string;
  readonly taken: boolean;
  readonly reason: string;
}

export interface SourceProblem {
  readonly file: string;
  readonly line: number;
  readonly severity: 'error' | 'note';
  readonly message: string;
}

/** The lines that a patch adds or changes, and what became of them. */
export interface ChangedLines {
  readonly added: number;
  /** Those with code of a function in a C file or header, as far as could be told. */
  readonly code: number;
  /** Of these, the ones that some explored transition ran. */
  readonly touched: number;
  readonly untouched: readonly UntouchedLines[];
}

export interface UntouchedLines {
  readonly file: string;
  readonly function: string;
  readonly lines: readonly number[];
  /**
   * `not run`: a scenario reaches the function, but no explored transition the line. `not reached`: lifted, and no scenario calls it.
   * `not lifted`: in a file that no scenario is about.
   */
  readonly why: 'not run' | 'not reached' | 'not lifted';
}

/** How to know a source again: what it was made of, without the places it was read from. */
export interface SourceIdentity {
  readonly subsystem: string;
  readonly treeVersion: string | null;
  /** Base names of what was given, for messages. */
  readonly patches: readonly string[];
  readonly range: string | null;
  readonly configuration: string | null;
  /** Git blob ids of what was lifted and of what the patch touches, as checked; null for a file that is not there. */
  readonly files: readonly { readonly path: string; readonly blob: string | null }[];
}
