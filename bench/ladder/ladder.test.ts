/** The parts of the ladder that do not depend on the machine: what other checkers print, tables, and counts of states. */
import { describe, expect, it } from 'vitest';
import { breadthFirst } from '../../checker/explore/breadthFirst.js';
import { resolveRevision } from '../../checker/resolveRevision.js';
import { link } from '../../checker/system/link.js';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import type { Contestant, Measurement } from './contestant.js';
import type { LadderEntry } from './ladder.js';
import { climb, disagreements } from './ladder.js';
import { failureList, ladderTable } from './ladderReport.js';
import { parsePan } from './parsePan.js';
import { parseTlc } from './parseTlc.js';
import { withSection } from './resultsFile.js';
import type { Counts, Rung } from './rungs.js';
import { rungs } from './rungs.js';

/** Searches up to this size are made again here. */
const largestHere = 60_000;

function countsOf({ revision, scenario }: Rung, reduction: boolean): Counts {
  const system = link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);
  const result = breadthFirst(system, { maxStates: largestHere, timeout: Infinity, now: () => 0, reduction });
  expect(result.limits).toEqual([]);
  return [result.states, result.transitions];
}

const isHere = (counts: Counts | null): counts is Counts => counts !== null && counts[0] <= largestHere;
const full = rungs.filter((rung) => isHere(rung.full));
const reduced = rungs.filter((rung) => isHere(rung.reduced));

describe('the ladder', () => {
  it.each(full.map((rung) => [rung.scenario, rung] as const))('has the states it says, unreduced: %s', (_, rung) => {
    expect(countsOf(rung, false)).toEqual(rung.full);
  });

  it.each(reduced.map((rung) => [rung.scenario, rung] as const))('has the states it says, reduced: %s', (_, rung) => {
    expect(countsOf(rung, true)).toEqual(rung.reduced);
  });

  it('goes from ten thousand states up, on scenarios that exist, and the small part is known', () => {
    for (const { scenario } of rungs) expect(scenarioById(scenario), scenario).toBeDefined();
    const known = rungs.map((rung) => rung.full?.[0] ?? Infinity);
    expect(known).toEqual([...known].sort((a, b) => a - b));
    expect(known[0]).toBeLessThan(20_000);
    expect(full.length).toBeGreaterThan(1);
    expect(reduced.length).toBeGreaterThan(1);
    for (const rung of rungs) if (rung.isSmall) expect(rung.full![0]).toBeLessThan(1_000_000);
  });
});

const rung = rungs[0]!;
const measured: Measurement = { states: 100, transitions: 250, search: 2, total: 3, bytes: 800, resident: null };

function contestant(name: string, results: readonly Partial<Measurement>[], isFull = true): Contestant {
  let runs = 0;
  return {
    name,
    isFull,
    isInexact: false,
    prepare: () => Promise.resolve(() => Promise.resolve({ ...measured, ...results[runs++ % results.length] })),
  };
}

function entryOf(name: string, result: Partial<Measurement>, isFull = true): LadderEntry {
  return {
    rung: { ...rung, full: null },
    contestant: contestant(name, [{}], isFull),
    result: { ...measured, ...result },
  };
}

