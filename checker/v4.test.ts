/** What reading the v4 patch leads one to expect, and the checker has to show. */
import { describe, expect, it } from 'vitest';
import { revisionById } from '../models/revisions/index.js';
import { v4Branches } from '../models/revisions/v4Branches.js';
import { scenarioById } from '../models/scenarios/index.js';
import type { RunJobs } from './check.js';
import { check } from './check.js';
import { breadthFirst } from './explore/breadthFirst.js';
import { findingId } from './finding/findingId.js';
import { resolveRevision } from './resolveRevision.js';
import { runScenario } from './scenarioRun.js';
import type { ForcedOutcome } from './system/linkedSystem.js';
import { defaultOptions } from './system/linkedSystem.js';
import { link } from './system/link.js';

const resolved = (id: string) => resolveRevision(revisionById(id)!, revisionById);
const limits = { maxStates: 2e6, timeout: Infinity, now: () => 0 };

function search(revision: string, scenario: string, forced: readonly ForcedOutcome[] = []) {
  const system = link(resolved(revision), scenarioById(scenario)!, { ...defaultOptions, forcedOutcomes: forced });
  const result = breadthFirst(system, limits);
  expect(result.limits).toEqual([]);
  const found = result.discoveries.map(({ violation }) => ({
    id: findingId(violation),
    property: violation.property,
    via: violation.via,
    where: system.nodes[violation.node]?.function.definition.name ?? 'end',
  }));
  return { system, result, found, ids: [...new Set(found.map((finding) => finding.id))].sort() };
}

/** The edge of a branch's condition that leads to its statement, and whether it ran. */
function branchEdges({ system, result }: ReturnType<typeof search>) {
  return new Map(
    v4Branches.map((branch) => {
      const edges = system.nodes
        .filter(({ node, function: fn }) => fn.definition.name === branch.function && node.span.line === branch.next)
        .flatMap(({ firstEdge }) => [result.coverage[firstEdge]]);
      return [branch.id, { exists: edges.length > 0, ran: edges.includes(1) }];
    }),
  );
}

/** Complete before unlock: the waiter frees the device under the unlocking thread. */
const h1 = 'use-after-free-ce1ab3ad';

const runJobs: RunJobs = (jobs, later) =>
  Promise.resolve(
    [...jobs, ...(later?.jobs ?? [])].map((job) => runScenario(job.revision, job.scenario, job.options, limits)),
  );

describe('v4 against driver unregister', () => {
  it('uses the device after its last put from a dma-buf release let unregister free it', () => {
    const { found } = search('v4', 'allocate-close');
    const uses = found.filter((finding) => finding.id === h1);
    expect(uses.map((use) => use.via)).toContain('sys_close → dma_buf_ops.release');
    expect(uses[0]!.where).toBe('__mutex_release');
  });

  it('has this from its base, in a new way', async () => {
    const scenarios = ['allocate-close', 'shm-close'].map((id) => scenarioById(id)!);
    const result = await check({
      revision: resolved('v4'),
      base: resolved('v6.12'),
      scenarios,
      options: defaultOptions,
      properties: null,
      runJobs,
    });
    const finding = result.findings.find(({ id }) => id === h1)!;
    expect(finding.origin).toBe('new way');
    const origins = (slot: string) =>
      new Set(finding.witnesses.filter((witness) => witness.via.endsWith(slot)).map((witness) => witness.origin));
    expect(origins('→ dma_buf_ops.release')).toEqual(new Set(['introduced']));
    expect(origins('→ file_operations.release')).toEqual(new Set(['inherited']));
    expect(result.verdict).toBe('violated');
    expect(result.exitCode).toBe(1);
    const group = result.findings.filter(({ rootCause }) => rootCause === h1).map(({ property }) => property);
    expect(new Set(group)).toEqual(new Set(['use-after-free', 'lock-destroyed-held', 'uninitialised']));
  });

  it('still does when completion only moves behind the unlock: not the last putter but the one before it is hit', () => {
    const { found } = search('v4-complete-after-unlock', 'allocate-close');
    const uses = found.filter((finding) => finding.id === h1);
    expect(uses.length).toBeGreaterThan(0);
    expect(new Set(uses.map((use) => use.where))).toEqual(new Set(['__mutex_tail']));
  });

  it('does not when the putter pins the device', () => {
    const { found } = search('v4-pin-device', 'allocate-close');
    expect(found.map((finding) => finding.property).filter((property) => property !== 'output-not-written')).toEqual(
      [],
    );
  });
});

describe("v4's own branches", () => {
  const whole = search('v4', 'allocate-close');

  it('stand in the control-flow graph', () => {
    expect([...branchEdges(whole)].filter(([, edge]) => !edge.exists)).toEqual([]);
  });

  it('do not include a failing idr_replace or, through the ioctl, a device without users', () => {
    const edges = branchEdges(whole);
    expect(edges.get('A5')!.ran).toBe(false);
    expect(edges.get('A0')!.ran).toBe(false);
    for (const id of ['A2', 'A3', 'A4', 'A6', 'A7', 'B1', 'B3', 'B4', 'B5', 'B6'])
      expect(edges.get(id)!.ran, id).toBe(true);
  });

  it.each([
    [
      'A5',
      { caller: 'tee_rstmem_alloc', callee: 'idr_replace', value: -2, text: 'tee_rstmem_alloc/idr_replace=-ENOENT' },
    ],
    [
      'A0',
      { caller: 'tee_rstmem_alloc', callee: 'tee_device_get', value: 0, text: 'tee_rstmem_alloc/tee_device_get=false' },
    ],
  ] as const)('balance in %s with the outcome forced', (id, forced) => {
    const run = search('v4', 'allocate-close', [forced]);
    expect(branchEdges(run).get(id)!.ran).toBe(true);
    expect(run.ids.filter((found) => !whole.ids.includes(found))).toEqual([]);
    // Every allocation fails: nothing of the patch is left to go wrong.
    expect(run.found.filter((finding) => finding.via.includes('dma_buf'))).toEqual([]);
  });
});

describe('interface findings', () => {
  it('tell that size and flags are documented as output and never written (V1)', () => {
    const run = runScenario(resolved('v4'), scenarioById('two-allocators')!, defaultOptions, limits);
    const cells = run.findings
      .filter((finding) => finding.property === 'output-not-written')
      .map((finding) => `${finding.tag}.${finding.cell}`);
    expect(new Set(cells)).toEqual(new Set(['tee_ioctl_rstmem_alloc_data.size', 'tee_ioctl_rstmem_alloc_data.flags']));
  });

  it('note operations that only refuse (V3), and none once they are left out', () => {
    const notes = (revision: string) =>
      new Set(
        runScenario(resolved(revision), scenarioById('allocate-close')!, defaultOptions, limits)
          .findings.filter((finding) => finding.property === 'refusing-operation')
          .map((finding) => finding.cell),
      );
    expect(notes('v4')).toEqual(new Set(['mmap', 'begin_cpu_access', 'end_cpu_access']));
    expect(notes('v4-no-stubs')).toEqual(new Set());
  });

  it('list what is known and not checked', () => {
    expect(revisionById('v4')!.omits.filter((omitted) => omitted.startsWith('Known, not checked'))).toHaveLength(3);
  });
});
