/**
 * Objects of one pool: exchanging their slots has to lead steps over into steps, and the states that a search keeps have to be the orbits of
 * the full search's states, counted one by one.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kmalloc } from '../../../models/kernel/slab.js';
import { goTo, label, loop, run, set, when } from '../../../models/program/build.js';
import { revisionById } from '../../../models/revisions/index.js';
import { scenarioById } from '../../../models/scenarios/index.js';
import { findingId } from '../../finding/findingId.js';
import { resolveRevision } from '../../resolveRevision.js';
import { Interpreter } from '../../system/interpreter.js';
import { link } from '../../system/link.js';
import type { LinkedSystem, ObjectSlot } from '../../system/linkedSystem.js';
import { noAssumptions, SharedWords, UnstableField } from '../../system/sharedWords.js';
import { integer, pointer, stateAddressOf } from '../../system/word.js';
import { expectAgreement } from '../../testing/agreement.js';
import type { GeneratedSystem } from '../../testing/generatedSystem.js';
import { generatedOf, generatedSystems, linkGenerated } from '../../testing/generatedSystem.js';
import { toyFn, toySystem } from '../../testing/toySystem.js';
import { cachedBreadthFirst } from '../cached/cachedBreadthFirst.js';
import { Components } from '../cached/components.js';
import { CanonicalSlots, interchangeableSlots } from './symmetryOfObjects.js';
import { threadSymmetry, transposition } from './symmetryOfThreads.js';
import { Renaming } from './symmetryRenaming.js';

const minutes = 60_000;
const unlimited = { maxStates: 1_000_000, timeout: Infinity, now: () => 0 } as const;
const v4 = (scenario: string) => link(resolveRevision(revisionById('v4')!, revisionById), scenarioById(scenario)!);
const acts = [['fill the slot with one of two'], ['use the slot']] as const;

function started(system: LinkedSystem) {
  const interpreter = new Interpreter(system, new Set([noAssumptions]));
  const quiet = interpreter.quietState();
  return { interpreter, initial: interpreter.initialState(), pools: interchangeableSlots(system, quiet) };
}

/** The state with these objects in the slots of those: all words of each, and every pointer to it. */
function exchanged(system: LinkedSystem, words: Int32Array, becomes: ReadonlyMap<number, number>): Int32Array {
  const named = words.map((word) => {
    const address = stateAddressOf(word);
    const object = address < 0 ? undefined : system.objects.find((slot) => isIn(slot, address));
    const to = object && becomes.get(object.index);
    return object && to !== undefined ? pointer(address - object.header + system.objects[to]!.header) : word;
  });
  const into = named.slice();
  for (const [from, to] of becomes) {
    const [one, other] = [system.objects[from]!, system.objects[to]!];
    into.set(named.subarray(one.header, one.header + one.layout.size + 1), other.header);
  }
  return into;
}

function isIn({ header, layout }: ObjectSlot, address: number): boolean {
  return address >= header && address <= header + layout.size;
}

/** All ways to give the items of each list the places of that list. */
function permutations(lists: readonly (readonly number[])[]): ReadonlyMap<number, number>[] {
  let all: ReadonlyMap<number, number>[] = [new Map<number, number>()];
  for (const items of lists)
    all = all.flatMap((before) =>
      arrangements(items).map((arranged) => {
        const next = new Map(before);
        items.forEach((item, at) => next.set(item, arranged[at]!));
        return next;
      }),
    );
  return all;
}

function arrangements(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) => arrangements(items.filter((one) => one !== item)).map((rest) => [item, ...rest]));
}

const keyOf = (words: Int32Array) => words.join();

/** Calls `each` with what every way to make a thread's next step leads to. */
function eachStep(interpreter: Interpreter, from: Int32Array, thread: number, each: (status: string) => void): void {
  interpreter.forceChoices([]);
  do {
    interpreter.words.set(from);
    each(interpreter.step(thread));
  } while (interpreter.nextFork());
}

/** Every state that can be reached. */
function statesOf(system: LinkedSystem): Int32Array[] {
  const { interpreter, initial } = started(system);
  const seen = new Map([[keyOf(initial), initial]]);
  for (const state of seen.values())
    for (const { index } of system.threads)
      eachStep(interpreter, state, index, (status) => {
        const key = keyOf(interpreter.words);
        if (status === 'done' && !seen.has(key)) seen.set(key, interpreter.words.slice());
      });
  return [...seen.values()];
}

