import type { InputLine } from './inputLine.js';

/** A body with the quoting of its diff taken off. */
export interface Unquoted {
  /** The lines at the diff's depth, without the quote marks. */
  readonly lines: readonly InputLine[];
  /** The lines with text at other depths, as they were. */
  readonly others: readonly InputLine[];
}

/** Quote marks as mailers write them: `> > `, `>> ` and `>>`. */
const marks = /^(?:> ?)*/;

/** What begins a diff, a file of it, or a hunk. */
const structural = /^(?:diff --git |--- |\+\+\+ |@@ -)/;

/**
 * Lines of the diff in a mail, a quoted reply, or a list archive's page.
 *
 * The diff stands at the quote depth at which most of its structure does (`diff --git`, `---`, `+++`, `@@`); on a tie
 * the lesser one. Reviewers write at other depths. Lines of a plain mail all have depth 0 and come back as they are.
 */
export function unquote(lines: readonly InputLine[]): Unquoted {
  const quoted = lines.map(({ text }) => marks.exec(text)![0]);
  const depths = quoted.map((prefix) => prefix.replaceAll(' ', '').length);

  const votes = new Map<number, number>();
  let spaceless = 0;
  lines.forEach(({ text }, index) => {
    const prefix = quoted[index]!;
    if (!structural.test(text.slice(prefix.length))) return;
    const depth = depths[index]!;
    votes.set(depth, (votes.get(depth) ?? 0) + 1);
    if (prefix !== '') spaceless += prefix.endsWith('>') ? 1 : -1;
  });
  const [depth] = [...votes].sort(([a, m], [b, n]) => n - m || a - b)[0] ?? [0];

  const kept: InputLine[] = [];
  const others: InputLine[] = [];
  lines.forEach(({ text, line }, index) => {
    const prefix = quoted[index]!;
    if (depths[index] === depth) {
      // A mailer that puts no space after its marks leaves the first column of a context line there.
      const length = spaceless > 0 && prefix.endsWith(' ') ? prefix.length - 1 : prefix.length;
      kept.push({ text: text.slice(length), line });
    } else if (text.slice(prefix.length).trim() !== '') {
      others.push({ text, line });
    }
  });
  return { lines: kept, others };
}
