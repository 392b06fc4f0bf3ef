import { choose, outcome, run, set, when } from '../program/build.js';
import type { Statement } from '../program/statement.js';
import { anyOf } from './parts/calls.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** A parameter of every type, with ids that are right, free and none, and sizes that fit or do not. */
const anyParameter: readonly Statement[] = [
  ...anyOf('arg.num_params', [0, 1]),
  set('arg.params[0].attr', '0'),
  set('arg.params[0].a', '0'),
  set('arg.params[0].b', '0'),
  set('arg.params[0].c', '0'),
  when('arg.num_params', [
    ...anyOf('arg.params[0].attr', [
      'TEE_IOCTL_PARAM_ATTR_TYPE_NONE',
      'TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT',
      'TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT',
      'TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT',
      'TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT',
      'TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT',
      'TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT',
      '4',
      'TEE_IOCTL_PARAM_ATTR_MASK + 1',
    ]),
    when('arg.params[0].attr >= TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT', [
      ...anyOf('arg.params[0].b', ['PAGE_SIZE', 'PAGE_SIZE + 1']),
      ...anyOf('arg.params[0].c', ['1', '2', '0', 'TEE_MEMREF_NULL']),
    ]),
  ]),
  set('buf.buf_ptr', '&arg'),
];

/** Values of every class that a command can tell apart. */
export const passingArguments = teeScenario({
  id: 'arguments',
  title: 'one call with every class of arguments',
  description:
    'A single thread makes each system call with arguments of every class: sizes of nothing, of less than a page and more, unknown flags, the reserved use case and unknown ones, parameters of every type, ids that are right, free and none, commands and fds that do not exist.',
  activities: ['allocate', 'shm-alloc', 'shm-register', 'look-up-id', 'cpu-access'],
  threads: [{ name: 'client', process: 'A', run: 'client' }],
  opens: ['client'],
  keepsDriver: true,
  functions: [
    outside(
      'void allocate(void)',
      [
        ...anyOf('data.size', ['0', '1', 'PAGE_SIZE']),
        ...anyOf('data.flags', ['0', '1']),
        ...anyOf('data.use_case', ['TEE_IOC_UC_RESERVED', 'TEE_IOC_UC_SECURE_VIDEO_PLAY', '99']),
        run('sys_ioctl(0, TEE_IOC_RSTMEM_ALLOC, &data)'),
      ],
      ['struct tee_ioctl_rstmem_alloc_data data'],
    ),
    outside(
      'void share(void)',
      [
        ...anyOf('data.size', ['0', 'PAGE_SIZE + 1']),
        ...anyOf('data.flags', ['0', '1']),
        set('fd', 'sys_ioctl(0, TEE_IOC_SHM_ALLOC, &data)'),
        when('fd >= 0', [run('sys_mmap(fd)')]),
      ],
      ['struct tee_ioctl_shm_alloc_data data', 'int fd'],
    ),
    outside(
      'void register_memory(void)',
      [
        set('data.addr', 'PAGE_SIZE'),
        ...anyOf('data.length', ['0', '1', '2 * PAGE_SIZE']),
        ...anyOf('data.flags', ['0', '1']),
        run('sys_ioctl(0, TEE_IOC_SHM_REGISTER, &data)'),
      ],
      ['struct tee_ioctl_shm_register_data data'],
    ),
    outside(
      'void invoke(void)',
      [
        run('user_shm_alloc(0)'),
        set('arg.func', '0'),
        set('arg.session', '1'),
        ...anyParameter,
        ...anyOf('buf.buf_len', [
          'SIZEOF_TEE_IOCTL_INVOKE_ARG + arg.num_params * SIZEOF_TEE_PARAM',
          'SIZEOF_TEE_IOCTL_INVOKE_ARG - 1',
          'TEE_MAX_ARG_SIZE',
        ]),
        run('sys_ioctl(0, TEE_IOC_INVOKE, &buf)'),
      ],
      ['struct tee_ioctl_invoke_arg arg', 'struct tee_ioctl_buf_data buf'],
    ),
    outside(
      'void open_session(void)',
      [
        run('user_shm_alloc(0)'),
        ...anyOf('arg.clnt_login', ['TEE_IOCTL_LOGIN_PUBLIC', 'TEE_IOCTL_LOGIN_REE_KERNEL_MIN']),
        set('arg.cancel_id', '0'),
        ...anyParameter,
        ...anyOf('buf.buf_len', [
          'SIZEOF_TEE_IOCTL_OPEN_SESSION_ARG + arg.num_params * SIZEOF_TEE_PARAM',
          'SIZEOF_TEE_IOCTL_OPEN_SESSION_ARG - 1',
        ]),
        run('sys_ioctl(0, TEE_IOC_OPEN_SESSION, &buf)'),
      ],
      ['struct tee_ioctl_open_session_arg arg', 'struct tee_ioctl_buf_data buf'],
    ),
    outside(
      'void manage(void)',
      [
        choose('command', [
          outcome('version', [run('sys_ioctl(0, TEE_IOC_VERSION, &version)')]),
          outcome('cancel', [
            set('cancel.cancel_id', '0'),
            set('cancel.session', '1'),
            run('sys_ioctl(0, TEE_IOC_CANCEL, &cancel)'),
          ]),
          outcome('close session', [set('close.session', '1'), run('sys_ioctl(0, TEE_IOC_CLOSE_SESSION, &close)')]),
          outcome('unknown', [run('sys_ioctl(0, 99, NULL)')]),
          outcome('bad fd', [run('sys_ioctl(1, TEE_IOC_VERSION, &version)')]),
        ]),
      ],
      [
        'struct tee_ioctl_version_data version',
        'struct tee_ioctl_cancel_arg cancel',
        'struct tee_ioctl_close_session_arg close',
      ],
    ),
    outside(
      'void access(void)',
      [
        set('fd', 'user_allocate(0)'),
        when('fd >= 0', [
          choose('kind of access', [
            outcome('synchronise', [
              ...anyOf('sync.flags', ['DMA_BUF_SYNC_READ', 'DMA_BUF_SYNC_WRITE | DMA_BUF_SYNC_END', '0', '8']),
              run('sys_ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync)'),
            ]),
            outcome('unknown command', [run('sys_ioctl(fd, 99, NULL)')]),
            outcome('map', [run('sys_mmap(fd)')]),
            outcome('map the device', [run('sys_mmap(0)')]),
            outcome('duplicate', [run('sys_dup(fd)')]),
          ]),
        ]),
      ],
      ['struct dma_buf_sync sync', 'int fd'],
    ),
    outside('void client(void)', [
      choose('system call', [
        outcome('allocate', [run('allocate()')]),
        outcome('share', [run('share()')]),
        outcome('register', [run('register_memory()')]),
        outcome('invoke', [run('invoke()')]),
        outcome('open session', [run('open_session()')]),
        outcome('manage', [run('manage()')]),
        outcome('access', [run('access()')]),
      ]),
    ]),
  ],
});
