/**
 * Edits of the patch's text that a reviewer would object to: each is found in the C as it then reads, or makes no difference that a
 * lifecycle could show, for the reason that is given.
 */
import { expect, it } from 'vitest';
import { describeWith, seedPatch, tree612 } from '../../models/c/testing/inputs.js';
import type { PropertyId } from '../../models/program/propertyId.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { runScenario } from '../scenarioRun.js';
import { defaultOptions } from '../system/linkedSystem.js';
import type { PatchEdit } from '../testing/treeRevisions.js';
import { editPatch, fromPatchedTree, readText } from '../testing/treeRevisions.js';

const limits = { maxStates: 500_000, timeout: Infinity, now: () => 0 };

async function findings(edits: readonly PatchEdit[], scenario: string) {
  const { resolved } = await fromPatchedTree(tree612!, editPatch(readText(seedPatch!), edits));
  const run = runScenario(resolved, scenarioById(scenario)!, defaultOptions, limits);
  expect(run.limits).toEqual([]);
  return run.findings.map(({ id, property, tag }) => ({ id, property, tag }));
}

const unchanged = new Map<string, ReadonlySet<string>>();

/** What the edited patch breaks that the patch does not. */
async function broken(edits: readonly PatchEdit[], scenario: string) {
  const before = unchanged.get(scenario) ?? new Set((await findings([], scenario)).map(({ id }) => id));
  unchanged.set(scenario, before);
  const found = (await findings(edits, scenario)).filter(({ id }) => !before.has(id));
  return [...new Set(found.map(({ property, tag }) => `${property} ${tag}`))].sort();
}

const drop = (line: string, occurrence = 0): PatchEdit => ({ line, occurrence, by: '' });
const change = (line: string, by: string, occurrence = 0): PatchEdit => ({ line, occurrence, by });

interface Found {
  readonly name: string;
  readonly edits: readonly PatchEdit[];
  readonly scenario: string;
  readonly property: PropertyId;
  readonly object: string;
}

