import type { InputLine } from './inputLine.js';
import type { Hunk, HunkLine } from './patch.js';

/** A hunk and where it ends, or why there is none. */
export type HunkOutcome =
  | { readonly ok: true; readonly hunk: Hunk; readonly next: number }
  | { readonly ok: false; readonly line: number; readonly reason: string; readonly next: number };

const hunkHeader = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;

/**
 * Reads the hunk whose `@@` is at `lines[start]`, and holds it to the counts in its header: a mail that was cut,
 * wrapped or commented inside a hunk does not become another change in silence. `next` is the index to go on at.
 *
 * An empty line counts as an empty context line, because mailers strip trailing blanks.
 */
export function readHunk(lines: readonly InputLine[], start: number): HunkOutcome {
  const { text: header, line: inputLine } = lines[start]!;
  const match = hunkHeader.exec(header);
  if (match === null) {
    const reason = header.startsWith('@@@')
      ? 'this is a hunk of a combined diff'
      : 'the @@ line of the hunk is damaged';
    return { ok: false, line: inputLine, reason, next: start + 1 };
  }
  const [oldStart, oldLines, newStart, newLines] = [match[1], match[2] ?? '1', match[3], match[4] ?? '1'].map(
    Number,
  ) as [number, number, number, number];

  const body: HunkLine[] = [];
  let oldLeft = oldLines;
  let newLeft = newLines;
  let index = start + 1;
  for (; oldLeft > 0 || newLeft > 0; index++) {
    const at = lines[index];
    const kind = at === undefined ? null : kindOf(at.text);
    const fits = kind === ' ' ? oldLeft > 0 && newLeft > 0 : kind === '+' ? newLeft > 0 : kind === '-' && oldLeft > 0;
    if (kind === '\\' && body.length > 0) {
      body.push({ ...body.pop()!, noNewline: true });
    } else if (at === undefined || kind === null || kind === '\\' || !fits || isSignature(lines, index)) {
      const reason =
        kind === ' ' || kind === '+' || (kind === '-' && at !== undefined && !isSignature(lines, index))
          ? 'the hunk has other numbers of old and new lines than its header'
          : `the hunk ends early: ${oldLeft} old and ${newLeft} new lines of those in its header are missing`;
      return { ok: false, line: at?.line ?? inputLine, reason, next: beforeFileHeader(lines, index, body) };
    } else {
      body.push({ kind, text: at.text.slice(1), inputLine: at.line, noNewline: false });
      if (kind !== '+') oldLeft--;
      if (kind !== '-') newLeft--;
    }
  }
  if (lines[index]?.text.startsWith('\\') && body.length > 0) {
    body.push({ ...body.pop()!, noNewline: true });
    index++;
  }

  const nextFile = beforeFileHeader(lines, index, body);
  if (nextFile !== index) {
    const reason = 'the hunk ends early: its last lines are the header of the next file';
    return { ok: false, line: lines[nextFile]!.line, reason, next: nextFile };
  }
  if (goesOn(lines, index)) {
    return {
      ok: false,
      line: lines[index]!.line,
      reason: 'the hunk has more lines than its header counts',
      next: index,
    };
  }
  return { ok: true, hunk: { oldStart, oldLines, newStart, newLines, lines: body, inputLine }, next: index };
}

function kindOf(text: string): HunkLine['kind'] | '\\' | null {
  const first = text[0];
  if (first === undefined || text === '\r') return ' ';
  return first === ' ' || first === '+' || first === '-' || first === '\\' ? first : null;
}

/** `-- ` and git's version number end a mail of git; the first could also be a removed line. */
function isSignature(lines: readonly InputLine[], index: number): boolean {
  return /^-- ?$/.test(lines[index]!.text) && /^\d+\.\d+/.test(lines[index + 1]?.text ?? '');
}

/**
 * In a diff without `diff` lines the header of the next file looks like one removed and one added line. Index of that
 * header if the lines before `index` are one, because a hunk follows; else `index`.
 */
function beforeFileHeader(lines: readonly InputLine[], index: number, body: readonly HunkLine[]): number {
  const [old, added] = [body.at(-2), body.at(-1)];
  const isHeader =
    old?.kind === '-' && old.text.startsWith('-- ') && added?.kind === '+' && added.text.startsWith('++ ');
  return isHeader && lines[index]?.text.startsWith('@@ -') ? index - 2 : index;
}

/** A line of a hunk follows where the counts say that the hunk is over. */
function goesOn(lines: readonly InputLine[], index: number): boolean {
  const text = lines[index]?.text ?? '';
  if (/^--[- ]?$/.test(text) || (text.startsWith('--- ') && lines[index + 1]?.text.startsWith('+++ '))) return false;
  return /^[+-]/.test(text) || /^ .*\S/.test(text);
}
