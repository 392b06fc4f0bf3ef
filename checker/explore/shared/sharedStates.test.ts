import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutFor } from '../cached/layout.js';
import { hashOf } from '../cached/visitedSet.js';
import { Control, newBuffers, word } from './control.js';
import { SharedContents } from './sharedContents.js';
import { SharedStates } from './sharedStates.js';

type Use = 'always' | 'never';

/** Two threads' views of the same states. */
function twoViews(width: number, use: Use, mostTogether?: number) {
  const buffers = newBuffers(SharedContents.create().buffer, 2, 1);
  const control = new Control(buffers.control);
  const views = [0, 1].map((party) => new SharedStates(buffers, control, party, use, mostTogether));
  for (const view of views) view.refresh(width);
  const [one, other] = [views[0]!, views[1]!];
  const grow = (chunks: number) => {
    if (!one.reserve(chunks)) return other.refresh(width);
    other.refresh(width);
    for (const [party, view] of views.entries()) view.clearIndex(party, 2);
    for (const [party, view] of views.entries()) view.buildIndex(party, 2);
  };
  return { control, views, one, other, grow };
}

describe.each<Use>(['always', 'never'])('States that threads share, WebAssembly %s,', (use) => {
  it('keep the least way to them, whoever finds it, as long as their level is found', () => {
    const { control, one, other, grow } = twoViews(1, use);
    grow(16);
    const insert = (states: SharedStates, state: number, order: number) => {
      const packed = Int32Array.of(state);
      return states.insertAll(packed, Int32Array.of(hashOf(packed, 0, 1)), Int32Array.of(order), 1);
    };
    const orderOf = (number: number) => one.words[one.orderAt(number)]! >>> 0;
    expect(insert(one, 77, 10)).toBe(true);
    insert(other, 77, 12);
    expect(orderOf(0)).toBe(10);
    insert(other, 77, 5);
    expect(orderOf(0)).toBe(5);
    // Orders are numbers without a sign.
    insert(one, 77, -1);
    expect(orderOf(0)).toBe(5);
    expect([one.added, other.added]).toEqual([1, 0]);
    // A state of an earlier level has its predecessor there.
    control.set(word.levelFirst, control.get(word.chunks) << 6);
    insert(other, 77, 1);
    expect(orderOf(0)).toBe(5);
    // Without room, nothing is lost and nothing is added.
    let state = 1000;
    while (insert(other, state, 0)) state += 1;
    const { added } = other;
    expect(added).toBe(state - 1000);
    expect(other.filledOf(0)).toBe(1);
    expect(other.filledOf(1)).toBe(64);
    expect(insert(other, 1000, 0)).toBe(true);
    expect(insert(other, state, 0)).toBe(false);
    expect(other.added).toBe(added);
    // With more room, it is as if there had always been.
    grow(1000);
    expect(insert(one, 1000, 0)).toBe(true);
    expect(insert(other, state, 0)).toBe(true);
    expect([one.added, other.added]).toEqual([1, added + 1]);
  });

  it('are told apart where their hashes are the same', () => {
    const { one, other, grow } = twoViews(2, use);
    grow(16);
    // In one slot, with the same bits of the hash beside it and with others; round the end of the index.
    const hashes = [0, -1, 1, 0x12345678];
    const states = Array.from({ length: 400 }, (_, state) => [state % 20, state] as const);
    const all = Int32Array.from(states.flat());
    const hashOfAll = Int32Array.from(states, ([first]) => hashes[first % 4]!);
    const orders = Int32Array.from(states.keys());
    expect(one.insertAll(all, hashOfAll, orders, 400)).toBe(true);
    expect(other.insertAll(all, hashOfAll, orders, 400)).toBe(true);
    expect([one.added, other.added]).toEqual([400, 0]);
    for (const [number, state] of states.entries()) expect([...other.stateAt(number)]).toEqual(state);
  });
});

