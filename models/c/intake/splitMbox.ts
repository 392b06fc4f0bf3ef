import type { InputLine } from './inputLine.js';

/** `From sender date`, as mailboxes begin a mail; git puts a commit id in the sender's place. */
const fromLine = /^From \S.* \d\d:\d\d(?::\d\d)? .*\d{4}\r?$/;

/** A sender and a date are shorter; a line of any length would take long to match. */
const maxFromLine = 300;

/** The input begins as a mailbox does. */
export function isMbox(lines: readonly InputLine[]): boolean {
  const first = lines.findIndex(({ text }) => text.trim() !== '');
  return first >= 0 && beginsMail(lines, first);
}

/**
 * The mails of a mailbox, without their `From ` lines, and with the quoting of such lines in their text undone
 * (mboxrd).
 */
export function splitMbox(lines: readonly InputLine[]): InputLine[][] {
  const mails: InputLine[][] = [];
  lines.forEach((line, index) => {
    if (beginsMail(lines, index)) mails.push([]);
    else mails.at(-1)?.push(/^>+From /.test(line.text) ? { ...line, text: line.text.slice(1) } : line);
  });
  return mails;
}

/** A line of prose that begins with `From ` has no header below it. */
function beginsMail(lines: readonly InputLine[], index: number): boolean {
  const { text } = lines[index]!;
  return text.length < maxFromLine && fromLine.test(text) && /^[!-9;-~]+:/.test(lines[index + 1]?.text ?? '');
}
