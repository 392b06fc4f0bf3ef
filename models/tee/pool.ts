import { fn, goTo, label, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { OpsTable } from '../types/opsTable.js';
import { kzalloc } from '../kernel/slab.js';

const file = 'drivers/tee/tee_shm_pool.c';

/** The pool of shared memory on reserved memory (drivers/tee/tee_shm_pool.c, v6.12). */
export const poolFunctions: readonly FunctionDefinition[] = [
  fn(
    'int pool_op_gen_alloc(struct tee_shm_pool *pool, struct tee_shm *shm, size_t size, size_t align)',
    {
      file,
      locals: [
        'unsigned long va',
        'struct gen_pool *genpool',
        'size_t a',
        'struct genpool_data_align data',
        'size_t s',
      ],
    },
    [
      set('genpool', 'pool->private_data'),
      set('a', 'BIT(genpool->min_alloc_order)'),
      when('align > a', [set('a', 'align')]),
      set('data.align', 'a'),
      set('s', 'roundup(size, a)'),
      set('va', 'gen_pool_alloc_algo(genpool, s, gen_pool_first_fit_align, &data)'),
      when('!va', [ret('-ENOMEM')]),
      set('shm->kaddr', 'va'),
      set('shm->paddr', 'gen_pool_virt_to_phys(genpool, va)'),
      set('shm->size', 's'),
      set('shm->flags', 'shm->flags & ~TEE_SHM_DYNAMIC'),
      ret('0'),
    ],
  ),

  fn('void pool_op_gen_free(struct tee_shm_pool *pool, struct tee_shm *shm)', { file }, [
    run('gen_pool_free(pool->private_data, shm->kaddr, shm->size)'),
    set('shm->kaddr', 'NULL'),
  ]),

  fn('void pool_op_gen_destroy_pool(struct tee_shm_pool *pool)', { file }, [
    run('gen_pool_destroy(pool->private_data)'),
    run('kfree(pool)'),
  ]),

  fn(
    'struct tee_shm_pool *tee_shm_pool_alloc_res_mem(unsigned long vaddr, phys_addr_t paddr, size_t size, int min_alloc_order)',
    { file, locals: ['size_t page_mask', 'struct tee_shm_pool *pool', 'int rc'] },
    [
      set('page_mask', 'PAGE_SIZE - 1'),
      when('vaddr & page_mask || paddr & page_mask || size & page_mask', [ret('ERR_PTR(-EINVAL)')]),
      kzalloc('pool', 'tee_shm_pool'),
      when('!pool', [ret('ERR_PTR(-ENOMEM)')]),
      set('pool->private_data', 'gen_pool_create(min_alloc_order, -1)'),
      when('!pool->private_data', [set('rc', '-ENOMEM'), goTo('err')]),
      set('rc', 'gen_pool_add_virt(pool->private_data, vaddr, paddr, size, -1)'),
      when('rc', [run('gen_pool_destroy(pool->private_data)'), goTo('err')]),
      set('pool->ops', '&pool_ops_generic'),
      ret('pool'),
      label('err'),
      run('kfree(pool)'),
      ret('ERR_PTR(rc)'),
    ],
  ),

  fn('void tee_shm_pool_free(struct tee_shm_pool *pool)', { file: 'include/linux/tee_core.h' }, [
    run('pool->ops->destroy_pool(pool)'),
  ]),
];

/** The operations of that pool. */
export const poolTables: readonly OpsTable[] = [
  {
    name: 'pool_ops_generic',
    type: 'tee_shm_pool_ops',
    fields: { alloc: 'pool_op_gen_alloc', free: 'pool_op_gen_free', destroy_pool: 'pool_op_gen_destroy_pool' },
    file,
  },
];