describe('States that threads share', () => {
  /** What one thread does: so many states from one on, with orders that go down; after that perhaps a new level. */
  const call = fc.record({
    party: fc.nat(1),
    first: fc.nat(3000),
    count: fc.integer({ min: 1, max: 2500 }),
    level: fc.boolean(),
  });

  it.each([
    [1, undefined],
    [3, undefined],
    [5, 1 << 15],
  ])(
    'are the same by WebAssembly and by JavaScript, whatever room they need: %i words, at most %s of memory',
    (width, most) => {
      let divided = 0;
      fc.assert(
        fc.property(fc.array(call, { minLength: 1, maxLength: 12 }), (calls) => {
          const [left, right] = [twoViews(width, 'always', most), twoViews(width, 'never', most)].map((sides) => {
            sides.grow(8);
            const told = calls.map(({ party, first, count, level }, place) => {
              const states = new Int32Array(count * width);
              // Each state twice, so that the first is new at most once.
              for (let at = 0; at < count * width; at += 1)
                states[at] = (first + ((at / width) >> 1)) * (at % width === 0 ? 1 : -7);
              const hashes = Int32Array.from({ length: count }, (_, at) => hashOf(states, at * width, width));
              const orders = Int32Array.from({ length: count }, (_, at) => (20 - place) * 10_000 - at);
              let tries = 0;
              for (; !sides.views[party]!.insertAll(states, hashes, orders, count); tries += 1)
                sides.grow(sides.one.chunkEnd + 9);
              if (level) {
                for (const view of sides.views) view.leaveChunk();
                sides.control.set(word.levelFirst, sides.control.get(word.chunks) << 6);
              }
              return tries;
            });
            const { control, one, other } = sides;
            divided += control.get(word.isDivided);
            const chunks = Array.from({ length: one.chunkEnd }, (_, chunk) => other.filledOf(chunk));
            const kept = chunks.flatMap((filled, chunk) =>
              Array.from({ length: filled }, (_, at) => {
                const number = (chunk << 6) + at;
                return [number, ...one.stateAt(number), one.words[one.orderAt(number)]];
              }),
            );
            return { told, chunks, kept, added: [one.added, other.added] };
          });
          expect(left).toEqual(right);
          expect(left!.kept.length).toBe(left!.added[0]! + left!.added[1]!);
        }),
        { numRuns: 40 },
      );
      expect(divided > 0).toBe(most !== undefined);
    },
  );

  it.each<Use>(['always', 'never'])('are found again when the index has gone elsewhere: WebAssembly %s', (use) => {
    // Room for 8 chunks, not for 12 of them, which need no larger index.
    const { control, one, other, grow } = twoViews(1, use, (1 << 14) + 16 + 1024 + 10 * 128);
    grow(8);
    const states = Int32Array.from({ length: 300 }, (_, state) => state * 3);
    const hashes = states.map((_, at) => hashOf(states, at, 1));
    expect(one.insertAll(states, hashes, states, 300)).toBe(true);
    const slots = control.get(word.slots);
    grow(12);
    expect([control.get(word.isDivided), control.get(word.slots)]).toEqual([1, slots]);
    expect(other.insertAll(states, hashes, states, 300)).toBe(true);
    expect([one.added, other.added]).toEqual([300, 0]);
  });

  it.each<[string, Use, number | undefined]>([
    ['in one memory', 'always', undefined],
    ['divided by it', 'always', (1 << 14) + 16 + 1024 + 3 * 600],
    ['divided by it', 'never', (1 << 14) + 16 + 1024 + 3 * 600],
  ])('keep what they are when they get another form: %s, WebAssembly %s', (_, use, most) => {
    const { control, one, other, grow } = twoViews(1, use, most);
    grow(8);
    const [narrow, wide] = [layoutFor(Int32Array.of(1 << 10, 1 << 10)), layoutFor(Int32Array.of(1 << 20, 1 << 20))];
    expect([narrow.width, wide.width]).toEqual([1, 2]);
    const pack = ({ width, word: at, shift }: typeof narrow, value: number) => {
      const packed = new Int32Array(width);
      for (const component of [0, 1]) packed[at[component]!]! |= (value + component) << shift[component]!;
      return packed;
    };
    const insert = (states: SharedStates, form: typeof narrow, value: number) => {
      const packed = pack(form, value);
      return states.insertAll(packed, Int32Array.of(hashOf(packed, 0, form.width)), Int32Array.of(value), 1);
    };
    for (let value = 0; value < 200; value += 1) expect(insert(value < 100 ? one : other, narrow, value)).toBe(true);
    one.rewrite(narrow, wide);
    other.refresh(2);
    for (const view of [one, other]) view.clearIndex(0, 1);
    other.buildIndex(0, 1);
    expect(control.get(word.isDivided)).toBe(most === undefined ? 0 : 1);
    for (let value = 0; value < 200; value += 1) {
      expect(insert(one, wide, value)).toBe(true);
      const number = value < 100 ? value : 128 + value - 100;
      expect([...other.stateAt(number)]).toEqual([...pack(wide, value)]);
      expect(other.words[other.orderAt(number)]).toBe(value);
    }
    expect(one.added + other.added).toBe(200);
  });
});
