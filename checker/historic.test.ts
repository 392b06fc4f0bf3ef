import { describe, expect, it } from 'vitest';
import { revisionById } from '../models/revisions/index.js';
import { historicScenarios } from '../models/scenarios/historic.js';
import { replay } from './replay/replay.js';
import { resolveRevision, scenarioApplies } from './resolveRevision.js';
import type { ScenarioRun } from './scenarioRun.js';
import { runScenario } from './scenarioRun.js';
import { link } from './system/link.js';
import { defaultOptions } from './system/linkedSystem.js';

/** A bug of the past in one scenario: what shows before its repair, and what is still there after it. Ids are pinned. */
interface Case {
  readonly buggy: string;
  readonly fixed: string;
  readonly scenario: string;
  /** Findings that are the bug. */
  readonly bug: readonly string[];
  /** What may be found after the repair, and nothing else; the first must be. */
  readonly residual?: readonly string[];
}

const dmaBufFrom0 = 'refcount-from-zero-be893ed4';

/** A lookup through a dma-buf without references, and what follows from it: shown by every revision before 5.16. */
const lookupFrom0 = [
  dmaBufFrom0,
  'operation-order-6fb6e572',
  'operation-order-a4f27d20',
  'operation-order-47381daa',
  'operation-order-5755b249',
  'operation-order-0ee684d5',
  'operation-order-7688076a',
  'use-after-free-45e2d963',
  'use-after-free-01896def',
  'use-after-free-b4c749fb',
  'use-after-free-53742a67',
  'use-after-free-7760a279',
  'use-after-free-e46ecbcb',
  'use-after-free-61688336',
  'use-after-free-6a069605',
  'use-after-free-2881eabc',
  'use-after-free-0ae56f74',
  'id-not-reserved-97672953',
  'double-free-5dd2df7c',
  'double-free-853e9ef2',
  'data-race-737e3c08',
];

/** The base completes before it unlocks (H1): here through a client that holds no reference of the device. */
const completeBeforeUnlock = ['use-after-free-ce1ab3ad', 'lock-destroyed-held-7157bbf4', 'uninitialised-7ab49243'];

const cases: readonly Case[] = [
  {
    buggy: 'tee-shm-lookup-5.15',
    fixed: 'tee-shm-lookup-5.16',
    scenario: 'shm-close-look-up-5.15',
    bug: [dmaBufFrom0, 'use-after-free-45e2d963', 'operation-order-a4f27d20'],
  },
  {
    // The lookup meets a dma-buf that is not there yet. What stays: the object is freed whoever has found it.
    buggy: 'tee-shm-lookup-5.15',
    fixed: 'tee-shm-lookup-5.16',
    scenario: 'shm-register-look-up-5.15',
    bug: [dmaBufFrom0, 'null-dereference-e668bff6', 'err-pointer-dereference-97946d9a', 'data-race-4d17e0d2'],
    residual: ['use-after-free-aff46050', 'use-after-free-45e2d963', 'use-after-free-01896def'],
  },
  {
    buggy: 'tee-close-context-5.16',
    fixed: 'tee-close-context-5.17',
    scenario: 'close-context-client',
    bug: ['use-after-free-ca5b4651', 'null-dereference-0864560d'],
    residual: completeBeforeUnlock,
  },
  {
    buggy: 'tee-close-context-5.16',
    fixed: 'tee-close-context-5.17',
    scenario: 'close-context-file',
    bug: ['null-dereference-0864560d', 'data-race-4e130b3c'],
  },
  {
    buggy: 'tee-shm-get-fd-4.15',
    fixed: 'tee-shm-get-fd-4.17',
    scenario: 'shm-alloc-close-4.15',
    bug: [dmaBufFrom0, 'use-after-free-1c83df31', 'operation-order-47381daa'],
  },
  {
    // Another bug, older than this repair and younger than the next one.
    buggy: 'tee-shm-get-fd-4.15',
    fixed: 'tee-shm-get-fd-4.17',
    scenario: 'shm-close-look-up-4.15',
    bug: [],
    residual: lookupFrom0,
  },
  {
    buggy: 'protmem-6.18',
    fixed: 'protmem-fixed',
    scenario: 'protmem-last-free-alloc',
    bug: [
      'refcount-from-zero-643ec5bb',
      'pool-destroyed-in-use-2b0c4393',
      'null-dereference-6e4c9092',
      'use-after-free-cbd99fd1',
      'data-race-1ca95d34',
    ],
  },
  {
    buggy: 'protmem-6.18',
    fixed: 'protmem-fixed',
    scenario: 'protmem-last-free-two-alloc',
    bug: ['refcount-from-zero-643ec5bb', 'refcount-underflow-2cedd69d'],
  },
  {
    // A tempting repair is none.
    buggy: 'protmem-half-fixed',
    fixed: 'protmem-fixed',
    scenario: 'protmem-last-free-two-alloc',
    bug: ['refcount-from-zero-643ec5bb', 'memory-leak-14183c24', 'memory-leak-a40a2e3a'],
  },
];

