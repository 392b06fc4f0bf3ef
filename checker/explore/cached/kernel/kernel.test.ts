import { describe, expect, it, vi } from 'vitest';
import { revisionById } from '../../../../models/revisions/index.js';
import { scenarioById } from '../../../../models/scenarios/index.js';
import { resolveRevision } from '../../../resolveRevision.js';
import { link } from '../../../system/link.js';
import { pinnedFullRuns } from '../../../testing/pinnedFullRuns.js';
import { sharedBreadthFirst } from '../../shared/sharedBreadthFirst.js';
import { cachedBreadthFirst } from '../cachedBreadthFirst.js';
import { Expander } from '../expander.js';
import { Kernel } from './kernel.js';

const options = { maxStates: 1e6, timeout: Infinity, now: () => 0, reduction: false } as const;

describe('the kernel', () => {
  it('expands nearly all states of a large search, and comes to the pinned counts', () => {
    const revision = resolveRevision(revisionById('v4')!, revisionById);
    const system = link(revision, scenarioById('look-up-close')!);
    const expand = vi.spyOn(Expander.prototype, 'expand');
    const { states, transitions, depth, cuts } = cachedBreadthFirst(system, options);
    const byHand = expand.mock.calls.length;
    vi.restoreAllMocks();
    expect([states, transitions, depth, cuts]).toEqual(pinnedFullRuns['v4']!['look-up-close']);
    expect(byHand).toBeLessThan(states / 8);
    expect(cachedBreadthFirst(system, { ...options, webAssembly: 'never' }).transitions).toBe(transitions);
  });

  it('leaves a search to JavaScript when there is no more memory for its tables', async () => {
    const revision = resolveRevision(revisionById('v4')!, revisionById);
    const system = link(revision, scenarioById('allocate-close')!);
    const run = vi.spyOn(Kernel.prototype, 'run');
    const drop = vi.spyOn(Kernel.prototype, 'drop');
    // Of which the kernel may have a small part.
    const memory = 10_000_000;
    const found = await sharedBreadthFirst(system, revision, { ...options, memory, workers: 1, webAssembly: 'always' });
    expect(run.mock.calls.length).toBeGreaterThan(50);
    expect(drop).toHaveBeenCalledOnce();
    vi.restoreAllMocks();
    expect(found.limits).toEqual([]);
    expect([found.states, found.transitions]).toEqual(pinnedFullRuns['v4']!['allocate-close']!.slice(0, 2));
  });
});
