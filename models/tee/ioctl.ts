import { fn, goTo, label, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import type { OpsTable } from '../types/opsTable.js';
import { kcalloc } from '../kernel/slab.js';
import { copyFromUser, copyToUser, putUser } from '../kernel/uaccess.js';

const file = 'drivers/tee/tee_core.c';

const oneParameter = {
  direction: 'under',
  what: 'A session or invoke call has at most one parameter.',
} as const;

/** The commands of the base, in the order of its switch: number and function. */
export const baseCommands: readonly (readonly [command: string, handler: string])[] = [
  ['TEE_IOC_VERSION', 'tee_ioctl_version'],
  ['TEE_IOC_SHM_ALLOC', 'tee_ioctl_shm_alloc'],
  ['TEE_IOC_SHM_REGISTER', 'tee_ioctl_shm_register'],
  ['TEE_IOC_OPEN_SESSION', 'tee_ioctl_open_session'],
  ['TEE_IOC_INVOKE', 'tee_ioctl_invoke'],
  ['TEE_IOC_CANCEL', 'tee_ioctl_cancel'],
  ['TEE_IOC_CLOSE_SESSION', 'tee_ioctl_close_session'],
];

/** The dispatcher; `cases` are those a patch adds at the end of the switch. */
export function teeIoctl(cases: readonly Statement[] = [], patched = false): FunctionDefinition {
  return fn(
    'long tee_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)',
    {
      file,
      locals: ['struct tee_context *ctx', 'void *uarg'],
      ...(patched ? { patched } : {}),
      approximations: [
        {
          direction: 'under',
          what: "The supplicant's commands (SUPPL_RECV, SUPPL_SEND) are answered as unknown ones.",
        },
      ],
    },
    [
      set('ctx', 'filp->private_data'),
      set('uarg', 'arg'),
      ...baseCommands.map(([command, handler]) => when(`cmd == ${command}`, [ret(`${handler}(ctx, uarg)`)])),
      ...cases,
      ret('-EINVAL'),
    ],
  );
}

/** The end of both commands that make an object with an id: tell user space, then install the fd, then drop the own reference. */
const answerAndInstall = (fields: readonly string[]): readonly Statement[] => [
  set('ret', '0'),
  copyToUser('udata', 'data', fields, [set('ret', '-EFAULT')]),
  when('!ret', [set('ret', 'tee_shm_get_fd(shm)')]),
  run('tee_shm_put(shm)'),
  ret('ret'),
];

/** From the command's buffer to the converted parameter: the beginning of open_session and invoke. */
const readArguments = (argSize: string, fields: readonly string[]): readonly Statement[] => [
  set('params', 'NULL'),
  copyFromUser('buf', 'ubuf', ['buf_ptr', 'buf_len'], [ret('-EFAULT')]),
  when(`buf.buf_len > TEE_MAX_ARG_SIZE || buf.buf_len < ${argSize}`, [ret('-EINVAL')]),
  set('uarg', 'buf.buf_ptr'),
  copyFromUser('arg', 'uarg', fields, [ret('-EFAULT')]),
  when(`${argSize} + arg.num_params * SIZEOF_TEE_PARAM != buf.buf_len`, [ret('-EINVAL')]),
  when('arg.num_params', [
    kcalloc('params', 'tee_param'),
    when('!params', [ret('-ENOMEM')]),
    set('uparams', '&uarg->params[0]'),
    set('rc', 'params_from_user(ctx, params, arg.num_params, uparams)'),
    when('rc', [goTo('out')]),
  ]),
];

/** Drops the reference that the conversion took, and the parameter. */
const putParameters: readonly Statement[] = [
  when('params', [
    when('tee_param_is_memref(params) && params->u.memref.shm', [run('tee_shm_put(params->u.memref.shm)')]),
    run('kfree(params)'),
  ]),
  ret('rc'),
];

/** The system calls on an open TEE device (drivers/tee/tee_core.c, v6.12). */
export const ioctlFunctions: readonly FunctionDefinition[] = [
  fn(
    'int tee_ioctl_version(struct tee_context *ctx, struct tee_ioctl_version_data *uvers)',
    { file, locals: ['struct tee_ioctl_version_data vers'] },
    [
      run('ctx->teedev->desc->ops->get_version(ctx->teedev, &vers)'),
      when('ctx->teedev->desc->flags & TEE_DESC_PRIVILEGED', [
        set('vers.gen_caps', 'vers.gen_caps | TEE_GEN_CAP_PRIVILEGED'),
      ]),
      copyToUser('uvers', 'vers', ['impl_id', 'impl_caps', 'gen_caps'], [ret('-EFAULT')]),
      ret('0'),
    ],
  ),

  fn(
    'int tee_ioctl_shm_alloc(struct tee_context *ctx, struct tee_ioctl_shm_alloc_data *udata)',
    { file, locals: ['long ret', 'struct tee_ioctl_shm_alloc_data data', 'struct tee_shm *shm'] },
    [
      copyFromUser('data', 'udata', ['size', 'flags', 'id'], [ret('-EFAULT')]),
      when('data.flags', [ret('-EINVAL')]),
      set('shm', 'tee_shm_alloc_user_buf(ctx, data.size)'),
      when('IS_ERR(shm)', [ret('PTR_ERR(shm)')]),
      set('data.id', 'shm->id'),
      set('data.size', 'shm->size'),
      ...answerAndInstall(['size', 'flags', 'id']),
    ],
  ),

  fn(
    'int tee_ioctl_shm_register(struct tee_context *ctx, struct tee_ioctl_shm_register_data *udata)',
    { file, locals: ['long ret', 'struct tee_ioctl_shm_register_data data', 'struct tee_shm *shm'] },
    [
      copyFromUser('data', 'udata', ['addr', 'length', 'flags', 'id'], [ret('-EFAULT')]),
      when('data.flags', [ret('-EINVAL')]),
      set('shm', 'tee_shm_register_user_buf(ctx, data.addr, data.length)'),
      when('IS_ERR(shm)', [ret('PTR_ERR(shm)')]),
      set('data.id', 'shm->id'),
      set('data.length', 'shm->size'),
      ...answerAndInstall(['addr', 'length', 'flags', 'id']),
    ],
  ),

  fn('bool tee_param_is_memref(struct tee_param *param)', { file: 'include/linux/tee_core.h', locals: ['int type'] }, [
    set('type', 'param->attr & TEE_IOCTL_PARAM_ATTR_TYPE_MASK'),
    ret(
      'type == TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT || type == TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT || type == TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT',
    ),
  ]),

  fn(
    'int params_from_user(struct tee_context *ctx, struct tee_param *params, size_t num_params, struct tee_ioctl_param *uparams)',
    {
      file,
      locals: ['struct tee_shm *shm', 'struct tee_ioctl_param ip', 'int type'],
      approximations: [oneParameter],
    },
    [
      when('!num_params', [ret('0')]),
      copyFromUser('ip', 'uparams', ['attr', 'a', 'b', 'c'], [ret('-EFAULT')]),
      when('ip.attr & ~TEE_IOCTL_PARAM_ATTR_MASK', [ret('-EINVAL')]),
      set('params->attr', 'ip.attr'),
      set('type', 'ip.attr & TEE_IOCTL_PARAM_ATTR_TYPE_MASK'),
      when('type == TEE_IOCTL_PARAM_ATTR_TYPE_NONE || type == TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT', [ret('0')]),
      when('type == TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT || type == TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT', [
        set('params->u.value.a', 'ip.a'),
        set('params->u.value.b', 'ip.b'),
        set('params->u.value.c', 'ip.c'),
        ret('0'),
      ]),
      when(
        'type != TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT && type != TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT && type != TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT',
        [ret('-EINVAL')],
      ),
      when(
        'ip.c != TEE_MEMREF_NULL',
        [
          set('shm', 'tee_shm_get_from_id(ctx, ip.c)'),
          when('IS_ERR(shm)', [ret('PTR_ERR(shm)')]),
          when('ip.a + ip.b < ip.a || ip.a + ip.b > shm->size', [run('tee_shm_put(shm)'), ret('-EINVAL')]),
        ],
        [when('ctx->cap_memref_null', [set('shm', 'NULL')], [ret('-EINVAL')])],
      ),
      set('params->u.memref.shm_offs', 'ip.a'),
      set('params->u.memref.size', 'ip.b'),
      set('params->u.memref.shm', 'shm'),
      ret('0'),
    ],
  ),

  fn(
    'int params_to_user(struct tee_ioctl_param *uparams, size_t num_params, struct tee_param *params)',
    { file, approximations: [oneParameter] },
    [
      when('!num_params', [ret('0')]),
      when(
        'params->attr == TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT || params->attr == TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT',
        [
          putUser('uparams->a', 'params->u.value.a', [ret('-EFAULT')]),
          putUser('uparams->b', 'params->u.value.b', [ret('-EFAULT')]),
          putUser('uparams->c', 'params->u.value.c', [ret('-EFAULT')]),
        ],
        [
          when(
            'params->attr == TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT || params->attr == TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT',
            [putUser('uparams->b', 'params->u.memref.size', [ret('-EFAULT')])],
          ),
        ],
      ),
      ret('0'),
    ],
  ),

  fn(
    'int tee_ioctl_open_session(struct tee_context *ctx, struct tee_ioctl_buf_data *ubuf)',
    {
      file,
      locals: [
        'int rc',
        'struct tee_ioctl_buf_data buf',
        'struct tee_ioctl_open_session_arg *uarg',
        'struct tee_ioctl_open_session_arg arg',
        'struct tee_ioctl_param *uparams',
        'struct tee_param *params',
        'bool have_session',
      ],
      approximations: [oneParameter],
    },
    [
      set('uparams', 'NULL'),
      set('have_session', 'false'),
      when('!ctx->teedev->desc->ops->open_session', [ret('-EINVAL')]),
      ...readArguments('SIZEOF_TEE_IOCTL_OPEN_SESSION_ARG', [
        'clnt_login',
        'session',
        'ret',
        'ret_origin',
        'num_params',
      ]),
      when('arg.clnt_login >= TEE_IOCTL_LOGIN_REE_KERNEL_MIN && arg.clnt_login <= TEE_IOCTL_LOGIN_REE_KERNEL_MAX', [
        set('rc', '-EPERM'),
        goTo('out'),
      ]),
      set('rc', 'ctx->teedev->desc->ops->open_session(ctx, &arg, params)'),
      when('rc', [goTo('out')]),
      set('have_session', 'true'),
      set('rc', '-EFAULT'),
      putUser('uarg->session', 'arg.session', [goTo('out')]),
      putUser('uarg->ret', 'arg.ret', [goTo('out')]),
      putUser('uarg->ret_origin', 'arg.ret_origin', [goTo('out')]),
      set('rc', 'params_to_user(uparams, arg.num_params, params)'),
      label('out'),
      when('rc && have_session && ctx->teedev->desc->ops->close_session', [
        run('ctx->teedev->desc->ops->close_session(ctx, arg.session)'),
      ]),
      ...putParameters,
    ],
  ),

  fn(
    'int tee_ioctl_invoke(struct tee_context *ctx, struct tee_ioctl_buf_data *ubuf)',
    {
      file,
      locals: [
        'int rc',
        'struct tee_ioctl_buf_data buf',
        'struct tee_ioctl_invoke_arg *uarg',
        'struct tee_ioctl_invoke_arg arg',
        'struct tee_ioctl_param *uparams',
        'struct tee_param *params',
      ],
      approximations: [oneParameter],
    },
    [
      set('uparams', 'NULL'),
      when('!ctx->teedev->desc->ops->invoke_func', [ret('-EINVAL')]),
      ...readArguments('SIZEOF_TEE_IOCTL_INVOKE_ARG', ['func', 'session', 'ret', 'ret_origin', 'num_params']),
      set('rc', 'ctx->teedev->desc->ops->invoke_func(ctx, &arg, params)'),
      when('rc', [goTo('out')]),
      set('rc', '-EFAULT'),
      putUser('uarg->ret', 'arg.ret', [goTo('out')]),
      putUser('uarg->ret_origin', 'arg.ret_origin', [goTo('out')]),
      set('rc', 'params_to_user(uparams, arg.num_params, params)'),
      label('out'),
      ...putParameters,
    ],
  ),

  fn(
    'int tee_ioctl_cancel(struct tee_context *ctx, struct tee_ioctl_cancel_arg *uarg)',
    { file, locals: ['struct tee_ioctl_cancel_arg arg'] },
    [
      when('!ctx->teedev->desc->ops->cancel_req', [ret('-EINVAL')]),
      copyFromUser('arg', 'uarg', ['cancel_id', 'session'], [ret('-EFAULT')]),
      ret('ctx->teedev->desc->ops->cancel_req(ctx, arg.cancel_id, arg.session)'),
    ],
  ),

  fn(
    'int tee_ioctl_close_session(struct tee_context *ctx, struct tee_ioctl_close_session_arg *uarg)',
    { file, locals: ['struct tee_ioctl_close_session_arg arg'] },
    [
      when('!ctx->teedev->desc->ops->close_session', [ret('-EINVAL')]),
      copyFromUser('arg', 'uarg', ['session'], [ret('-EFAULT')]),
      ret('ctx->teedev->desc->ops->close_session(ctx, arg.session)'),
    ],
  ),

  teeIoctl(),
];

/** File operations of the device and of the fd of a shared memory object (drivers/tee/tee_core.c and tee_shm.c, v6.12). */
export const fileTables: readonly OpsTable[] = [
  {
    name: 'tee_fops',
    type: 'file_operations',
    fields: {
      owner: 'tee_module',
      open: 'tee_open',
      release: 'tee_release',
      unlocked_ioctl: 'tee_ioctl',
      compat_ioctl: 'compat_ptr_ioctl',
    },
    file,
  },
  {
    name: 'tee_shm_fops',
    type: 'file_operations',
    fields: { owner: 'tee_module', release: 'tee_shm_fop_release', mmap: 'tee_shm_fop_mmap' },
    file: 'drivers/tee/tee_shm.c',
  },
];
