import { alloc, choose, fault, fn, free, outcome, ret, run, set, when } from '../program/build.js';
import type { DefinitionOptions } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { OpsTable } from '../types/opsTable.js';

const file = '<driver>';

/**
 * A TEE driver that nobody supplied: what the subsystem may rely on, and no more. An operation succeeds with all its effects,
 * or fails and leaves everything as it was.
 */
function operation(prototype: string, body: FunctionDefinition['body'], options: Partial<DefinitionOptions> = {}) {
  return fn(prototype, { file, origin: 'environment', ...options }, body);
}

/** Memory of the driver's goes to the object, and comes back. */
const takeBacking = run('@take(&shm->backing)');
const giveBack = run('@give(&shm->backing)');

/** The driver: probe and remove, its operations, and its pool of shared memory. */
export const environmentFunctions: readonly FunctionDefinition[] = [
  operation(
    'struct tee_device *env_probe(struct tee_desc *desc)',
    [
      alloc('driver', 'driver_data'),
      alloc('pool', 'tee_shm_pool'),
      set('pool->ops', '&env_pool_ops'),
      set('driver->pool', 'pool'),
      set('teedev', 'tee_device_alloc(desc, NULL, pool, driver)'),
      when('IS_ERR(teedev)', [run('tee_shm_pool_free(pool)'), free('driver'), ret('teedev')]),
      set('rc', 'tee_device_register(teedev)'),
      when('rc', [
        run('tee_device_unregister(teedev)'),
        run('tee_shm_pool_free(pool)'),
        free('driver'),
        ret('ERR_PTR(rc)'),
      ]),
      ret('teedev'),
    ],
    {
      locals: ['struct driver_data *driver', 'struct tee_shm_pool *pool', 'struct tee_device *teedev', 'int rc'],
      approximations: [{ direction: 'under', what: "The driver's own allocations at probe do not fail." }],
    },
  ),

  operation(
    'void env_remove(struct tee_device *teedev)',
    [
      set('driver', 'tee_get_drvdata(teedev)'),
      run('tee_device_unregister(teedev)'),
      when('driver->rstmem_pool', [run('tee_shm_pool_free(driver->rstmem_pool)')]),
      run('tee_shm_pool_free(driver->pool)'),
      free('driver'),
    ],
    { locals: ['struct driver_data *driver'] },
  ),

  operation('void env_get_version(struct tee_device *teedev, struct tee_ioctl_version_data *vers)', [
    run('tee_get_drvdata(teedev)'),
    set('vers->impl_id', '1'),
    set('vers->impl_caps', '0'),
    set('vers->gen_caps', '0'),
  ]),

  operation(
    'int env_open(struct tee_context *ctx)',
    [
      run('tee_get_drvdata(ctx->teedev)'),
      choose('open', [
        outcome('success', [alloc('data', 'driver_context'), set('ctx->data', 'data')]),
        fault('-ENOMEM', [ret('-ENOMEM')]),
      ]),
      ret('0'),
    ],
    { locals: ['struct driver_context *data'] },
  ),

  operation('void env_release(struct tee_context *ctx)', [
    run('tee_get_drvdata(ctx->teedev)'),
    free('ctx->data'),
    set('ctx->data', 'NULL'),
  ]),

  // A driver that tells its TEE of the end of each context, for which it needs a message buffer of that context.
  operation(
    'void env_release_with_message(struct tee_context *ctx)',
    [
      run('tee_get_drvdata(ctx->teedev)'),
      set('shm', 'tee_shm_alloc_priv_buf(ctx, PAGE_SIZE)'),
      when('!IS_ERR(shm)', [run('tee_shm_free(shm)')]),
      free('ctx->data'),
      set('ctx->data', 'NULL'),
    ],
    { locals: ['struct tee_shm *shm'] },
  ),

  operation(
    'int env_open_session(struct tee_context *ctx, struct tee_ioctl_open_session_arg *arg, struct tee_param *param)',
    [
      set('data', 'ctx->data'),
      run('data->session'),
      run('env_use_param(param)'),
      choose('open_session', [outcome('success'), fault('-ENOMEM', [ret('-ENOMEM')])]),
      set('arg->session', '1'),
      set('arg->ret', '0'),
      set('arg->ret_origin', '0'),
      ret('0'),
    ],
    { locals: ['struct driver_context *data'] },
  ),

  operation(
    'int env_close_session(struct tee_context *ctx, u32 session)',
    [set('data', 'ctx->data'), run('data->session'), ret('0')],
    { locals: ['struct driver_context *data'] },
  ),

  operation(
    'int env_invoke_func(struct tee_context *ctx, struct tee_ioctl_invoke_arg *arg, struct tee_param *param)',
    [
      set('data', 'ctx->data'),
      run('data->session'),
      run('env_use_param(param)'),
      choose('invoke_func', [outcome('success'), fault('-ENOMEM', [ret('-ENOMEM')])]),
      set('arg->ret', '0'),
      set('arg->ret_origin', '0'),
      ret('0'),
    ],
    { locals: ['struct driver_context *data'] },
  ),

  // What a driver reads of a memory reference to tell its TEE where the memory is.
  operation(
    'void env_use_param(struct tee_param *param)',
    [
      when('param && tee_param_is_memref(param) && param->u.memref.shm', [
        set('shm', 'param->u.memref.shm'),
        run('shm->paddr'),
        run('shm->size'),
      ]),
    ],
    { locals: ['struct tee_shm *shm'] },
  ),

  operation(
    'int env_shm_register(struct tee_context *ctx, struct tee_shm *shm, struct page **pages, size_t num_pages, unsigned long start)',
    [
      run('tee_get_drvdata(ctx->teedev)'),
      choose('shm_register', [outcome('success', [takeBacking]), fault('-ENOMEM', [ret('-ENOMEM')])]),
      ret('0'),
    ],
  ),

  operation(
    'int env_shm_unregister(struct tee_context *ctx, struct tee_shm *shm)',
    [
      run('tee_get_drvdata(ctx->teedev)'),
      giveBack,
      choose('shm_unregister', [outcome('success'), fault('-EINVAL', [ret('-EINVAL')])]),
      ret('0'),
    ],
    {
      approximations: [
        { direction: 'under', what: 'A driver whose shm_unregister fails has forgotten the memory all the same.' },
      ],
    },
  ),

  operation('int env_pool_alloc(struct tee_shm_pool *pool, struct tee_shm *shm, size_t size, size_t align)', [
    choose('pool alloc', [outcome('success', [takeBacking]), fault('-ENOMEM', [ret('-ENOMEM')])]),
    set('shm->kaddr', 'PAGE_SIZE'),
    set('shm->paddr', 'PAGE_SIZE'),
    set('shm->size', 'size'),
    set('shm->flags', 'shm->flags & ~TEE_SHM_DYNAMIC'),
    ret('0'),
  ]),

  operation('void env_pool_free(struct tee_shm_pool *pool, struct tee_shm *shm)', [
    giveBack,
    set('shm->kaddr', 'NULL'),
  ]),

  operation('void env_pool_destroy(struct tee_shm_pool *pool)', [free('pool')]),

  operation('int env_match_any(struct tee_ioctl_version_data *vers, void *data)', [ret('true')]),
];

