import { fn, loop, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'drivers/tee/tee_core.c';

/** Kernel clients of a TEE (drivers/tee/tee_core.c, v6.12). */
export const clientFunctions: readonly FunctionDefinition[] = [
  // Calls into the driver without being a user of the device.
  fn(
    'int match_dev(struct device *dev, void *data)',
    { file, locals: ['struct match_dev_data *match_data', 'struct tee_device *teedev'] },
    [
      set('match_data', 'data'),
      set('teedev', 'container_of(dev, struct tee_device, dev)'),
      run('teedev->desc->ops->get_version(teedev, match_data->vers)'),
      ret('match_data->match(match_data->vers, match_data->data)'),
    ],
  ),

  fn(
    'struct tee_context *tee_client_open_context(struct tee_context *start, fn match, void *data, struct tee_ioctl_version_data *vers)',
    {
      file,
      locals: [
        'struct device *dev',
        'struct device *put_dev',
        'struct tee_context *ctx',
        'struct tee_ioctl_version_data v',
        'struct match_dev_data match_data',
        'bool again',
      ],
    },
    [
      set('dev', 'NULL'),
      set('put_dev', 'NULL'),
      set('ctx', 'NULL'),
      when('vers', [set('match_data.vers', 'vers')], [set('match_data.vers', '&v')]),
      set('match_data.data', 'data'),
      set('match_data.match', 'match'),
      when('start', [set('dev', '&start->teedev->dev')]),
      set('again', 'true'),
      loop('again', [
        set('dev', 'class_find_device(&tee_class, dev, &match_data, match_dev)'),
        when(
          '!dev',
          [set('ctx', 'ERR_PTR(-ENOENT)'), set('again', 'false')],
          [
            run('put_device(put_dev)'),
            set('put_dev', 'dev'),
            set('ctx', 'teedev_open(container_of(dev, struct tee_device, dev))'),
            set('again', 'IS_ERR(ctx) && PTR_ERR(ctx) != -ENOMEM'),
          ],
        ),
      ]),
      run('put_device(put_dev)'),
      when('!IS_ERR(ctx)', [set('ctx->supp_nowait', 'true')]),
      ret('ctx'),
    ],
  ),

  fn('void tee_client_close_context(struct tee_context *ctx)', { file }, [run('teedev_close_context(ctx)')]),

  fn(
    'int tee_client_open_session(struct tee_context *ctx, struct tee_ioctl_open_session_arg *arg, struct tee_param *param)',
    { file },
    [
      when('!ctx->teedev->desc->ops->open_session', [ret('-EINVAL')]),
      ret('ctx->teedev->desc->ops->open_session(ctx, arg, param)'),
    ],
  ),

  fn('int tee_client_close_session(struct tee_context *ctx, u32 session)', { file }, [
    when('!ctx->teedev->desc->ops->close_session', [ret('-EINVAL')]),
    ret('ctx->teedev->desc->ops->close_session(ctx, session)'),
  ]),

  fn(
    'int tee_client_invoke_func(struct tee_context *ctx, struct tee_ioctl_invoke_arg *arg, struct tee_param *param)',
    { file },
    [
      when('!ctx->teedev->desc->ops->invoke_func', [ret('-EINVAL')]),
      ret('ctx->teedev->desc->ops->invoke_func(ctx, arg, param)'),
    ],
  ),
];
