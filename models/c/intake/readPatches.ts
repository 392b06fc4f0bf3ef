import { decodeInput } from './decodeInput.js';
import { splitLines } from './inputLine.js';
import type { IntakeProblem, PatchSeries } from './patch.js';
import { reporterFor, type Reporter } from './problem.js';
import { readMessages } from './readMessages.js';
import { readPatchMail, type PatchMail } from './readPatchMail.js';
import { selectSeries } from './selectSeries.js';

/** Something that holds patches, as the user gave it. */
export interface PatchInput {
  /** What messages call it: a file name, `<stdin>`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads a series out of mails, mailboxes (also gzipped), quoted answers, list-archive pages and diffs; the form of each
 * input is told by its content. The files of a directory, in the order of their names, are one series.
 *
 * Never rejects: what cannot be used is in `problems`, and the patches are those that can.
 */
export async function readPatches(inputs: readonly PatchInput[]): Promise<PatchSeries> {
  const mails: PatchMail[] = [];
  const problems: IntakeProblem[] = [];
  for (const { name, bytes } of inputs) {
    const report = reporterFor(name);
    const text = decodeInput(bytes, report);
    if (typeof text !== 'string') {
      problems.push(text);
      continue;
    }
    const found = await readMessages(splitLines(text), report);
    problems.push(...found.problems);
    const read = found.messages.map((message) => readPatchMail(message, name, report));
    problems.push(...withoutDiff(read, report));
    mails.push(...read);
  }
  const series = selectSeries(mails);
  return { ...series, problems: [...problems, ...series.problems] };
}

/**
 * An input of which nothing is a patch, and mails that say they are one; covers need none, nor do mails that attach
 * one.
 */
function withoutDiff(mails: readonly PatchMail[], report: Reporter): IntakeProblem[] {
  const raw = 'Give the mail as the archive has it raw, or the patch as git format-patch writes it.';
  const empty = mails.filter(({ hasDiff, subject }) => !hasDiff && subject?.number !== 0);
  const found = mails.filter(({ hasDiff }) => hasDiff);
  if (found.length > 0) {
    const numbers = new Set([null, ...found.map(({ patch }) => patch.number)]);
    const promised = empty.filter(({ subject, patch }) => subject?.isReply === false && !numbers.has(patch.number));
    return promised.map(({ inputLine, patch, htmlOnly }) =>
      report.error(inputLine, `mail ${patch.number}/${patch.total} has no diff${htmlOnly ? ', only HTML' : ''}`, raw),
    );
  }
  const [first] = empty;
  if (first === undefined) return [];
  return [
    first.htmlOnly
      ? report.error(first.inputLine, 'the mail is HTML only; no diff survives that', raw)
      : report.error(null, 'there is no diff in it', raw),
  ];
}
