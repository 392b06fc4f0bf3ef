import { describe, expect, it } from 'vitest';
import type { CheckResult, Finding, FindingOrigin, Witness } from '../../checker/finding/finding.js';
import { headline } from './headline.js';
import { rootCausesOf, witnessToShow } from './rootCauses.js';

const witness = (steps: number, origin: Witness['origin'] = 'introduced'): Witness => ({
  scenario: 'one',
  via: 'sys_close',
  origin,
  steps,
  switches: 1,
  schedule: [],
  possible: false,
});

const finding = (id: string, origin: FindingOrigin, more: Partial<Finding> = {}): Finding => ({
  id,
  property: 'memory-leak',
  severity: 'violation',
  title: 'a box is lost',
  object: 'box',
  operation: 'leak',
  conflict: '',
  origin,
  rootCause: id,
  location: null,
  witnesses: [witness(5)],
  ...more,
});

const resultOf = (
  base: string | null,
  findings: readonly Finding[],
  verdict: 'violated' | 'inconclusive' = 'violated',
): CheckResult => ({
  format: 'interleaf.result',
  version: 1,
  tool: 'interleaf',
  revision: 'new',
  base,
  verdict,
  exitCode: 1,
  findings,
  scenarios:
    verdict === 'violated'
      ? []
      : [
          {
            id: 'one',
            title: 'one',
            verdict,
            states: 1,
            transitions: 1,
            depth: 1,
            seconds: 0,
            bytes: 0,
            findingIds: [],
            cutBy: [],
            vacuous: [],
            coverage: { edges: 0, covered: 0, patchedEdges: 0, patchedCovered: 0, untouched: [] },
            assumptions: [],
            limit: 'stopped',
            unstableFields: [],
          },
        ],
  functions: [],
});

describe('rootCausesOf', () => {
  it('puts what the revision brings first, then the shortest', () => {
    const result = resultOf('old', [
      finding('old', 'inherited', { witnesses: [witness(1)] }),
      finding('long', 'introduced', { witnesses: [witness(9)] }),
      finding('way', 'new way'),
      finding('short', 'introduced', { witnesses: [witness(3)] }),
    ]);
    expect(rootCausesOf(result).map(({ cause }) => cause.id)).toEqual(['short', 'long', 'way', 'old']);
  });

  it('puts what is only seen of a cause below it', () => {
    const result = resultOf('old', [
      finding('seen', 'introduced', { rootCause: 'cause' }),
      finding('cause', 'introduced'),
    ]);
    expect(rootCausesOf(result).map(({ cause, others }) => [cause.id, others.map(({ id }) => id)])).toEqual([
      ['cause', ['seen']],
    ]);
  });

  it('tells a finding itself if its cause is not among the findings', () => {
    const result = resultOf('old', [finding('seen', 'introduced', { rootCause: 'elsewhere' })]);
    expect(rootCausesOf(result).map(({ cause }) => cause.id)).toEqual(['seen']);
  });

  it('leaves notes out', () => {
    expect(rootCausesOf(resultOf('old', [finding('note', 'introduced', { severity: 'note' })]))).toEqual([]);
  });
});

describe('witnessToShow', () => {
  it('shows the new way where there is one, else the shortest', () => {
    const witnesses = [witness(2, 'inherited'), witness(7, 'introduced')];
    expect(witnessToShow(finding('way', 'new way', { witnesses }))!.steps).toBe(7);
    expect(witnessToShow(finding('old', 'inherited', { witnesses }))!.steps).toBe(2);
  });
});

describe('headline', () => {
  it('counts root causes, and tells new ways from new bugs', () => {
    const findings = [
      finding('a', 'introduced'),
      finding('b', 'introduced', { rootCause: 'a' }),
      finding('c', 'new way', { property: 'use-after-free' }),
      finding('d', 'inherited', { property: 'data-race' }),
    ];
    expect(headline(resultOf('old', findings))).toEqual([
      'new introduces 1 bug (memory-leak) and opens new ways to 1 bug (use-after-free) of its base',
      'it inherits 2 bugs (use-after-free, data-race) from old, its base',
    ]);
  });

  it('says where the base was not searched to the end', () => {
    const findings = [finding('a', 'unknown'), finding('d', 'inherited', { property: 'data-race' })];
    expect(headline(resultOf('old', findings))).toEqual([
      'new has 1 bug (memory-leak) that may be new',
      'old, its base, was not searched to its end; it shows 1 bug (data-race) too',
    ]);
    expect(headline(resultOf('old', findings.slice(0, 1)))[1]).toBe('old, its base, was not searched to its end');
  });

  it('says that nothing was compared, and that the search did not end', () => {
    expect(headline(resultOf(null, [finding('a', 'unknown')], 'inconclusive'))).toEqual([
      'new has 1 bug (memory-leak), as far as the search got',
      'new was not compared with a base: nothing says which of them are new',
    ]);
  });
});
