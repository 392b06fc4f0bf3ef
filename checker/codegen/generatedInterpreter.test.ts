/**
 * The law of generated code: every step is the interpreter's step, word by word and report by report. Walked at random, with
 * fixed seeds, through every default scenario, generated systems, and systems whose options change what code does.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWith, seedPatch, tree612 } from '../../models/c/testing/inputs.js';
import { alloc, choose, fn, outcome, run, set, when } from '../../models/program/build.js';
import type { Statement } from '../../models/program/statement.js';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById, scenarios } from '../../models/scenarios/index.js';
import { findingId } from '../finding/findingId.js';
import { resolveRevision, scenarioApplies } from '../resolveRevision.js';
import { Interpreter } from '../system/interpreter.js';
import { link } from '../system/link.js';
import type { LinkedSystem, SystemOptions } from '../system/linkedSystem.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { ownership } from '../system/owners.js';
import { noAssumptions, UnstableField } from '../system/sharedWords.js';
import type { StepStatus } from '../system/step.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { anyGeneratedSystem, linkGenerated } from '../testing/generatedSystem.js';
import { liftedFunction, liftText } from '../testing/liftedCode.js';
import { semanticsC } from '../testing/semanticsC.js';
import { toySystem } from '../testing/toySystem.js';
import { fromPatchedTree, readText } from '../testing/treeRevisions.js';
import { GeneratedInterpreter } from './generatedInterpreter.js';

/** What a comparison met, so that a test can tell that it compared something. */
interface Compared {
  readonly violations: ReadonlySet<string>;
  readonly coverage: Uint8Array;
  /** Assumptions about shared fields that did not hold. */
  readonly weakened: ReadonlySet<string>;
}

interface Walks {
  /** Steps to compare, at least. */
  readonly steps: number;
  /** Every access to shared memory is a step of its own. */
  readonly full?: boolean;
  /** Recycling is left to the caller. */
  readonly defer?: boolean;
  /** Memory that one thread is left with is private again. */
  readonly owns?: boolean;
}

/** Walks two machines through a system side by side. Each state is left by all forks of one thread, and by one of them for good. */
function compare(system: LinkedSystem, { steps: wanted, full = false, defer = false, owns = false }: Walks): Compared {
  const weakened = new Set<string>([...(full ? [noAssumptions] : []), ...(owns ? [ownership] : [])]);
  const machines = [new Interpreter(system, weakened), new GeneratedInterpreter(system, weakened)] as const;
  const [plain, generated] = machines;
  const random = generator();
  const violations = new Set<string>();
  const reference = plain.quietState();
  expect(generated.quietState()).toEqual(reference);
  const initial = plain.initialState();
  expect(generated.initialState()).toEqual(initial);
  for (const machine of machines) machine.deferRecycling = defer;
  let steps = 0;
  let bails = 0;

  /** Makes the same step in both machines; null if an assumption has to be weakened first. */
  const both = (state: Int32Array, thread: number): StepStatus | null => {
    const outcomes = machines.map((machine): StepStatus | UnstableField => {
      machine.words.set(state);
      try {
        return machine.step(thread);
      } catch (error) {
        if (error instanceof UnstableField) return error;
        throw error;
      }
    });
    steps += 1;
    const isLeft = generated.bails > bails;
    bails = generated.bails;
    const [one, other] = outcomes;
    expect(String(other)).toBe(String(one));
    if (one instanceof UnstableField) {
      weakened.add(one.field);
      for (const machine of machines) machine.assume(weakened);
      return null;
    }
    expect(reportOf(generated)).toEqual(reportOf(plain));
    sameWords(plain, generated);
    // A step is left to the interpreter only where something is wrong or a bound is near.
    expect(isLeft && plain.violations.length === 0 && one !== 'exhausted' && !plain.observedAll).toBe(false);
    for (const { property } of plain.violations) violations.add(property);
    if (defer && one === 'done') {
      for (const machine of machines) machine.recycle();
      sameWords(plain, generated);
    }
    return one!;
  };

  /** The states behind all forks of a thread; null if an assumption has to be weakened first. */
  const successors = (state: Int32Array, thread: number): Int32Array[] | null => {
    const found: Int32Array[] = [];
    for (const machine of machines) {
      machine.forgetObserved();
      machine.forceChoices([]);
    }
    for (let more = true; more;) {
      const status = both(state, thread);
      if (status === null) return null;
      // Behind a step that broke something little is new.
      if (status === 'done' && (plain.violations.length === 0 || random() % 4 === 0)) found.push(plain.words.slice());
      more = plain.nextFork();
      expect(generated.nextFork()).toBe(more);
    }
    expect(observedOf(generated)).toEqual(observedOf(plain));
    return found;
  };

  const threads = system.threads.length;
  while (steps < wanted) {
    let state: Int32Array | null = initial;
    while (state !== null && steps < wanted) {
      const from: Int32Array = state;
      state = null;
      const first = random() % threads;
      for (let offset = 0; offset < threads && state === null; offset += 1) {
        const found = successors(from, (first + offset) % threads);
        if (found === null) break;
        state = found[random() % Math.max(1, found.length)] ?? null;
      }
      if (state !== null) continue;
      for (const machine of machines) machine.words.set(from);
      expect(generated.endViolations(reference)).toEqual(plain.endViolations(reference));
    }
  }
  expect(generated.coverage).toEqual(plain.coverage);
  expect([...generated.limits].sort()).toEqual([...plain.limits].sort());
  return { violations, coverage: plain.coverage, weakened };
}

