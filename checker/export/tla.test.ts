/** TLA+ modules, evaluated by a small stand-in for TLC, have the states of the full search; tlc.test.ts asks TLC itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { breadthFirst } from '../explore/breadthFirst.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { anyGeneratedSystem, linkGenerated } from '../testing/generatedSystem.js';
import { countStates } from '../testing/tlaModule.js';
import { exportModel } from './runModel.js';
import { toTla } from './tla.js';

const minutes = 60_000;
const maxStates = 20_000;

function statesOf(system: LinkedSystem): number {
  return breadthFirst(system, { maxStates, timeout: Infinity, now: () => 0, reduction: false }).states;
}

function tlaOf(system: LinkedSystem): string {
  const model = exportModel(system, { maxStates, walks: 0 });
  expect(model.complete).toBe(true);
  return toTla(model);
}

const builtIn = (revision: string, scenario: string) =>
  link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);

describe('a model in TLA+', () => {
  it('is a module with a record, an operator for each block and a specification', () => {
    const text = tlaOf(link(exampleRevision('locked'), exampleScenario));
    expect(text).toMatch(/^---- MODULE Model ----\n/);
    expect(text).toContain('EXTENDS Integers, TLC');
    expect(text).toContain('\\* drivers/example/box.c:13 box_get: refcount_inc(&box->refcount)');
    expect(text).toMatch(/^Spec == state = Start \/\\ \[\]\[state' \\in Step_\w+\(state\) [^\n]*\]_state\n====\n$/m);
    expect(text).toBe(tlaOf(link(exampleRevision('locked'), exampleScenario)));
  });

  it.each(['bare', 'locked', 'leaky'] as const)('has the states of the example, %s', (variant) => {
    const system = link(exampleRevision(variant), exampleScenario);
    expect(countStates(tlaOf(system)).states).toBe(statesOf(system));
  });

  it.each([
    ['v6.12', 'close-context-client'],
    ['v6.12', 'import-dynamic'],
    ['v6.12', 'look-up-id'],
    ['v4', 'no-rstmem-free'],
  ])(
    'has the states of %s in %s',
    (revision, scenario) => {
      const system = builtIn(revision, scenario);
      expect(countStates(tlaOf(system)).states).toBe(statesOf(system));
    },
    minutes,
  );

  it(
    'has the states of generated systems',
    () => {
      const count = Number(process.env['INTERLEAF_TLA_SYSTEMS'] ?? 30);
      for (const generated of fc.sample(anyGeneratedSystem, { numRuns: count, seed: 13 })) {
        const system = linkGenerated(generated);
        const states = statesOf(system);
        if (states <= maxStates) expect(countStates(tlaOf(system)).states).toBe(states);
      }
    },
    30 * minutes,
  );

  it('asserts what it did not foresee', () => {
    const model = exportModel(builtIn('v6.12', 'look-up-id'), { maxStates: 10, walks: 1 });
    expect(() => countStates(toTla(model))).toThrow('an assertion fails');
  });
});
