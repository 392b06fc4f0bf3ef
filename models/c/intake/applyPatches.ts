import { posix } from 'node:path';
import { applyHunks, type HunkResult } from './applyHunks.js';
import type { FilePatch, IntakeProblem, Patch, PatchSeries } from './patch.js';
import { patchedTree } from './patchedTree.js';
import { reporterFor } from './problem.js';
import { SeriesOverlay } from './seriesOverlay.js';
import { printTextFile, textFile, type TextFile } from './textFile.js';
import type { BaseVerdict, HunkVerdict, KernelTree, PatchedTree } from './tree.js';
import { TreeError } from './treeError.js';

/** What a file patch makes of a path, or why it makes nothing. */
type FileOutcome =
  | { readonly ok: true; readonly file: TextFile; readonly results: readonly HunkResult[] }
  | { readonly ok: false; readonly line: number; readonly reason: string; readonly results: readonly HunkResult[] };

const otherTree =
  'Give the tree that the patch was made for (its base-commit, or the patches it comes after), or ask for a rebased patch.';

/**
 * Lays the patches of a series over a tree, in memory, each on top of those before it.
 *
 * All hunks get a verdict. A file with a hunk that fails is left as the tree has it, in all patches of the series, and
 * named in `failed` and `problems`; the other files are patched. `problems` does not repeat those of the series. Never
 * throws.
 */
export function applyPatches(tree: KernelTree, series: PatchSeries): PatchedTree {
  const overlay = new SeriesOverlay(tree);
  const hunks: HunkVerdict[] = [];
  const bases: BaseVerdict[] = [];
  const problems: IntakeProblem[] = [];

  for (const patch of series.patches) {
    const report = reporterFor(patch.input);
    overlay.beginPatch();
    for (const given of patch.files) {
      const file = withTreePaths(tree, given, overlay);
      const path = file.newPath ?? file.oldPath!;
      if (file.oldPath !== null && !overlay.has(file.oldPath) && !bases.some((base) => base.path === file.oldPath)) {
        bases.push(
          ...attempt(
            () => [baseOf(tree, file.oldPath!, file.oldBlob)],
            () => [],
          ),
        );
      }
      const refusal = (reason: string): FileOutcome => ({ ok: false, line: file.inputLine, reason, results: [] });
      const outcome = attempt(() => applyFile(file, patch, overlay), refusal);
      hunks.push(...verdicts(file, patch, outcome));
      for (const { alternative, hunk, offset } of outcome.results) {
        if (alternative === null) continue;
        const message = `${path}: the hunk applies ${offset} lines from where it should, and would fit line ${alternative} as well`;
        problems.push(report.warning(hunk.inputLine, message, 'Look whether it went to the right function.'));
      }
      if (outcome.ok) overlay.put(file, outcome.file);
      else {
        problems.push(report.error(outcome.line, `${path} is left out: ${outcome.reason}`, otherTree));
        overlay.fail(path);
        // A copy does nothing to the file that it copies.
        if (file.oldPath !== null && file.change !== 'copy') overlay.fail(file.oldPath);
      }
    }
  }
  const { failed } = overlay;
  return patchedTree(tree, { patched: overlay.patched(), failed, hunks, bases, problems, ...overlay.totals() });
}

function baseOf(tree: KernelTree, path: string, expected: string | null): BaseVerdict {
  const found = tree.blobId(path);
  const base = expected === null || found === null ? 'unknown' : found.startsWith(expected) ? 'same' : 'differs';
  return { path, base, expected, found };
}

/** Applies one file patch to what the patches before it made of its file. */
function applyFile(file: FilePatch, patch: Patch, overlay: SeriesOverlay): FileOutcome {
  const refuse = (reason: string, results: readonly HunkResult[] = []): FileOutcome => ({
    ok: false,
    line: results.find(({ applied }) => !applied)?.hunk.inputLine ?? file.inputLine,
    reason,
    results,
  });
  const { failed } = overlay;
  if (failed.has(file.oldPath ?? '') || failed.has(file.newPath ?? '')) {
    return refuse('another part of the series for it does not apply');
  }
  const old = overlay.readOld(file);
  const there = file.newPath === null ? null : overlay.read(file.newPath);
  if (file.change === 'create') {
    const { file: made, results } = applyHunks(textFile(''), file.hunks, patch.input);
    if (made === null) return refuse('its hunk is not for a new file', results);
    if (there === null) return { ok: true, file: made, results };
    const same = printTextFile(made) === printTextFile(there);
    return refuse(`the tree already has it${same ? ', with this content' : ', with other content'}`);
  }
  if (old === null) return refuse(`the tree has no ${file.oldPath}`);
  if (file.change === 'rename' && there !== null) {
    // Files that change places come as two renames; anything else would overwrite a file.
    const swaps = patch.files.some(({ oldPath, change }) => change === 'rename' && oldPath === file.newPath);
    if (!swaps) return refuse(`the tree already has ${file.newPath}`);
  }
  if (file.change === 'copy' && there !== null) return refuse(`the tree already has ${file.newPath}`);

  const { file: made, results } = applyHunks(old, file.hunks, patch.input);
  const wrong = results.findIndex(({ applied }) => !applied);
  if (made === null) return refuse(`hunk ${wrong + 1} does not apply: ${results[wrong]!.message}`, results);
  if (file.change === 'delete' && made.lines.length > 0) {
    return refuse(`the patch deletes it, but the tree has ${made.lines.length} more lines in it`, results);
  }
  return { ok: true, file: made, results };
}

/** What comes of something that reads the tree, or of the reason why it cannot. */
function attempt<T>(read: () => T, otherwise: (reason: string) => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    return otherwise(error.reason);
  }
}

/** A verdict for each hunk of the file; those that were not tried because of the file's state have failed, too. */
function verdicts(file: FilePatch, patch: Patch, outcome: FileOutcome): HunkVerdict[] {
  const path = file.newPath ?? file.oldPath!;
  return file.hunks.map((hunk, index) => {
    const result = outcome.results[index];
    return {
      path,
      hunk: index + 1,
      input: patch.input,
      inputLine: hunk.inputLine,
      applied: result?.applied ?? false,
      offset: result?.offset ?? 0,
      whitespace: result?.whitespace ?? false,
      message: result === undefined && !outcome.ok ? outcome.reason : (result?.message ?? null),
    };
  });
}

/**
 * The file patch with the paths that the tree knows. `diff -u linux/x.c linux/y.c` style headers do not tell whether
 * the first directory is part of the name; the tree does.
 */
function withTreePaths(tree: KernelTree, file: FilePatch, overlay: SeriesOverlay): FilePatch {
  const shorter = (path: string | null) => path?.slice(path.indexOf('/') + 1) ?? null;
  const isThere = (path: string) => {
    const siblings = attempt(
      () => tree.list(posix.dirname(path)),
      () => [],
    );
    return file.oldPath === null ? siblings.length > 0 : overlay.has(path) || siblings.includes(posix.basename(path));
  };
  const path = file.oldPath ?? file.newPath!;
  if (!path.includes('/') || isThere(path) || !isThere(shorter(path)!)) return file;
  return { ...file, oldPath: shorter(file.oldPath), newPath: shorter(file.newPath) };
}