/** Operations that every variant of the driver has. */
const requiredOps = {
  get_version: 'env_get_version',
  open: 'env_open',
  release: 'env_release',
} as const;

/** Operations of a driver for trusted applications. */
const sessionOps = {
  open_session: 'env_open_session',
  close_session: 'env_close_session',
  invoke_func: 'env_invoke_func',
} as const;

/** Operations of a driver that can share user memory. */
const registerOps = { shm_register: 'env_shm_register', shm_unregister: 'env_shm_unregister' } as const;

/** A description of the driver and its operations: `env_tee_desc` and `env_tee_ops`, with a suffix for a variant. */
function driverTables(suffix: string, ops: Readonly<Record<string, string>>): readonly OpsTable[] {
  return [
    { name: `env_tee_ops${suffix}`, type: 'tee_driver_ops', fields: ops, file },
    {
      name: `env_tee_desc${suffix}`,
      type: 'tee_desc',
      fields: { name: 1, ops: `env_tee_ops${suffix}`, flags: 0 },
      file,
    },
  ];
}

/** The full driver, one with only what the subsystem requires, one that frees its contexts with the TEE's help, and the pool. */
export const environmentTables: readonly OpsTable[] = [
  ...driverTables('', { ...requiredOps, ...sessionOps, ...registerOps }),
  ...driverTables('_minimal', requiredOps),
  ...driverTables('_message', {
    ...requiredOps,
    ...sessionOps,
    ...registerOps,
    release: 'env_release_with_message',
  }),
  {
    name: 'env_pool_ops',
    type: 'tee_shm_pool_ops',
    fields: { alloc: 'env_pool_alloc', free: 'env_pool_free', destroy_pool: 'env_pool_destroy' },
    file,
  },
];

