import { describe, expect, it } from 'vitest';
import { choose, outcome, ret, run } from '../models/program/build.js';
import type { Statement } from '../models/program/statement.js';
import { check } from './check.js';
import { runScenario } from './scenarioRun.js';
import { defaultOptions } from './system/linkedSystem.js';
import type { Toy } from './testing/toySystem.js';
import { toyFn, toySystem } from './testing/toySystem.js';

const unknownCall: Statement = { kind: 'limit', what: 'mystery() has no model and no source', ends: false };

/** A warning, behind an unknown call on one way or on both. */
const warned = (onWay: readonly Statement[]): Toy => ({
  functions: [
    toyFn(
      'void warn(void)',
      [],
      [
        choose('way', [
          outcome('known', [...onWay, run('WARN_ON(1)'), ret()]),
          outcome('unknown', [unknownCall, run('WARN_ON(1)'), ret()]),
        ]),
      ],
    ),
  ],
  threads: { client: { process: 'A', body: [run('warn()')] } },
});

async function checked(toy: Toy) {
  const { revision, scenario } = toySystem(toy);
  return check({
    revision,
    base: null,
    scenarios: [scenario],
    options: defaultOptions,
    properties: null,
    runJobs: (jobs) =>
      Promise.resolve(
        jobs.map((job) =>
          runScenario(job.revision, job.scenario, job.options, { maxStates: 1000, timeout: Infinity, now: () => 0 }),
        ),
      ),
  });
}

describe('what is found behind code that is not represented', () => {
  it('is possible only, and makes no verdict', async () => {
    const { findings, scenarios, verdict, exitCode } = await checked(warned([unknownCall]));
    expect(findings.map(({ property, witnesses }) => [property, witnesses.map(({ possible }) => possible)])).toEqual([
      ['kernel-warning', [true]],
    ]);
    expect(verdict).toBe('inconclusive');
    expect(exitCode).toBe(3);
    expect(scenarios[0]?.limit).toMatch(/mystery.*possible, not certain/);
  });

  it('is certain where another way to it is known', async () => {
    const { findings, verdict } = await checked(warned([]));
    expect(findings.flatMap(({ witnesses }) => witnesses.map(({ possible }) => possible))).toEqual([false]);
    expect(verdict).toBe('violated');
  });
});
