import { describe, expect, it } from 'vitest';
import { check } from '../../checker/check.js';
import { cachedBreadthFirst } from '../../checker/explore/cached/cachedBreadthFirst.js';
import { showsFinding } from '../../checker/replay/replay.js';
import { runScenario } from '../../checker/scenarioRun.js';
import { defaultOptions } from '../../checker/system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../../checker/testing/exampleSystem.js';
import { counterexampleOf } from './counterexample.js';
import { readCounterexample } from './readCounterexample.js';
import { replayCounterexample, systemOf } from './replayCounterexample.js';
import type { Counterexample } from './schema.js';
import { writeCounterexample } from './writeCounterexample.js';

const revision = exampleRevision('bare');
const result = await check({
  revision,
  base: null,
  scenarios: [exampleScenario],
  options: defaultOptions,
  properties: null,
  runJobs: async (jobs) =>
    jobs.map((job) =>
      runScenario(
        job.revision,
        job.scenario,
        job.options,
        { maxStates: 10_000, timeout: Infinity, now: () => 0 },
        cachedBreadthFirst,
      ),
    ),
});
const files = result.findings.map((finding) => {
  const written = writeCounterexample(
    counterexampleOf(result, finding, finding.witnesses[0]!, exampleScenario, defaultOptions),
  );
  const read = readCounterexample(written);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
});

describe('a counterexample that was written and read', () => {
  it('shows its finding', () => {
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const told = replayCounterexample(file, systemOf(file, revision, exampleScenario));
      expect(told.ok && showsFinding(told.value, file.finding.id), file.finding.id).toBe(true);
    }
  });

  it('knows threads by their names, whatever their order', () => {
    const [file] = files;
    const turned = { ...exampleScenario, threads: exampleScenario.threads.toReversed() };
    const told = replayCounterexample(file!, systemOf(file!, revision, turned));
    expect(told.ok && showsFinding(told.value, file!.finding.id)).toBe(true);
  });

  it('names a thread that the scenario does not have, and those that it has', () => {
    const [file] = files;
    const other: Counterexample = { ...file!, schedule: [...file!.schedule, { thread: 'ghost', decisions: [] }] };
    const told = replayCounterexample(other, systemOf(other, revision, exampleScenario));
    expect(!told.ok && told.error).toMatchObject({ step: file!.schedule.length + 1, available: ['user', 'remover'] });
  });
});
