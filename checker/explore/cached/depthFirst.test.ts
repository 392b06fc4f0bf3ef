/** The depth-first search sees what the reference search sees, in another order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revisionById } from '../../../models/revisions/index.js';
import { scenarioById } from '../../../models/scenarios/index.js';
import { resolveRevision } from '../../resolveRevision.js';
import { link } from '../../system/link.js';
import { findingId } from '../../finding/findingId.js';
import { expectAgreement } from '../../testing/agreement.js';
import { anyGeneratedSystem, linkGenerated } from '../../testing/generatedSystem.js';
import { breadthFirst } from '../breadthFirst.js';
import { depthFirst } from './depthFirst.js';

const unlimited = { maxStates: 30_000, timeout: Infinity, now: () => 0 } as const;
const engines = [true, false].map((reduction) => ({
  name: `depth first, ${reduction ? 'with' : 'without'} shared accesses reduced`,
  search: depthFirst,
  options: { reduction },
  isFull: false,
}));

describe('the depth-first search', () => {
  it('agrees with the full search on generated systems, and makes its states and transitions', () => {
    let broken = 0;
    fc.assert(
      fc.property(anyGeneratedSystem, (generated) => {
        const system = linkGenerated(generated);
        const full = expectAgreement(system, engines);
        if (!full.isComplete) return;
        const { states, transitions, cuts, discoveries } = depthFirst(system, { ...unlimited, reduction: false });
        const ids = [...new Set(discoveries.map(({ violation }) => findingId(violation)))].sort();
        expect({ states, transitions, cuts, ids }).toEqual({
          states: full.states,
          transitions: full.transitions,
          cuts: full.cuts,
          ids: full.ids,
        });
        if (full.ids.length > 0) broken += 1;
      }),
      { numRuns: 60, seed: 11 },
    );
    expect(broken).toBeGreaterThan(10);
  });

  it('makes the same ways in of a scenario of a kernel revision, on longer schedules', () => {
    const system = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('allocate-close')!);
    const [full, deep] = [breadthFirst(system, unlimited), depthFirst(system, unlimited)];
    const ways = (result: typeof full) =>
      result.discoveries.map(({ violation }) => `${violation.property} ${violation.cell} ${violation.via}`).sort();
    expect(ways(deep)).toEqual(ways(full));
    expect([deep.states, deep.transitions]).toEqual([full.states, full.transitions]);
    const length = (result: typeof full) => result.discoveries.reduce((sum, { schedule }) => sum + schedule.length, 0);
    expect(length(deep)).toBeGreaterThan(length(full));
    expect(deep.depth).toBeGreaterThanOrEqual(full.depth);
  });

  it('says so when it meets a bound', () => {
    const system = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('allocate-close')!);
    const { states, limits } = depthFirst(system, { ...unlimited, maxStates: 50 });
    expect(states).toBe(51);
    expect(limits).toEqual(['stopped after 51 states (--max-states 50)']);
  });

  it('stops when it is told to', () => {
    const system = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('shm-close')!);
    const { limits } = depthFirst(system, { ...unlimited, reduction: false, progress: () => false });
    expect(limits).toContain('interrupted');
  });
});
