import { describe, expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.js';

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['v4', 'v4', 0],
    ['v4', 'v5', 1],
    ['mutex', 'mutxe', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %i', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });
});

describe('nearest', () => {
  test('puts the best match first', () => {
    expect(nearest('v4-no-stub', ['v4', 'v4-no-stubs', 'v6.12'])).toEqual(['v4-no-stubs', 'v4']);
  });

  test('ignores case', () => {
    expect(nearest('V4', ['v4', 'other'])).toEqual(['v4']);
  });

  test('is silent when nothing is near', () => {
    expect(nearest('zebra', ['use-after-free', 'deadlock'])).toEqual([]);
  });
});
