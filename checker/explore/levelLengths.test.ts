import { describe, expect, it } from 'vitest';
import { LevelLengths } from './levelLengths.js';

describe('lengths of levels', () => {
  it('tell nothing of what is left as long as levels grow, or only one was shorter', () => {
    const levels = new LevelLengths();
    expect(levels.remaining(1)).toBeUndefined();
    for (const length of [4, 16, 8]) {
      levels.push(length);
      expect(levels.remaining(length)).toBeUndefined();
    }
  });

  it('tell what is left of the last one, and of a series that goes on to shrink', () => {
    const levels = new LevelLengths([400, 200, 100]);
    // 50 of this level, then 50 + 25 + ... of those to come.
    expect(levels.remaining(50)).toBe(150);
    levels.push(100);
    expect(levels.remaining(50)).toBeUndefined();
    expect(levels.last).toEqual([200, 100, 100]);
  });
});
