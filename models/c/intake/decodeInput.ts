import { gunzipSync } from 'node:zlib';
import type { IntakeProblem } from './patch.js';
import type { Reporter } from './problem.js';

/** Bytes, unpacked; the mails of a month of a busy list take less. */
const maxInputSize = 128 * 1024 * 1024;

const asText = 'Give the patch as text: a mail, an mbox (may be gzipped), or a diff in UTF-8.';

/**
 * The input's bytes as text with one character for each (latin1), so that each part of a mail can be decoded as it says
 * it is encoded. Gzipped input is unpacked. A problem instead if it is no text.
 */
export function decodeInput(bytes: Uint8Array, report: Reporter): string | IntakeProblem {
  let plain = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: maxInputSize });
    } catch (error) {
      return report.error(null, `gzipped input cannot be unpacked: ${(error as Error).message}`, 'Fetch it again.');
    }
  }
  if (plain.length === 0) return report.error(null, 'the input is empty', asText);
  if (plain.length > maxInputSize) {
    return report.error(null, `the input has more than ${maxInputSize} bytes`, 'Give the mails of one series only.');
  }
  if ((plain[0] === 0xff && plain[1] === 0xfe) || (plain[0] === 0xfe && plain[1] === 0xff)) {
    return report.error(1, 'the input is UTF-16', 'Convert it to UTF-8: iconv -f UTF-16 -t UTF-8.');
  }
  const text = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString('latin1');
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const line = text.slice(0, nul).split('\n').length;
    return report.error(line, 'the input has a NUL byte; it is binary, UTF-16 or damaged', asText);
  }
  return text.startsWith('\xef\xbb\xbf') ? text.slice(3) : text;
}
