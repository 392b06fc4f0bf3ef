import { describe, expect, it } from 'vitest';
import { RecentStates } from './recentStates.js';
import { hashOf } from './visitedSet.js';

const meets = (recent: RecentStates, ...words: number[]) =>
  recent.meets(Int32Array.from([7, ...words]), 1, words.length, hashOf(Int32Array.from(words), 0, words.length));

describe('recent states', () => {
  it('are met again, and no others are', () => {
    const recent = new RecentStates();
    expect(meets(recent, 0, 0)).toBe(false);
    expect(meets(recent, 0, 0)).toBe(true);
    expect(meets(recent, 0, 1)).toBe(false);
    expect(meets(recent, 1, 0)).toBe(false);
    expect(meets(recent, 0, 1)).toBe(true);
  });

  it('are forgotten when told to, and in another form', () => {
    const recent = new RecentStates();
    meets(recent, 1, 2);
    recent.forget();
    expect(meets(recent, 1, 2)).toBe(false);
    expect(meets(recent, 1, 2, 3)).toBe(false);
    expect(meets(recent, 1, 2)).toBe(false);
  });

  it('take the places of others, never their words', () => {
    const recent = new RecentStates();
    const last = new Map<string, number>();
    let met = 0;
    for (let step = 0; step < 2_000_000; step += 1) {
      const words = [Math.imul(step, 0x9e3779b1) & 0x3ff, (step * step) & 0x7ff];
      if (meets(recent, ...words)) {
        met += 1;
        expect(last.has(words.join())).toBe(true);
      }
      last.set(words.join(), step);
      if (step > 20_000 && step % 1000 !== 0) step += 997;
    }
    expect(met).toBeGreaterThan(1000);
    expect(recent.bytes).toBeLessThan(1 << 23);
  });
});
