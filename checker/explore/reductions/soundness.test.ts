/**
 * What reductions rest on. No random walk goes before the searches (nearly always they find out what is assumed wrongly), so the search
 * itself has to notice it.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findingId } from '../../finding/findingId.js';
import { engines, expectAgreement } from '../../testing/agreement.js';
import { soundnessCases, soundnessSystem } from '../../testing/soundnessCases.js';
import { exploreToy, summary } from '../../testing/toySystem.js';
import { RandomWalks } from '../randomWalks.js';

beforeEach(() => void vi.spyOn(RandomWalks.prototype, 'walk').mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

describe('every search finds', () => {
  it.each(soundnessCases)('$title', (one) => {
    const { toy, system } = soundnessSystem(one);
    const { findings } = exploreToy(toy, undefined, { reduction: false });
    expect([...new Set(findings.map(summary))].sort()).toEqual(one.findings);
    const { ids, cuts } = expectAgreement(system);
    expect(ids).toHaveLength(one.findings.length);
    // Where a path is cut, a search with reductions need not find all; in these systems it does.
    for (const { name, search, options } of cuts > 0 ? engines : []) {
      const { discoveries } = search(system, { maxStates: 10_000, timeout: Infinity, now: () => 0, ...options });
      const found = new Set(discoveries.map(({ violation }) => findingId(violation)));
      expect([...found].sort(), name).toEqual(ids);
    }
  });
});
