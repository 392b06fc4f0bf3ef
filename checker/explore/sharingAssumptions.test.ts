import { afterEach, describe, expect, it, vi } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { resolveRevision } from '../resolveRevision.js';
import { Interpreter } from '../system/interpreter.js';
import { link } from '../system/link.js';
import { cachedBreadthFirst } from './cached/cachedBreadthFirst.js';

afterEach(() => vi.restoreAllMocks());

/** A search with all reductions, and the control-flow edges that had run each time before it began. */
function searched(scenario: string) {
  const begun: number[] = [];
  const forget = vi.spyOn(Interpreter.prototype, 'forgetCoverage').mockImplementation(function (this: Interpreter) {
    begun.push(edges(this.coverage));
    this.coverage.fill(0);
  });
  const system = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById(scenario)!);
  const bounds = { maxStates: 1e6, timeout: Infinity, now: () => 0 };
  const result = cachedBreadthFirst(system, { ...bounds, reduction: true, transactions: true, symmetry: true });
  forget.mockRestore();
  return { begun, all: edges(result.coverage) };
}

const edges = (coverage: Uint8Array) => coverage.reduce((sum, ran) => sum + ran, 0);

describe('walks before a search', () => {
  // Menus of system calls, and many ways to fail.
  it.each(['arguments', 'general-strangers', 'no-rstmem', 'two-putters'])('run most of the code: %s', (scenario) => {
    const { begun, all } = searched(scenario);
    expect(begun[0]! / all).toBeGreaterThan(0.8);
  });

  // Counts, which need no clock. If what was noticed of shared data were forgotten with each assumption, three would begin more often.
  it.each([
    ['allocate-close', 1],
    ['kernel-importer', 1],
    ['look-up-id', 2],
    ['pass-buffer', 2],
  ])('find nearly all wrong assumptions: %s begins %i times', (scenario, times) => {
    expect(searched(scenario).begun.length).toBeLessThanOrEqual(times);
  });
});
