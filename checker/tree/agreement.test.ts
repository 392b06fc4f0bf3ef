/**
 * The subsystem as lifted from C against the hand-written models of the same code: the same findings, ids included, in every scenario.
 * What the hand-written models find is pinned in `checker/testing/pinnedRuns.ts`.
 */
import { beforeAll, expect, it } from 'vitest';
import { describeWith, seedPatch, tree61, tree612 } from '../../models/c/testing/inputs.js';
import { scenarioById } from '../../models/scenarios/index.js';
import type { ScenarioRun } from '../scenarioRun.js';
import { runScenario } from '../scenarioRun.js';
import { scenarioApplies } from '../resolveRevision.js';
import { defaultOptions } from '../system/linkedSystem.js';
import { pinnedFindings, pinnedRuns } from '../testing/pinnedRuns.js';
import { fromPatchedTree, fromTree, readText } from '../testing/treeRevisions.js';
import type { TreeRevision } from './treeRevision.js';

const limits = { maxStates: 3e6, timeout: Infinity, now: () => 0 };

function run(revision: TreeRevision, scenario: string): ScenarioRun {
  return runScenario(revision.resolved, scenarioById(scenario)!, defaultOptions, limits);
}

const idsOf = ({ findings }: ScenarioRun) => [...new Set(findings.map(({ id }) => id))].sort();

/** Functions of the subsystem that ran as hand-written models. */
const handWritten = ({ functions }: ScenarioRun) => functions.filter(({ source }) => source === 'model');

function agrees(title: string, pins: keyof typeof pinnedRuns, revision: () => TreeRevision, sameStates: boolean): void {
  const runs: ScenarioRun[] = [];
  it.each(Object.entries(pinnedRuns[pins]!))(`${title}: %s`, (scenario, [states, transitions, depth, found]) => {
    const { resolved } = revision();
    expect(scenarioApplies(scenarioById(scenario)!, resolved)).toBe(true);
    const result = run(revision(), scenario);
    runs.push(result);
    expect(result.limits).toEqual([]);
    expect(idsOf(result)).toEqual(pinnedFindings(found));
    expect(handWritten(result)).toEqual([]);
    if (sameStates) expect([result.states, result.transitions, result.depth]).toEqual([states, transitions, depth]);
  });
}

/** Scenarios that register memory walk its pages one by one, as C does. */
describeWith({ tree612 }, 'the tree of 6.12', () => {
  let revision: TreeRevision;
  beforeAll(() => {
    revision = fromTree(tree612!);
  });
  agrees('has the findings of the hand-written base in', 'v6.12', () => revision, true);
});

describeWith({ tree61 }, 'the tree of 6.1', () => {
  let revision: TreeRevision;
  beforeAll(() => {
    revision = fromTree(tree61!);
  });
  agrees('has the findings of the hand-written base in', 'v6.12', () => revision, false);
});

describeWith({ tree612, seedPatch }, 'the v4 patch on the tree of 6.12', () => {
  let revision: TreeRevision;
  beforeAll(async () => {
    revision = await fromPatchedTree(tree612!, readText(seedPatch!));
  });

  it('is lifted without a remark', () => {
    const added = revision.lifted.functions.filter(
      ({ line, endLine, patchedLines }) => patchedLines.length === endLine - line + 1,
    );
    expect(added.map(({ definition }) => definition.name).sort()).toEqual([
      'rstmem_dma_attach',
      'rstmem_dma_buf_begin_cpu_access',
      'rstmem_dma_buf_end_cpu_access',
      'rstmem_dma_buf_free',
      'rstmem_dma_buf_mmap',
      'rstmem_dma_detach',
      'rstmem_dma_map_dma_buf',
      'rstmem_dma_unmap_dma_buf',
      'rstmem_pool_op_gen_alloc',
      'rstmem_pool_op_gen_free',
      'tee_ioctl_rstmem_alloc',
      'tee_rstmem_alloc',
      'tee_rstmem_gen_pool_alloc',
    ]);
    expect(added.flatMap(({ remarks }) => remarks)).toEqual([]);
    const changed = revision.lifted.functions.filter(({ patchedLines }) => patchedLines.length > 0);
    expect(changed).toHaveLength(added.length + 2);
  });

  agrees('has the findings of the hand-written v4 in', 'v4', () => revision, true);

  it('shows findings at lines of the patched files, and of the mail', () => {
    const { findings } = run(revision, 'allocate-close');
    const found = findings.find(({ property }) => property === 'output-not-written');
    expect(found?.location).toMatchObject({
      file: 'drivers/tee/tee_core.c',
      function: 'tee_ioctl_rstmem_alloc',
      line: 829,
      mailLine: 87,
    });
  });
});
