import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { revisionById } from '../../../models/revisions/index.js';
import { scenarioById } from '../../../models/scenarios/index.js';
import { resolveRevision } from '../../resolveRevision.js';
import { link } from '../../system/link.js';
import { expectAgreement } from '../../testing/agreement.js';
import type { SearchOptions } from '../search.js';
import { cachedBreadthFirst } from './cachedBreadthFirst.js';
import { layoutFor } from './layout.js';
import { MemoryAllowance, OutOfMemory, printBytes } from './memoryAllowance.js';
import { PackedSystem } from './packedSystem.js';
import { Parents } from './parents.js';
import { storeFor } from './storeFor.js';
import { hashOf, VisitedSet } from './visitedSet.js';
import type { VisitedStates } from './visitedStates.js';
import { storeNames } from './visitedStates.js';

const system = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('allocate-close')!);
const search = (options: Partial<SearchOptions>) =>
  cachedBreadthFirst(system, { maxStates: Infinity, timeout: Infinity, now: () => 0, ...options });
const full = search({});

describe.each(storeNames)('states kept as: %s', (store) => {
  it('are those of the full search, with its findings and schedules', () => {
    const { bytes: _bytes, proviso, ...result } = search({ store });
    const { bytes: _fullBytes, ...wanted } = full;
    expect(result).toEqual(wanted);
    expect(proviso ?? '').toMatch(store === 'fingerprints' ? /probability below 3\.4e-13/ : /^$/);
  });

  it('agree with the full search without a reduction', () => {
    const small = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('close-context-client')!);
    const engine = { name: store, search: cachedBreadthFirst, options: { reduction: false, store }, isFull: true };
    expect(expectAgreement(small, [engine]).isComplete).toBe(true);
  });

  it('show findings by the same schedules where states are kept up to names', () => {
    const alike = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('two-putters')!);
    const found = (kind: typeof store) => {
      const bounds = { maxStates: Infinity, timeout: Infinity, now: () => 0 };
      const options = { ...bounds, ownership: true, transactions: true, symmetry: true, store: kind };
      return cachedBreadthFirst(alike, options).discoveries;
    };
    const wanted = found('exact');
    expect(wanted.length).toBeGreaterThan(1);
    expect(found(store)).toEqual(wanted);
  });

  it('stop at a limit of memory, with what was found until then', () => {
    // Without the kernel, which gives its tables up when there is no more room for them.
    const settings = { store, reduction: false, webAssembly: 'never' } as const;
    const whole = search(settings);
    expect(whole.states).toBeGreaterThan(10_000);
    for (const share of [0.2, 0.3, 0.4]) {
      const memory = Math.round(share * whole.bytes);
      const { states, limits, discoveries } = search({ ...settings, memory });
      expect(limits).toEqual([
        expect.stringMatching(/^stopped after \d+ states: they need more than the .* \(--memory\)$/),
      ]);
      expect(states).toBeLessThan(whole.states);
      const titles = discoveries.map(({ violation }) => violation.title);
      expect(whole.discoveries.map(({ violation }) => violation.title)).toEqual(expect.arrayContaining(titles));
    }
  }, 60_000);

  it('do not begin where there is no room at all', () => {
    expect(() => search({ store, memory: 1000 })).toThrow(OutOfMemory);
  });

  it('keep their numbers and contents when the form of states changes, also to more words', () => {
    const narrow = layoutFor(Int32Array.of(16, 300, 1, 70_000));
    const wide = layoutFor(Int32Array.of(1000, 300, 20, 70_000));
    expect(wide.width).toBeGreaterThan(narrow.width);
    const kept = storeFor(store, narrow, new MemoryAllowance(), 'large');
    const values = (number: number) => [number % 13, (number * 7) % 290, 0, (number * 31) % 69_000];
    const add = (layout: typeof narrow, number: number): void => {
      const words = packed(layout, values(number));
      kept.prepare(words, Int32Array.of(hashOf(words, 0, words.length)), 1);
      kept.add(words, 0, hashOf(words, 0, words.length));
    };
    for (let number = 0; number < 3000; number += 1) add(narrow, number);
    kept.rewrite(narrow, wide);
    for (let number = 0; number < 3000; number += 1) {
      add(wide, number);
      expect([...openedAt(kept, number, wide.width)]).toEqual([...packed(wide, values(number))]);
    }
    expect(kept.size).toBe(3000);
  });

  it('are as they were when a new form does not fit', () => {
    const narrow = layoutFor(Int32Array.of(40_000));
    const wide = layoutFor(new Int32Array(200).fill(40_000));
    const allowance = new MemoryAllowance(7_000_000);
    const kept = storeFor(store, narrow, allowance, 'large');
    for (let number = 0; number < 40_000; number += 1) {
      const words = packed(narrow, [number]);
      kept.prepare(words, Int32Array.of(hashOf(words, 0, 1)), 1);
      kept.add(words, 0, hashOf(words, 0, 1));
    }
    expect(() => kept.rewrite(narrow, wide)).toThrow(OutOfMemory);
    expect(kept.layout).toBe(narrow);
    expect([...openedAt(kept, 39_999, 1)]).toEqual([...packed(narrow, [39_999])]);
    const again = packed(narrow, [123]);
    kept.prepare(again, Int32Array.of(hashOf(again, 0, 1)), 1);
    kept.add(again, 0, hashOf(again, 0, 1));
    expect(kept.size).toBe(40_000);
  });
});

