/**
 * SPIN finds as many states and transitions in an exported model as the full search does in the system, and with transactions as many
 * as the search with transactions: for examples, built-in scenarios and generated systems. Needs spin and gcc; INTERLEAF_SPIN_SYSTEMS is the number of generated systems.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { breadthFirst } from '../explore/breadthFirst.js';
import { cachedBreadthFirst } from '../explore/cached/cachedBreadthFirst.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { anyGeneratedSystem, linkGenerated } from '../testing/generatedSystem.js';
import { runSpin, spinMissing } from '../testing/spin.js';
import { ExportError } from './exportError.js';
import { toPromela } from './promela.js';
import { exportModel } from './runModel.js';

const missing = spinMissing();
const minutes = 60_000;
const maxStates = 100_000;

function compare(system: LinkedSystem): void {
  const full = breadthFirst(system, { maxStates, timeout: Infinity, now: () => 0, reduction: false });
  const model = exportModel(system, { maxStates, walks: 0 });
  expect(model.complete).toBe(true);
  expect(runSpin(toPromela(model))).toEqual({ states: full.states, transitions: full.transitions + 1, errors: 0 });
}

function compareTransactions(system: LinkedSystem): { readonly full: number; readonly reduced: number } {
  const bounds = { maxStates: Infinity, timeout: Infinity, now: () => 0 };
  const search = cachedBreadthFirst(system, { ...bounds, reduction: false, transactions: true, mayPutOff: false });
  const model = exportModel(system, { maxStates, walks: 0, transactions: true });
  const { states, transitions } = search;
  expect(runSpin(toPromela(model))).toEqual({ states, transitions: transitions + 1, errors: 0 });
  return { full: model.states, reduced: states };
}

describe.skipIf(missing !== null)(
  `SPIN counts the same states${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each(['bare', 'locked', 'leaky'] as const)(
      'of the example, %s',
      (variant) => {
        compare(link(exampleRevision(variant), exampleScenario));
        compare(link(exampleRevision(variant), exampleScenario, { ...defaultOptions, faults: 1 }));
      },
      minutes,
    );

    it.each([
      ['v6.12', 'close-context-client'],
      ['v6.12', 'two-allocators'],
      ['v6.12', 'pass-buffer'],
      ['v6.12', 'open-close'],
      ['v4', 'no-rstmem-free'],
      ['v4', 'kernel-importer'],
    ])(
      'of %s in %s',
      (revision, scenario) => {
        compare(link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!));
      },
      5 * minutes,
    );

    it.each([
      ['v6.12', 'look-up-id'],
      ['v6.12', 'pass-buffer'],
      // Steps whose choices commute differently.
      ['v4', 'allocate-close'],
      // Transactions that end because there are many ways to come to them.
      ['v4', 'arguments'],
      // Setup leaves memory that was given back.
      ['v4', 'kernel-importer'],
    ])(
      'of %s in %s, with transactions',
      (revision, scenario) => {
        const system = link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);
        const { full, reduced } = compareTransactions(system);
        expect(reduced).toBeLessThan(full);
      },
      5 * minutes,
    );

    it(
      'of generated systems with transactions',
      () => {
        const count = Number(process.env['INTERLEAF_SPIN_SYSTEMS'] ?? 20);
        let [fewer, refused] = [0, 0];
        for (const generated of fc.sample(anyGeneratedSystem, { numRuns: count, seed: 13 })) {
          const system = linkGenerated(generated);
          try {
            const { full, reduced } = compareTransactions(system);
            if (reduced < full) fewer += 1;
          } catch (error) {
            // What a planted bug breaks can depend on the locks that a thread holds, which no variable of its step tells.
            if (!(error instanceof ExportError)) throw error;
            refused += 1;
          }
        }
        expect(refused).toBeLessThanOrEqual(count / 20);
        expect(fewer).toBeGreaterThan(count / 2);
      },
      60 * minutes,
    );

    it(
      'of a scenario that was not run to its end, or an error',
      () => {
        const system = link(resolveRevision(revisionById('v6.12')!, revisionById), scenarioById('look-up-id')!);
        const model = exportModel(system, { maxStates: 50, walks: 3000 });
        expect(model.complete).toBe(false);
        expect(runSpin(toPromela(model))).toEqual({ states: 291, transitions: 564, errors: 0 });
        // Without random runs there are steps that it does not foresee.
        expect(runSpin(toPromela(exportModel(system, { maxStates: 50, walks: 0 }))).errors).toBeGreaterThan(0);
      },
      minutes,
    );

    it(
      'of generated systems',
      () => {
        const count = Number(process.env['INTERLEAF_SPIN_SYSTEMS'] ?? 20);
        for (const generated of fc.sample(anyGeneratedSystem, { numRuns: count, seed: 11 }))
          compare(linkGenerated(generated));
      },
      60 * minutes,
    );

    it(
      'and finds undefined behaviour when asked to',
      () => {
        const model = exportModel(link(exampleRevision('bare'), exampleScenario), { maxStates, walks: 0 });
        expect(model.hasEnds).toBe(true);
        expect(runSpin(toPromela(model), ['CHECK']).errors).toBeGreaterThan(0);
      },
      minutes,
    );
  },
);