/**
 * How many states can be reached, and how many there are up to slots and, if the first two threads are alike, their names; trying all orders of the
 * slots that are in use anywhere.
 */
function countOrbits(system: LinkedSystem): { states: number; orbits: number } {
  const { interpreter, initial, pools } = started(system);
  const states = statesOf(system);
  const inUse = (object: number) => states.some((words) => words[system.objects[object]!.header] !== 0);
  const orders = permutations(pools.map((slots) => slots.filter(inUse)));
  const symmetry = threadSymmetry(system, initial, interpreter.quietState());
  const exchange = symmetry.classes.length === 0 ? null : Renaming.of(system, symmetry, transposition(system, 0, 1));
  if (typeof exchange === 'string') throw new Error(`${exchange} tells threads apart`);
  const leastOf = (words: Int32Array) => {
    const named = exchange ? [words, exchange.renamed(words)] : [words];
    return named.flatMap((one) => orders.map((order) => keyOf(exchanged(system, one, order)))).sort()[0]!;
  };
  return { states: states.length, orbits: new Set(states.map(leastOf)).size };
}

describe('slots of one pool', () => {
  it('are interchangeable, three or more, but for those in use in the state that the end of a run is compared with', () => {
    const system = v4('general-client');
    const { interpreter } = started(system);
    const quiet = interpreter.quietState();
    const names = (pools: readonly (readonly number[])[]) => pools.map((slots) => system.objects[slots[0]!]!.name);
    const pools = interchangeableSlots(system, quiet);
    expect(names(pools)).toContain('tee_shm#client');
    expect(pools.every((slots) => slots.length > 2)).toBe(true);
    const used = quiet.slice();
    used[system.objects.find(({ name }) => name === 'tee_shm#client')!.header] = 4;
    expect(names(interchangeableSlots(system, used))).not.toContain('tee_shm#client');
    expect(interchangeableSlots(system, used, 2).flat()).not.toContain(
      system.objects.find(({ name }) => name === 'tee_shm#client')!.index,
    );
  });

  it('stay where they are if a function orders addresses', () => {
    const poolsIf = (condition: string) => {
      const { revision, scenario } = toySystem({
        types: { world: { box: 'struct box *' }, box: { data: 'int' } },
        capacities: { box: 3 },
        functions: [
          toyFn(
            'void change(void)',
            ['struct box *box'],
            [kmalloc('box', 'box'), when(condition, [set('world.box', 'box')]), run('kfree(box)')],
          ),
        ],
        threads: { changer: [run('change()')] },
      });
      return started(link(revision, scenario)).pools.length;
    };
    expect(poolsIf('box != world.box')).toBe(1);
    expect(poolsIf('box < world.box')).toBe(0);
  });

  it('make the same steps when they are exchanged', { timeout: 5 * minutes }, () => {
    const system = linkGenerated(generatedOf(...acts, ['publish an id for a while', 'look an id up']));
    const { interpreter, initial, pools } = started(system);
    const canonical = canonicalForms(system);
    let random = 1;
    const choose = (count: number) => {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      return (random >>> 8) % count;
    };
    let steps = 0;
    for (let walk = 0; walk < 40; walk += 1) {
      let state: Int32Array = initial;
      for (;;) {
        const order = new Map(
          pools.flatMap((slots) => {
            const all = arrangements(slots);
            return slots.map((slot, at) => [slot, all[walk % all.length]![at]!] as const);
          }),
        );
        const next: Int32Array[] = [];
        const resultsFrom = (from: Int32Array, thread: number, into: Int32Array[]) => {
          const done: string[] = [];
          eachStep(interpreter, from, thread, (status) => {
            const words = interpreter.words.slice();
            const broken = interpreter.violations.map((violation) => findingId(violation)).join();
            if (status === 'done') into.push(words);
            done.push(`${status} ${broken} ${status === 'done' ? canonical(words) : ''}`);
          });
          return done;
        };
        for (const { index } of system.threads) {
          const done = resultsFrom(state, index, next);
          expect(resultsFrom(exchanged(system, state, order), index, [])).toEqual(done);
          steps += done.length;
        }
        if (next.length === 0) break;
        state = next[choose(next.length)]!;
      }
    }
    expect(steps).toBeGreaterThan(1_000);
  });
});

/** A state's canonical form, by the code under test. */
function canonicalForms(system: LinkedSystem): (words: Int32Array) => string {
  const { interpreter, pools } = started(system);
  const components = new Components(interpreter);
  const slots = new CanonicalSlots(interpreter, components, pools, () => undefined);
  return (words) => {
    interpreter.words.set(words);
    const contents = Int32Array.from({ length: components.count }, (_, at) => components.intern(at));
    slots.canonicalise(contents);
    contents.forEach((content, component) => components.load(component, content));
    return keyOf(interpreter.words);
  };
}

