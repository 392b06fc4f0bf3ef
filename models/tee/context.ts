import { fn, goTo, label, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import { kzalloc } from '../kernel/slab.js';

const file = 'drivers/tee/tee_core.c';

/**
 * Contexts: what an open file or a kernel client holds (drivers/tee/tee_core.c, v6.12).
 *
 * The user count of the device is given back when the context is closed, not when its memory dies: shared memory may keep
 * it longer, and owns user counts of its own.
 */
export const contextFunctions: readonly FunctionDefinition[] = [
  fn(
    'struct tee_context *teedev_open(struct tee_device *teedev)',
    { file, locals: ['int rc', 'struct tee_context *ctx'] },
    [
      when('!tee_device_get(teedev)', [ret('ERR_PTR(-EINVAL)')]),
      kzalloc('ctx', 'tee_context'),
      when('!ctx', [set('rc', '-ENOMEM'), goTo('err')]),
      run('kref_init(&ctx->refcount)'),
      set('ctx->teedev', 'teedev'),
      set('rc', 'teedev->desc->ops->open(ctx)'),
      when('rc', [goTo('err')]),
      ret('ctx'),
      label('err'),
      run('kfree(ctx)'),
      run('tee_device_put(teedev)'),
      ret('ERR_PTR(rc)'),
    ],
  ),

  fn('void teedev_ctx_get(struct tee_context *ctx)', { file }, [
    when('ctx->releasing', [ret()]),
    run('kref_get(&ctx->refcount)'),
  ]),

  // While `releasing` is set, shared memory made and freed inside ops->release leaves the count alone.
  fn('void teedev_ctx_release(struct kref *ref)', { file, locals: ['struct tee_context *ctx'] }, [
    set('ctx', 'container_of(ref, struct tee_context, refcount)'),
    set('ctx->releasing', 'true'),
    run('ctx->teedev->desc->ops->release(ctx)'),
    run('kfree(ctx)'),
  ]),

  fn('void teedev_ctx_put(struct tee_context *ctx)', { file }, [
    when('ctx->releasing', [ret()]),
    run('kref_put(&ctx->refcount, teedev_ctx_release)'),
  ]),

  fn('void teedev_close_context(struct tee_context *ctx)', { file, locals: ['struct tee_device *teedev'] }, [
    set('teedev', 'ctx->teedev'),
    run('teedev_ctx_put(ctx)'),
    run('tee_device_put(teedev)'),
  ]),

  fn('int tee_open(struct inode *inode, struct file *filp)', { file, locals: ['struct tee_context *ctx'] }, [
    set('ctx', 'teedev_open(container_of(inode->i_cdev, struct tee_device, cdev))'),
    when('IS_ERR(ctx)', [ret('PTR_ERR(ctx)')]),
    set('ctx->supp_nowait', 'false'),
    set('filp->private_data', 'ctx'),
    ret('0'),
  ]),

  fn('int tee_release(struct inode *inode, struct file *filp)', { file }, [
    run('teedev_close_context(filp->private_data)'),
    ret('0'),
  ]),
];
