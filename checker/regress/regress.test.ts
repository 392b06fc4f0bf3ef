import { describe, expect, it } from 'vitest';
import { alloc, fn, run, set, when } from '../../models/program/build.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { struct } from '../../models/types/structType.js';
import { runJobsWith } from '../parallel/runJobs.js';
import type { ResolvedRevision } from '../system/link.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import type { RegressResult } from './regress.js';
import { regress } from './regress.js';

const file = 'drivers/example/item.c';

/** A revision of one function, `work`, that a thread calls once. */
function revisionWith(id: string, body: FunctionDefinition['body']): ResolvedRevision {
  const work = fn('void work(void)', { file, locals: ['struct item *item', 'struct item *none'] }, body);
  return {
    revision: {
      id,
      title: id,
      base: null,
      kernel: '6.12.117',
      source: 'nowhere',
      omits: [],
      functions: [work],
      tables: [],
      types: [],
      subsystem: 'example',
    },
    functions: new Map([[work.name, work]]),
    tables: new Map(),
    types: new Map(),
    constants: {},
    globals: {},
    initialValues: {},
  };
}

const scenario: Scenario = {
  ...exampleScenario,
  id: 'work',
  globals: {},
  functions: [fn('void worker(void)', { file: '<thread>', origin: 'environment' }, [run('work()')])],
  types: [struct('item', 'nowhere', { value: 'int' })],
  threads: [{ name: 'worker', process: null, run: 'worker' }],
  setup: [],
};

const leak = [alloc('item', 'item'), set('item->value', '1')];
const crash = [set('none', 'NULL'), when('none->value', [])];
const clean = revisionWith('clean', []);
const leaks = revisionWith('leaks', leak);
const crashes = revisionWith('crashes', crash);
const crashesThenLeaks = revisionWith('crashes-then-leaks', [...crash, ...leak]);

async function compare(
  before: ResolvedRevision,
  after: ResolvedRevision,
  base: ResolvedRevision | null = null,
  maxStates = Infinity,
): Promise<RegressResult> {
  const runJobs = runJobsWith({ limits: { maxStates, timeout: Infinity }, workers: 0 });
  return regress({ before, after, base, scenarios: [scenario], options: defaultOptions, properties: null, runJobs });
}

/** `leaks: introduced` … by property. */
const categories = ({ entries }: RegressResult) =>
  entries.map(({ category, finding }) => `${finding.property}: ${category}`);

describe('regress', () => {
  it('tells what was introduced, and what was fixed', async () => {
    const worse = await compare(clean, leaks);
    expect(categories(worse)).toEqual(['memory-leak: introduced']);
    expect(worse).toMatchObject({ before: 'clean', after: 'leaks', verdict: 'violated', exitCode: 1 });
    const better = await compare(leaks, clean);
    expect(categories(better)).toEqual(['memory-leak: fixed']);
    expect(better).toMatchObject({ verdict: 'holds', exitCode: 0 });
  });

  it('tells what is still there from what the base has as well', async () => {
    expect(categories(await compare(leaks, leaks))).toEqual(['memory-leak: still']);
    expect(categories(await compare(leaks, leaks, leaks))).toEqual(['memory-leak: inherited']);
    expect(categories(await compare(leaks, leaks, clean))).toEqual(['memory-leak: still']);
  });

  it('does not call introduced what a fixed crash had hidden', async () => {
    const result = await compare(crashesThenLeaks, leaks);
    expect(categories(result)).toEqual(['memory-leak: newly reachable', 'null-dereference: fixed']);
    expect(result.entries[0]!.remark).toContain('crashes-then-leaks has it too, behind null-dereference-');
    expect(result.exitCode).toBe(0);
  });

  it('calls introduced what a fixed crash had not hidden', async () => {
    expect(categories(await compare(crashes, leaks))).toEqual(['memory-leak: introduced', 'null-dereference: fixed']);
  });

  it('does not call fixed what a new crash hides', async () => {
    const result = await compare(leaks, crashesThenLeaks);
    expect(categories(result)).toEqual(['null-dereference: introduced', 'memory-leak: still']);
    expect(result.entries[1]!.remark).toContain('behind null-dereference-');
  });

  it('is not sure where a search is not complete', async () => {
    const result = await compare(leaks, clean, null, 0);
    expect(result).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(result.entries.every(({ certain }) => !certain)).toBe(true);
  });

  it('compares races and uses after free as well', async () => {
    const [bare, locked] = [exampleRevision('bare'), exampleRevision('locked')];
    const runJobs = runJobsWith({ limits: { maxStates: Infinity, timeout: Infinity }, workers: 0 });
    const request = { scenarios: [exampleScenario], options: defaultOptions, properties: null, runJobs, base: null };
    const same = await regress({ ...request, before: bare, after: bare });
    expect(same.entries.every(({ category }) => category === 'still')).toBe(true);
    const worse = await regress({ ...request, before: locked, after: bare });
    expect(worse.entries.every(({ category }) => category === 'introduced')).toBe(true);
  });
});
