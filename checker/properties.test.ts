/**
 * Every property has toys that break it and toys that do not, as small as they can be. What is found in each is stated in
 * full, so that a finding too many is noticed as well as one too few.
 */
import { describe, expect, it } from 'vitest';
import { propertyIds } from '../models/program/propertyId.js';
import { breadthFirst } from './explore/breadthFirst.js';
import { defaultEngine, searchWith } from './explore/engineSettings.js';
import { findingId } from './finding/findingId.js';
import { link } from './system/link.js';
import { toyPairs } from './testing/toys/index.js';
import type { Toy } from './testing/toySystem.js';
import { exploreToy, summary, toySystem } from './testing/toySystem.js';

const named = toyPairs.map((pair) => [`${pair.property}: ${pair.reports}`, pair] as const);

describe.each(named)('%s', (_, pair) => {
  it(`reports ${pair.reports}`, () => {
    const { findings, limits } = exploreToy(pair.broken);
    expect([...new Set(findings.map(summary))].sort()).toEqual(pair.findings);
    expect(findings.map(({ property }) => property)).toContain(pair.property);
    expect(limits).toEqual([]);
  });

  it(`does not report ${pair.spares}`, () => {
    const { findings, limits, vacuous } = exploreToy(pair.fixed);
    expect(findings.map(summary)).toEqual([]);
    expect(limits).toEqual([]);
    expect(vacuous).not.toContain(pair.property);
  });

  it('is judged the same without the reduction', () => {
    for (const toy of [pair.broken, pair.fixed]) {
      const [reduced, full] = [search(toy, true), search(toy, false)];
      expect(full.ids).toEqual(expect.arrayContaining(reduced.ids));
      if (reduced.result.cuts === 0) expect(reduced.ids).toEqual(full.ids);
      expect(reduced.result.states).toBeLessThanOrEqual(full.result.states);
    }
  });
});

describe.each(named)('%s, with every reduction', (_, pair) => {
  it.each(['breadth', 'depth'] as const)('is judged the same, %s first', (order) => {
    for (const toy of [pair.broken, pair.fixed]) {
      const full = search(toy, false);
      const { revision, scenario } = toySystem(toy);
      const engine = searchWith({ ...defaultEngine, search: order });
      const system = link(revision, scenario);
      const result = engine(system, { maxStates: 200_000, timeout: Infinity, now: () => 0 });
      const ids = [...new Set(result.discoveries.map(({ violation }) => findingId(violation)))].sort();
      // Runs without an end are not among what the reference looks for.
      const endless = new Set(
        result.discoveries.filter(({ cycle }) => cycle).map(({ violation }) => findingId(violation)),
      );
      expect(full.ids).toEqual(expect.arrayContaining(ids.filter((id) => !endless.has(id))));
      expect(ids.length > 0).toBe(full.ids.length + endless.size > 0);
      if (full.result.cuts === 0) expect(ids).toEqual(expect.arrayContaining(full.ids));
      if (toy === pair.broken)
        expect([
          ...result.discoveries.map(({ violation }) => violation.property),
          ...system.staticFindings.map(({ property }) => property),
        ]).toContain(pair.property);
    }
  });
});

describe('the toys', () => {
  it('break every property', () => {
    const broken = new Set(toyPairs.map((pair) => pair.property));
    expect(propertyIds.filter((id) => !broken.has(id))).toEqual([]);
  });

  it('each expect the property they are named after', () => {
    for (const { property, findings } of toyPairs)
      expect(findings.join('\n')).toMatch(new RegExp(`^${property}[: ]`, 'm'));
  });

  it('each have a name of their own', () => {
    expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
  });
});

/** A search with or without the reduction, and the ids of what it found, sorted. */
function search(toy: Toy, reduction: boolean) {
  const { revision, scenario } = toySystem(toy);
  const system = link(revision, scenario);
  const result = breadthFirst(system, { maxStates: 200_000, timeout: Infinity, now: () => 0, reduction });
  const ids = [...new Set(result.discoveries.map(({ violation }) => findingId(violation)))].sort();
  return { result, ids };
}
