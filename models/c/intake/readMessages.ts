import PostalMime, { type Address } from 'postal-mime';
import { decodeText } from './decodeText.js';
import type { InputLine } from './inputLine.js';
import { decodePart, mimeParts, splitHeaders } from './mimePart.js';
import type { IntakeProblem } from './patch.js';
import type { Reporter } from './problem.js';
import { isMbox, splitMbox } from './splitMbox.js';

/** A text that may hold a diff, with what its envelope says. */
export interface Message {
  /** Null for a bare diff. */
  readonly subject: string | null;
  readonly author: string | null;
  readonly lines: readonly InputLine[];
  /** Where it begins in the input. */
  readonly inputLine: number;
  /** The mail has a part in HTML and none in plain text. */
  readonly htmlOnly: boolean;
}

/** Messages found, and parts that could not be read. */
export interface Messages {
  readonly messages: readonly Message[];
  readonly problems: readonly IntakeProblem[];
}

/** Headers of which a mail has at least two; without this a commit message with a colon would look like one. */
const mailHeaders = ['subject', 'from', 'date', 'to', 'cc', 'message-id', 'received', 'mime-version', 'content-type'];

/** Characters; a subject is shorter, and a line of any length would take long to match. */
const maxSubject = 1000;

/** A mail as an attachment of a mail as an attachment … is followed this far. */
const maxDepth = 5;

/**
 * Takes apart a mailbox, a mail, or a text without envelope, told by content; `lines` have one character for each byte.
 * Attached patches are messages of their own.
 */
export async function readMessages(lines: readonly InputLine[], report: Reporter, depth = 0): Promise<Messages> {
  const mails = isMbox(lines) ? splitMbox(lines) : isMail(lines) ? [dropBlankHead(lines)] : null;
  if (mails === null) return { messages: [readText(lines)], problems: [] };
  const read: Messages[] = [];
  for (const mail of mails) read.push(await readMail(mail, report, depth));
  return {
    messages: read.flatMap(({ messages }) => messages),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function isMail(lines: readonly InputLine[]): boolean {
  const { headers, head } = splitHeaders(dropBlankHead(lines));
  return (
    mailHeaders.filter((name) => headers.has(name)).length >= 2 &&
    head.every(({ text }) => /^(?:[!-9;-~]+[ \t]*:|[ \t])/.test(text))
  );
}

function dropBlankHead(lines: readonly InputLine[]): readonly InputLine[] {
  const first = lines.findIndex(({ text }) => text.trim() !== '');
  return first <= 0 ? lines : lines.slice(first);
}

/** A text without envelope; a list archive's page begins with the subject. */
function readText(lines: readonly InputLine[]): Message {
  const text = decodeText(Buffer.from(lines.map((line) => line.text).join('\n'), 'latin1'), null).split('\n');
  const decoded = lines.map(({ line }, index) => ({ text: text[index]!, line }));
  const first = decoded.find((line) => line.text.trim() !== '')?.text.slice(0, maxSubject) ?? '';
  const subject = /^(?:Subject:\s*)?((?:Re: )?\[[^\]]*(?:PATCH|RFC)[^\]]*\].*)/i.exec(first)?.[1]?.trimEnd() ?? null;
  const htmlOnly = /^\s*<(?:!doctype html|html)\b/i.test(first);
  return { subject, author: null, lines: decoded, inputLine: lines[0]?.line ?? 1, htmlOnly };
}

async function readMail(mail: readonly InputLine[], report: Reporter, depth: number): Promise<Messages> {
  const headed = splitHeaders(mail);
  const { subject, author } = await readEnvelope(headed.head);
  const inputLine = mail[0]?.line ?? 1;
  const parts = mimeParts(headed);
  const body: InputLine[] = [];
  const attached: Message[] = [];
  const problems: IntakeProblem[] = [];

  for (const part of parts) {
    const isText = part.type.startsWith('text/') && part.type !== 'text/html';
    if (!isText && !part.attached && part.type !== 'message/rfc822') continue;
    if (part.type === 'text/html') continue;
    const lines = await decodePart(part);
    const nul = lines.find(({ text }) => text.includes('\0'));
    if (nul !== undefined) {
      if (isText) {
        problems.push(report.error(nul.line, 'a part of the mail has NUL bytes', 'Ask for the patch as plain text.'));
      }
    } else if (!part.attached && part.type !== 'message/rfc822') {
      body.push(...lines);
    } else if (depth < maxDepth) {
      const bytes = lines.map(({ text, line }) => ({ text: Buffer.from(text, 'utf8').toString('latin1'), line }));
      const inner = await readMessages(bytes, report, depth + 1);
      attached.push(...inner.messages.map((message) => ({ ...message, subject: message.subject ?? subject })));
      problems.push(...inner.problems);
    }
  }
  const htmlOnly = body.length === 0 && attached.length === 0 && parts.some(({ type }) => type === 'text/html');
  return { messages: [{ subject, author, lines: body, inputLine, htmlOnly }, ...attached], problems };
}

/** Subject and author, with RFC 2047's encoded words decoded. Headers that no mailer would write count as missing. */
async function readEnvelope(head: readonly InputLine[]): Promise<Pick<Message, 'subject' | 'author'>> {
  try {
    const bytes = Buffer.from(`${head.map(({ text }) => text).join('\n')}\n\n`, 'latin1');
    const { subject, from } = await PostalMime.parse(bytes);
    return { subject: subject ?? null, author: from === undefined ? null : printAddress(from) };
  } catch {
    return { subject: null, author: null };
  }
}

function printAddress({ name, address }: Address): string | null {
  if (address === undefined || address === '') return name === '' ? null : name;
  return name === '' ? address : `${name} <${address}>`;
}