describe('states up to the slots of objects', () => {
  it.each([
    ['one of two boxes', acts],
    ['one of two boxes, twice', [[...acts[0], ...acts[0]], ['use the slot']]],
    [
      'one of two boxes, and an id',
      [['fill the slot with one of two', 'publish an id for a while'], ['look an id up']],
    ],
    ['one of two boxes of each of two threads', [acts[0], [...acts[0], 'count atomically']]],
    ['one of two boxes of each of two threads that are alike', [acts[0], acts[0]]],
    [
      'two boxes of two threads that are alike and keep one of the other',
      [
        ['fill the slot with one of two', 'use the slot', 'work in private'],
        ['fill the slot with one of two', 'use the slot', 'work in private'],
      ],
    ],
  ] as const)('of %s are counted exactly', { timeout: 5 * minutes }, (_, threads) => {
    const system = linkGenerated(generatedOf(...threads));
    const { states, orbits } = countOrbits(system);
    const plain = cachedBreadthFirst(system, { ...unlimited, reduction: false });
    const kept = cachedBreadthFirst(system, { ...unlimited, reduction: false, symmetry: true });
    expect([plain.states, kept.states]).toEqual([states, orbits]);
    expect(orbits).toBeLessThan(states);
  });

  it('do not depend on which of them came first', () => {
    const system = linkGenerated(generatedOf(...acts));
    const { pools } = started(system);
    const orders = permutations(pools.slice(0, 1));
    expect(orders.length).toBeGreaterThan(5);
    for (const words of statesOf(system)) {
      const canonical = canonicalForms(system);
      expect(new Set(orders.map((order) => canonical(exchanged(system, words, order)))).size).toBe(1);
    }
  });

  it('keep objects that no pointer leads to', () => {
    const system = linkGenerated(generatedOf(...acts));
    const { initial, pools } = started(system);
    const [first, second] = pools[0]!.map((object) => system.objects[object]!);
    const world = system.objects.find(({ name }) => name === 'world')!;
    const words = initial.slice();
    const live = words[world.header]!;
    for (const [at, slot] of [first!, second!].entries()) {
      words[slot.header] = live;
      words[slot.header + 1 + slot.layout.fields.get('a')!.offset] = integer(at + 1);
    }
    words[world.header + 1 + world.layout.fields.get('slot')!.offset] = pointer(second!.header + 1);
    const other = exchanged(
      system,
      words,
      new Map([
        [first!.index, second!.index],
        [second!.index, first!.index],
      ]),
    );
    const canonical = canonicalForms(system);
    expect(canonical(words)).toBe(canonical(other));
    // The one with a pointer is the first.
    expect(canonical(words)).toBe(keyOf(other));
  });

  it('show what all states show, with schedules that are real', { timeout: 10 * minutes }, () => {
    const engines = [
      { name: 'symmetry', search: cachedBreadthFirst, options: { reduction: false, symmetry: true }, isFull: false },
      {
        name: 'all reductions',
        search: cachedBreadthFirst,
        options: { symmetry: true, ownership: true, transactions: true },
        isFull: false,
      },
    ];
    const withBoxes = (generated: GeneratedSystem): GeneratedSystem => ({
      ...generated,
      threads: [
        [{ name: 'fill the slot with one of two', change: null }, ...(generated.threads[0]?.slice(0, 1) ?? [])],
        ...generated.threads.slice(1, 2),
      ],
    });
    const modes = [generatedSystems('right'), generatedSystems('changed'), generatedSystems('wrong')];
    fc.assert(
      fc.property(fc.oneof(...modes), (generated) => {
        expectAgreement(linkGenerated(withBoxes(generated)), engines, { maxStates: 5_000 });
      }),
      { numRuns: 20, seed: 21 },
    );
  });

  it('are so many in the scenarios, and what was exchanged is told', { timeout: 10 * minutes }, () => {
    const [plain, kept] = [{}, { symmetry: true }].map((options) =>
      cachedBreadthFirst(v4('general-client-pool'), { ...unlimited, transactions: true, ownership: true, ...options }),
    );
    expect([plain!.states, kept!.states]).toEqual([30217, 24357]);
    expect(kept!.reductions?.find(({ name }) => name === 'symmetry')?.reasons).toEqual([
      expect.stringMatching(/^objects that one thread made are told apart by the pointers to them only: struct /),
    ]);
  });

  it('do not hide a run without an end whose steps only exchange slots', () => {
    const { revision, scenario } = toySystem({
      types: { world: { box: 'struct box *', ready: 'int' }, box: { data: 'int' } },
      capacities: { box: 3 },
      functions: [
        toyFn(
          'void change(void)',
          ['struct box *box'],
          [
            loop('!READ_ONCE(world.ready)', [
              kmalloc('box', 'box'),
              when('!box', [goTo('out')]),
              run('kfree(world.box)'),
              set('world.box', 'box'),
            ]),
            label('out'),
            run('kfree(world.box)'),
          ],
        ),
      ],
      threads: {
        changer: [run('change()')],
        other: [set('world.ready', '1', 'marked')],
      },
    });
    const kept = cachedBreadthFirst(link(revision, scenario), { ...unlimited, symmetry: true });
    expect(kept.discoveries).toEqual([]);
    expect(kept.isAcyclic).toBeUndefined();
  });
});

