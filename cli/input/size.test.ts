import { expect, test } from 'vitest';
import { parseSize } from './size.js';

test.each([
  ['4G', 4 * 1024 ** 3],
  ['1.5GB', 1.5 * 1024 ** 3],
  ['512m', 512 * 1024 ** 2],
  ['64KiB', 65_536],
  ['1T', 1024 ** 4],
  ['1000', 1000],
  ['10b', 10],
])('reads %j', (text, expected) => {
  expect(parseSize(text)).toBe(expected);
});

test.each(['', 'much', '-5G', '5X', 'G', '1.2.3M'])('does not read %j', (text) => {
  expect(parseSize(text)).toBeNull();
});
