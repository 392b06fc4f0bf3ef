import { describe, expect, it } from 'vitest';
import { areAcyclic } from './threadMoves.js';

const moves = (...threads: readonly (readonly number[])[]) => threads.map((pairs) => Int32Array.from(pairs));

describe('moves of threads', () => {
  it('that never lead back are acyclic', () => {
    expect(areAcyclic([moves([1, 2, 2, 3, 1, 3], [4, 5])])).toBe(true);
    expect(areAcyclic([moves([1, 2], []), moves([2, 3, 1, 3], [1, 0])])).toBe(true);
  });

  it('lead back in one thread, in two parts of a search, or in one step', () => {
    expect(areAcyclic([moves([1, 2], [1, 2, 2, 3, 3, 2])])).toBe(false);
    expect(areAcyclic([moves([1, 2]), moves([2, 1])])).toBe(false);
    expect(areAcyclic([moves([7, 7])])).toBe(false);
  });
});
