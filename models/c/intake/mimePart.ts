import PostalMime from 'postal-mime';
import { decodeText } from './decodeText.js';
import { splitLines, type InputLine } from './inputLine.js';

/** A leaf of a mail's MIME tree. */
export interface MimePart {
  /** Lower-case, `text/plain` if the mail does not say. */
  readonly type: string;
  readonly charset: string | null;
  /** Lower-case Content-Transfer-Encoding. */
  readonly encoding: string;
  /** It stands apart from the mail's text, or is named like a patch. */
  readonly attached: boolean;
  /** The body as it is in the mail, one character for each byte. */
  readonly body: readonly InputLine[];
}

/** A mail's own headers and body. */
export interface HeadedLines {
  /** Unfolded, by lower-case name; of several the first. */
  readonly headers: ReadonlyMap<string, string>;
  readonly head: readonly InputLine[];
  readonly body: readonly InputLine[];
}

/** Nested deeper than this is not a mail that anybody wrote. */
const maxDepth = 20;

/** Splits at the first empty line. */
export function splitHeaders(lines: readonly InputLine[]): HeadedLines {
  const blank = lines.findIndex(({ text }) => text === '' || text === '\r');
  const end = blank < 0 ? lines.length : blank;
  const headers = new Map<string, string>();
  let last: string | null = null;
  for (const { text } of lines.slice(0, end)) {
    const line = text.replace(/\r$/, '');
    const match = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(line);
    if (/^[ \t]/.test(line) && last !== null) headers.set(last, `${headers.get(last)!} ${line.trim()}`);
    else if (match === null) last = null;
    else {
      last = match[1]!.toLowerCase();
      if (headers.has(last)) last = null;
      else headers.set(last, match[2]!);
    }
  }
  return { headers, head: lines.slice(0, end), body: lines.slice(end + 1) };
}

/** The leaves of a mail in order; mails in a mail are leaves of type `message/rfc822`. */
export function mimeParts({ headers, body }: HeadedLines, depth = 0): MimePart[] {
  const contentType = headers.get('content-type') ?? 'text/plain';
  const type = /^[^\s;]*/.exec(contentType)![0].toLowerCase();
  const boundary = parameter(contentType, 'boundary');
  if (type.startsWith('multipart/') && boundary !== null && depth < maxDepth) {
    return splitAtBoundary(body, boundary).flatMap((part) => mimeParts(splitHeaders(part), depth + 1));
  }
  const disposition = headers.get('content-disposition') ?? '';
  return [
    {
      type,
      charset: parameter(contentType, 'charset'),
      encoding: (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase(),
      attached:
        /^attachment/i.test(disposition) || /\.(?:patch|diff|mbox|mbx|eml)\b/i.test(`${disposition} ${contentType}`),
      body,
    },
  ];
}

/**
 * The text of a part. Lines of quoted-printable text get the number of the line they begin in; lines of base64 have no
 * places of their own in the mail, and are counted from where the part begins. `format=flowed` is ignored on purpose:
 * joining lines would destroy a diff.
 */
export async function decodePart({ body, encoding, charset }: MimePart): Promise<InputLine[]> {
  const raw = body.map(({ text }) => text).join('\n');
  if (encoding !== 'quoted-printable' && encoding !== 'base64') {
    const texts = decodeText(Buffer.from(raw, 'latin1'), charset).split('\n');
    return body.length === 0 ? [] : texts.map((text, index) => ({ text, line: (body[index] ?? body.at(-1)!).line }));
  }
  const mail = `Content-Type: application/octet-stream\nContent-Transfer-Encoding: ${encoding}\n\n${raw}\n`;
  const { attachments } = await PostalMime.parse(Buffer.from(mail, 'latin1'), { attachmentEncoding: 'arraybuffer' });
  const bytes = new Uint8Array((attachments[0]?.content ?? new ArrayBuffer(0)) as ArrayBuffer);
  const lines = splitLines(decodeText(bytes, charset), body[0]?.line ?? 1);
  if (encoding === 'base64') return lines;
  const starts = quotedPrintableStarts(body);
  return lines.map(({ text }, index) => ({ text, line: starts[index] ?? body.at(-1)!.line }));
}

/** For each line that quoted-printable text decodes to, the line of the mail in which it begins. */
function quotedPrintableStarts(body: readonly InputLine[]): number[] {
  const starts: number[] = [];
  let continued = false;
  for (const { text, line } of body) {
    if (!continued) starts.push(line);
    // An encoded line end before a soft one is a line end like others.
    const rest = text.replace(/=0A=[ \t]*\r?$/i, '');
    continued = /=[ \t]*\r?$/.test(rest);
    for (let breaks = rest.match(/=0A/gi)?.length ?? 0; breaks > 0; breaks--) starts.push(line);
  }
  return starts;
}

function parameter(header: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(header);
  return match?.[1] ?? match?.[2] ?? null;
}

function splitAtBoundary(lines: readonly InputLine[], boundary: string): InputLine[][] {
  const parts: InputLine[][] = [];
  for (const line of lines) {
    const text = line.text.trimEnd();
    if (text === `--${boundary}--`) break;
    if (text === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}
