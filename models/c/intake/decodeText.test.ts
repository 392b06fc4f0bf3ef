import { expect, test } from 'vitest';
import { decodeText } from './decodeText.js';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

test.each([
  ['UTF-8 by default', bytes(0xc3, 0xa9), null, 'é'],
  ['UTF-8 that calls itself ASCII', bytes(0xc3, 0xa9), 'us-ascii', 'é'],
  ['latin1', bytes(0xe9), 'ISO-8859-1', 'é'],
  ['another charset', bytes(0xc4), 'koi8-r', 'д'],
  ['a charset that nobody knows, as latin1', bytes(0xe9), 'x-nonsense', 'é'],
  ['what is no UTF-8, with replacements', bytes(0x61, 0xe9), 'utf-8', 'a\ufffd'],
])('decodes %s', (_, input, charset, text) => {
  expect(decodeText(input, charset)).toBe(text);
});
