import type { InputLine } from './inputLine.js';
import type { IntakeProblem, Patch } from './patch.js';
import type { Reporter } from './problem.js';
import { unquote } from './quoteDepth.js';
import { readDiff } from './readDiff.js';
import type { Message } from './readMessages.js';
import { parseSubject, type SubjectLine } from './subjectLine.js';

/** A message with its diff read: a patch, if the series wants it. */
export interface PatchMail {
  readonly patch: Patch;
  /** Null for a bare diff. */
  readonly subject: SubjectLine | null;
  /** False for a cover letter, or an answer that quotes nothing. A diff of which nothing can be used is one. */
  readonly hasDiff: boolean;
  readonly htmlOnly: boolean;
  readonly baseCommit: string | null;
  /** Of the diff. */
  readonly problems: readonly IntakeProblem[];
  /** Where the message begins. */
  readonly inputLine: number;
}

/** Reads the diff of a message out of its quoting. */
export function readPatchMail(message: Message, input: string, report: Reporter): PatchMail {
  const { lines, others } = unquote(dropCarriageReturns(message.lines));
  const { files, problems, stray, span } = readDiff(lines, report);
  const subject = message.subject === null ? null : parseSubject(message.subject);
  const [first, last] = span ?? [0, 0];
  const remarks = [...others.filter(({ line }) => line > first && line < last), ...stray];
  return {
    patch: {
      input,
      subject: subject === null ? null : subject.title,
      author: authorOf(message, lines, subject),
      number: subject?.number ?? null,
      total: subject?.total ?? null,
      files,
      droppedLines: remarks.sort((a, b) => a.line - b.line).map(({ text, line }) => ({ inputLine: line, text })),
    },
    subject,
    hasDiff: span !== null || problems.length > 0,
    htmlOnly: message.htmlOnly,
    baseCommit: lines.map(({ text }) => /^base-commit: ([0-9a-f]{7,64})\s*$/.exec(text)?.[1]).find(Boolean) ?? null,
    problems,
    inputLine: message.inputLine,
  };
}

/** The sender, unless the text begins with whom they send it for; not known of what somebody quotes. */
function authorOf(message: Message, lines: readonly InputLine[], subject: SubjectLine | null): string | null {
  if (subject?.isReply) return null;
  const first = lines.find(({ text }) => text.trim() !== '')?.text ?? '';
  return /^From: (.*\S)/.exec(first)?.[1] ?? message.author;
}

/**
 * Without the carriage returns of a transport that ends all lines with CR and LF. Those of a file with such lines, in a
 * patch whose own lines end with LF, are part of the text and stay.
 */
function dropCarriageReturns(lines: readonly InputLine[]): readonly InputLine[] {
  if (!lines.some(({ text }) => /^[> ]*(?:diff --git |@@ -).*\r$/.test(text))) return lines;
  return lines.map(({ text, line }) => ({ text: text.endsWith('\r') ? text.slice(0, -1) : text, line }));
}
