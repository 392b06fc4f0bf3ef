import { kzalloc } from '../../../models/kernel/slab.js';
import { ret, run, set, when } from '../../../models/program/build.js';
import type { FunctionDefinition } from '../../../models/program/functionDefinition.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

/**
 * Functions with the names that the monitors of TEE objects are bound to, reduced to what the monitors see: nothing crashes
 * in these toys.
 */
const device: readonly FunctionDefinition[] = [
  toyFn('int tee_device_register(struct tee_device *teedev)', [], [ret('0')]),
  toyFn('void tee_device_unregister(struct tee_device *teedev)', [], [run('tee_device_put(teedev)')]),
  toyFn('bool tee_device_get(struct tee_device *teedev)', [], [ret('true')]),
  toyFn('void tee_device_put(struct tee_device *teedev)', [], []),
];
const context: readonly FunctionDefinition[] = [
  toyFn(
    'struct tee_context *teedev_open(struct tee_device *teedev)',
    ['struct tee_context *ctx'],
    [
      kzalloc('ctx', 'tee_context'),
      when('!ctx', [ret('ERR_PTR(-ENOMEM)')]),
      run('kref_init(&ctx->refcount)'),
      ret('ctx'),
    ],
  ),
  toyFn('void teedev_close_context(struct tee_context *ctx)', [], [run('teedev_ctx_put(ctx)')]),
  toyFn('void teedev_ctx_put(struct tee_context *ctx)', [], [run('kref_put(&ctx->refcount, teedev_ctx_release)')]),
  toyFn(
    'void teedev_ctx_release(struct kref *ref)',
    ['struct tee_context *ctx'],
    [set('ctx', 'container_of(ref, struct tee_context, refcount)'), run('kfree(ctx)')],
  ),
];
const shm: readonly FunctionDefinition[] = [
  toyFn(
    'struct tee_shm *shm_alloc_helper(void)',
    ['struct tee_shm *shm'],
    [kzalloc('shm', 'tee_shm'), when('!shm', [ret('ERR_PTR(-ENOMEM)')]), set('shm->size', '1'), ret('shm')],
  ),
  toyFn('void tee_shm_put(struct tee_shm *shm)', [], []),
  toyFn('void tee_shm_release(struct tee_device *teedev, struct tee_shm *shm)', [], []),
];

const probe = (
  functions: readonly FunctionDefinition[],
  locals: readonly string[],
  body: readonly Statement[],
): Toy => ({
  globals: { teedev: 'struct tee_device' },
  functions: [...functions, toyFn('int probe(void)', locals, [...body, ret('0')])],
  threads: { driver: [run('probe()')] },
});

const onDevice = (body: readonly Statement[]) => probe(device, [], body);
const onContext = (body: readonly Statement[]) =>
  probe(
    context,
    ['struct tee_context *ctx'],
    [set('ctx', 'teedev_open(&teedev)'), when('IS_ERR(ctx)', [ret('PTR_ERR(ctx)')]), ...body],
  );
const onShm = (body: readonly Statement[]) =>
  probe(
    shm,
    ['struct tee_shm *shm'],
    [set('shm', 'shm_alloc_helper()'), when('IS_ERR(shm)', [ret('PTR_ERR(shm)')]), ...body, run('kfree(shm)')],
  );

const release = run('tee_shm_release(&teedev, shm)');
const unregister = run('tee_device_unregister(&teedev)');
const close = run('teedev_close_context(ctx)');

export const teeToys: readonly ToyPair[] = [
  {
    property: 'operation-order',
    reports: 'a TEE device that is taken after it was unregistered',
    broken: onDevice([run('tee_device_register(&teedev)'), unregister, run('tee_device_get(&teedev)')]),
    findings: ['operation-order tee_device.@tee_device: tee_device_get'],
    spares: 'one that is taken and put before',
    fixed: onDevice([
      run('tee_device_register(&teedev)'),
      run('tee_device_get(&teedev)'),
      run('tee_device_put(&teedev)'),
      unregister,
    ]),
  },
  {
    property: 'operation-order',
    reports: 'a TEE device that is registered twice',
    broken: onDevice([run('tee_device_register(&teedev)'), run('tee_device_register(&teedev)'), unregister]),
    findings: ['operation-order tee_device.@tee_device: tee_device_register'],
    spares: 'one that is registered once',
    fixed: onDevice([run('tee_device_register(&teedev)'), unregister]),
  },
  {
    property: 'operation-order',
    reports: 'a TEE context that loses its last reference before it is closed',
    broken: onContext([run('teedev_ctx_put(ctx)')]),
    findings: ['operation-order tee_context.@tee_context: teedev_ctx_release'],
    spares: 'one that is closed',
    fixed: onContext([close]),
  },
  {
    property: 'operation-order',
    reports: 'shared memory that is released twice',
    broken: onShm([release, release]),
    findings: ['operation-order tee_shm.@tee_shm: tee_shm_release'],
    spares: 'shared memory that is released once',
    fixed: onShm([run('tee_shm_put(shm)'), release]),
  },
  {
    property: 'operation-order',
    reports: 'shared memory that is put after its release',
    broken: onShm([release, run('tee_shm_put(shm)')]),
    findings: ['operation-order tee_shm.@tee_shm: tee_shm_put'],
    spares: 'shared memory that is put before',
    fixed: onShm([run('tee_shm_put(shm)'), release]),
  },
];
