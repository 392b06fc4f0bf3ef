import { expect, it } from 'vitest';
import type { CheckResult, Finding } from '../finding/finding.js';
import type { BehindCuts } from './compare.js';
import { compareResults, wayKey } from './compare.js';

/** A result with findings `id: ways in`, each way with a scenario of its name. */
function resultOf(revision: string, ways: Readonly<Record<string, readonly string[]>>): CheckResult {
  const findings = Object.entries(ways).map(([id, vias]): Finding => ({
    id,
    property: 'memory-leak',
    severity: 'violation',
    title: id,
    object: 'item',
    operation: 'end of run',
    conflict: '',
    origin: 'unknown',
    rootCause: id,
    location: null,
    witnesses: vias.map((via) => ({
      scenario: via,
      via,
      origin: 'unknown',
      steps: 1,
      switches: 0,
      schedule: [],
      possible: false,
    })),
  }));
  const empty = { format: 'interleaf.result', version: 1, tool: '', base: null, scenarios: [], functions: [] } as const;
  return { ...empty, revision, verdict: 'violated', exitCode: 1, findings };
}

const nothing: BehindCuts = { before: new Map(), after: new Map() };
const told = (before: CheckResult, after: CheckResult, behindCuts = nothing) =>
  compareResults(before, after, behindCuts).map(({ category, finding, ways }) => [category, finding.id, ...ways]);

it('names the new way in of an old finding', () => {
  const before = resultOf('old', { leak: ['close'] });
  const after = resultOf('new', { leak: ['close', 'exit'] });
  expect(told(before, after)).toEqual([['new way', 'leak', 'exit']]);
  expect(told(after, before)).toEqual([['still', 'leak', 'close']]);
});

it('does not call a way new that was only hidden', () => {
  const before = resultOf('old', { leak: ['close'], crash: ['exit'] });
  const after = resultOf('new', { leak: ['close', 'exit'] });
  const behindCuts = { ...nothing, before: new Map([[wayKey('leak', 'exit'), ['crash']]]) };
  expect(told(before, after, behindCuts)).toEqual([
    ['newly reachable', 'leak', 'exit'],
    ['fixed', 'crash', 'exit'],
  ]);
});

it('puts first what matters most', () => {
  const before = resultOf('old', { a: ['x'], b: ['x'] });
  const after = resultOf('new', { b: ['x'], c: ['x'] });
  expect(told(before, after).map(([category]) => category)).toEqual(['introduced', 'still', 'fixed']);
});
