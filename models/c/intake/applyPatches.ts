import { posix } from 'node:path';
import { applyHunks, type HunkResult } from './applyHunks.js';
import type { FilePatch, IntakeProblem, Patch, PatchSeries } from './patch.js';
import { patchedTree } from './patchedTree.js';
import { reporterFor } from './problem.js';
import { printTextFile, textFile, type TextFile } from './textFile.js';
import type { BaseVerdict, HunkVerdict, KernelTree, PatchedFile, PatchedTree } from './tree.js';
import { TreeError } from './treeError.js';

/** A file that the series has touched so far. */
interface Working {
  readonly file: TextFile;
  readonly created: boolean;
  /** The path in the tree whose content this was, if the series moved it here. */
  readonly movedFrom: string | null;
}

/** What a file patch makes of a path, or why it makes nothing. */
type FileOutcome =
  | { readonly ok: true; readonly file: TextFile; readonly results: readonly HunkResult[] }
  | { readonly ok: false; readonly line: number; readonly reason: string; readonly results: readonly HunkResult[] };

const otherTree =
  'Give the tree that the patch was made for (its base-commit, or the patches it comes after), or ask for a rebased patch.';

/**
 * Lays the patches of a series over a tree, in memory, each on top of those before it.
 *
 * All hunks get a verdict. A file with a hunk that fails is left as the tree has it, in all patches of the series, and named in
 * `failed` and `problems`; the other files are patched. `problems` does not repeat those of the series. Never throws.
 */
export function applyPatches(tree: KernelTree, series: PatchSeries): PatchedTree {
  const states = new Map<string, Working | null>();
  const failed = new Set<string>();
  const hunks: HunkVerdict[] = [];
  const bases: BaseVerdict[] = [];
  const problems: IntakeProblem[] = [];
  const counts = new Map<string, { added: number; removed: number }>();

  const read = (path: string, from: ReadonlyMap<string, Working | null>): TextFile | null => {
    const state = from.get(path);
    if (state !== undefined) return state?.file ?? null;
    const text = tree.read(path);
    return text === null ? null : textFile(text);
  };

  const checkBase = ({ oldPath, oldBlob }: FilePatch) => {
    if (oldPath === null || states.has(oldPath) || bases.some(({ path }) => path === oldPath)) return;
    const found = tree.blobId(oldPath);
    const base = oldBlob === null || found === null ? 'unknown' : found.startsWith(oldBlob) ? 'same' : 'differs';
    bases.push({ path: oldPath, base, expected: oldBlob, found });
  };

  const fail = (path: string) => {
    const origin = states.get(path)?.movedFrom ?? null;
    failed.add(path);
    states.delete(path);
    counts.delete(path);
    if (origin !== null && origin !== path) fail(origin);
  };

  for (const patch of series.patches) {
    const before = new Map(states);
    const report = reporterFor(patch.input);
    const written = new Set<string>();
    for (const given of patch.files) {
      const file = withTreePaths(tree, given, (name) => states.has(name));
      const path = file.newPath ?? file.oldPath!;
      const touched = [file.oldPath, file.newPath].filter((name) => name !== null);
      // Moves read what was there before the patch, because two files may change places.
      const sources = file.change === 'rename' || file.change === 'copy' ? before : states;
      const outcome = attempt(() => {
        if (touched.some((name) => failed.has(name))) {
          return {
            ok: false,
            line: file.inputLine,
            reason: 'another part of the series for it does not apply',
            results: [],
          };
        }
        checkBase(file);
        const old = file.oldPath === null ? null : (read(file.oldPath, sources) ?? read(file.oldPath, states));
        return applyFile(file, patch, old, file.newPath === null ? null : read(file.newPath, states));
      }, file);
      hunks.push(...verdicts(file, patch, outcome));
      for (const { alternative, hunk, offset } of outcome.results) {
        if (alternative === null) continue;
        const message = `${path}: the hunk applies ${offset} lines from where it should, and would fit line ${alternative} as well`;
        problems.push(report.warning(hunk.inputLine, message, 'Look whether it went to the right function.'));
      }
      if (!outcome.ok) {
        // A copy does nothing to the file that it copies.
        (file.change === 'copy' ? [path] : touched).forEach(fail);
        problems.push(report.error(outcome.line, `${path} is left out: ${outcome.reason}`, otherTree));
        continue;
      }
      const count = counts.get(path) ?? { added: 0, removed: 0 };
      for (const { kind } of file.hunks.flatMap(({ lines }) => lines)) {
        if (kind === '+') count.added++;
        if (kind === '-') count.removed++;
      }
      counts.set(path, count);
      const earlier = file.oldPath === null ? null : (sources.get(file.oldPath) ?? null);
      if (file.change === 'rename' && !written.has(file.oldPath!)) states.set(file.oldPath!, null);
      if (file.newPath === null) states.set(path, null);
      else {
        const movedFrom = earlier?.movedFrom ?? (file.change === 'rename' ? file.oldPath : null);
        const created = file.change === 'create' || (file.change !== 'copy' && earlier?.created === true);
        states.set(path, { file: outcome.file, created, movedFrom });
      }
      written.add(path);
    }
  }

  const patched = new Map([...states].map(([path, state]) => [path, state === null ? null : patchedFile(path, state)]));
  const total = (key: 'added' | 'removed') => [...counts.values()].reduce((sum, count) => sum + count[key], 0);
  return patchedTree(tree, {
    patched,
    failed,
    hunks,
    bases,
    problems,
    added: total('added'),
    removed: total('removed'),
  });
}

/** Applies one file patch to the old file, where `there` is what the tree has at the new path. */
function applyFile(file: FilePatch, patch: Patch, old: TextFile | null, there: TextFile | null): FileOutcome {
  const refuse = (reason: string, results: readonly HunkResult[] = []): FileOutcome => ({
    ok: false,
    line: results.find(({ applied }) => !applied)?.hunk.inputLine ?? file.inputLine,
    reason,
    results,
  });
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

/** What reading the tree throws becomes the reason why this file is left out. */
function attempt(apply: () => FileOutcome, file: FilePatch): FileOutcome {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    return { ok: false, line: file.inputLine, reason: error.reason, results: [] };
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
 * The file patch with the paths that the tree knows. `diff -u linux/x.c linux/y.c` style headers do not tell whether the first
 * directory is part of the name; the tree does.
 */
function withTreePaths(tree: KernelTree, file: FilePatch, isTouched: (path: string) => boolean): FilePatch {
  const shorter = (path: string | null) => path?.slice(path.indexOf('/') + 1) ?? null;
  const isThere = (path: string) => {
    const siblings = siblingsOf(tree, path);
    return file.oldPath === null ? siblings.length > 0 : isTouched(path) || siblings.includes(posix.basename(path));
  };
  const path = file.oldPath ?? file.newPath!;
  if (!path.includes('/') || isThere(path) || !isThere(shorter(path)!)) return file;
  return { ...file, oldPath: shorter(file.oldPath), newPath: shorter(file.newPath) };
}

/** The files beside a path; none in a directory that cannot be read, of which reading the file will say why. */
function siblingsOf(tree: KernelTree, path: string): readonly string[] {
  try {
    return tree.list(posix.dirname(path));
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    return [];
  }
}

function patchedFile(path: string, { file, created }: Working): PatchedFile {
  const { lines } = file;
  return {
    path,
    text: printTextFile(file),
    inputLines: Int32Array.from(lines, ({ inputLine }) => inputLine),
    inputNames: lines.map(({ inputName }) => inputName),
    addedLines: lines.flatMap(({ added }, index) => (added ? [index + 1] : [])),
    created,
  };
}
