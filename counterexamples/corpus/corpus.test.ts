import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { showsFinding } from '../../checker/replay/replay.js';
import { resolveRevision } from '../../checker/resolveRevision.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import { runScenario } from '../../checker/scenarioRun.js';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { readCounterexample } from '../format/readCounterexample.js';
import { replayCounterexample, systemOf } from '../format/replayCounterexample.js';
import type { Counterexample } from '../format/schema.js';
import { writeCounterexample } from '../format/writeCounterexample.js';

/** Searches anew and writes the files again; see README.md of this folder. */
const record = process.env['INTERLEAF_RECORD_CORPUS'] === '1';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

const read = (file: string) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const counterexample = readCounterexample(text);
  if (!counterexample.ok) throw new Error(`${file}: ${counterexample.error.place}: ${counterexample.error.message}`);
  const { revision: id, scenario: name } = counterexample.value;
  const revision = resolveRevision(revisionById(id)!, revisionById);
  return { text, counterexample: counterexample.value, revision, scenario: scenarioById(name)! };
};

/** The same finding by the same way in, found again. */
const recordAgain = (
  counterexample: Counterexample,
  revision: ResolvedRevision,
  scenario: Scenario,
): Counterexample => {
  const { finding, via } = counterexample;
  const run = runScenario(revision, scenario, counterexample.options, {
    maxStates: 5_000_000,
    timeout: Infinity,
    now: () => performance.now(),
  });
  const found = run.findings.find((candidate) => candidate.id === finding.id && candidate.via === via);
  if (!found)
    throw new Error(`${scenario.id} on ${revision.revision.id} does not show ${finding.id} by ${via} any more`);
  return {
    ...counterexample,
    unstableFields: [...run.unstableFields],
    finding: { ...finding, title: found.title, location: found.location },
    schedule: found.schedule.map(({ thread, decisions }) => ({
      thread: scenario.threads[thread]!.name,
      decisions: [...decisions],
    })),
  };
};

describe('the corpus', () => {
  it('has entries', () => {
    expect(files.length).toBeGreaterThan(5);
  });

  it.each(files)(
    '%s still violates its property',
    (file) => {
      const { text, counterexample, revision, scenario } = read(file);
      expect(file).toBe(`${counterexample.revision}.${counterexample.scenario}.${counterexample.finding.id}.json`);
      const current = record ? recordAgain(counterexample, revision, scenario) : counterexample;
      if (record) writeFileSync(new URL(file, folder), writeCounterexample(current));
      else expect(writeCounterexample(counterexample)).toBe(text);
      const told = replayCounterexample(current, systemOf(current, revision, scenario));
      if (!told.ok) throw new Error(`step ${told.error.step}: ${told.error.message}`);
      expect(showsFinding(told.value, current.finding.id)).toBe(true);
    },
    600_000,
  );
});
