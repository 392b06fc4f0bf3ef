/**
 * The mutants of the v4 patch that a checker of lifecycles has to notice: each breaks a named property in a named scenario,
 * or is shown to make no difference.
 */
import { describe, expect, it } from 'vitest';
import { kernelFunctions } from '../models/kernel/index.js';
import { at, goTo, run, set, when } from '../models/program/build.js';
import { editFunction } from '../models/program/editFunction.js';
import type { Edit } from '../models/program/editFunction.js';
import type { PropertyId } from '../models/program/propertyId.js';
import { revisionById } from '../models/revisions/index.js';
import { scenarioById } from '../models/scenarios/index.js';
import { breadthFirst } from './explore/breadthFirst.js';
import { findingId } from './finding/findingId.js';
import { operationLanguage, projected } from './language/operationLanguage.js';
import { compareLanguages } from './language/sameLanguage.js';
import { resolveRevision } from './resolveRevision.js';
import type { ResolvedRevision } from './system/link.js';
import { link } from './system/link.js';
import { soloScenario } from './testing/soloScenario.js';

const v4 = resolveRevision(revisionById('v4')!, revisionById);

/** v4 with one function changed; kernel API models may be changed too. */
function mutant(name: string, edits: readonly Edit[]): ResolvedRevision {
  const original = v4.functions.get(name) ?? kernelFunctions.find((definition) => definition.name === name);
  if (!original) throw new Error(`no function ${name}`);
  return { ...v4, functions: new Map(v4.functions).set(name, editFunction(original, edits)) };
}

function findings(revision: ResolvedRevision, scenarioId: string) {
  const system = link(revision, scenarioById(scenarioId)!);
  const result = breadthFirst(system, { maxStates: 2e6, timeout: Infinity, now: () => 0 });
  expect(result.limits).toEqual([]);
  return result.discoveries.map(({ violation }) => ({
    id: findingId(violation),
    property: violation.property,
    object: violation.tag,
  }));
}

const unchanged = new Map<string, ReadonlySet<string>>();

/** What the mutant breaks that v4 does not. */
function broken(revision: ResolvedRevision, scenarioId: string) {
  const before = unchanged.get(scenarioId) ?? new Set(findings(v4, scenarioId).map((finding) => finding.id));
  unchanged.set(scenarioId, before);
  return findings(revision, scenarioId).filter((finding) => !before.has(finding.id));
}

const drop: Edit['by'] = () => [];

