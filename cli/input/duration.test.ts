import { expect, test } from 'vitest';
import { parseDuration } from './duration.js';

test.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['500ms', 500],
])('reads %j', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(['', 'soon', '-5s', '5 minutes', '5d', 's'])('does not read %j', (text) => {
  expect(parseDuration(text)).toBeNull();
});
