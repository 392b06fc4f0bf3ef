import type { InputLine } from './inputLine.js';
import type { FilePatch, Hunk, IntakeProblem } from './patch.js';
import type { Reporter } from './problem.js';
import { isFileHeader, readFileHeader, type FileHeader } from './readFileHeader.js';
import { readHunk } from './readHunk.js';

/** The files of a diff that can be used, and what was wrong with the others. */
export interface Diff {
  readonly files: readonly FilePatch[];
  readonly problems: readonly IntakeProblem[];
  /** Lines with text between two hunks of a file. */
  readonly stray: readonly InputLine[];
  /** First and last line of the input that belong to the diff, null if it has none. */
  readonly span: readonly [first: number, last: number] | null;
}

/** The file whose hunks are being read; `null` after damage, when the rest of its hunks is passed over. */
interface OpenFile {
  readonly header: FileHeader;
  readonly needsHunks: boolean;
  readonly hunks: Hunk[];
  /** What the hunks so far add to line numbers. */
  shift: number;
}

/**
 * Reads all files of a unified diff, with or without git's headers; what stands before, between and after them is
 * passed over.
 *
 * A damaged hunk costs its file, because half a change is another change: the file is left out and named, the others
 * stay.
 */
export function readDiff(lines: readonly InputLine[], report: Reporter): Diff {
  const files: FilePatch[] = [];
  const problems: IntakeProblem[] = [];
  const stray: InputLine[] = [];
  let between: InputLine[] = [];
  let file: OpenFile | null = null;
  let span: [number, number] | null = null;
  let headless = true;

  const close = () => {
    if (file !== null) {
      const { header, hunks } = file;
      const damage = contradiction(file);
      if (damage === null) files.push({ ...header, hunks });
      else problems.push(report.error(header.inputLine, `${nameOf(header)} is left out: ${damage}`, askAgain));
    }
    file = null;
    between = [];
  };

  for (let index = 0; index < lines.length;) {
    const { text, line } = lines[index]!;
    if (isFileHeader(lines, index)) {
      close();
      headless = false;
      const outcome = readFileHeader(lines, index);
      if (outcome.ok) file = { header: outcome.header, needsHunks: outcome.needsHunks, hunks: [], shift: 0 };
      else problems.push(report.error(line, outcome.reason, outcome.remedy));
      index = Math.max(outcome.next, index + 1);
      span = [span?.[0] ?? line, lines[index - 1]!.line];
    } else if (text.startsWith('@@')) {
      if (headless) {
        headless = false;
        problems.push(
          report.error(line, 'a hunk without the name of its file', 'Give the patch with its --- and +++ lines.'),
        );
      }
      const outcome = readHunk(lines, index);
      index = outcome.next;
      if (file !== null && outcome.ok) {
        const warning = shiftWarning(file, outcome.hunk);
        if (warning !== null) problems.push(report.warning(line, `${nameOf(file.header)}: ${warning}`, askAgain));
        file.hunks.push(outcome.hunk);
        file.shift = shiftOf(outcome.hunk) + outcome.hunk.newLines - outcome.hunk.oldLines;
        stray.push(...between);
      } else if (file !== null && !outcome.ok) {
        problems.push(report.error(outcome.line, `${nameOf(file.header)} is left out: ${outcome.reason}`, askAgain));
        file = null;
      }
      between = [];
      span = [span?.[0] ?? line, lines[index - 1]!.line];
    } else {
      if (/^\*\*\* \d+(?:,\d+)? \*\*\*\*/.test(text)) {
        problems.push(report.error(line, 'this is a context diff', 'Make a unified one: diff -u, or git diff.'));
      }
      if (file !== null && text.trim() !== '') between.push(lines[index]!);
      index++;
    }
  }
  close();
  return { files, problems, stray, span };
}

const askAgain = 'Get the patch in one piece, for example with git format-patch or as the raw mail of a list archive.';

function nameOf({ newPath, oldPath }: FileHeader): string {
  return newPath ?? oldPath!;
}

/** Lines by which a hunk's own positions differ; a count of zero names the line before. */
function shiftOf({ oldStart, oldLines, newStart, newLines }: Hunk): number {
  return newStart + (newLines === 0 ? 1 : 0) - oldStart - (oldLines === 0 ? 1 : 0);
}

/** A hunk that was cut out whole leaves no other trace than this. */
function shiftWarning({ shift }: OpenFile, hunk: Hunk): string | null {
  const found = shiftOf(hunk);
  return found === shift
    ? null
    : `the hunk says it moves lines by ${found}, the hunks before it by ${shift}; one of them was edited or cut out`;
}

/** Hunks that cannot belong to a header of this kind. */
function contradiction({ header: { change }, needsHunks, hunks }: OpenFile): string | null {
  if (needsHunks && hunks.length === 0) return 'none of its hunks is there';
  if (change === 'create' && hunks.some(({ oldLines }) => oldLines > 0)) return 'it is new, but a hunk has old lines';
  if (change === 'delete' && hunks.some(({ newLines }) => newLines > 0))
    return 'it is deleted, but a hunk has new lines';
  if (change === 'create' && hunks.length > 1) return 'it is new, but has several hunks';
  return null;
}
