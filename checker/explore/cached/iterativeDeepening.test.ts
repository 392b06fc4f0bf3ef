/** Iterative deepening sees what the full search sees, and needs the least for it: compared with searches within each bound. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingId } from '../../finding/findingId.js';
import { replay } from '../../replay/replay.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import { expectAgreement } from '../../testing/agreement.js';
import { anyGeneratedSystem, generatedOf, linkGenerated } from '../../testing/generatedSystem.js';
import { breadthFirst } from '../breadthFirst.js';
import type { Move, SearchResult } from '../search.js';
import { searchByFailures, searchBySwitches } from './iterativeDeepening.js';

const unlimited = { maxStates: 30_000, timeout: Infinity, now: () => 0, reduction: false } as const;
const engines = [
  { name: 'by failures', search: searchByFailures, options: { reduction: false }, isFull: false },
  { name: 'by switches', search: searchBySwitches, options: { reduction: false }, isFull: false },
];

const keysOf = ({ discoveries }: Pick<SearchResult, 'discoveries'>) =>
  discoveries.map(({ violation }) => `${findingId(violation)} ${violation.via}`).sort();

/** Switches away from a thread that could have gone on, by replaying. */
function switchesOf(system: LinkedSystem, schedule: readonly Move[], unstable: readonly string[]): number {
  return schedule.filter((move, at) => {
    const last = schedule[at - 1];
    if (!last || last.thread === move.thread) return false;
    const before = replay(system, schedule.slice(0, at), unstable);
    return before.ok && before.value.enabled.includes(system.threads[last.thread]!.name);
  }).length;
}

describe('iterative deepening', () => {
  it('finds what the full search finds, in as many states and transitions', () => {
    fc.assert(
      fc.property(anyGeneratedSystem, (generated) => {
        const system = linkGenerated({ ...generated, faults: null });
        const full = expectAgreement(system, engines);
        if (!full.isComplete) return;
        for (const { search } of engines) {
          const { states, transitions, cuts } = search(system, unlimited);
          expect({ states, transitions, cuts }).toEqual({
            states: full.states,
            transitions: full.transitions,
            cuts: full.cuts,
          });
        }
      }),
      { numRuns: 40, seed: 3 },
    );
  }, 120_000);

  it('needs as few failures as a search within that bound says', () => {
    const careless = generatedOf(['trust the allocation', 'unlock twice'], ['count under the mutex']);
    const { discoveries } = searchByFailures(linkGenerated(careless), unlimited);
    const needs = (property: string) => discoveries.find(({ violation }) => violation.property === property)?.needs;
    expect([needs('lock-not-held'), needs('null-dereference')]).toEqual([0, 1]);
    fc.assert(
      fc.property(anyGeneratedSystem, (generated) => {
        const result = searchByFailures(linkGenerated({ ...generated, faults: null }), unlimited);
        const most = Math.max(0, ...result.discoveries.map(({ needs }) => needs!));
        for (let faults = 0; faults <= most; faults += 1) {
          const within = breadthFirst(linkGenerated({ ...generated, faults }), { ...unlimited, maxStates: 60_000 });
          if (within.limits.length > 0) return;
          const cheap = result.discoveries.filter(
            ({ needs, violation }) => needs! <= faults && violation.property !== 'lock-order',
          );
          const wanted = within.discoveries.filter(({ violation }) => violation.property !== 'lock-order');
          expect(keysOf({ discoveries: cheap })).toEqual(keysOf({ discoveries: wanted }));
        }
      }),
      { numRuns: 40, seed: 4 },
    );
  }, 120_000);

  it('gives schedules with as many switches as it says at most', () => {
    let interrupted = 0;
    fc.assert(
      fc.property(anyGeneratedSystem, (generated) => {
        const system = linkGenerated(generated);
        const { discoveries, unstableFields } = searchBySwitches(system, unlimited);
        for (const { schedule, needs } of discoveries) {
          expect(switchesOf(system, schedule, unstableFields)).toBeLessThanOrEqual(needs!);
          interrupted += needs!;
        }
      }),
      { numRuns: 15, seed: 6 },
    );
    expect(interrupted).toBeGreaterThan(0);
  }, 120_000);

  it('says up to which bound it came', () => {
    const system = linkGenerated(generatedOf(['count under the mutex'], ['count under the mutex']));
    const { states } = searchBySwitches(system, unlimited);
    const { limits } = searchBySwitches(system, { ...unlimited, maxStates: states - 2 });
    expect(limits).toContainEqual(expect.stringMatching(/^all runs with at most \d+ switches were searched$/));
  });
});
