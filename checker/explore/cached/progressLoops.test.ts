import { describe, expect, it } from 'vitest';
import type { StepChanges } from './progressLoops.js';
import { loopingSteps } from './progressLoops.js';

/** Component 0 is memory, 1 and 2 are threads. */
const firstThread = 1;
/** By step, its changes: component, before, after. */
const part = (...steps: readonly (readonly (readonly [number, number, number])[])[]): StepChanges => ({
  outcomes: Int32Array.from(steps.keys()),
  changes: Int32Array.from(steps.flatMap((changes, step) => changes.flatMap((change) => [step, ...change]))),
});
const looping = (...parts: readonly StepChanges[]) => [...loopingSteps(parts, firstThread, null)];

describe('looping steps', () => {
  it('are none where no thread comes back to where it was', () => {
    expect(looping(part([[1, 1, 2]], [[1, 2, 3]], [[1, 1, 3]], [[2, 4, 5]]))).toEqual([0, 0, 0, 0]);
    expect(looping(part([[1, 1, 2]]), part([[1, 2, 3]], [[2, 1, 0]]))).toEqual([0, 0, 0]);
  });

  it('are those of a thread that does, whoever made them, and those that change nothing', () => {
    expect(looping(part([[1, 1, 2]], [[2, 1, 2]], [[2, 2, 3]], [[2, 3, 2]]))).toEqual([0, 0, 1, 1]);
    expect(looping(part([[1, 1, 2]]), part([[1, 2, 1]]))).toEqual([1, 1]);
    expect(looping(part([]))).toEqual([1]);
  });

  it('leave out what memory does not come back from, and what goes round only with that', () => {
    const counts = [
      [1, 1, 2],
      [0, 0, 1],
    ] as const;
    expect(looping(part(counts, [[1, 2, 1]]))).toEqual([0, 0]);
    expect(looping(part(counts), part([[1, 2, 1]]))).toEqual([0, 0]);
    const countsBack = [
      [1, 2, 1],
      [0, 1, 0],
    ] as const;
    expect(looping(part(counts, countsBack))).toEqual([1, 1]);
  });

  it('take what nobody knows the beginning of for a way round', () => {
    expect(
      looping(
        part(
          [
            [1, 1, 2],
            [0, -1, 1],
          ],
          [[1, 2, 1]],
        ),
      ),
    ).toEqual([1, 1]);
  });
});