function packed(layout: ReturnType<typeof layoutFor>, values: readonly number[]): Int32Array {
  const words = new Int32Array(layout.width);
  for (const [component, value] of values.entries())
    if (layout.mask[component] !== 0) words[layout.word[component]!]! |= value << layout.shift[component]!;
  return words;
}

function openedAt(kept: VisitedStates, number: number, width: number): Int32Array {
  const at = kept.open(number);
  return kept.words.slice(at, at + width);
}

describe('the visited set', () => {
  it('takes at most 4 bytes for a word, and 8 for index and predecessor, at four million states and at every size above', () => {
    const width = 3;
    const visited = new VisitedSet(width);
    const parents = new Parents();
    const state = new Int32Array(width);
    let worst = 0;
    for (let number = 0; number < 6_000_000; number += 1) {
      state[0] = Math.imul(number, 0x9e3779b1);
      state[1] = number >> 7;
      if (number % 1024 === 0) {
        visited.reserve(1024);
        parents.reserve(1024, 1024);
        if (number >= 4_000_000) worst = Math.max(worst, (visited.bytes + parents.bytes) / number);
      }
      if (visited.insert(state, 0, hashOf(state, 0, width)) !== number)
        throw new Error(`state ${number} is there already`);
      parents.push(1);
    }
    expect(worst).toBeLessThanOrEqual(4 * width + 8);
    expect(worst).toBeGreaterThan(4 * width + 5);
    state[0] = Math.imul(4_711_000, 0x9e3779b1);
    state[1] = 4_711_000 >> 7;
    expect(visited.insert(state, 0, hashOf(state, 0, width))).toBe(-1 - 4_711_000);
    expect(parents.of(4_711_000)).toBe(4_710_999);
  }, 60_000);

  // Few values in few words, so that many states come again, and hashes differ in few bits.
  const someStates = fc.array(fc.tuple(fc.nat(30), fc.nat(12), fc.constant(0)), {
    minLength: 1,
    maxLength: 3000,
    size: 'max',
  });

  it.each([
    ['one by one', Infinity, undefined],
    ['many at once', 0, undefined],
    ['many at once, some of them already there', 500, undefined],
    ['many at once, in two memories from some size on', 0, 33_500],
  ])('numbers states in the order in which they come: %s', (_, codeFrom, mostTogether) => {
    const insert = vi.spyOn(VisitedSet.prototype, 'insert');
    fc.assert(
      fc.property(someStates, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (states, sizes) => {
        const visited = new VisitedSet(3, undefined, 64, mostTogether);
        visited.codeFrom = codeFrom;
        const known = new Map<string, number>();
        for (let first = 0, batch = 0; first < states.length; batch += 1) {
          const some = states.slice(first, first + sizes[batch % sizes.length]!);
          const buffer = Int32Array.from(some.flat());
          const hashes = Int32Array.from(some, (_state, at) => hashOf(buffer, 3 * at, 3));
          const isNew = new Uint8Array(some.length);
          visited.addAll(buffer, hashes, some.length, isNew);
          const expected = some.map((state) => {
            const key = state.join();
            if (known.has(key)) return 0;
            known.set(key, known.size);
            return 1;
          });
          expect([...isNew]).toEqual(expected);
          first += some.length;
        }
        expect(visited.size).toBe(known.size);
        for (const [key, number] of known)
          expect(visited.words.slice(visited.at(number), visited.at(number + 1)).join()).toBe(key);
      }),
      { numRuns: 40 },
    );
    // Nobody but the code adds any, as long as there is code for it.
    expect(insert.mock.calls.length === 0).toBe(codeFrom === 0 && mostTogether === undefined);
    insert.mockRestore();
  });

  it('finds its states in another form, and after its memory was divided', () => {
    const visited = new VisitedSet(2, undefined, 64, 60_000);
    visited.codeFrom = 0;
    const fill = (first: number, count: number, width: number): Uint8Array => {
      const buffer = new Int32Array(count * width);
      for (let at = 0; at < count; at += 1) buffer.set([first + at, 7 * (first + at)], at * width);
      const isNew = new Uint8Array(count);
      visited.addAll(
        buffer,
        Int32Array.from({ length: count }, (_, at) => hashOf(buffer, at * width, width)),
        count,
        isNew,
      );
      return isNew;
    };
    fill(0, 2000, 2);
    visited.rewrite(5, (from, at, to, start) => to.set(from.subarray(at, at + 2), start));
    expect(fill(0, 2000, 5).some((isNew) => isNew === 1)).toBe(false);
    // More than one memory is to have.
    expect(fill(2000, 20_000, 5).every((isNew) => isNew === 1)).toBe(true);
    expect(fill(0, 22_000, 5).some((isNew) => isNew === 1)).toBe(false);
    expect(visited.size).toBe(22_000);
    expect(visited.words[visited.at(21_999) + 1]).toBe(7 * 21_999);
  });

  it('keeps its states when they and the index do not fit together in a wider form', () => {
    const visited = new VisitedSet(2, undefined, 1 << 13, 30_000);
    visited.codeFrom = Infinity;
    const state = (number: number) => Int32Array.of(number, 7 * number);
    for (let number = 0; number < 4000; number += 1) {
      visited.reserve(1);
      visited.insert(state(number), 0, hashOf(state(number), 0, 2));
    }
    visited.rewrite(8, (from, at, to, start) => to.set(from.subarray(at, at + 2), start));
    // States that do not stand behind the index any more begin at 0.
    expect(visited.at(0)).toBe(0);
    for (let number = 0; number < 4000; number += 1) {
      const wide = Int32Array.of(number, 7 * number, 0, 0, 0, 0, 0, 0);
      expect(visited.insert(wide, 0, hashOf(wide, 0, 8))).toBe(-1 - number);
    }
  });

  it('says so where a table is at its limit, and keeps what it has', () => {
    const visited = new VisitedSet(4);
    visited.reserve(1);
    visited.insert(Int32Array.of(1, 2, 3, 4), 0, hashOf(Int32Array.of(1, 2, 3, 4), 0, 4));
    expect(() => visited.reserve(2 ** 31)).toThrow(/states that one table can have/);
    expect(() => visited.reserve(2 ** 29)).toThrow(/4 GB that one array can have/);
    expect(visited.size).toBe(1);
    expect(visited.insert(Int32Array.of(1, 2, 3, 4), 0, hashOf(Int32Array.of(1, 2, 3, 4), 0, 4))).toBe(-1);
  });
});

describe('converting a state', () => {
  it('is undone by converting it back', () => {
    const one = layoutFor(Int32Array.of(5, 9, 300, 70_000, 2));
    const other = layoutFor(Int32Array.of(5, 90, 3000, 70_000, 20));
    const state = packed(one, [4, 8, 299, 69_999, 1]);
    const converted = new Int32Array(other.width);
    const back = new Int32Array(one.width);
    PackedSystem.convert(one, other)(state, 0, converted, 0);
    PackedSystem.convert(other, one)(converted, 0, back, 0);
    expect(back).toEqual(state);
  });
});

it.each([
  [1000, '1000 bytes'],
  [65_536, '64 kB'],
  [1.5 * 1024 ** 3, '1.5 GB'],
  [4 * 1024 ** 3, '4 GB'],
])('%i bytes are printed as %s', (bytes, text) => {
  expect(printBytes(bytes)).toBe(text);
});
