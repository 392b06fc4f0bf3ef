import { comparable, locateHunk, nearestMiss, type Comparable, type HunkSearch } from './locateHunk.js';
import type { Hunk } from './patch.js';
import type { TextFile, TextLine } from './textFile.js';

/** What became of one hunk, in the terms of `HunkVerdict`. */
export interface HunkResult {
  readonly hunk: Hunk;
  readonly applied: boolean;
  readonly offset: number;
  readonly whitespace: boolean;
  readonly message: string | null;
  /** 1-based line of another place that the hunk would fit, where it is not at the expected one. */
  readonly alternative: number | null;
}

/** The patched file, null if a hunk failed, and a result for each hunk. */
export interface HunksOutcome {
  readonly file: TextFile | null;
  readonly results: readonly HunkResult[];
}

/**
 * Applies the hunks of one file. Context lines stay as the file has them, added lines are as the patch has them, so a
 * patch that lost its tabs on the way costs layout only. The hunks after one that fails are tried all the same, to be
 * reported.
 */
export function applyHunks(file: TextFile, hunks: readonly Hunk[], inputName: string): HunksOutcome {
  const have = comparable(file.lines.map(({ text }) => text));
  const lines: TextLine[] = [];
  const results: HunkResult[] = [];
  let { finalNewline } = file;
  let taken = 0;
  let shift = 0;

  for (const hunk of hunks) {
    const search = searchFor(hunk, have, taken, shift);
    const wanted = search.wanted.exact.length;
    const said = search.expected - shift;
    const found = locateHunk(search);
    if (found === null) {
      results.push({
        hunk,
        applied: false,
        offset: 0,
        whitespace: false,
        message: whyNot(search, hunk),
        alternative: null,
      });
      continue;
    }
    const { position, whitespace, alternative } = found;
    shift = position - said;
    results.push({
      hunk,
      applied: true,
      offset: shift,
      whitespace,
      message: null,
      alternative: alternative === null ? null : alternative + 1,
    });
    let next = taken;
    while (next < position) lines.push(file.lines[next++]!);
    for (const { kind, text, inputLine } of hunk.lines) {
      if (kind === '+') lines.push({ text, added: true, inputName, inputLine });
      else if (kind === ' ') lines.push(file.lines[next++]!);
      else next++;
    }
    taken = position + wanted;
    if (taken === file.lines.length) finalNewline = endsWithNewline(hunk, file.finalNewline);
  }
  if (results.some(({ applied }) => !applied)) return { file: null, results };
  while (taken < file.lines.length) lines.push(file.lines[taken++]!);
  return { file: { lines, finalNewline }, results };
}

function searchFor(hunk: Hunk, file: Comparable, least: number, shift: number): HunkSearch {
  const old = hunk.lines.filter(({ kind }) => kind !== '+');
  const leading = hunk.lines.findIndex(({ kind }) => kind !== ' ');
  const trailing = [...hunk.lines].reverse().findIndex(({ kind }) => kind !== ' ');
  return {
    file,
    wanted: comparable(old.map(({ text }) => text)),
    // A hunk without old lines names the line after which it inserts.
    expected: hunk.oldStart + shift - (old.length > 0 ? 1 : 0),
    least,
    // As git apply has it: less context than usual means that there is no more.
    fixed: leading === 0 && trailing === 0,
    atStart: hunk.oldStart <= 1 && leading < trailing,
    atEnd: trailing === 0 && leading > 0,
  };
}

/** For a hunk at the end of its file: whether the file then ends with a newline. */
function endsWithNewline({ lines }: Hunk, before: boolean): boolean {
  const last = lines.findLast(({ kind }) => kind !== '-');
  if (last === undefined) return true;
  return last.kind === ' ' && lines.at(-1) === last ? before : !last.noNewline;
}

/** What somebody who has to repair the patch, or find the right tree, wants to know. */
function whyNot(search: HunkSearch, hunk: Hunk): string {
  const { file, wanted, expected } = search;
  const added = hunk.lines.filter(({ kind }) => kind !== '-').map(({ text }) => text);
  const applied = { ...search, wanted: comparable(added), fixed: false, atStart: false, atEnd: false, least: 0 };
  if (added.length > 0 && locateHunk({ ...applied, expected: hunk.newStart - 1 }) !== null) {
    return 'the tree already has the lines that it would make';
  }
  if (wanted.exact.length === 0) return `the file has only ${file.exact.length} lines`;
  const near = nearestMiss(search);
  if (near === null) return 'none of its context and removed lines is in the file';
  const { position, matching, firstDifference } = near;
  const place = `line ${position + 1}`;
  if (firstDifference < 0) {
    const why = search.fixed
      ? `the hunk has no context and is for line ${expected + 1}`
      : search.atStart
        ? 'the hunk has too little context for any place but the start of the file'
        : search.atEnd && position + wanted.exact.length < file.exact.length
          ? 'the hunk has too little context for any place but the end of the file'
          : 'the hunk before it is there';
    return `its lines are at ${place}, but ${why}`;
  }
  const tree = file.exact[position + firstDifference];
  const shown = tree === undefined ? 'the file ends' : `the tree has ${quote(tree)}`;
  return (
    `the nearest candidate is at ${place} (expected at ${expected + 1}), where ${matching} of ${wanted.exact.length} lines match; ` +
    `at line ${position + firstDifference + 1} the patch has ${quote(wanted.exact[firstDifference]!)} and ${shown}`
  );
}

function quote(text: string): string {
  const line = text.trim();
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}
