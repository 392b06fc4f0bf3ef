/**
 * Text of bytes in the charset that a mail names, null if it names none. UTF-8 wins wherever it fits, because mails
 * often say nothing or `us-ascii`; a charset that is not known is read as latin1.
 */
export function decodeText(bytes: Uint8Array, charset: string | null): string {
  if (charset === null || /^(?:utf-?8|us-ascii|ascii|unknown-8bit)$/i.test(charset)) {
    return new TextDecoder('utf-8').decode(bytes);
  }
  return new TextDecoder(isKnown(charset) ? charset : 'latin1').decode(bytes);
}

function isKnown(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== '';
  } catch {
    return false;
  }
}
