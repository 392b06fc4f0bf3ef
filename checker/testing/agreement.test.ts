/** The harness itself: what it has to notice. */
import { describe, expect, it } from 'vitest';
import { breadthFirst } from '../explore/breadthFirst.js';
import type { Search, SearchResult } from '../explore/search.js';
import type { Engine } from './agreement.js';
import { engines, expectAgreement } from './agreement.js';
import { generatedOf, linkGenerated } from './generatedSystem.js';

/** The full search, with a mistake in its result. */
function lying(isFull: boolean, change: (result: SearchResult) => Partial<SearchResult>): Engine {
  const search: Search = (system, options) => {
    const result = breadthFirst(system, options);
    return { ...result, ...change(result) };
  };
  return { name: 'liar', search, options: { reduction: false }, isFull };
}

/** Two findings, and no path is cut. */
const wrong = linkGenerated(generatedOf(['forget the unlock'], ['count under the mutex']));
const right = linkGenerated(generatedOf(['count under the mutex'], ['count under the mutex']));
/** The use after free ends paths. */
const cut = linkGenerated(generatedOf(['use the box without a reference', 'unlock twice'], ['take the box away']));

describe('an engine', () => {
  it('may be the full search itself, or one of ours', () => {
    const same = lying(true, () => ({}));
    expect(expectAgreement(wrong, [same, ...engines])).toMatchObject({ isComplete: true, cuts: 0 });
    expect(expectAgreement(wrong).ids.map((id) => id.replace(/-[0-9a-f]+$/, ''))).toEqual([
      'deadlock',
      'lock-held-at-return',
    ]);
    expect(expectAgreement(right, [same]).ids).toEqual([]);
    expect(expectAgreement(cut, [same]).cuts).toBeGreaterThan(0);
  });

  const inAnyCase: readonly (readonly [string, (result: SearchResult) => Partial<SearchResult>, RegExp])[] = [
    ['gives up', () => ({ limits: ['tired'] }), /^liar: is not complete: tired$/],
    ['finds nothing', () => ({ discoveries: [] }), /finds nothing, and the full search deadlock-\w+, lock-held/],
    [
      'loses a finding',
      ({ discoveries }) => ({ discoveries: discoveries.slice(1) }),
      /does not find [\w-]+, although no path is cut/,
    ],
    [
      'invents a finding',
      ({ discoveries }) => ({
        discoveries: [
          ...discoveries,
          { ...discoveries[0]!, violation: { ...discoveries[0]!.violation, cell: 'elsewhere' } },
        ],
      }),
      /finds [\w-]+, which the full search does not/,
    ],
    ['has more states', ({ states }) => ({ states: states + 1 }), /has \d+ states/],
    [
      'has a schedule that leads nowhere',
      ({ discoveries }) => ({
        discoveries: discoveries.map((one) => ({ ...one, schedule: one.schedule.slice(0, 1) })),
      }),
      /has a schedule/,
    ],
    [
      'has a schedule that cannot be run',
      ({ discoveries }) => ({
        discoveries: discoveries.map((one) => ({
          ...one,
          schedule: one.schedule.map((move) => ({ ...move, thread: 9 })),
        })),
      }),
      /has a schedule for [\w-]+ that cannot be run: Step 1 is of thread number 9/,
    ],
  ];

  it.each(inAnyCase)('is caught if it %s', (_, change, message) => {
    for (const isFull of [true, false]) {
      expect(() => expectAgreement(wrong, [lying(isFull, change)])).toThrow(message);
    }
  });

  it.each([
    ['states', (result: SearchResult) => ({ states: result.states - 1 })],
    ['transitions', (result: SearchResult) => ({ transitions: result.transitions - 1 })],
    ['depth', (result: SearchResult) => ({ depth: result.depth - 1 })],
    ['cuts', (result: SearchResult) => ({ cuts: result.cuts + 1 })],
    ['edge', (result: SearchResult) => ({ coverage: result.coverage.map(() => 0) })],
    [
      'schedule of',
      ({ discoveries }: SearchResult) => ({
        discoveries: discoveries.map((one) => ({ ...one, schedule: [...one.schedule, ...one.schedule.slice(-1)] })),
      }),
    ],
  ] as const)('is caught if it makes every step and has other %s', (what, change) => {
    expect(() => expectAgreement(wrong, [lying(true, change)])).toThrow(what);
    expect(expectAgreement(wrong, [lying(false, change)], { replays: false }).isComplete).toBe(true);
  });

  it('is caught if it runs what cannot run', () => {
    const nobodyFillsTheSlot = linkGenerated(generatedOf(['use the slot'], ['use the slot']));
    for (const isFull of [true, false]) {
      const engine = lying(isFull, ({ coverage }) => ({ coverage: coverage.map(() => 1) }));
      expect(() => expectAgreement(nobodyFillsTheSlot, [engine])).toThrow(
        /runs edge \d+, which the full search does not/,
      );
    }
  });

  it('may find less where paths are cut, but not nothing', () => {
    expect(
      expectAgreement(cut, [lying(false, ({ discoveries }) => ({ discoveries: discoveries.slice(1) }))]).isComplete,
    ).toBe(true);
    expect(() => expectAgreement(cut, [lying(false, () => ({ discoveries: [] }))])).toThrow('finds nothing');
  });

  it('is compared with nothing if the full search is too large', () => {
    expect(expectAgreement(wrong, [lying(true, () => ({ discoveries: [] }))], { maxStates: 3 }).isComplete).toBe(false);
  });
});
