import type { IntakeProblem, PatchSeries } from './patch.js';
import type { PatchMail } from './readPatchMail.js';
import { reporterFor } from './problem.js';

/**
 * The series among patch mails: the highest version, in order of its numbers, of originals rather than of answers that
 * quote them.
 *
 * Mails without numbers keep their order. What is passed over is named in warnings; what is wrong with a mail that is
 * passed over is not. Pass mails of one series or of its thread; two different series cannot be told apart in general.
 */
export function selectSeries(mails: readonly PatchMail[]): PatchSeries {
  const problems: IntakeProblem[] = [];
  const warn = ({ patch: { input }, inputLine }: PatchMail, message: string, next: string) =>
    problems.push(reporterFor(input).warning(inputLine, message, next));

  const withDiff = mails.filter(({ hasDiff }) => hasDiff);
  const originals = withDiff.filter(({ subject }) => !subject?.isReply);
  const wanted = originals.length > 0 ? originals : withDiff;
  for (const mail of withDiff) {
    if (!wanted.includes(mail))
      warn(mail, `the answer ${nameOf(mail)} is passed over, with what it quotes`, 'Nothing to do.');
  }

  const versions = wanted.flatMap(({ subject }) => (subject?.isPatch ? [subject.version] : []));
  const version = versions.length === 0 ? null : Math.max(...versions);
  const current: PatchMail[] = [];
  for (const mail of wanted) {
    if (mail.subject?.isPatch && mail.subject.version !== version) {
      warn(
        mail,
        `${nameOf(mail)} is passed over for version ${version}`,
        'Leave out the newer mails to check this one.',
      );
    } else {
      const twin = current.findIndex((other) => isSamePart(other, mail));
      if (twin < 0) current.push(mail);
      else {
        const [kept, dropped] = preferred(current[twin]!, mail);
        current[twin] = kept;
        warn(
          dropped,
          `${nameOf(dropped)} is there twice; this one is passed over`,
          'Leave out the other one to check this one.',
        );
      }
    }
  }

  const numbered = current.every(({ patch }) => patch.number !== null);
  if (numbered) current.sort((a, b) => a.patch.number! - b.patch.number!);
  const total = Math.max(0, ...current.map(({ patch }) => patch.total ?? 0));
  const present = new Set(current.map(({ patch }) => patch.number));
  const missing = Array.from({ length: total }, (_, index) => index + 1).filter((number) => !present.has(number));
  // Covers and answers may carry the base, too; those of another version speak of another base.
  const sources = [...current, ...mails.filter(({ subject }) => (subject?.version ?? version) === (version ?? 1))];

  return {
    patches: current.map(({ patch }) => patch),
    version,
    missing,
    baseCommit: sources.map(({ baseCommit }) => baseCommit).find((commit) => commit !== null) ?? null,
    problems: [...current.flatMap((mail) => mail.problems), ...problems],
  };
}

function isSamePart({ patch: a }: PatchMail, { patch: b }: PatchMail): boolean {
  return a.number !== null && a.number === b.number && a.total === b.total;
}

/** Of two mails with one number: the quote with more of the patch in it, or the later original. */
function preferred(earlier: PatchMail, later: PatchMail): readonly [kept: PatchMail, dropped: PatchMail] {
  const hunks = ({ patch }: PatchMail) => patch.files.reduce((sum, file) => sum + file.hunks.length, 0);
  const keepEarlier = later.subject?.isReply === true && hunks(earlier) >= hunks(later);
  return keepEarlier ? [earlier, later] : [later, earlier];
}

function nameOf({ patch, subject }: PatchMail): string {
  const place = patch.number === null ? '' : `${patch.number}/${patch.total} `;
  return `patch ${place}"${patch.subject ?? ''}"${subject === null ? '' : ` (v${subject.version})`}`;
}