describe('a rung', () => {
  const options = { limits: { seconds: 1, megabytes: 1 }, progress: () => {} };

  it('gives the median of each number', async () => {
    const three = contestant('A', [{ search: 5 }, { search: 1 }, { search: 2, bytes: null }]);
    const [entry] = await climb(rung, [three], { ...options, runs: 3 });
    expect(entry!.result).toEqual({ ...measured, search: 2, bytes: null });
  });

  it('lets contestants take turns, and leaves out whoever fails', async () => {
    const order: string[] = [];
    const noisy = (name: string, fails: boolean): Contestant => ({
      ...contestant(name, [{}]),
      prepare: () =>
        Promise.resolve(() => {
          order.push(name);
          return Promise.resolve(fails ? { failed: 'too large' } : measured);
        }),
    });
    const entries = await climb(rung, [noisy('A', false), noisy('B', true), noisy('C', false)], {
      ...options,
      runs: 2,
    });
    expect(order).toEqual(['A', 'B', 'C', 'A', 'C']);
    expect(failureList(entries)).toEqual([`- ${rung.scenario}: too large (B)`]);
  });

  it('has one number of states for all full searches, and the known one if there is one', () => {
    const same = { ...rung, full: null };
    const entries = [entryOf('A', {}), entryOf('B', { states: 99 }), entryOf('C', { states: 7 }, false)].map(
      (entry) => ({
        ...entry,
        rung: same,
      }),
    );
    expect(disagreements(entries)).toEqual([`${rung.scenario}: B has 99 states, not 100`]);
    const known = entries.map((entry) => ({ ...entry, rung: { ...rung, full: [99, 1] as const } }));
    expect(disagreements(known)).toEqual([`${rung.scenario}: A has 100 states, not 99`]);
  });

  it('is a row for each checker, with its speed against SPIN', () => {
    const same = { ...rung, full: null };
    const lines = ladderTable(
      [entryOf('fast', { search: 0.5, resident: 3 * 2 ** 20 }), entryOf('SPIN', {})].map((one) => ({
        ...one,
        rung: same,
      })),
    );
    expect(lines[2]).toMatch(
      /\| open-close +\| fast +\| +100 \| +250 \| +2\.50 \| +0\.50 \| +200 \| +4\.00 \| +8\.0 \| +3 \| +3\.00 \|/,
    );
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  });
});

describe('what SPIN prints', () => {
  const text = [
    'State-vector 44 byte, depth reached 60, errors: 0',
    '    38246 states, stored',
    '    64463 states, matched',
    '   102709 transitions (= stored+matched)',
    'Stats on memory usage (in Megabytes):',
    '    2.626\tequivalent memory usage for states (stored*(State-vector + overhead))',
    '    2.250\tactual memory usage for states (compression: 85.14%)',
    '    4.000\tmemory used for hash table (-w19)',
    '   53.406\tmemory used for DFS stack (-m1000000)',
    'pan: elapsed time 0.04 seconds',
  ].join('\n');

  it('is read', () => {
    expect(parsePan(text)).toEqual({ states: 38246, transitions: 102709, search: 0.04, bytes: 6.25 * 2 ** 20 });
  });

  it('is read if the numbers are large, or without compression', () => {
    const large = text.replace('    38246 states', '1.8530890e+08 states').replace(/^.*actual.*\n/m, '');
    expect(parsePan(large)).toMatchObject({ states: 185308900, bytes: Math.round(6.626 * 2 ** 20) });
  });

  it('is no result if the search did not come to its end', () => {
    expect(parsePan('pan: reached -DMEMLIM bound')).toBeNull();
    const failure = (line: string) => JSON.stringify(parsePan(`${line}\n${text}`));
    expect(failure('error: max search depth too small')).toBe(
      '{"failed":"its stack is too small: the search is not complete"}',
    );
    expect(failure('Warning: Search not completed')).toBe('{"failed":"its search is not complete"}');
  });
});

describe('what TLC prints', () => {
  const text = [
    'Finished computing initial states: 1 distinct state generated at 2026-11-23 01:00:00.',
    '1,234 states generated, 456 distinct states found, 0 states left on queue.',
  ].join('\n');

  it('is read', () => {
    expect(parseTlc(text)).toEqual({ states: 456, transitions: 1233 });
  });

  it('is no result if states are left', () => {
    expect(parseTlc(text.replace('0 states left', '3 states left'))).toBeNull();
  });
});

describe('the file of results', () => {
  it('gets a new section before the others, and keeps a section of the same title in its place', () => {
    const first = withSection('# Results\n\nIntro.\n', 'One', ['a']);
    expect(first).toBe('# Results\n\nIntro.\n\n## One\n\na\n');
    const second = withSection(first, 'Two', ['b']);
    expect(second).toBe('# Results\n\nIntro.\n\n## Two\n\nb\n\n## One\n\na\n');
    expect(withSection(second, 'One', ['c'])).toBe('# Results\n\nIntro.\n\n## Two\n\nb\n\n## One\n\nc\n');
  });
});