function system(revision: string, scenario: string, assumeFixed: readonly string[] = []) {
  const resolved = resolveRevision(revisionById(revision)!, revisionById);
  const found = historicScenarios.find(({ id }) => id === scenario)!;
  return { resolved, scenario: found, options: { ...defaultOptions, assumeFixed } };
}

const runs = new Map<string, ScenarioRun>();

function search(revision: string, scenario: string, assumeFixed: readonly string[] = []): ScenarioRun {
  const key = [revision, scenario, ...assumeFixed].join(' ');
  const known = runs.get(key);
  if (known) return known;
  const { resolved, options, ...rest } = system(revision, scenario, assumeFixed);
  const limits = { maxStates: 300_000, timeout: Infinity, now: () => performance.now() };
  const run = runScenario(resolved, rest.scenario, options, limits);
  runs.set(key, run);
  return run;
}

const idsOf = (run: ScenarioRun) => [...new Set(run.findings.map(({ id }) => id))];

describe('historic scenarios', () => {
  it('have ids of their own', () => {
    expect(new Set(historicScenarios.map(({ id }) => id)).size).toBe(historicScenarios.length);
  });

  it('each show a bug', () => {
    expect(new Set(cases.map(({ scenario }) => scenario))).toEqual(new Set(historicScenarios.map(({ id }) => id)));
  });
});

describe.each(cases)('$buggy and $fixed: $scenario', ({ buggy, fixed, scenario, bug, residual = [] }) => {
  it('applies to both', () => {
    for (const id of [buggy, fixed]) {
      const { resolved, scenario: found } = system(id, scenario);
      expect(scenarioApplies(found, resolved)).toBe(true);
    }
  });

  it('shows the bug before the repair', () => {
    const run = search(buggy, scenario);
    expect(run.limits).toEqual([]);
    expect(idsOf(run)).toEqual(expect.arrayContaining([...bug]));
  });

  it('shows nothing after it but what it left', () => {
    const run = search(fixed, scenario);
    expect(run.limits).toEqual([]);
    const found = idsOf(run);
    expect(found.filter((id) => !residual.includes(id))).toEqual([]);
    expect(found).toEqual(expect.arrayContaining(residual.slice(0, 1)));
  });
});

describe('protected memory', () => {
  const scenario = 'protmem-last-free-alloc';

  /** Operations of a finding's schedule on the pool's own cells: thread and kernel function. */
  function operationsOnPool(run: ScenarioRun, id: string): string[] {
    const finding = run.findings.find((candidate) => candidate.id === id)!;
    const { resolved, scenario: found, options } = system('protmem-6.18', scenario);
    const replayed = replay(link(resolved, found, options), finding.schedule, run.unstableFields);
    if (!replayed.ok) throw new Error(replayed.error.message);
    return replayed.value.steps.flatMap((step) =>
      step.operations
        .filter(({ kind, target }) => kind === 'event' && /^(?:optee_protmem_dyn_pool|gen_pool)#/.test(target ?? ''))
        .map((operation) => `${step.thread}: ${operation.function}`),
    );
  }

  const run = () => search('protmem-6.18', scenario);

  it('counts from 0 after five operations on the pool', () => {
    expect(operationsOnPool(run(), 'refcount-from-zero-643ec5bb')).toEqual([
      'freeing: gen_pool_free',
      'freeing: refcount_dec_and_test',
      'allocating: refcount_inc_not_zero',
      'allocating: mutex_lock',
      'allocating: refcount_inc',
    ]);
  });

  it('then destroys a pool that has memory out, or allocates from one that is gone', () => {
    const onGenPool = (id: string) => operationsOnPool(run(), id).filter((operation) => operation.includes('gen_pool'));
    expect(onGenPool('pool-destroyed-in-use-2b0c4393')).toEqual([
      'freeing: gen_pool_free',
      'allocating: gen_pool_alloc',
      'freeing: gen_pool_destroy',
    ]);
    // The allocation itself has no pool to work on.
    expect(onGenPool('null-dereference-6e4c9092')).toEqual(['freeing: gen_pool_free', 'freeing: gen_pool_destroy']);
  });

  it('looks repaired by half a repair until there are two allocators', () => {
    expect(idsOf(search('protmem-half-fixed', scenario))).toEqual([]);
  });

  it('frees without a pool, where its destruction is survived', () => {
    const beyond = search('protmem-6.18', scenario, ['pool-destroyed-in-use-2b0c4393']);
    expect(idsOf(beyond)).toEqual(expect.arrayContaining(['null-dereference-53508a01', 'use-after-free-0cf0a04c']));
  });
});
