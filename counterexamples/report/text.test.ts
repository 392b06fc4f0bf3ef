import { describe, expect, it } from 'vitest';
import { check } from '../../checker/check.js';
import type { CheckResult, Finding } from '../../checker/finding/finding.js';
import type { ExampleVariant } from '../../checker/testing/exampleSystem.js';
import { exampleRevision, exampleScenario } from '../../checker/testing/exampleSystem.js';
import { replay } from '../../checker/replay/replay.js';
import { resolveRevision } from '../../checker/resolveRevision.js';
import { cachedBreadthFirst } from '../../checker/explore/cached/cachedBreadthFirst.js';
import { runScenario } from '../../checker/scenarioRun.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import { link } from '../../checker/system/link.js';
import { defaultOptions } from '../../checker/system/linkedSystem.js';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { reports } from './index.js';
import { witnessToShow } from './rootCauses.js';
import type { TextReportOptions } from './text.js';
import { textReport } from './text.js';

const checkOf = (revision: ResolvedRevision, base: ResolvedRevision | null, scenario: Scenario): Promise<CheckResult> =>
  check({
    revision,
    base,
    scenarios: [scenario],
    options: defaultOptions,
    properties: null,
    runJobs: async (jobs, later) =>
      [...jobs, ...(later?.jobs ?? [])].map((job) =>
        runScenario(
          job.revision,
          job.scenario,
          job.options,
          { maxStates: 50_000, timeout: Infinity, now: () => 0 },
          cachedBreadthFirst,
        ),
      ),
  });

const optionsFor = (revision: ResolvedRevision, scenario: Scenario, result: CheckResult): TextReportOptions => ({
  replayOf: (finding: Finding) => {
    const told = replay(
      link(revision, scenario),
      witnessToShow(finding)!.schedule,
      result.scenarios[0]!.unstableFields,
    );
    return told.ok ? told.value : null;
  },
});

const exampleReport = async (
  variant: ExampleVariant,
  base: ExampleVariant | null,
  more: Partial<TextReportOptions> = {},
) => {
  const revision = exampleRevision(variant);
  const result = await checkOf(revision, base && exampleRevision(base), exampleScenario);
  return textReport(result, { ...optionsFor(revision, exampleScenario, result), ...more });
};

const bare = await exampleReport('bare', 'locked');

describe('the text report', () => {
  it('reads as it always did', async () => {
    await expect(bare).toMatchFileSnapshot('text.expect.txt');
  });

  it('says in its first two lines what is new and what the base has', async () => {
    const headOf = (text: string) => text.split('\n').slice(0, 2);
    expect(headOf(bare)).toEqual([
      'example-bare introduces 3 bugs (refcount-from-zero, use-after-free)',
      'it inherits no bug from example-locked, its base',
    ]);
    expect(headOf(await exampleReport('bare', 'bare'))).toEqual([
      'example-bare introduces no bug',
      expect.stringMatching(/^it inherits \d bugs \(.* from example-bare, its base$/) as string,
    ]);
    expect(headOf(await exampleReport('locked', null))).toEqual([
      'example-locked has no bug',
      'example-locked was not compared with a base: nothing says which of them are new',
    ]);
  });

  it('gives for each root cause the command that replays it', async () => {
    expect(bare).toContain('  replay  interleaf replay refcount-from-zero-4246727d.json\n');
    const own = await exampleReport('bare', 'locked', {
      replayCommand: (finding) => `interleaf replay found/${finding.id}.json`,
    });
    expect(own).toContain('interleaf replay found/refcount-from-zero-4246727d.json');
  });

  it('has colour only if asked', async () => {
    expect(bare).not.toContain('\u001b');
    const coloured = await exampleReport('bare', 'locked', { colour: true });
    expect(coloured).toContain('\u001b[31mviolated\u001b[39m');
    // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(bare);
  });

  it('keeps to the width', async () => {
    const narrow = await exampleReport('bare', 'locked', { width: 80 });
    for (const line of narrow.split('\n')) expect(line.length, line).toBeLessThanOrEqual(84);
  });

  it('tells a finding without a replay by its facts', async () => {
    const text = await exampleReport('bare', 'locked', { replayOf: () => null });
    expect(text).toContain('use-after-free');
    expect(text).not.toContain('Must hold');
  });
});

describe('the text report of v4', async () => {
  const revision = resolveRevision(revisionById('v4')!, revisionById);
  const base = resolveRevision(revisionById('v6.12')!, revisionById);
  const scenario = scenarioById('allocate-close')!;
  const result = await checkOf(revision, base, scenario);
  const text = textReport(result, optionsFor(revision, scenario, result));
  const parts = text.split(/\n\n(?=Root cause |Notes|Assumed|Scenarios)/);

  it('tells each root cause in about forty lines', () => {
    const causes = parts.filter((part) => part.startsWith('Root cause'));
    expect(causes.length).toBeGreaterThan(1);
    for (const cause of causes) expect(cause.split('\n').length, cause).toBeLessThanOrEqual(48);
  });

  it('names what breaks, what it conflicts with, and where', () => {
    const cause = parts.find((part) => part.includes('\nuse-after-free-'))!;
    expect(cause).toMatch(/✗ +\d+ +client +tee_device_put tee_core\.c +mutex_unlock\(&teedev->mutex\)/);
    expect(cause).toMatch(/• +\d+ +driver +tee_release_device tee_core\.c +kfree\(teedev\)/);
    expect(cause).toContain('place     drivers/tee/tee_core.c tee_device_put');
    expect(cause).toContain('was freed in step');
  });

  it('ends the table with what breaks the property', () => {
    for (const cause of parts.filter((part) => part.startsWith('Root cause'))) {
      const table = cause
        .split('\n\n')[1]!
        .split('\n')
        .filter((line) => /^ {2}[✗• ] +\d/.test(line));
      expect(table.at(-1), cause).toMatch(/^ {2}✗ /);
      expect(table.filter((line) => line.startsWith('  ✗'))).toHaveLength(1);
    }
  });

  it('tells notes apart from violations', () => {
    const notes = parts.find((part) => part.startsWith('Notes'))!;
    expect(notes).toContain('dma_buf_ops.mmap');
    expect(parts.filter((part) => part.startsWith('Root cause')).join()).not.toContain('refusing-operation');
  });

  it('ends with what was assumed', () => {
    const assumed = parts.at(-1)!;
    expect(assumed.startsWith('Assumed')).toBe(true);
    for (const word of [
      'threads: client',
      'functions, environment',
      'changed lines that no scenario touched: ',
      'vacuous properties',
      'merged outcomes of',
    ]) {
      expect(assumed).toContain(word);
    }
  });
});

describe('every report', () => {
  it.each(reports)('$id ends with a newline', async ({ render }) => {
    const revision = exampleRevision('bare');
    const result = await checkOf(revision, null, exampleScenario);
    expect(render(result, optionsFor(revision, exampleScenario, result))).toMatch(/[^\n]\n$/);
  });
});
