import { choose, fault, fn, goTo, label, outcome, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import { kzalloc } from '../kernel/slab.js';
import type { OpsTable } from '../types/opsTable.js';
import { struct } from '../types/structType.js';
import type { StructType } from '../types/structType.js';
import type { Revision } from './revision.js';

const file = 'drivers/tee/optee/protmem.c';

/** get_dyn_protmem() with what it does, under the mutex, when another thread has left a pool behind. */
export function getDynProtmem(poolIsThere: readonly Statement[]): FunctionDefinition {
  return fn('int get_dyn_protmem(struct optee_protmem_dyn_pool *rp)', { file, locals: ['int rc'] }, [
    set('rc', '0'),
    when('!refcount_inc_not_zero(&rp->refcount)', [
      run('mutex_lock(&rp->mutex)'),
      when('rp->gen_pool', poolIsThere, [set('rc', 'init_dyn_protmem(rp)')]),
      run('mutex_unlock(&rp->mutex)'),
    ]),
    ret('rc'),
  ]);
}

/** put_dyn_protmem() with the condition for a release, tested under the mutex. */
export function putDynProtmem(releases: string): FunctionDefinition {
  return fn('void put_dyn_protmem(struct optee_protmem_dyn_pool *rp)', { file }, [
    when('refcount_dec_and_test(&rp->refcount)', [
      run('mutex_lock(&rp->mutex)'),
      when(releases, [run('release_dyn_protmem(rp)')]),
      run('mutex_unlock(&rp->mutex)'),
    ]),
  ]);
}

const functions: readonly FunctionDefinition[] = [
  fn('int init_dyn_protmem(struct optee_protmem_dyn_pool *rp)', { file, locals: ['int rc'] }, [
    set('rp->protmem', 'tee_shm_alloc_dma_mem(rp->optee->ctx, rp->page_count)'),
    when('IS_ERR(rp->protmem)', [set('rc', 'PTR_ERR(rp->protmem)'), goTo('err_null_protmem')]),
    set('rc', 'rp->optee->ops->lend_protmem(rp->optee, rp->protmem)'),
    when('rc', [goTo('err_put_shm')]),
    set('rp->gen_pool', 'gen_pool_create(PAGE_SHIFT, -1)'),
    when('!rp->gen_pool', [set('rc', '-ENOMEM'), goTo('err_reclaim')]),
    set('rc', 'gen_pool_add(rp->gen_pool, rp->protmem->paddr, rp->protmem->size, -1)'),
    when('rc', [goTo('err_free_pool')]),
    run('refcount_set(&rp->refcount, 1)'),
    ret('0'),
    label('err_free_pool'),
    run('gen_pool_destroy(rp->gen_pool)'),
    set('rp->gen_pool', 'NULL'),
    label('err_reclaim'),
    run('rp->optee->ops->reclaim_protmem(rp->optee, rp->protmem)'),
    label('err_put_shm'),
    run('tee_shm_put(rp->protmem)'),
    label('err_null_protmem'),
    set('rp->protmem', 'NULL'),
    ret('rc'),
  ]),

  // A count of 0 with a pool: the last put has not got the mutex yet, and destroys the pool once it has.
  getDynProtmem([run('refcount_inc(&rp->refcount)')]),

  fn('void release_dyn_protmem(struct optee_protmem_dyn_pool *rp)', { file }, [
    run('gen_pool_destroy(rp->gen_pool)'),
    set('rp->gen_pool', 'NULL'),
    run('rp->optee->ops->reclaim_protmem(rp->optee, rp->protmem)'),
    when('refcount_read(&rp->protmem->refcount) != 1', [
      report('kernel-warning', 'protected memory is put while it has other holders'),
    ]),
    run('tee_shm_put(rp->protmem)'),
    set('rp->protmem', 'NULL'),
  ]),

  putDynProtmem('rp->gen_pool'),

  fn(
    'int protmem_pool_op_dyn_alloc(struct tee_protmem_pool *pool, struct sg_table *sgt, size_t size, size_t *offs)',
    { file, locals: ['struct optee_protmem_dyn_pool *rp', 'size_t sz', 'phys_addr_t pa', 'int rc'] },
    [
      set('rp', 'container_of(pool, struct optee_protmem_dyn_pool, pool)'),
      set('sz', 'ALIGN(size, PAGE_SIZE)'),
      set('rc', 'get_dyn_protmem(rp)'),
      when('rc', [ret('rc')]),
      set('pa', 'gen_pool_alloc(rp->gen_pool, sz)'),
      when('!pa', [set('rc', '-ENOMEM'), goTo('err_put')]),
      set('rc', 'sg_alloc_table(sgt, 1, GFP_KERNEL)'),
      when('rc', [goTo('err_free')]),
      run('sg_set_page(sgt->sgl, phys_to_page(pa), size, 0)'),
      set('*offs', 'pa - rp->protmem->paddr'),
      ret('0'),
      label('err_free'),
      run('gen_pool_free(rp->gen_pool, pa, size)'),
      label('err_put'),
      run('put_dyn_protmem(rp)'),
      ret('rc'),
    ],
  ),

  fn(
    'void protmem_pool_op_dyn_free(struct tee_protmem_pool *pool, struct sg_table *sgt)',
    {
      file,
      locals: ['struct optee_protmem_dyn_pool *rp', 'struct scatterlist *sg'],
      approximations: [{ direction: 'under', what: 'A buffer is one range: its table has one entry.' }],
    },
    [
      set('rp', 'container_of(pool, struct optee_protmem_dyn_pool, pool)'),
      set('sg', 'sgt->sgl'),
      run('gen_pool_free(rp->gen_pool, page_to_phys(sg->page_link), sg->length)'),
      run('sg_free_table(sgt)'),
      run('put_dyn_protmem(rp)'),
    ],
  ),

  fn(
    'void pool_op_dyn_destroy_pool(struct tee_protmem_pool *pool)',
    { file, locals: ['struct optee_protmem_dyn_pool *rp'] },
    [
      set('rp', 'container_of(pool, struct optee_protmem_dyn_pool, pool)'),
      run('mutex_destroy(&rp->mutex)'),
      run('kfree(rp)'),
    ],
  ),

  fn(
    'struct tee_shm *tee_shm_alloc_dma_mem(struct tee_context *ctx, size_t page_count)',
    { file: 'drivers/tee/tee_shm.c', locals: ['struct tee_shm *shm'] },
    [
      kzalloc('shm', 'tee_shm'),
      when('!shm', [ret('ERR_PTR(-ENOMEM)')]),
      run('refcount_set(&shm->refcount, 1)'),
      set('shm->paddr', 'PAGE_SIZE'),
      set('shm->size', 'page_count * PAGE_SIZE'),
      ret('shm'),
    ],
  ),

  fn('void tee_shm_put(struct tee_shm *shm)', { file: 'drivers/tee/tee_shm.c' }, [
    when('refcount_dec_and_test(&shm->refcount)', [run('kfree(shm)')]),
  ]),

  fn(
    'int env_lend_protmem(struct optee *optee, struct tee_shm *protmem)',
    { file: '<secure world>', origin: 'environment' },
    [
      choose('lend_protmem', [
        outcome('success', [run('@take(&protmem->backing)')]),
        fault('-EINVAL', [ret('-EINVAL')]),
      ]),
      ret('0'),
    ],
  ),

  fn(
    'int env_reclaim_protmem(struct optee *optee, struct tee_shm *protmem)',
    { file: '<secure world>', origin: 'environment' },
    [run('@give(&protmem->backing)'), ret('0')],
  ),
];

const tables: readonly OpsTable[] = [
  {
    name: 'protmem_pool_ops_dyn',
    type: 'tee_protmem_pool_ops',
    fields: {
      alloc: 'protmem_pool_op_dyn_alloc',
      free: 'protmem_pool_op_dyn_free',
      destroy_pool: 'pool_op_dyn_destroy_pool',
    },
    file,
  },
  {
    name: 'env_optee_ops',
    type: 'optee_ops',
    fields: { lend_protmem: 'env_lend_protmem', reclaim_protmem: 'env_reclaim_protmem' },
    file: '<secure world>',
  },
];

const types: readonly StructType[] = [
  struct('optee_protmem_dyn_pool', 'drivers/tee/optee/protmem.c, v6.18', {
    pool: 'struct tee_protmem_pool',
    gen_pool: 'struct gen_pool *',
    optee: 'struct optee *',
    page_count: 'size_t',
    refcount: 'refcount_t',
    protmem: 'struct tee_shm *',
    mutex: 'struct mutex',
  }),
  struct('tee_protmem_pool', 'include/linux/tee_core.h, v6.18', { ops: 'struct tee_protmem_pool_ops *' }),
  struct('tee_protmem_pool_ops', 'include/linux/tee_core.h, v6.18', { alloc: 'fn', free: 'fn', destroy_pool: 'fn' }),
  struct('optee', 'drivers/tee/optee/optee_private.h, v6.18', {
    ops: 'struct optee_ops *',
    ctx: 'struct tee_context *',
  }),
  struct('optee_ops', 'drivers/tee/optee/optee_private.h, v6.18', { lend_protmem: 'fn', reclaim_protmem: 'fn' }),
];

/**
 * The merged successor of the series: protected memory for OP-TEE that is taken when the first buffer is allocated and given
 * back with the last one. The count goes to 0 outside the mutex, so between that and the mutex another thread can find
 * the pool, count itself in from 0, and have the pool destroyed under it.
 */
export const protmem6_18: Revision = {
  id: 'protmem-6.18',
  title: 'dynamic protected memory of OP-TEE, Linux 6.18',
  base: null,
  kernel: '6.18',
  source: 'drivers/tee/optee/protmem.c as merged for 6.18 (tag tee-prot-dma-buf-for-v6.18); unchanged in 7.3',
  omits: [
    'How the pool is made and configured (optee_protmem_alloc_dyn_pool), and protmem_pool_op_dyn_update_shm.',
    'The device and the context that protected memory holds: tee_shm_put() only frees the object here.',
    'Flags of the protected memory, and the attributes it is lent with.',
  ],
  functions,
  tables,
  types,
  subsystem: 'protmem',
};