/** Restricted memory: operations that a patch adds, and a driver that has them. */
export const restrictedFunctions: readonly FunctionDefinition[] = [
  operation(
    'int env_rstmem_alloc(struct tee_context *ctx, struct tee_shm *shm, u32 flags, u32 use_case, size_t size)',
    [
      run('tee_get_drvdata(ctx->teedev)'),
      choose('rstmem_alloc', [
        outcome('a physical range', [takeBacking, set('shm->paddr', 'PAGE_SIZE')]),
        outcome('pages', [
          takeBacking,
          alloc('pages', 'page_array'),
          set('shm->pages', 'pages'),
          set('shm->num_pages', '1'),
        ]),
        fault('-ENOMEM', [ret('-ENOMEM')]),
      ]),
      set('shm->size', 'size'),
      ret('0'),
    ],
    { locals: ['struct page_array *pages'] },
  ),

  operation('void env_rstmem_free(struct tee_context *ctx, struct tee_shm *shm)', [
    run('tee_get_drvdata(ctx->teedev)'),
    giveBack,
    when('shm->pages', [free('shm->pages'), set('shm->pages', 'NULL')]),
  ]),
];

/** Restricted memory out of the patch's own pool: a driver that keeps such a pool, as OP-TEE's does for a carve-out. */
export const restrictedPoolFunctions: readonly FunctionDefinition[] = [
  operation(
    'struct tee_device *env_probe_with_rstmem_pool(struct tee_desc *desc)',
    [
      set('teedev', 'env_probe(desc)'),
      when('IS_ERR(teedev)', [ret('teedev')]),
      set('driver', 'tee_get_drvdata(teedev)'),
      set('pool', 'tee_rstmem_gen_pool_alloc(PAGE_SIZE, 2 * PAGE_SIZE)'),
      when('IS_ERR(pool)', [run('env_remove(teedev)'), ret('pool')]),
      set('driver->rstmem_pool', 'pool'),
      ret('teedev'),
    ],
    { locals: ['struct tee_device *teedev', 'struct driver_data *driver', 'struct tee_shm_pool *pool'] },
  ),

  operation(
    'int env_rstmem_pool_alloc(struct tee_context *ctx, struct tee_shm *shm, u32 flags, u32 use_case, size_t size)',
    [
      set('driver', 'tee_get_drvdata(ctx->teedev)'),
      set('pool', 'driver->rstmem_pool'),
      when('!pool', [ret('-EINVAL')]),
      ret('pool->ops->alloc(pool, shm, size, 0)'),
    ],
    { locals: ['struct driver_data *driver', 'struct tee_shm_pool *pool'] },
  ),

  operation(
    'void env_rstmem_pool_free(struct tee_context *ctx, struct tee_shm *shm)',
    [
      set('driver', 'tee_get_drvdata(ctx->teedev)'),
      set('pool', 'driver->rstmem_pool'),
      run('pool->ops->free(pool, shm)'),
    ],
    { locals: ['struct driver_data *driver', 'struct tee_shm_pool *pool'] },
  ),
];

/** Replaces the full driver by one with restricted memory, and adds those without it or with the patch's pool. */
export const restrictedTables: readonly OpsTable[] = [
  ...driverTables('', {
    ...requiredOps,
    ...sessionOps,
    ...registerOps,
    rstmem_alloc: 'env_rstmem_alloc',
    rstmem_free: 'env_rstmem_free',
  }),
  ...driverTables('_no_rstmem', { ...requiredOps, ...sessionOps, ...registerOps }),
  ...driverTables('_rstmem_pool', {
    ...requiredOps,
    ...sessionOps,
    ...registerOps,
    rstmem_alloc: 'env_rstmem_pool_alloc',
    rstmem_free: 'env_rstmem_pool_free',
  }),
];
