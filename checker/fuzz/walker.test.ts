import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingId } from '../finding/findingId.js';
import { replay } from '../replay/replay.js';
import { link } from '../system/link.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { schedules } from './sampleSystem.js';
import { Walker } from './walker.js';

const system = link(exampleRevision('bare'), exampleScenario);
const maxMoves = 1000;

describe('a walk', () => {
  it('is the same for the same numbers', () => {
    const walker = new Walker(system);
    fc.assert(
      fc.property(schedules, schedules, (numbers, others) => {
        const first = walker.walk(numbers, maxMoves);
        walker.walk(others, maxMoves);
        expect(walker.walk(numbers, maxMoves)).toEqual(first);
      }),
    );
  });

  it('shows, replayed, the violations it reported', () => {
    const walker = new Walker(system);
    fc.assert(
      fc.property(schedules, (numbers) => {
        for (const { violation, schedule } of walker.walk(numbers, maxMoves).violations) {
          const replayed = replay(system, schedule, walker.unstableFields);
          if (!replayed.ok) throw new Error(replayed.error.message);
          const shown = [...(replayed.value.steps.at(-1)?.violations ?? []), ...replayed.value.end];
          expect(shown.map(({ id }) => id)).toContain(findingId(violation));
        }
      }),
    );
  });

  it('runs one thread after the other, without a failure, if every number is 0', () => {
    const { moves, violations } = new Walker(system).walk([], maxMoves);
    const threads = moves.map(({ thread }) => thread);
    expect(threads).toEqual([...threads].sort());
    expect(moves.flatMap(({ decisions }) => decisions).every((decision) => decision === 0)).toBe(true);
    expect(violations).toEqual([]);
  });

  it('says so when it is cut short', () => {
    expect(new Walker(system).walk([], 2)).toMatchObject({ limit: 'stopped after 2 steps' });
  });
});
