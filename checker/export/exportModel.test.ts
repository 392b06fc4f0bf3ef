/** The neutral form against the interpreter: a second account of the same steps, so it counts the same states and transitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { set, when } from '../../models/program/build.js';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { breadthFirst } from '../explore/breadthFirst.js';
import { segmentsOf } from '../system/segments.js';
import { StateStore } from '../explore/stateStore.js';
import { resolveRevision } from '../resolveRevision.js';
import { Interpreter } from '../system/interpreter.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { noAssumptions } from '../system/sharedWords.js';
import { nullPage, payloadOf } from '../system/word.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { anyGeneratedSystem, linkGenerated } from '../testing/generatedSystem.js';
import { toyPairs } from '../testing/toys/index.js';
import { toySystem } from '../testing/toySystem.js';
import { ExportError } from './exportError.js';
import { exportModel } from './runModel.js';

const maxStates = 60_000;

/** What the objects hold in each state of the full search, in its order. */
function statesOf(system: LinkedSystem, most: number): Int32Array[] {
  const interpreter = new Interpreter(system, new Set([noAssumptions]));
  const store = new StateStore(segmentsOf(system));
  store.insert(interpreter.initialState(), new Int32Array(0), 0);
  const states: Int32Array[] = [];
  const current = new Int32Array(system.width);
  for (let at = 0; at < Math.min(store.size, most); at += 1) {
    store.load(at, current);
    states.push(objectsIn(system, current));
    for (const { index } of system.threads) {
      interpreter.words.set(current);
      if (interpreter.isFinished(index)) continue;
      interpreter.forceChoices([]);
      do {
        interpreter.words.set(current);
        if (interpreter.step(index) === 'done')
          store.insert(interpreter.words, interpreter.changed, interpreter.changes);
      } while (interpreter.nextFork());
    }
  }
  return states;
}

/** Index of the first state that is not the same in both, -1 if the shorter list begins the longer one. */
function firstDifference(found: readonly Int32Array[], expected: readonly Int32Array[]): number {
  const both = Math.min(found.length, expected.length);
  return found.slice(0, both).findIndex((words, index) => !words.every((word, at) => word === expected[index]![at]));
}

const objectsIn = ({ threads }: LinkedSystem, words: Int32Array) => words.slice(nullPage, threads[0]!.base);

function compare(system: LinkedSystem): void {
  const full = breadthFirst(system, { maxStates, timeout: Infinity, now: () => 0, reduction: false });
  const found: Int32Array[] = [];
  const visit = (words: Int32Array) => void found.push(objectsIn(system, words));
  const { states, transitions, complete } = exportModel(system, { maxStates, walks: 0, visit });
  expect(firstDifference(found, statesOf(system, 500))).toBe(-1);
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

  it.each([
    ['v4', 'allocate-close'],
    ['v4', 'pass-buffer'],
    ['v6.12', 'minimal-driver'],
  ])(
    'has the very states of %s in %s',
    (revision, scenario) => {
      const system = link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);
      const expected = statesOf(system, 3000);
      const found: Int32Array[] = [];
      const visit = (words: Int32Array) => void found.push(objectsIn(system, words));
      exportModel(system, { maxStates: 3100, walks: 0, visit });
      expect(found.length).toBeGreaterThan(2000);
      expect(firstDifference(found, expected)).toBe(-1);
    },
    60_000,
  );

  const boxes = {
    types: { box: { a: 'int' }, world: { a: 'int' }, holder: { p: 'struct box *' } },
    globals: { world: 'struct world', holder: 'struct holder' },
    capacities: { box: 1 },
  } as const;
  const allocate = { kind: 'alloc', place: { kind: 'name', name: 'box' }, tag: 'box', zeroed: true } as const;

  it('looks for memory that nothing names where memory runs out, in each state', () => {
    const { revision, scenario } = toySystem({
      ...boxes,
      threads: {
        // Whether the second box can be had depends on `holder.p`, which its step does not touch.
        one: {
          locals: ['struct box *box'],
          body: [
            allocate,
            set('holder.p', 'box'),
            set('world.a', '1'),
            when('box', [set('box', 'NULL'), allocate]),
            set('world.a', '2'),
          ],
        },
        two: [set('holder.p', 'NULL')],
      },
    });
    const system = link(revision, scenario);
    compare(system);
    expect(exportModel(system, { maxStates, walks: 0 }).hasEnds).toBe(true);
  });

  it('knows that memory of the setup is 0 when it was given back', () => {
    const { revision, scenario } = toySystem({
      ...boxes,
      setup: { locals: ['struct box *box'], body: [allocate, set('box->a', '2'), set('holder.p', 'box')] },
      threads: { one: [set('holder.p', 'NULL')], two: [set('world.a', 'holder.p->a')] },
    });
    const { variables, system } = exportModel(link(revision, scenario), { maxStates, walks: 0 });
    const { header } = system.objects.find(({ tag, static: fixed }) => tag === 'box' && !fixed)!;
    expect(variables.find(({ at }) => at === header + 1)!.values.map(payloadOf)).toEqual([0, 2]);
  });

  it('is refused where paths go on past findings', () => {
    const options = { ...defaultOptions, assumeFixed: ['use-after-free'] };
    expect(() => exportModel(link(exampleRevision('bare'), exampleScenario, options), { maxStates, walks: 0 })).toThrow(
      ExportError,
    );
  });
});