const found: readonly Found[] = [
  {
    name: 'the context reference is not taken',
    edits: [drop('teedev_ctx_get(ctx);')],
    scenario: 'allocate-close',
    property: 'use-after-free',
    object: 'tee_context',
  },
  {
    name: 'the context reference is taken after the export',
    edits: [drop('teedev_ctx_get(ctx);'), change('*shm_id = shm->id;', '*shm_id = shm->id; teedev_ctx_get(ctx);')],
    scenario: 'allocate-close',
    property: 'use-after-free',
    object: 'tee_context',
  },
  {
    name: 'a failed reservation jumps one label too far',
    edits: [change('goto err_kfree;', 'goto err;')],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'tee_shm',
  },
  {
    name: 'a failed reservation jumps one label too short',
    edits: [change('goto err_kfree;', 'goto err_idr_remove;')],
    scenario: 'allocate-close',
    property: 'id-not-reserved',
    object: '',
  },
  {
    name: 'a failed allocation jumps one label too far',
    edits: [change('goto err_idr_remove;', 'goto err_kfree;')],
    scenario: 'look-up-id',
    property: 'id-leaked',
    object: 'tee_device',
  },
  {
    name: 'a failed allocation jumps one label too short',
    edits: [change('goto err_idr_remove;', 'goto err_rstmem_free;')],
    scenario: 'allocate-close',
    property: 'double-free',
    object: 'tee_shm',
  },
  {
    name: 'a failed allocation returns at once',
    edits: [change('goto err_idr_remove;', 'return dmabuf;')],
    scenario: 'allocate-close',
    property: 'unregister-returns',
    object: 'tee_device',
  },
  {
    name: 'the id is not removed after a failed allocation',
    edits: [drop('idr_remove(&teedev->idr, shm->id);')],
    scenario: 'look-up-id',
    property: 'id-leaked',
    object: 'tee_device',
  },
  {
    name: 'two labels are swapped',
    edits: [change('err_idr_remove:', 'err_kfree:'), change('err_kfree:', 'err_idr_remove:', 1)],
    scenario: 'driver-pool',
    property: 'id-not-reserved',
    object: '',
  },
  {
    name: 'the mutex is not unlocked after the reservation',
    edits: [drop('mutex_unlock(&teedev->mutex);', 0)],
    scenario: 'allocate-close',
    property: 'lock-recursion',
    object: 'tee_device',
  },
  {
    name: 'the mutex is not locked for the reservation',
    edits: [drop('mutex_lock(&teedev->mutex);', 0)],
    scenario: 'allocate-close',
    property: 'lock-not-held',
    object: 'tee_device',
  },
  {
    name: 'the mutex is not unlocked after publishing',
    edits: [drop('mutex_unlock(&teedev->mutex);', 1)],
    scenario: 'allocate-close',
    property: 'lock-held-at-return',
    object: 'tee_device',
  },
  {
    name: 'the mutex is not locked for publishing',
    edits: [drop('mutex_lock(&teedev->mutex);', 1)],
    scenario: 'allocate-close',
    property: 'lock-not-held',
    object: 'tee_device',
  },
  {
    name: 'publishing does not lock at all',
    edits: [drop('mutex_lock(&teedev->mutex);', 1), drop('mutex_unlock(&teedev->mutex);', 1)],
    scenario: 'two-allocators',
    property: 'data-race',
    object: 'tee_device',
  },
  {
    name: 'removing does not lock',
    edits: [drop('mutex_lock(&teedev->mutex);', 2), drop('mutex_unlock(&teedev->mutex);', 2)],
    scenario: 'two-allocators',
    property: 'data-race',
    object: 'tee_device',
  },
  {
    name: 'the mutex is not unlocked on the error path',
    edits: [drop('mutex_unlock(&teedev->mutex);', 2)],
    scenario: 'allocate-close',
    property: 'lock-recursion',
    object: 'tee_device',
  },
  {
    name: 'the object is not freed on the error path',
    edits: [drop('kfree(shm);')],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'tee_shm',
  },
  {
    name: 'the device is not put on the error path',
    edits: [drop('tee_device_put(teedev);')],
    scenario: 'allocate-close',
    property: 'unregister-returns',
    object: 'tee_device',
  },
  {
    name: 'a failed export puts the object and falls through',
    edits: [change('return dmabuf;', 'goto err_rstmem_free;', 0)],
    scenario: 'allocate-close',
    property: 'use-after-free',
    object: 'tee_shm',
  },
  {
    name: 'a failed export puts the object and the device',
    edits: [change('tee_shm_put(shm);', 'tee_shm_put(shm); tee_device_put(teedev);', 1)],
    scenario: 'allocate-close',
    property: 'operation-order',
    object: 'tee_device',
  },
  {
    name: 'a failed export keeps the object',
    edits: [drop('tee_shm_put(shm);', 1)],
    scenario: 'allocate-close',
    property: 'unregister-returns',
    object: 'tee_device',
  },
  {
    name: 'the result of the export is compared with NULL',
    edits: [change('if (IS_ERR(dmabuf)) {', 'if (!dmabuf) {')],
    scenario: 'allocate-close',
    property: 'unregister-returns',
    object: 'tee_device',
  },
  {
    name: 'the count begins with two',
    edits: [change('refcount_set(&shm->refcount, 1);', 'refcount_set(&shm->refcount, 2);')],
    scenario: 'allocate-close',
    property: 'unregister-returns',
    object: 'tee_device',
  },
  {
    name: 'the count is not set',
    edits: [drop('refcount_set(&shm->refcount, 1);')],
    scenario: 'allocate-close',
    property: 'refcount-underflow',
    object: 'tee_shm',
  },
  {
    name: 'the object does not know its context',
    edits: [drop('shm->ctx = ctx;')],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'tee_context',
  },
  {
    name: 'the device is not taken',
    edits: [change('if (!tee_device_get(teedev))', 'if (!teedev)')],
    scenario: 'allocate-close',
    property: 'operation-order',
    object: 'tee_device',
  },
  {
    name: 'the object is published when the id is reserved',
    edits: [
      change(
        'shm->id = idr_alloc(&teedev->idr, NULL, 1, 0, GFP_KERNEL);',
        'shm->id = idr_alloc(&teedev->idr, shm, 1, 0, GFP_KERNEL);',
      ),
    ],
    scenario: 'look-up-id',
    property: 'use-after-free',
    object: 'tee_shm',
  },
  {
    name: 'the object is published before its memory is there',
    edits: [
      change(
        'rc = teedev->desc->ops->rstmem_alloc(ctx, shm, flags, use_case, size);',
        'mutex_lock(&teedev->mutex); ret = idr_replace(&teedev->idr, shm, shm->id); mutex_unlock(&teedev->mutex); rc = teedev->desc->ops->rstmem_alloc(ctx, shm, flags, use_case, size);',
      ),
      change('ret = idr_replace(&teedev->idr, shm, shm->id);', 'ret = NULL;'),
    ],
    scenario: 'look-up-id',
    property: 'use-after-free',
    object: 'tee_shm',
  },
  {
    name: 'the buffer does not know the object',
    edits: [drop('exp_info.priv = shm;')],
    scenario: 'allocate-close',
    property: 'kernel-warning',
    object: '',
  },
  {
    name: 'the buffer has no operations',
    edits: [drop('exp_info.ops = &rstmem_generic_buf_ops;')],
    scenario: 'allocate-close',
    property: 'kernel-warning',
    object: '',
  },
  {
    name: 'the object is not checked',
    edits: [change('if (!shm) {', 'if (0) {')],
    scenario: 'allocate-close',
    property: 'null-dereference',
    object: 'refcount_t',
  },
  {
    name: 'whether the driver frees is not asked',
    edits: [
      change('if (!teedev->desc->ops->rstmem_alloc ||', 'if (!teedev->desc->ops->rstmem_alloc'),
      change('!teedev->desc->ops->rstmem_free) {', ') {'),
    ],
    scenario: 'no-rstmem-free',
    property: 'null-dereference',
    object: 'tee_driver_ops',
  },
  {
    name: 'the object is not marked as restricted',
    edits: [drop('shm->flags = TEE_SHM_RESTRICTED;')],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'page_array',
  },
  {
    name: 'the object is marked as from the pool',
    edits: [change('shm->flags = TEE_SHM_RESTRICTED;', 'shm->flags = TEE_SHM_POOL;')],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'page_array',
  },
  {
    name: 'the release forgets the memory',
    edits: [drop('teedev->desc->ops->rstmem_free(shm->ctx, shm);')],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'page_array',
  },
  {
    name: 'the buffer is not put when user space cannot be told',
    edits: [change('goto err;', 'return fd;', 0)],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'dma_buf',
  },
  {
    name: 'the buffer is not put when there is no fd',
    edits: [change('goto err;', 'return fd;', 1)],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'dma_buf',
  },
  {
    name: 'the buffer is not put on the error path',
    edits: [drop('dma_buf_put(dmabuf);')],
    scenario: 'allocate-close',
    property: 'memory-leak',
    object: 'dma_buf',
  },
  {
    name: 'the buffer is put twice on the error path',
    edits: [change('dma_buf_put(dmabuf);', 'dma_buf_put(dmabuf); dma_buf_put(dmabuf);')],
    scenario: 'allocate-close',
    property: 'refcount-underflow',
    object: 'file',
  },
  {
    name: 'the buffer is put although it is in the fd',
    edits: [change('return fd;', 'dma_buf_put(dmabuf); return fd;', 0)],
    scenario: 'allocate-close',
    property: 'use-after-free',
    object: 'file',
  },
  {
    name: 'the buffer is used after it is in the fd',
    edits: [change('return fd;', 'if (dmabuf->size) return fd;', 0)],
    scenario: 'close-guessed',
    property: 'use-after-free',
    object: 'dma_buf',
  },
  {
    name: 'user space is told after the fd is installed',
    edits: [
      change('if (put_user(id, &udata->id)) {', 'if (0) {'),
      change(
        'fd = dma_buf_fd(dmabuf, O_CLOEXEC);',
        'fd = dma_buf_fd(dmabuf, O_CLOEXEC); if (fd >= 0 && put_user(id, &udata->id)) { fd = -EFAULT; goto err; }',
      ),
    ],
    scenario: 'allocate-close',
    property: 'failure-after-install',
    object: 'task_struct',
  },
  {
    name: 'an error of the allocation is taken for a buffer',
    edits: [change('if (IS_ERR(dmabuf))', 'if (!dmabuf)')],
    scenario: 'allocate-close',
    property: 'err-pointer-dereference',
    object: 'dma_buf',
  },
  {
    name: 'the attachment is not checked',
    edits: [change('if (!a)', 'if (0)')],
    scenario: 'import',
    property: 'null-dereference',
    object: 'sg_table',
  },
  {
    name: 'the attachment is not freed on the error path',
    edits: [drop('kfree(a);', 0)],
    scenario: 'import',
    property: 'memory-leak',
    object: 'tee_rstmem_attachment',
  },
  {
    name: 'a failed table is not noticed',
    edits: [change('if (rc)', 'if (0)', 0)],
    scenario: 'import',
    property: 'kernel-warning',
    object: '',
  },
  {
    name: 'the attachment keeps its table',
    edits: [drop('sg_free_table(&a->table);')],
    scenario: 'import',
    property: 'memory-leak',
    object: 'tee_rstmem_attachment',
  },
  {
    name: 'the attachment is not freed',
    edits: [drop('kfree(a);', 1)],
    scenario: 'import',
    property: 'memory-leak',
    object: 'tee_rstmem_attachment',
  },
  {
    name: 'the table is freed after its attachment',
    edits: [change('sg_free_table(&a->table);', 'kfree(a);'), change('kfree(a);', 'sg_free_table(&a->table);', 2)],
    scenario: 'import',
    property: 'use-after-free',
    object: 'tee_rstmem_attachment',
  },
  {
    name: 'the attachment is not remembered',
    edits: [drop('attachment->priv = a;')],
    scenario: 'import',
    property: 'null-dereference',
    object: 'sg_table',
  },
  {
    name: 'a failed mapping is taken for success',
    edits: [change('if (ret)', 'if (0)')],
    scenario: 'import',
    property: 'operation-order',
    object: 'tee_rstmem_attachment',
  },
  {
    name: 'the mapping is kept',
    edits: [
      change('dma_unmap_sgtable(attachment->dev, table, direction,', ''),
      change('DMA_ATTR_SKIP_CPU_SYNC);', '', 1),
    ],
    scenario: 'import',
    property: 'mapping-left',
    object: 'tee_rstmem_attachment',
  },
  {
    name: 'the mapping is removed twice',
    edits: [change('WARN_ON(&a->table != table);', 'dma_unmap_sgtable(attachment->dev, table, direction, 0);')],
    scenario: 'import',
    property: 'operation-order',
    object: 'tee_rstmem_attachment',
  },
  {
    name: 'the release of the buffer keeps the object',
    edits: [drop('tee_shm_put(shm);', 0)],
    scenario: 'allocate-close',
    property: 'unregister-returns',
    object: 'tee_device',
  },
  {
    name: 'the release of the buffer puts the object twice',
    edits: [change('tee_shm_put(shm);', 'tee_shm_put(shm); tee_shm_put(shm);', 0)],
    scenario: 'allocate-close',
    property: 'use-after-free',
    object: 'tee_shm',
  },
  {
    name: 'the pool keeps the memory',
    edits: [drop('gen_pool_free(pool->private_data, shm->paddr, shm->size);')],
    scenario: 'driver-pool',
    property: 'pool-destroyed-in-use',
    object: 'gen_pool',
  },
  {
    name: 'the pool forgets where the memory was',
    edits: [
      change(
        'gen_pool_free(pool->private_data, shm->paddr, shm->size);',
        'shm->paddr = 0; gen_pool_free(pool->private_data, shm->paddr, shm->size);',
      ),
    ],
    scenario: 'driver-pool',
    property: 'kernel-bug',
    object: '',
  },
  {
    name: 'the pool does not tell where the memory is',
    edits: [drop('shm->paddr = pa;')],
    scenario: 'pool-life',
    property: 'kernel-bug',
    object: '',
  },
  {
    name: 'a pool without memory is not destroyed',
    edits: [change('goto err_free_pool;', 'goto err_free;')],
    scenario: 'pool-life',
    property: 'memory-leak',
    object: 'gen_pool',
  },
  {
    name: 'a pool that could not be made is destroyed',
    edits: [change('goto err_free;', 'goto err_free_pool;')],
    scenario: 'pool-life',
    property: 'null-dereference',
    object: 'gen_pool',
  },
  {
    name: 'the pool is not freed on the error path',
    edits: [drop('kfree(pool);')],
    scenario: 'pool-life',
    property: 'memory-leak',
    object: 'tee_shm_pool',
  },
  {
    name: 'the pool is not checked',
    edits: [change('if (!pool)', 'if (0)')],
    scenario: 'pool-life',
    property: 'null-dereference',
    object: 'tee_shm_pool',
  },
  {
    name: 'a pool without a generic pool is returned',
    edits: [change('if (!pool->private_data) {', 'if (0) {')],
    scenario: 'pool-life',
    property: 'null-dereference',
    object: 'gen_pool',
  },
];