function reportOf(machine: Interpreter): unknown {
  return {
    changed: [...machine.changed.subarray(0, machine.changes)].sort((a, b) => a - b),
    violations: machine.violations,
    accesses: machine.accesses,
    lockEdges: machine.lockEdges,
    visibleLog: [...machine.visibleLog],
    visible: [machine.visibles, ...(machine.visibles > 0 ? [machine.visiblePlace, machine.visibleColumn] : [])],
    decisions: machine.decisions(),
    limit: machine.limit,
  };
}

function observedOf(machine: Interpreter): unknown {
  return [machine.observedAll, ...machine.observed.subarray(0, machine.observations)];
}

/** Compares all words; in a loop, because a matcher takes too long for so many. */
function sameWords(plain: Interpreter, generated: Interpreter): void {
  for (let at = 0; at < plain.words.length; at += 1) {
    if (plain.words[at] !== generated.words[at])
      throw new Error(`word ${at} is ${plain.words[at]}, generated ${generated.words[at]}`);
  }
}

/** A 32-bit linear congruential generator (Knuth, TAOCP 2, 3.3.4) with a fixed seed; its high bits. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

function builtIn(revision: string, scenario: string, options: Partial<SystemOptions> = {}): LinkedSystem {
  return link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!, {
    ...defaultOptions,
    ...options,
  });
}

/** A window on the numbers at which C's arithmetic changes its ways. */
const numbers = [0, 1, 2, 7, 31, 255, 65_536, 2 ** 29 - 1, -1, -2, -129, -(2 ** 29)];

