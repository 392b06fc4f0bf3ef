/**
 * Interchangeable threads: exchanging them has to lead steps over into steps, and the states that a search keeps have to be the
 * orbits of the full search's states, counted one by one.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kzalloc } from '../../../models/kernel/slab.js';
import { choose, loop, outcome, ret, run, set, when } from '../../../models/program/build.js';
import { revisionById } from '../../../models/revisions/index.js';
import { scenarioById } from '../../../models/scenarios/index.js';
import { findingId } from '../../finding/findingId.js';
import { resolveRevision } from '../../resolveRevision.js';
import { Interpreter } from '../../system/interpreter.js';
import { link } from '../../system/link.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import { lockCellsOf } from '../../system/lockCells.js';
import { noAssumptions, UnstableField } from '../../system/sharedWords.js';
import { headerState } from '../../system/header.js';
import { integer, payloadOf, pointer } from '../../system/word.js';
import { expectAgreement } from '../../testing/agreement.js';
import type { GeneratedSystem } from '../../testing/generatedSystem.js';
import { generatedOf, generatedSystems, linkGenerated } from '../../testing/generatedSystem.js';
import { toyFn, toySystem } from '../../testing/toySystem.js';
import { cachedBreadthFirst } from '../cached/cachedBreadthFirst.js';
import { Components } from '../cached/components.js';
import type { SearchResult } from '../search.js';
import { Canonical } from './symmetryCanonical.js';
import { threadSymmetry } from './symmetryOfThreads.js';
import type { ThreadSymmetry } from './symmetryRenaming.js';
import { Renaming } from './symmetryRenaming.js';

const minutes = 60_000;
const unlimited = { maxStates: 1_000_000, timeout: Infinity, now: () => 0 } as const;
const v4 = (scenario: string) => link(resolveRevision(revisionById('v4')!, revisionById), scenarioById(scenario)!);
const engines = [
  { name: 'symmetry', search: cachedBreadthFirst, options: { reduction: false, symmetry: true }, isFull: false },
  { name: 'symmetry, shared data reduced', search: cachedBreadthFirst, options: { symmetry: true }, isFull: false },
  {
    name: 'symmetry, ownership and transactions',
    search: cachedBreadthFirst,
    options: { symmetry: true, ownership: true, transactions: true },
    isFull: false,
  },
];

/** An interpreter in the state after setup, and what is alike in the system. */
function started(system: LinkedSystem): { interpreter: Interpreter; initial: Int32Array; symmetry: ThreadSymmetry } {
  const interpreter = new Interpreter(system, new Set([noAssumptions]));
  const quiet = interpreter.quietState();
  const initial = interpreter.initialState();
  return { interpreter, initial, symmetry: threadSymmetry(system, initial, quiet) };
}

/** All permutations of the threads that keep to their classes. */
function renamings(system: LinkedSystem, symmetry: ThreadSymmetry): Renaming[] {
  let all: number[][] = [system.threads.map(({ index }) => index)];
  for (const members of symmetry.classes) {
    all = all.flatMap((permutation) =>
      arrangements(members).map((arranged) => {
        const next = [...permutation];
        members.forEach((member, at) => (next[member] = arranged[at]!));
        return next;
      }),
    );
  }
  return all.map((threads) => {
    const renaming = Renaming.of(system, symmetry, Int32Array.from(threads));
    if (typeof renaming === 'string') throw new Error(`${renaming} tells threads apart`);
    return renaming;
  });
}

function arrangements(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) => arrangements(items.filter((one) => one !== item)).map((rest) => [item, ...rest]));
}

/** Calls `each` with what every way to make a thread's next step leads to. */
function eachStep(interpreter: Interpreter, from: Int32Array, thread: number, each: (status: string) => void): void {
  interpreter.forceChoices([]);
  do {
    interpreter.words.set(from);
    each(interpreter.step(thread));
  } while (interpreter.nextFork());
}

const keyOf = (words: Int32Array) => words.join();