/** They make no difference that a lifecycle could show. */
const same: readonly (Pick<Found, 'name' | 'edits' | 'scenario'> & { readonly reason: string })[] = [
  {
    name: 'the device is put before the object is freed',
    edits: [change('kfree(shm);', 'tee_device_put(teedev); kfree(shm); return dmabuf;')],
    scenario: 'allocate-close',
    reason: "the object that is freed afterwards is nobody else's yet, and freeing it needs no device",
  },
  {
    name: 'whether the device could be taken is not asked',
    edits: [change('if (!tee_device_get(teedev))', 'tee_device_get(teedev); if (0)')],
    scenario: 'allocate-close',
    reason: 'who asks has a context, and an open context is a user of the device: it can be taken',
  },
  {
    name: 'the id is not told',
    edits: [drop('*shm_id = shm->id;')],
    scenario: 'look-up-id',
    reason: "a number that nobody has written goes to user space: an information leak, but no object's life",
  },
  {
    name: 'a failed publication jumps one label too far',
    edits: [change('goto err_rstmem_free;', 'goto err_idr_remove;')],
    scenario: 'allocate-close',
    reason: 'idr_replace() of an id that is reserved does not fail (lib/idr.c): control never gets there',
  },
  {
    name: 'any use case is taken',
    edits: [change('if (data.use_case == TEE_IOC_UC_RESERVED)', 'if (0)')],
    scenario: 'allocate-close',
    reason: "which use case user space names is the driver's business; no object depends on it",
  },
  {
    name: 'the count is set after the flags',
    edits: [
      drop('refcount_set(&shm->refcount, 1);'),
      change('shm->flags = TEE_SHM_RESTRICTED;', 'shm->flags = TEE_SHM_RESTRICTED; refcount_set(&shm->refcount, 1);'),
    ],
    scenario: 'look-up-id',
    reason: 'nobody knows the object before it is published',
  },
  {
    name: 'the id is told before the export',
    edits: [
      drop('*shm_id = shm->id;'),
      change('exp_info.size = shm->size;', 'exp_info.size = shm->size; *shm_id = shm->id;'),
    ],
    scenario: 'allocate-close',
    reason: 'the number is read by the caller, and only after success',
  },
  {
    name: 'an address is not cleared',
    edits: [drop('shm->paddr = 0;')],
    scenario: 'driver-pool',
    reason: 'the object is freed next',
  },
  {
    name: 'whether the table is the own one is not asked',
    edits: [drop('WARN_ON(&a->table != table);')],
    scenario: 'import',
    reason: 'importers give back the table they got',
  },
];

describeWith({ tree612, seedPatch }, 'edits of the patch', () => {
  it.each(found)('are found: $name', async ({ edits, scenario, property, object }) => {
    expect(await broken(edits, scenario)).toContain(`${property} ${object}`);
  });

  it.each(same)('make no difference: $name, for $reason', async ({ edits, scenario }) => {
    expect(await broken(edits, scenario)).toEqual([]);
  });
});
