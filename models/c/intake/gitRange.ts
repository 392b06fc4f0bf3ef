import type { TreeOptions } from './decodeSource.js';
import { openGitTree } from './gitTree.js';
import { splitLines } from './inputLine.js';
import type { FilePatch, IntakeProblem } from './patch.js';
import { patchedTree } from './patchedTree.js';
import { reporterFor } from './problem.js';
import { readDiff } from './readDiff.js';
import { resolveCommit, runGit } from './runGit.js';
import { textFile } from './textFile.js';
import type { BaseVerdict, KernelTree, PatchedFile, PatchedTree } from './tree.js';
import { TreeError } from './treeError.js';

/** Two states of a git tree, and the names of the commits between them. */
export interface GitRange {
  readonly base: KernelTree;
  /** Its `inputLines` are all 0, because there is no mail; its hunks all apply. */
  readonly patched: PatchedTree;
  /** Subjects of the commits, oldest first. */
  readonly subjects: readonly string[];
}

/** What of the configuration could make `git diff` print something else, or run something. */
const plainDiff = [
  ...['-U0', '--inter-hunk-context=0', '--full-index', '--find-renames', '--src-prefix=a/', '--dst-prefix=b/'],
  ...['--no-color', '--no-ext-diff', '--no-textconv', '--no-relative', '--submodule=short'],
];

/**
 * What `A..B` changes, or the commit `A`, against its first parent. The files are those of B, as git has them; no patch
 * is applied.
 *
 * Throws `TreeError` where git or a commit is missing, for a commit without parent, and for `A...B`.
 */
export function gitRange(directory: string, range: string, options: TreeOptions = {}): GitRange {
  const ends = rangeEnds(directory, range);
  const [base, target] = [openGitTree(directory, ends[0], options), openGitTree(directory, ends[1], options)];
  const [from, to] = [resolveCommit(directory, ends[0]), resolveCommit(directory, ends[1])];
  const log = runGit(directory, [
    'log',
    '--reverse',
    '--first-parent',
    '--no-show-signature',
    '--format=%s',
    `${from}..${to}`,
  ]);
  const diff = runGit(directory, ['diff', ...plainDiff, from, to]);
  const { files, problems } = readDiff(splitLines(diff.toString('utf8')), reporterFor(range));

  const patched = new Map<string, PatchedFile | null>();
  const failed = new Set<string>();
  const unread: IntakeProblem[] = [];
  for (const file of files) {
    const path = file.newPath ?? file.oldPath!;
    try {
      if (file.newPath !== null) patched.set(path, fileOf(target, file));
      if (file.change === 'rename' && !patched.has(file.oldPath!)) patched.set(file.oldPath!, null);
      if (file.change === 'delete') patched.set(path, null);
    } catch (error) {
      if (!(error instanceof TreeError)) throw error;
      failed.add(path);
      unread.push(reporterFor(range).error(null, `${path}: ${error.reason}`, error.next));
    }
  }
  const used = files.filter(({ newPath, oldPath }) => !failed.has(newPath ?? oldPath!));
  const lines = used.flatMap(({ hunks }) => hunks);
  return {
    base,
    patched: patchedTree(base, {
      patched,
      failed,
      hunks: used.flatMap((file) => verdictsOf(file, range)),
      bases: used.flatMap(baseOf),
      // Their lines are those of a diff that nobody sees.
      problems: [...problems.map((problem) => ({ ...problem, line: null })), ...unread],
      added: lines.reduce((sum, { newLines }) => sum + newLines, 0),
      removed: lines.reduce((sum, { oldLines }) => sum + oldLines, 0),
    }),
    subjects: splitLines(log.toString('utf8')).map(({ text }) => text),
  };
}

/** The names of both ends; a missing end of `A..` or `..B` is HEAD, as with git. */
function rangeEnds(directory: string, range: string): readonly [from: string, to: string] {
  if (range.includes('...')) {
    throw new TreeError(
      range,
      'a range of three dots has no single base',
      'Give A..B, with A from git merge-base A B.',
    );
  }
  const dots = range.indexOf('..');
  if (dots >= 0) return [range.slice(0, dots) || 'HEAD', range.slice(dots + 2) || 'HEAD'];
  resolveCommit(directory, range);
  try {
    resolveCommit(directory, `${range}^`);
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    throw new TreeError(range, 'the commit has no parent to compare with', 'Give a range A..B.');
  }
  return [`${range}^`, range];
}

/** Without context lines, the new sides of the hunks are exactly the added lines. */
function fileOf(target: KernelTree, { newPath, hunks, change }: FilePatch): PatchedFile {
  const text = target.read(newPath!)!;
  const count = textFile(text).lines.length;
  return {
    path: newPath!,
    text,
    inputLines: new Int32Array(count),
    inputNames: new Array<null>(count).fill(null),
    addedLines: hunks.flatMap(({ newStart, newLines }) =>
      Array.from({ length: newLines }, (_, index) => newStart + index),
    ),
    created: change === 'create',
  };
}

function verdictsOf({ newPath, oldPath, hunks }: FilePatch, input: string) {
  const path = newPath ?? oldPath!;
  const applied = { input, inputLine: 0, applied: true, offset: 0, whitespace: false, message: null };
  return hunks.map((_, index) => ({ path, hunk: index + 1, ...applied }));
}

function baseOf({ oldPath, oldBlob }: FilePatch): BaseVerdict[] {
  if (oldPath === null) return [];
  return [{ path: oldPath, base: oldBlob === null ? 'unknown' : 'same', expected: oldBlob, found: oldBlob }];
}
