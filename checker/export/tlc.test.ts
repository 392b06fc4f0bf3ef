/**
 * TLC finds as many distinct states in an exported module as the full search does in the system. Needs java, and tla2tools.jar in
 * INTERLEAF_TLC_JAR; INTERLEAF_TLC_SYSTEMS is the number of generated systems.
 */
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
import { runTlc, tlcMissing } from '../testing/tlc.js';
import { exportModel } from './runModel.js';
import { toTla } from './tla.js';

const missing = tlcMissing();
const minutes = 60_000;
const maxStates = 100_000;

const builtIn = (revision: string, scenario: string) =>
  link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);

function compare(system: LinkedSystem): void {
  const full = breadthFirst(system, { maxStates, timeout: Infinity, now: () => 0, reduction: false });
  const model = exportModel(system, { maxStates, walks: 0 });
  expect(model.complete).toBe(true);
  expect(runTlc(toTla(model))).toBe(full.states);
}

describe.skipIf(missing !== null)(
  `TLC counts the same states${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each(['bare', 'locked', 'leaky'] as const)(
      'of the example, %s',
      (variant) => {
        compare(link(exampleRevision(variant), exampleScenario));
        compare(link(exampleRevision(variant), exampleScenario, { ...defaultOptions, faults: 1 }));
      },
      10 * minutes,
    );

    it.each([
      ['v6.12', 'close-context-client'],
      ['v6.12', 'two-allocators'],
      ['v6.12', 'pass-buffer'],
      ['v4', 'kernel-importer'],
      // Long chains of operators, which TLC must not follow on every path.
      ['v4', 'allocate-close'],
    ])('of %s in %s', (revision, scenario) => compare(builtIn(revision, scenario)), 5 * minutes);

    it(
      'of generated systems',
      () => {
        const count = Number(process.env['INTERLEAF_TLC_SYSTEMS'] ?? 20);
        for (const generated of fc.sample(anyGeneratedSystem, { numRuns: count, seed: 17 }))
          compare(linkGenerated(generated));
      },
      120 * minutes,
    );

    it('and says what it did not foresee', () => {
      const model = exportModel(builtIn('v6.12', 'look-up-id'), { maxStates: 10, walks: 1 });
      expect(() => runTlc(toTla(model))).toThrow('the model does not foresee this step');
    });
  },
);
