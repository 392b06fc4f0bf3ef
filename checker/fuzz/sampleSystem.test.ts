import { describe, expect, it } from 'vitest';
import { replay } from '../replay/replay.js';
import { link } from '../system/link.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import type { SampleSettings } from './sampleSystem.js';
import { sampleSystem } from './sampleSystem.js';

const bare = link(exampleRevision('bare'), exampleScenario);
const locked = link(exampleRevision('locked'), exampleScenario);
const settings: SampleSettings = { seed: 42, runs: 300, path: null, known: [], properties: null };
const options = { maxStates: Infinity, timeout: Infinity, now: () => 0 };

describe('sampling', () => {
  it('finds what is wrong, and goes on for more', () => {
    const { result, samples } = sampleSystem(bare, settings, options);
    expect(result.discoveries.map(({ violation }) => violation.property)).toContain('use-after-free');
    expect(new Set(samples.map(({ id }) => id)).size).toBe(samples.length);
    expect(samples.map(({ known }) => known.length)).toEqual(samples.map((_, index) => index));
  });

  it('finds nothing where nothing is wrong, and does not take that for a proof', () => {
    const { result, samples } = sampleSystem(locked, settings, options);
    expect({ samples, discoveries: result.discoveries }).toEqual({ samples: [], discoveries: [] });
    expect(result.limits).toEqual([expect.stringContaining('sampled 300 schedules with seed 42')]);
    expect(result.states).toBeGreaterThan(0);
  });

  it('gives the same for the same seed', () => {
    expect(sampleSystem(bare, settings, options)).toEqual(sampleSystem(bare, settings, options));
  });

  it('comes to each finding again by its path', () => {
    const { result, samples } = sampleSystem(bare, settings, options);
    for (const [index, { id, seed, path, known }] of samples.entries()) {
      const again = sampleSystem(bare, { ...settings, seed, path, known }, options);
      expect(again.samples.map((sample) => sample.id)).toEqual([id]);
      expect(again.result.discoveries).toEqual([result.discoveries[index]]);
    }
  });

  it('gives schedules that replay to the finding', () => {
    const { result } = sampleSystem(bare, settings, options);
    for (const { violation, schedule } of result.discoveries) {
      const replayed = replay(bare, schedule, result.unstableFields);
      if (!replayed.ok) throw new Error(replayed.error.message);
      const { steps, end } = replayed.value;
      const shown = [...(steps.at(-1)?.violations ?? []), ...end];
      expect(shown.map(({ property }) => property)).toContain(violation.property);
    }
  });

  it('looks only for the properties asked for, and past what is known', () => {
    const leaks = sampleSystem(bare, { ...settings, properties: ['memory-leak'] }, options);
    expect(leaks.samples).toEqual([]);
    const all = sampleSystem(bare, settings, options).samples.map(({ id }) => id);
    expect(sampleSystem(bare, { ...settings, known: all }, options).samples).toEqual([]);
  });

  it('stops when it is told to, and when its time is up', () => {
    const stopped = sampleSystem(locked, settings, { ...options, progress: () => false });
    expect(stopped.result.limits).toContain('interrupted');
    let clock = 0;
    const late = sampleSystem(locked, { ...settings, runs: Infinity }, { ...options, timeout: 50, now: () => clock++ });
    expect(late.result.limits).toContain('the time is used up');
  });
});
