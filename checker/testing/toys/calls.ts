import { copyToUser, putUser } from '../../../models/kernel/uaccess.js';
import { ret, run, set, when } from '../../../models/program/build.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

const types = {
  toy_arg: { size: 'u64 [in/out]', id: 's32 [out]', flags: 'u32 [in]' },
};

const fileOps = { name: 'toy_fops', type: 'file_operations', fields: { release: 'toy_release' } };
const ioctlOps = { ...fileOps, fields: { ...fileOps.fields, unlocked_ioctl: 'toy_ioctl' } };

/** A device file that is open as fd 0, and an ioctl on it. The file belongs to no module. */
const ioctl = (locals: readonly string[], body: readonly Statement[]): Toy => ({
  types,
  tables: [ioctlOps],
  functions: [
    toyFn('long toy_ioctl(struct file *file, unsigned int cmd, struct toy_arg *arg)', locals, body),
    toyFn('int toy_release(struct inode *inode, struct file *file)', [], [ret('0')]),
  ],
  setup: { body: [run('anon_inode_getfd(NULL, &toy_fops, NULL, 0)')] },
  threads: {
    user: {
      process: 'client',
      locals: ['struct toy_arg arg'],
      body: [set('arg.size', '1'), set('arg.id', '0'), set('arg.flags', '0'), run('sys_ioctl(0, 1, &arg)')],
    },
  },
});

const answer = [copyToUser('arg', 'data', ['size', 'id'], [ret('-EFAULT')])];
const newFile = [
  set('file2', '__alloc_file(&toy_fops, NULL)'),
  when('IS_ERR(file2)', [run('put_unused_fd(fd)'), ret('PTR_ERR(file2)')]),
];

/** An fd is reserved and a file is made; `body` decides what becomes of them. */
const slot = (body: readonly Statement[]): Toy => ({
  types,
  tables: [fileOps],
  functions: [
    toyFn('int toy_release(struct inode *inode, struct file *file)', [], [ret('0')]),
    toyFn(
      'int probe(void)',
      ['int fd', 'struct file *file'],
      [
        set('fd', 'get_unused_fd_flags(0)'),
        when('fd < 0', [ret('fd')]),
        set('file', '__alloc_file(&toy_fops, NULL)'),
        when('IS_ERR(file)', [run('put_unused_fd(fd)'), ret('PTR_ERR(file)')]),
        ...body,
        ret('0'),
      ],
    ),
  ],
  threads: { user: { process: 'client', body: [run('probe()')] } },
});

/** As `ioctl`, called twice, with command 1 and 2. */
const twoIoctls = (own: Toy['types'], body: readonly Statement[]): Toy => ({
  ...ioctl([], body),
  types: { ...types, toy_arg: { flags: 'u32 [in]' }, ...own },
  threads: {
    user: {
      process: 'client',
      locals: ['struct toy_arg arg'],
      body: [run('sys_ioctl(0, 1, &arg)'), run('sys_ioctl(0, 2, &arg)')],
    },
  },
});

const ops = (fields: Readonly<Record<string, string>>): Toy => ({
  types: { box_ops: { open: 'fn', mmap: 'fn?' } },
  tables: [{ name: 'toy_ops', type: 'box_ops', fields }],
  functions: [
    toyFn('int toy_open(void)', [], [ret('-EPERM')]),
    toyFn('int toy_refuse(int flags)', [], [ret('-EPERM')]),
    toyFn('int toy_mmap(int flags)', [], [when('flags', [ret('-EPERM')]), ret('0')]),
    toyFn('int probe(struct box_ops *ops)', [], [when('ops->mmap', [ret('ops->mmap(0)')]), ret('ops->open()')]),
  ],
  threads: { user: [run('probe(&toy_ops)')] },
});

const assertion = (name: string, condition: string): Toy => ({
  types: { world: { count: 'int' } },
  functions: [toyFn('int probe(void)', [], [run(`${name}(${condition})`), ret('0')])],
  threads: { user: [run('probe()')] },
});

