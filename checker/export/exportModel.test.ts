/** The neutral form against the interpreter: a second account of the same steps, so it counts the same states and transitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { breadthFirst } from '../explore/breadthFirst.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { anyGeneratedSystem, linkGenerated } from '../testing/generatedSystem.js';
import { toyPairs } from '../testing/toys/index.js';
import { toySystem } from '../testing/toySystem.js';
import { ExportError } from './exportError.js';
import { exportModel } from './runModel.js';

const maxStates = 60_000;

function compare(system: LinkedSystem): void {
  const full = breadthFirst(system, { maxStates, timeout: Infinity, now: () => 0, reduction: false });
  const { states, transitions, complete } = exportModel(system, { maxStates, walks: 0 });
  if (full.states > maxStates) return;
  expect({ states, transitions, complete }).toEqual({
    states: full.states,
    transitions: full.transitions,
    complete: true,
  });
}

describe('an exported model', () => {
  it('has the steps of every toy', () => {
    for (const pair of toyPairs) {
      for (const toy of [pair.broken, pair.fixed]) {
        const { revision, scenario } = toySystem(toy);
        compare(link(revision, scenario));
        compare(link(revision, scenario, { ...defaultOptions, faults: 1 }));
      }
    }
  });

  it('has the steps of generated systems', () => {
    const numRuns = Number(process.env['INTERLEAF_GENERATED_SYSTEMS'] ?? 150);
    for (const generated of fc.sample(anyGeneratedSystem, { numRuns, seed: 5 })) compare(linkGenerated(generated));
  }, 600_000);

  it.each([
    ['v6.12', 'shm-close'],
    ['v6.12', 'kernel-client'],
    ['v6.12', 'arguments'],
    ['v4', 'import-dynamic'],
    ['v4', 'allocate-close'],
  ])(
    'has the steps of %s in %s',
    (revision, scenario) => {
      compare(link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!));
    },
    60_000,
  );

  it('meets in random runs what a short search did not', () => {
    const system = link(resolveRevision(revisionById('v6.12')!, revisionById), scenarioById('open-close')!);
    const blocksOf = (most: number, walks: number) => exportModel(system, { maxStates: most, walks }).blocks.length;
    const all = blocksOf(maxStates, 0);
    expect(blocksOf(100, 0)).toBeLessThan(all / 2);
    expect(blocksOf(100, 2000)).toBe(all);
  });

  it('is refused where paths go on past findings', () => {
    const options = { ...defaultOptions, assumeFixed: ['use-after-free'] };
    expect(() => exportModel(link(exampleRevision('bare'), exampleScenario, options), { maxStates, walks: 0 })).toThrow(
      ExportError,
    );
  });
});
