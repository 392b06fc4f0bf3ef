/** Movers come out of the lifecycle tables, and what they rest on is found out when it is wrong. */
import { describe, expect, it } from 'vitest';
import { revisionById } from '../../../models/revisions/index.js';
import { scenarioById } from '../../../models/scenarios/index.js';
import { resolveRevision } from '../../resolveRevision.js';
import { link } from '../../system/link.js';
import { generatedOf, linkGenerated } from '../../testing/generatedSystem.js';
import { cachedBreadthFirst } from '../cached/cachedBreadthFirst.js';
import { depthFirst } from '../cached/depthFirst.js';
import type { Search, SearchResult } from '../search.js';

const bounds = { maxStates: 1e6, timeout: Infinity, now: () => 0 };

function reduced(revision: string, scenario: string): SearchResult {
  const system = link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);
  return cachedBreadthFirst(system, { ...bounds, transactions: true });
}

const reasonsOf = (result: SearchResult) => result.reductions!.find(({ name }) => name === 'transactions')!.reasons;
const propertiesOf = (result: SearchResult) => [
  ...new Set(result.discoveries.map(({ violation }) => violation.property)),
];

describe('transactions', () => {
  it('take a lock that is never freed later, and give it back earlier', () => {
    const reasons = reasonsOf(reduced('v4', 'two-allocators'));
    expect(reasons.find((text) => text.startsWith('can come later'))).toContain('lock of tee_device.mutex');
    expect(reasons.find((text) => text.startsWith('can come earlier than'))).toContain('unlock of tee_device.mutex');
  });

  it('take references in any order, and give them back in the order they are given back', () => {
    const reasons = reasonsOf(reduced('v4', 'two-allocators')).join();
    expect(reasons).toContain('inc of tee_context.refcount.refcount');
    expect(reasons).not.toContain('decAndTest of tee_context.refcount.refcount');
  });

  it('show the tail of an unlock in memory that is freed', () => {
    expect(propertiesOf(reduced('v4', 'allocate-close'))).toContain('use-after-free');
  });

  it.each<[string, Search]>([
    ['breadth first', cachedBreadthFirst],
    ['depth first', depthFirst],
  ])('do not hide a deadlock of two locks, %s', (_, search) => {
    const system = linkGenerated(generatedOf(['nest the locks'], ['nest the locks the other way']));
    const result = search(system, { ...bounds, transactions: true });
    expect(propertiesOf(result)).toContain('deadlock');
    expect(propertiesOf(result)).toContain('lock-order');
  });

  it('trust no lock that somebody initialises while it is held', () => {
    const system = linkGenerated(generatedOf(['initialise a lock in use'], ['count under the mutex']));
    const [full, few] = [false, true].map((transactions) => cachedBreadthFirst(system, { ...bounds, transactions }));
    expect(propertiesOf(few!).sort()).toEqual(propertiesOf(full!).sort());
    expect(propertiesOf(few!)).toContain('lock-destroyed-held');
  });

  it('make fewer states of the same scenario', () => {
    const system = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('two-allocators')!);
    const [full, few] = [false, true].map((transactions) => cachedBreadthFirst(system, { ...bounds, transactions }));
    expect(few!.states * 3).toBeLessThan(full!.states);
  });
});