/** Every state that can be reached, and how many there are up to the names of threads. */
function countOrbits(system: LinkedSystem): { states: number; orbits: number } {
  const { interpreter, initial, symmetry } = started(system);
  const all = renamings(system, symmetry);
  const seen = new Set([keyOf(initial)]);
  const orbits = new Set<string>();
  const work = [initial];
  for (let state = work.pop(); state !== undefined; state = work.pop()) {
    const known = state;
    orbits.add(all.map((renaming) => keyOf(renaming.renamed(known))).sort()[0]!);
    for (const { index } of system.threads)
      eachStep(interpreter, known, index, (status) => {
        if (status !== 'done' || seen.has(keyOf(interpreter.words))) return;
        seen.add(keyOf(interpreter.words));
        work.push(interpreter.words.slice());
      });
  }
  return { states: seen.size, orbits: orbits.size };
}

/** Random runs: whatever a thread does, the thread that it is renamed to does in the renamed state. */
function walkBesideImages(system: LinkedSystem, runs: number): number {
  const { interpreter, initial, symmetry } = started(system);
  const all = renamings(system, symmetry).slice(1);
  let steps = 0;
  let random = 1;
  const choose = (count: number) => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return (random >>> 8) % count;
  };
  for (let run = 0; run < runs; run += 1) {
    let state: Int32Array = initial;
    for (let length = 0; length < 300; length += 1) {
      const renaming = all[choose(all.length)]!;
      const image = renaming.renamed(state);
      const next: Int32Array[] = [];
      for (const { index } of system.threads) {
        const done: string[] = [];
        eachStep(interpreter, state, index, (status) => {
          const broken = interpreter.violations.map((violation) => findingId(violation)).join();
          if (status === 'done') next.push(interpreter.words.slice());
          done.push(`${status} ${broken} ${status === 'done' ? keyOf(renaming.renamed(interpreter.words)) : ''}`);
        });
        const images: string[] = [];
        eachStep(interpreter, image, renaming.threads[index]!, (status) => {
          const broken = interpreter.violations.map((violation) => findingId(violation)).join();
          images.push(`${status} ${broken} ${status === 'done' ? keyOf(interpreter.words) : ''}`);
        });
        expect(images).toEqual(done);
        steps += done.length;
      }
      if (next.length === 0) break;
      state = next[choose(next.length)]!;
    }
  }
  return steps;
}

describe('interchangeable threads', () => {
  it.each([
    ['two-allocators', [[0, 1]]],
    ['openers-3', [[0, 1, 2]]],
    ['importers-2', [[1, 2]]],
    ['two-contexts', []],
  ])('of %s are found', (id, classes) => {
    const { symmetry } = started(v4(id));
    expect(symmetry.classes).toEqual(classes);
    expect(symmetry.reasons).toHaveLength(classes.length);
  });

  it('make the same steps in renamed states', { timeout: 5 * minutes }, () => {
    for (const id of ['two-allocators', 'openers-3', 'importers-2'])
      expect(walkBesideImages(v4(id), 4)).toBeGreaterThan(300);
  });

  it('hold their locks under the other name', () => {
    const system = linkGenerated(generatedOf(['count under the mutex'], ['count under the mutex']));
    const { interpreter, initial, symmetry } = started(system);
    const [, exchange] = renamings(system, symmetry);
    const cells = lockCellsOf(system);
    const holders = (words: Int32Array) => cells.map(({ address, holder }) => holder[payloadOf(words[address]!)]!);
    let state: Int32Array = initial;
    while (!holders(state).includes(0)) eachStep(interpreter, state, 0, () => (state = interpreter.words.slice()));
    expect(holders(exchange!.renamed(state))).toEqual(holders(state).map((holder) => (holder === 0 ? 1 : holder)));
  });

  it('share what is assumed of the data that one of them uses', () => {
    const system = linkGenerated(generatedOf(['count under the mutex'], ['count under the mutex']));
    const weakened = new Set<string>();
    const interpreter = new Interpreter(system, weakened);
    const symmetry = threadSymmetry(system, interpreter.initialState(), interpreter.quietState());
    const canonical = new Canonical(interpreter, new Components(interpreter), symmetry, () => undefined);
    /** What has to be given up when only the first thread runs, and then something is checked. */
    const givenUp = (check: () => void): string[] => {
      for (;;) {
        try {
          interpreter.initialState();
          while (interpreter.step(0) === 'done');
          check();
          return [...weakened];
        } catch (error) {
          if (!(error instanceof UnstableField)) throw error;
          weakened.add(error.field);
          interpreter.assume(weakened);
        }
      }
    };
    const alone = givenUp(() => undefined);
    expect(alone).toContain('world.a (one thread)');
    expect(givenUp(() => canonical.checkAssumptions())).toEqual([...alone, 'world.a (locked)']);
  });

  it('are not those that do different things, nor those of which setup prefers one', () => {
    expect(started(linkGenerated(generatedOf(['count atomically'], ['work in private']))).symmetry.classes).toEqual([]);
    const system = v4('two-allocators');
    const { interpreter, initial } = started(system);
    const quiet = interpreter.quietState();
    const preferred = initial.slice();
    const task = system.layouts.get('task_struct')!.fields.get('kthread')!.offset;
    preferred[system.threads[0]!.task + task] = integer(1);
    const { classes, reasons } = threadSymmetry(system, preferred, quiet);
    expect(classes).toEqual([]);
    expect(reasons).toEqual([
      "threads 'first', 'second' are not interchangeable: setup leaves task first differently to them",
    ]);
  });
});

