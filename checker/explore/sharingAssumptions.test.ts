import { afterEach, describe, expect, it, vi } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { loop, run, set } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import { resolveRevision } from '../resolveRevision.js';
import { Interpreter } from '../system/interpreter.js';
import { link } from '../system/link.js';
import { toySystem } from '../testing/toySystem.js';
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

describe('a loop that never ends', () => {
  const search = (loops: readonly Statement[], reduction: boolean) => {
    const { revision, scenario } = toySystem({
      types: { world: { lock: 'struct mutex', flag: 'int', other: 'int' } },
      setup: { body: [run('mutex_init(&world.lock)'), set('world.flag', '1')] },
      threads: {
        waiter: [run('mutex_lock(&world.lock)'), ...loops, run('mutex_unlock(&world.lock)')],
        changer: [
          run('mutex_lock(&world.lock)'),
          set('world.flag', '0'),
          set('world.other', '1'),
          run('mutex_unlock(&world.lock)'),
        ],
      },
    });
    const bounds = { maxStates: 1e6, timeout: Infinity, now: () => 0 };
    const options = { reduction, ownership: reduction, transactions: reduction };
    return cachedBreadthFirst(link(revision, scenario), { ...bounds, ...options });
  };

  it('is seen by others where it looks at what only its thread can change meanwhile', () => {
    const loops = [set('world.other', '2'), loop('world.flag', [])];
    const [full, reduced] = [search(loops, false), search(loops, true)];
    expect(reduced.unstableFields).toContain('world.flag (open)');
    expect(reduced.unstableFields).not.toContain('world.other (open)');
    for (const { isAcyclic, limits, discoveries } of [full, reduced]) {
      expect(isAcyclic).toBeUndefined();
      expect([limits, discoveries]).toEqual([[], []]);
    }
  });

  it('is told as a mistake of the model where it looks at nothing', () => {
    for (const reduction of [false, true])
      expect(() => search([loop('1', [])], reduction)).toThrow('a loop without a visible operation does not end');
  });
});