export const callToys: readonly ToyPair[] = [
  {
    property: 'failure-after-install',
    reports: 'a copy to user space that fails after the file was installed',
    broken: ioctl(
      ['int fd', 'struct file *file2', 'struct toy_arg data'],
      [
        set('data.size', '2'),
        set('data.id', '1'),
        set('fd', 'get_unused_fd_flags(0)'),
        when('fd < 0', [ret('fd')]),
        ...newFile,
        run('fd_install(fd, file2)'),
        ...answer,
        ret('fd'),
      ],
    ),
    findings: ['failure-after-install task_struct.@syscall: syscall_exit'],
    spares: 'one that fails before',
    fixed: ioctl(
      ['int fd', 'struct file *file2', 'struct toy_arg data'],
      [
        set('data.size', '2'),
        set('data.id', '1'),
        copyToUser('arg', 'data', ['size', 'id'], [ret('-EFAULT')]),
        set('fd', 'get_unused_fd_flags(0)'),
        when('fd < 0', [ret('fd')]),
        ...newFile,
        run('fd_install(fd, file2)'),
        ret('fd'),
      ],
    ),
  },
  {
    property: 'lock-held-at-return',
    reports: 'a mutex that one ioctl takes and the next one gives back',
    broken: twoIoctls({ world: { lock: 'struct mutex' } }, [
      when('cmd == 1', [run('mutex_lock(&world.lock)')], [run('mutex_unlock(&world.lock)')]),
      ret('0'),
    ]),
    findings: ['lock-held-at-return world.lock: return'],
    spares: 'one that each ioctl takes and gives back',
    fixed: twoIoctls({ world: { lock: 'struct mutex' } }, [
      run('mutex_lock(&world.lock)'),
      run('mutex_unlock(&world.lock)'),
      ret('0'),
    ]),
  },
  {
    property: 'output-not-written',
    reports: 'a size that the user is not told',
    broken: ioctl([], [putUser('arg->id', '1', [ret('-EFAULT')]), ret('0')]),
    findings: ['output-not-written toy_arg.size: ioctl'],
    spares: 'an ioctl that fails, or writes all it documents',
    fixed: ioctl(['struct toy_arg data'], [set('data.size', '2'), set('data.id', '1'), ...answer, ret('0')]),
  },
  {
    property: 'output-not-written',
    reports: 'a second call that leaves what the first one wrote',
    broken: twoIoctls({ toy_arg: { id: 's32 [out]' } }, [when('cmd == 1', [set('arg->id', '1')]), ret('0')]),
    findings: ['output-not-written toy_arg.id: ioctl'],
    spares: 'calls that each write it',
    fixed: twoIoctls({ toy_arg: { id: 's32 [out]' } }, [putUser('arg->id', '1', [ret('-EFAULT')]), ret('0')]),
  },
  {
    property: 'operation-order',
    reports: 'an fd that is given back although a file is in it',
    broken: slot([run('fd_install(fd, file)'), run('put_unused_fd(fd)')]),
    findings: ['operation-order files_struct.fd[].slot: put_unused_fd'],
    spares: 'one that gets its file, and is closed at exit',
    fixed: slot([run('fd_install(fd, file)')]),
  },
  {
    property: 'count-not-restored',
    reports: 'a reserved fd that is forgotten',
    broken: slot([run('fput(file)')]),
    findings: ['count-not-restored files_struct.fd[].slot: end of run'],
    spares: 'one that is given back',
    fixed: slot([run('put_unused_fd(fd)'), run('fput(file)')]),
  },
  {
    property: 'kernel-bug',
    reports: 'a file that is installed over another',
    broken: slot([run('fd_install(fd, file)'), run('get_file(file)'), run('fd_install(fd, file)')]),
    findings: ['kernel-bug files_struct.fd[].slot: fd_install'],
    spares: 'a file that is installed once',
    fixed: slot([run('fd_install(fd, file)')]),
  },
  {
    property: 'refcount-from-zero',
    reports: 'a file that is taken after its last reference was dropped',
    broken: slot([run('put_unused_fd(fd)'), run('fput(file)'), run('fput(get_file(file))')]),
    findings: ['refcount-from-zero file.f_count: get_file', 'use-after-free file.f_op: __fput, after __fput'],
    spares: 'one that is taken before',
    fixed: slot([run('put_unused_fd(fd)'), run('get_file(file)'), run('fput(file)'), run('fput(file)')]),
  },
  {
    property: 'refusing-operation',
    reports: 'an optional operation that only refuses',
    broken: ops({ open: 'toy_open', mmap: 'toy_refuse' }),
    findings: ['refusing-operation box_ops.mmap: refuse'],
    spares: 'an operation that must be there, nor one that refuses some calls',
    fixed: ops({ open: 'toy_open', mmap: 'toy_mmap' }),
  },
  {
    property: 'kernel-warning',
    reports: 'a condition that should never hold',
    broken: assertion('WARN_ON', '!world.count'),
    findings: ['kernel-warning: WARN_ON'],
    spares: 'one that does not',
    fixed: assertion('WARN_ON', 'world.count'),
  },
  {
    property: 'kernel-bug',
    reports: 'a condition that must not hold',
    broken: assertion('BUG_ON', '!world.count'),
    findings: ['kernel-bug: BUG_ON'],
    spares: 'one that does not',
    fixed: assertion('BUG_ON', 'world.count'),
  },
];
