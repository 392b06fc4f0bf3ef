/**
 * The reduction must not change what is found: with and without the assumptions about shared data (`SharedWords`) the same
 * findings, and fewer states with them.
 */
import { describe, expect, it } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { findingId } from '../finding/findingId.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from '../system/link.js';
import { breadthFirst } from './breadthFirst.js';

const cases = [
  ['v4', 'allocate-close'],
  ['v6.12', 'shm-close'],
  ['v4-complete-after-unlock', 'allocate-close'],
  ['v4-pin-device', 'allocate-close'],
  ['protmem-6.18', 'protmem-last-free-alloc'],
  ['protmem-fixed', 'protmem-last-free-alloc'],
  ['tee-close-context-5.16', 'close-context-client'],
  ['tee-close-context-5.17', 'close-context-client'],
] as const;

describe('the reduction', () => {
  it.each(cases)('finds the same in %s, %s', (revision, scenario) => {
    const search = (reduction: boolean) => {
      const system = link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);
      const result = breadthFirst(system, { maxStates: 1e6, timeout: Infinity, now: () => 0, reduction });
      expect(result.limits).toEqual([]);
      return {
        ids: [...new Set(result.discoveries.map(({ violation }) => findingId(violation)))].sort(),
        states: result.states,
      };
    };
    const [reduced, full] = [search(true), search(false)];
    expect(full.ids).toEqual(reduced.ids);
    expect(reduced.states).toBeLessThan(full.states);
  });
});
