import { describe, expect, it } from 'vitest';
import { breadthFirst } from '../explore/breadthFirst.js';
import { withProgress } from '../explore/cached/progress.js';
import { runScenario } from '../scenarioRun.js';
import { link } from '../system/link.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { toyPairs } from '../testing/toys/index.js';
import { toySystem } from '../testing/toySystem.js';
import { explainFinding } from './explainFinding.js';
import { findViolation, replay } from './replay.js';

const limits = { maxStates: 200_000, timeout: Infinity, now: () => 0 };

describe('what a search finds, a replay of its schedule shows', () => {
  it.each(toyPairs)('$property: $reports', ({ broken }) => {
    const { revision, scenario } = toySystem(broken);
    for (const reduction of [true, false]) {
      const run = runScenario(revision, scenario, defaultOptions, { ...limits, reduction }, withProgress(breadthFirst));
      expect(run.findings.length).toBeGreaterThan(0);
      for (const { id, via, title, property, schedule, cycle } of run.findings) {
        // Of a run without an end the schedule is the way to its cycle; progress.test.ts goes round.
        if (cycle) continue;
        const told = replay(link(revision, scenario), schedule, run.unstableFields);
        if (!told.ok) throw new Error(told.error.message);
        const found = findViolation(told.value, id, via);
        expect(found, `${id}: ${title}`).not.toBeNull();
        expect(found!.violation.property).toBe(property);
        // A lock order has no way in: the other order is in another run.
        if (property !== 'lock-order') expect(found!.violation.via, title).toBe(via);
        const explained = explainFinding(told.value, id, via)!;
        expect(explained.sentences.length).toBeGreaterThanOrEqual(2);
        for (const sentence of explained.sentences) expect(sentence).toMatch(/^[A-Za-z].*\.$/);
        if (explained.breaks) expect(explained.breaks.step).toBe(schedule.length);
      }
    }
  });
});