describe('states up to the names of threads', () => {
  it.each([
    ['two threads, one lock', [['count under the mutex'], ['count under the mutex']]],
    ['two threads, memory of their own', [['leave a note to a callee'], ['leave a note to a callee']]],
    ['two threads, an object each takes and one puts', [['use the box'], ['use the box'], ['take the box away']]],
    ['three threads', [['use the slot'], ['use the slot'], ['use the slot']]],
    ['three threads that publish', [['publish an id for a while'], ['publish an id for a while'], ['look an id up']]],
    ['four threads', [['try the lock'], ['try the lock'], ['try the lock'], ['try the lock']]],
    ['two classes', [['count atomically'], ['nest the locks'], ['count atomically'], ['nest the locks']]],
  ] as const)('of %s are counted exactly', { timeout: 5 * minutes }, (_, threads) => {
    const system = linkGenerated(generatedOf(...threads));
    const { states, orbits } = countOrbits(system);
    const plain = cachedBreadthFirst(system, { ...unlimited, reduction: false });
    const kept = cachedBreadthFirst(system, { ...unlimited, reduction: false, symmetry: true });
    expect([plain.states, kept.states]).toEqual([states, orbits]);
    expect(orbits).toBeLessThan(states);
  });

  it('are counted exactly where threads are in the same place, and what is theirs is not', () => {
    const { revision, scenario } = toySystem({
      types: {
        world: { lock: 'spinlock_t', there: 'struct atomic_t', first: 'int' },
        box: { data: 'int' },
      },
      functions: [
        toyFn(
          'void work(void)',
          ['struct box *box'],
          [
            kzalloc('box', 'box'),
            when('!box', [ret()]),
            choose('data', [outcome('one', [set('box->data', '1')]), outcome('two', [set('box->data', '2')])]),
            run('atomic_inc(&world.there)'),
            // Nobody goes on before both are here, with their data.
            loop('atomic_read(&world.there) < 2', []),
            run('spin_lock(&world.lock)'),
            when('!world.first', [set('world.first', 'box->data')]),
            run('spin_unlock(&world.lock)'),
            run('kfree(box)'),
          ],
        ),
      ],
      threads: { one: [], other: [] },
    });
    const threads = scenario.threads.map((thread) => ({ ...thread, run: 'work' }));
    const system = link(revision, { ...scenario, threads });
    const { states, orbits } = countOrbits(system);
    const kept = cachedBreadthFirst(system, { ...unlimited, reduction: false, symmetry: true });
    expect(kept.states).toBe(orbits);
    expect(orbits).toBeLessThan(states);
  });

  it('are told apart by who names whom, however many look alike', () => {
    const system = linkGenerated(generatedOf(...Array.from({ length: 4 }, () => ['fill the slot for a while'])));
    const { interpreter, initial, symmetry } = started(system);
    const components = new Components(interpreter);
    const canonical = new Canonical(interpreter, components, symmetry, () => undefined);
    const boxes = symmetry.places.map((places) => system.objects[places.at(-1)!]!);
    const live = initial[system.objects.find((object) => object.static)!.header]! & integer(headerState);
    /** A state in which an object of each thread names that of another, or itself. */
    const linked = (targets: readonly number[]) => {
      const words = initial.slice();
      boxes.forEach(({ header, layout }, thread) => {
        words[header] = live;
        words[header + 1 + layout.values[0]!] = pointer(boxes[targets[thread]!]!.header + 1);
      });
      return words;
    };
    const contentsOf = (words: Int32Array) => {
      interpreter.words.set(words);
      return Int32Array.from({ length: components.count }, (_, at) => components.intern(at));
    };
    const forms = new Set<string>();
    for (let number = 0; number < 256; number += 1) {
      const words = linked([number & 3, (number >> 2) & 3, (number >> 4) & 3, number >> 6]);
      const contents = contentsOf(words);
      const threads = canonical.canonicalise(contents)?.slice() ?? Int32Array.from([0, 1, 2, 3]);
      forms.add(keyOf(contents));
      const renaming = Renaming.of(system, symmetry, threads);
      expect(typeof renaming === 'string' ? renaming : contentsOf(renaming.renamed(words))).toEqual(contents);
    }
    // Maps of four points into themselves, up to the names of the points (OEIS A001372).
    expect(forms.size).toBe(19);
  });

  it('are counted exactly in generated systems', { timeout: 10 * minutes }, () => {
    const seen = { alike: 0, different: 0 };
    fc.assert(
      fc.property(generatedSystems('changed'), (generated) => {
        const system = linkGenerated(twins(generated));
        const { states } = cachedBreadthFirst(system, { ...unlimited, maxStates: 3_000, reduction: false });
        if (states > 3_000) return;
        const { orbits } = countOrbits(system);
        expect(cachedBreadthFirst(system, { ...unlimited, reduction: false, symmetry: true }).states).toBe(orbits);
        seen[orbits < states ? 'alike' : 'different'] += 1;
      }),
      { numRuns: 25, seed: 11 },
    );
    expect(seen.alike).toBeGreaterThan(5);
  });

  it('show what all states show, with schedules that are real', { timeout: 10 * minutes }, () => {
    const modes = [generatedSystems('right'), generatedSystems('changed'), generatedSystems('wrong')];
    fc.assert(
      fc.property(fc.oneof(...modes), (generated) => {
        const system = linkGenerated(twins(generated));
        expectAgreement(system, engines, { maxStates: 5_000 });
        const options = { ...unlimited, maxStates: 5_000, reduction: false };
        const plain = cachedBreadthFirst(system, options);
        if (plain.limits.length > 0) return;
        const kept = cachedBreadthFirst(system, { ...options, symmetry: true });
        expect(waysIn(kept)).toEqual(waysIn(plain));
        expect(kept.coverage).toEqual(plain.coverage);
      }),
      { numRuns: 30, seed: 12 },
    );
  });

  it('are so many in the scenarios', { timeout: 10 * minutes }, () => {
    const counts = (id: string) => {
      const system = v4(id);
      return [{}, { symmetry: true }].map((options) => cachedBreadthFirst(system, { ...unlimited, ...options }).states);
    };
    expect(counts('two-allocators')).toEqual([53383, 26724]);
    expect(counts('openers-2')).toEqual([29518, 14855]);
    const { reductions } = cachedBreadthFirst(v4('two-allocators'), { ...unlimited, maxStates: 1, symmetry: true });
    expect(reductions).toEqual([
      {
        name: 'symmetry',
        effect: 'up to 2 states that differ in the names of threads count as one',
        reasons: ["threads 'first', 'second' are interchangeable: they run the same program"],
      },
    ]);
  });
});

/** Findings with the ways in to them. */
function waysIn({ discoveries }: SearchResult): string[] {
  return [...new Set(discoveries.map(({ violation }) => `${findingId(violation)} via ${violation.via}`))].sort();
}

/** The system with its first thread once more, in place of the last if there are many. */
function twins(generated: GeneratedSystem): GeneratedSystem {
  const [first = []] = generated.threads;
  return { ...generated, threads: [first, ...generated.threads.slice(0, 2)] };
}