describe('generated code makes the steps of the interpreter', () => {
  const cases = ['v4', 'v6.12'].flatMap((revision) => {
    const resolved = resolveRevision(revisionById(revision)!, revisionById);
    return scenarios
      .filter((scenario) => scenario.size === 'default' && scenarioApplies(scenario, resolved))
      .map(({ id }) => [revision, id] as const);
  });

  it.each(cases)('in %s, %s', (revision, scenario) => {
    const system = builtIn(revision, scenario);
    compare(system, { steps: 300 });
    compare(system, { steps: 300, full: true });
    compare(system, { steps: 150, defer: true });
    compare(system, { steps: 300, owns: true });
    compare(system, { steps: 150, defer: true, owns: true });
  });

  it('in generated systems', () => {
    const broken = new Set<string>();
    fc.assert(
      fc.property(anyGeneratedSystem, fc.boolean(), fc.boolean(), (generated, full, owns) => {
        const { violations } = compare(linkGenerated(generated), { steps: 150, full, owns });
        for (const property of violations) broken.add(property);
      }),
      { numRuns: 150, seed: 3 },
    );
    // They are worth something only if they go wrong in many ways.
    expect(broken.size).toBeGreaterThan(6);
  });

  it.each([0, 1, 2])('with %i failures at most', (faults) => {
    compare(builtIn('v4', 'allocate-close', { faults }), { steps: 1500 });
    compare(builtIn('v4', 'import', { faults }), { steps: 1500, full: true });
  });

  it('with a forced outcome', () => {
    const forced = { caller: null, callee: 'idr_alloc', value: -28, text: 'idr_alloc=-ENOSPC' };
    const system = builtIn('v4', 'allocate-close', { forcedOutcomes: [forced] });
    const { coverage } = compare(system, { steps: 3000 });
    const calls = system.nodes.filter(({ node }) => node.kind === 'call' && node.callee === 'idr_alloc');
    expect(calls.some(({ firstEdge }) => coverage[firstEdge] === 1)).toBe(true);
  });

  it.each(['bare', 'locked', 'leaky'] as const)('in the example that is %s', (variant) => {
    compare(link(exampleRevision(variant), exampleScenario), { steps: 600 });
    compare(link(exampleRevision(variant), exampleScenario), { steps: 600, full: true });
  });

  it('with freed memory that stays and holds the last name of other memory', () => {
    const { revision, scenario } = toySystem({
      types: { world: { flag: 'int' }, outer: { inner: 'struct inner *' }, inner: { data: 'int' } },
      threads: {
        one: {
          locals: ['struct outer *outer', 'struct inner *inner'],
          body: [
            alloc('outer', 'outer'),
            alloc('inner', 'inner'),
            set('outer->inner', 'inner'),
            set('inner', 'NULL'),
            set('world.flag', '1'),
            set('world.flag', '2'),
            run('kfree(outer)'),
            set('world.flag', '3'),
            when('outer', [set('world.flag', '4')]),
          ],
        },
      },
    });
    const system = link(revision, scenario, { ...defaultOptions, assumeFixed: ['use-after-free-00000000'] });
    const { violations } = compare(system, { steps: 30, full: true });
    expect([...violations]).toContain('memory-leak');
  });

  it('with a field that is guarded by one lock here and by another there', () => {
    const guarded = (lock: string) => [
      run(`spin_lock(&${lock})`),
      set('world.flag', '1'),
      run(`spin_unlock(&${lock})`),
    ];
    const { revision, scenario } = toySystem({
      types: { world: { one: 'spinlock_t', two: 'spinlock_t', flag: 'int' } },
      threads: { one: guarded('world.one'), two: guarded('world.two') },
    });
    const { weakened } = compare(link(revision, scenario), { steps: 200 });
    expect([...weakened].sort()).toEqual(['world.flag (locked)', 'world.flag (one thread)', 'world.flag (open)']);
  });

  it('in an atomic function that finds out late that it touches shared memory', () => {
    const atomic = (prototype: string, body: readonly Statement[]) =>
      fn(prototype, { file: 'drivers/toy/toy.c', atomic: { shared: ['*'] }, locals: ['struct box *mine'] }, body);
    const { revision, scenario } = toySystem({
      types: {
        world: { spin: 'spinlock_t', flag: 'int', box: 'struct box *' },
        box: { spin: 'spinlock_t', data: 'int', more: 'int' },
      },
      functions: [
        atomic('void inner(struct world *w)', [set('w->flag', 'w->flag + 1', 'atomic')]),
        // What it does before it comes to the shared memory is taken back.
        atomic('void outer(struct world *w)', [
          alloc('mine', 'box'),
          set('mine->data', '1'),
          choose('value', [outcome('one', [set('mine->more', '1')]), outcome('two', [set('mine->more', '2')])]),
          run('spin_lock_init(&mine->spin)'),
          run('spin_lock(&mine->spin)'),
          run('spin_unlock(&mine->spin)'),
          run('inner(w)'),
          run('kfree(mine)'),
        ]),
      ],
      // The unlock fills its step already, so the function has to begin another one.
      threads: Object.fromEntries(
        ['one', 'other'].map((name) => [
          name,
          [run('spin_lock(&world.spin)'), run('spin_unlock(&world.spin)'), run('outer(&world)'), run('outer(&world)')],
        ]),
      ),
    });
    const system = link(revision, scenario);
    compare(system, { steps: 300 });
    const { violations } = compare(system, { steps: 300, full: true });
    expect([...violations]).toEqual([]);
  });

  it('with a finding that is assumed fixed, so that freed memory stays', () => {
    const options = (assumeFixed: readonly string[]) =>
      link(exampleRevision('bare'), exampleScenario, { ...defaultOptions, assumeFixed });
    const machine = new Interpreter(options([]), new Set([noAssumptions]));
    const ids = new Set<string>();
    const note = (state: Int32Array, depth: number): void => {
      for (const { index } of machine.system.threads) {
        machine.words.set(state);
        machine.forceChoices([]);
        const status = machine.step(index);
        for (const violation of machine.violations) ids.add(findingId(violation));
        if (status === 'done' && depth < 12) note(machine.words.slice(), depth + 1);
      }
    };
    note(machine.initialState(), 0);
    const found = [...ids].filter((id) => id.startsWith('use-after-free'));
    expect(found).not.toEqual([]);
    const { violations } = compare(options(found), { steps: 1500, full: true });
    expect(violations).toContain('use-after-free');
  });
});

it('generated code computes as the interpreter does, in C of all kinds', () => {
  const lifted = liftText(semanticsC);
  const kinds = new Set<string>();
  for (const { definition } of lifted.functions) {
    if (definition.parameters.some(({ type }) => type.kind !== 'int')) continue;
    const { name } = definition;
    const [plain, generated] = [
      liftedFunction(lifted, name),
      liftedFunction(lifted, name, (system) => new GeneratedInterpreter(system, new Set())),
    ];
    for (const at of numbers.keys()) {
      const args = definition.parameters.map((_, index) => numbers[(at + 5 * index) % numbers.length]!);
      const outcome = plain(args);
      kinds.add(outcome.kind);
      expect([name, args, generated(args)]).toEqual([name, args, outcome]);
    }
  }
  expect([...kinds].sort()).toEqual(['limit', 'value']);
});

describeWith({ tree612, seedPatch }, 'generated code of the v4 patch lifted from a tree', () => {
  it.each(['allocate-close', 'import', 'two-putters'])('makes the steps of the interpreter in %s', async (scenario) => {
    const { resolved } = await fromPatchedTree(tree612!, readText(seedPatch!));
    const system = link(resolved, scenarioById(scenario)!);
    compare(system, { steps: 1000 });
    compare(system, { steps: 500, full: true });
  });
});
