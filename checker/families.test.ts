/** The largest member of each family can be linked, set up and run to its end: nothing runs out of room on the way. */
import { describe, expect, it } from 'vitest';
import { revisionById } from '../models/revisions/index.js';
import { families } from '../models/scenarios/families/index.js';
import { resolveRevision, scenarioApplies } from './resolveRevision.js';
import { Interpreter } from './system/interpreter.js';
import { link } from './system/link.js';
import { noAssumptions } from './system/sharedWords.js';

describe.each(families)('the largest member of $id', (family) => {
  const member = family.member(family.parameters.map(({ most }) => most));
  const revision = resolveRevision(revisionById('v4-pin-device')!, revisionById);

  it('runs to its end, one thread after the other and step by step in turn', () => {
    expect(scenarioApplies(member, revision)).toBe(true);
    const system = link(revision, member);
    const interpreter = new Interpreter(system, new Set([noAssumptions]));
    const quiet = interpreter.quietState();
    expect([...interpreter.limits]).toEqual([]);
    for (const stepsInTurn of [1, Infinity]) {
      interpreter.initialState();
      const before = new Int32Array(system.width);
      for (let moved = true; moved;) {
        moved = false;
        for (const { index } of system.threads) {
          for (let steps = 0; steps < stepsInTurn; steps += 1) {
            before.set(interpreter.words);
            interpreter.forceChoices([]);
            const status = interpreter.step(index);
            expect(['done', 'waits'], interpreter.limit).toContain(status);
            if (status === 'waits') interpreter.words.set(before);
            if (status === 'waits') break;
            moved = true;
          }
        }
      }
      expect(system.threads.filter(({ index }) => !interpreter.isFinished(index))).toEqual([]);
      expect(interpreter.endViolations(quiet)).toEqual([]);
    }
  });
});