describe('what is assumed of shared words', () => {
  const system = linkGenerated(generatedOf(...acts));
  const [first, second, third] = system.pools.get('box')![0]!;
  const at = (slot: ObjectSlot, field: string) => slot.header + 1 + slot.layout.fields.get(field)!.offset;
  const world = system.objects.find(({ name }) => name === 'world')!;
  const locks = [at(world, 'lock'), at(first!, 'lock'), at(second!, 'lock')];
  const pools = [[first!, second!, third!]];
  const assuming = (...fields: string[]) => new SharedWords(system, new Set(fields));

  it('holds in every slot: of one thread', () => {
    const shared = assuming('box.a (one thread)');
    shared.isVisible(at(second!, 'a'), true, 1, () => 0);
    expect(shared.closeUnderSlots(pools, locks)).toBe(true);
    expect([first, second, third].map((slot) => shared.owner[at(slot!, 'a')])).toEqual([1, 1, 1]);
    expect(shared.closeUnderSlots(pools, locks)).toBe(false);
    expect(() => shared.isVisible(at(first!, 'a'), true, 0, () => 0)).toThrow(UnstableField);
  });

  it('fails if two threads used it in different slots', () => {
    const shared = assuming('box.a (one thread)');
    shared.isVisible(at(first!, 'a'), true, 0, () => 0);
    shared.isVisible(at(second!, 'a'), true, 1, () => 0);
    expect(() => shared.closeUnderSlots(pools, locks)).toThrow(/box\.a \(locked\)$/);
  });

  it('holds in every slot: under the lock in the same object, or one that is in no slot', () => {
    const shared = assuming('box.a (locked)', 'box.b (locked)');
    shared.isVisible(at(first!, 'a'), true, 0, () => 0b011);
    shared.isVisible(at(second!, 'a'), true, 0, () => 0b100);
    shared.isVisible(at(second!, 'b'), true, 0, () => 0b101);
    // The third box has a lock too, which is none of these.
    const two = [[first!, second!]];
    expect(shared.closeUnderSlots(two, locks)).toBe(true);
    expect([first, second].map((slot) => shared.lockset[at(slot!, 'a')])).toEqual([0b010, 0b100]);
    expect([first, second].map((slot) => shared.lockset[at(slot!, 'b')])).toEqual([0b011, 0b101]);
    expect(shared.closeUnderSlots(two, locks)).toBe(false);
  });

  it('fails under the lock of another object', () => {
    const shared = assuming('box.a (locked)');
    shared.isVisible(at(first!, 'a'), true, 0, () => 0b100);
    expect(() => shared.closeUnderSlots(pools, locks)).toThrow(/box\.a \(open\)$/);
  });

  it('is not guarded by a lock in a slot if it is in none itself', () => {
    const shared = assuming('world.slot (locked)');
    shared.isVisible(at(world, 'slot'), true, 0, () => 0b011);
    expect(shared.closeUnderSlots(pools, locks)).toBe(true);
    expect(shared.lockset[at(world, 'slot')]).toBe(0b001);
    shared.isVisible(at(world, 'slot'), true, 0, () => 0b011);
    expect(shared.closeUnderSlots(pools, locks)).toBe(false);
    const other = assuming('world.slot (locked)');
    other.isVisible(at(world, 'slot'), true, 0, () => 0b010);
    expect(() => other.closeUnderSlots(pools, locks)).toThrow(/world\.slot \(open\)$/);
  });
});