describe('mutants of v4', () => {
  const killed: {
    name: string;
    function: string;
    edits: readonly Edit[];
    scenario: string;
    property: PropertyId;
    object: string;
  }[] = [
    {
      name: 'the context reference is taken after the export',
      function: 'tee_rstmem_alloc',
      edits: [
        { find: 'teedev_ctx_get(ctx)', by: drop },
        { find: '*shm_id = shm->id', by: (found) => [found, run('teedev_ctx_get(ctx)')] },
      ],
      scenario: 'allocate-close',
      property: 'use-after-free',
      object: 'tee_context',
    },
    {
      name: 'no context reference at all',
      function: 'tee_rstmem_alloc',
      edits: [{ find: 'teedev_ctx_get(ctx)', by: drop }],
      scenario: 'allocate-close',
      property: 'use-after-free',
      object: 'tee_context',
    },
    {
      name: 'a failed export puts the shm and falls through to the error labels',
      function: 'tee_rstmem_alloc',
      edits: [{ find: 'return dmabuf', occurrence: 0, by: () => [goTo('err_rstmem_free')] }],
      scenario: 'allocate-close',
      property: 'use-after-free',
      object: 'tee_shm',
    },
    {
      name: 'the id is written to user space after the fd is installed',
      function: 'tee_ioctl_rstmem_alloc',
      edits: [
        { find: 'fd = dma_buf_fd(dmabuf, O_CLOEXEC)', by: () => [] },
        { find: 'if (fd < 0)', by: () => [] },
        {
          find: 'if (IS_ERR(dmabuf))',
          by: (found) => [found, set('fd', 'dma_buf_fd(dmabuf, O_CLOEXEC)'), when('fd < 0', [goTo('err')])],
        },
      ],
      scenario: 'allocate-close',
      property: 'failure-after-install',
      object: 'task_struct',
    },
    {
      name: 'the last put does not remove the id in its critical section',
      function: 'tee_shm_put',
      edits: [{ find: 'idr_remove(&teedev->idr, shm->id)', by: drop }],
      scenario: 'look-up-id',
      property: 'refcount-from-zero',
      object: 'tee_shm',
    },
    {
      name: 'the lookup does not compare contexts',
      function: 'tee_shm_get_from_id',
      edits: [
        {
          find: 'if (!shm || (shm->ctx != ctx))',
          by: () => [when('!shm', [set('shm', 'ERR_PTR(-EINVAL)')], [run('refcount_inc(&shm->refcount)')])],
        },
      ],
      scenario: 'two-contexts',
      property: 'foreign-context-lookup',
      object: 'tee_shm',
    },
    {
      name: 'the lookup takes its reference outside of the lock',
      function: 'tee_shm_get_from_id',
      edits: [
        { find: 'mutex_unlock(&teedev->mutex)', by: drop },
        { find: 'shm = idr_find(&teedev->idr, id)', by: (found) => [found, run('mutex_unlock(&teedev->mutex)')] },
      ],
      scenario: 'look-up-id',
      property: 'use-after-free',
      object: 'tee_shm',
    },
    {
      name: 'the release drops the device before the context',
      function: 'tee_shm_release',
      edits: [
        { find: 'tee_device_put(teedev)', by: drop },
        { find: 'teedev_ctx_put(shm->ctx)', by: (found) => [run('tee_device_put(teedev)'), found] },
      ],
      scenario: 'allocate-close',
      property: 'use-after-free',
      object: 'tee_device',
    },
    {
      name: 'a failed export calls the release operation',
      function: 'dma_buf_export',
      edits: [
        { find: 'file->d_release = dma_buf_release', by: (found) => [found] },
        { find: 'kfree(dmabuf)', by: (found) => [run('ops->release(dmabuf)'), found] },
      ],
      scenario: 'allocate-close',
      property: 'use-after-free',
      object: 'tee_shm',
    },
    {
      name: 'the release forgets the device',
      function: 'tee_shm_release',
      edits: [{ find: 'tee_device_put(teedev)', by: drop }],
      scenario: 'allocate-close',
      property: 'unregister-returns',
      object: 'tee_device',
    },
    {
      name: 'the attachment keeps its scatter table',
      function: 'rstmem_dma_detach',
      edits: [{ find: 'sg_free_table(&a->table)', by: drop }],
      scenario: 'import',
      property: 'memory-leak',
      object: 'tee_rstmem_attachment',
    },
  ];

  it.each(killed)('are noticed: $name', ({ function: name, edits, scenario, property, object }) => {
    expect(broken(mutant(name, edits), scenario)).toContainEqual(expect.objectContaining({ property, object }));
  });

  describe('taking the context reference before publishing', () => {
    const early = mutant('tee_rstmem_alloc', [
      { find: 'teedev_ctx_get(ctx)', by: drop },
      {
        find: 'mutex_lock(&teedev->mutex)',
        occurrence: 1,
        by: (found) => [at(168, run('teedev_ctx_get(ctx)')), found],
      },
    ]);

    it('makes the same sequences of kernel operations on every kind of object', () => {
      const [ours, theirs] = [v4, early].map((revision) =>
        operationLanguage(link(revision, soloScenario('user_allocate(0)'))),
      );
      const tags = new Set(ours!.edges.flatMap(({ label }) => (label ? [label.tag] : [])));
      expect(tags.size).toBeGreaterThan(5);
      for (const tag of tags) {
        const keep = (label: { readonly tag: string }) => label.tag === tag || label.tag === '';
        expect(compareLanguages(projected(ours!, keep), projected(theirs!, keep)), tag).toBeNull();
      }
    });

    it('is told apart from taking it after the export by the same comparison', () => {
      const late = mutant('tee_rstmem_alloc', [
        { find: 'teedev_ctx_get(ctx)', by: drop },
        { find: '*shm_id = shm->id', by: (found) => [found, run('teedev_ctx_get(ctx)')] },
      ]);
      const [ours, theirs] = [v4, late].map((revision) =>
        operationLanguage(link(revision, soloScenario('user_allocate(0)'))),
      );
      const keep = (label: { readonly tag: string }) => label.tag === 'tee_context' || label.tag === '';
      expect(compareLanguages(projected(ours!, keep), projected(theirs!, keep))).not.toBeNull();
    });

    it.each(['allocate-close', 'look-up-id'])('finds the same in %s', (scenario) => {
      const ids = (revision: ResolvedRevision) =>
        [...new Set(findings(revision, scenario).map((finding) => finding.id))].sort();
      expect(ids(early)).toEqual(ids(v4));
    });
  });
});
