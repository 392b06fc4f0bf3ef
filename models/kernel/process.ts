import { awaitThat, choose, fn, free, goTo, label, loop, outcome, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';

/**
 * A system call: `body` computes `result` and leaves by `goto out` or at its end. Then the task's pending releases run, on
 * the way back to user mode, and the call is over.
 */
function systemCall(prototype: string, file: string, locals: readonly string[], body: readonly Statement[]) {
  return fn(prototype, { file, origin: 'kernel', entry: true, sleeps: true, locals: ['long result', ...locals] }, [
    run('syscall_enter()'),
    ...body,
    label('out'),
    run('task_work_run()'),
    run('syscall_exit(result)'),
    ret('result'),
  ]);
}

/** `result = value; goto out;` */
function leave(value: string): Statement[] {
  return [set('result', value), goTo('out')];
}

/** `file = fget(fd)`, or -EBADF. */
const fileOfFd = [set('file', 'fget(fd)'), when('!file', leave('-EBADF'))];

/**
 * System calls, as user space makes them, and the end of a process. A system call holds its own reference to the file it works
 * on and drops it before pending releases run.
 *
 * `closeIsSynchronous`: close(2) releases the file itself (6.6 and later) or leaves that to task work (before).
 */
export function processFunctions(version: { readonly closeIsSynchronous: boolean }): readonly FunctionDefinition[] {
  return [
    /** Where monitors see that a system call begins and ends. */
    fn('void syscall_enter(void)', { file: 'kernel/entry/common.c', origin: 'kernel', atomic: { shared: [] } }, []),
    fn(
      'void syscall_exit(long result)',
      { file: 'kernel/entry/common.c', origin: 'kernel', atomic: { shared: [] } },
      [],
    ),

    /** open(2) of a character special file; read-write, no flags. The fd, or an error. */
    systemCall(
      'int sys_open_chrdev(struct inode *inode)',
      'fs/open.c',
      ['int fd', 'int error', 'struct file *file'],
      [
        set('fd', 'get_unused_fd_flags(0)'),
        when('fd < 0', leave('fd')),
        set('file', '__alloc_file(NULL, NULL)'),
        when('IS_ERR(file)', [run('put_unused_fd(fd)'), ...leave('PTR_ERR(file)')]),
        set('error', 'chrdev_open(inode, file)'),
        when('error', [
          when('file->f_op', [run('module_put(file->f_op->owner)')]),
          free('file'),
          run('put_unused_fd(fd)'),
          ...leave('error'),
        ]),
        run('fd_install(fd, file)'),
        set('result', 'fd'),
      ],
    ),

    systemCall(
      'int sys_close(unsigned int fd)',
      'fs/open.c',
      ['struct file *file'],
      [
        set('file', '__file_close_fd(current->files, fd)'),
        when('!file', leave('-EBADF')),
        run(version.closeIsSynchronous ? '__fput_sync(file)' : 'fput(file)'),
        set('result', '0'),
      ],
    ),

    systemCall(
      'long sys_ioctl(unsigned int fd, unsigned int cmd, void *arg)',
      'fs/ioctl.c',
      ['struct file *file'],
      [
        ...fileOfFd,
        when(
          'file->f_op->unlocked_ioctl',
          [
            set('result', 'file->f_op->unlocked_ioctl(file, cmd, arg)'),
            when('result == -ENOIOCTLCMD', [set('result', '-ENOTTY')]),
          ],
          [set('result', '-ENOTTY')],
        ),
        run('fput(file)'),
      ],
    ),

    /** The compat system call of a driver whose arguments are the same for both word sizes. */
    fn(
      'long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg)',
      { file: 'fs/ioctl.c', origin: 'kernel', sleeps: true },
      [when('!file->f_op->unlocked_ioctl', [ret('-ENOIOCTLCMD')]), ret('file->f_op->unlocked_ioctl(file, cmd, arg)')],
    ),

    systemCall(
      'int sys_dup(unsigned int fd)',
      'fs/file.c',
      ['struct file *file', 'int copy'],
      [
        ...fileOfFd,
        set('copy', 'get_unused_fd_flags(0)'),
        when('copy < 0', [run('fput(file)')], [run('fd_install(copy, file)')]),
        set('result', 'copy'),
      ],
    ),

    /** mmap(2) of one page of a file: a number for `sys_munmap`, or an error. The mapping holds a reference to the file. */
    systemCall(
      'long sys_mmap(unsigned int fd)',
      'mm/mmap.c',
      ['struct file *file', 'int error', 'struct vm_area_struct vma'],
      [
        ...fileOfFd,
        when('!file->f_op->mmap', [run('fput(file)'), ...leave('-ENODEV')]),
        set('vma.vm_file', 'get_file(file)'),
        set('vma.vm_pgoff', '0'),
        set('vma.vm_start', '0'),
        set('vma.vm_end', 'PAGE_SIZE'),
        set('vma.vm_page_prot', '0'),
        set('error', 'file->f_op->mmap(file, &vma)'),
        when(
          'error',
          [run('fput(vma.vm_file)'), set('result', 'error')],
          [set('result', '__vma_insert(current->files, vma.vm_file)')],
        ),
        run('fput(file)'),
      ],
    ),
    systemCall(
      'int sys_munmap(int mapping)',
      'mm/mmap.c',
      ['struct file *file'],
      [
        set('file', '__vma_remove(current->files, mapping)'),
        when('!file', leave('-EINVAL')),
        run('fput(file)'),
        set('result', '0'),
      ],
    ),
    fn(
      'int __vma_insert(struct files_struct *files, struct file *file)',
      { file: 'mm/mmap.c', origin: 'kernel', atomic: { shared: ['files'] }, locals: ['int i', 'struct file *other'] },
      [
        set('i', '0'),
        loop('i < VMAS', [
          set('other', 'files->mapped[i]', 'atomic'),
          when('!other', [set('files->mapped[i]', 'file', 'atomic'), ret('i')]),
          set('i', 'i + 1'),
        ]),
        run('__capacity_exhausted()'),
        ret('-ENOMEM'),
      ],
    ),
    fn(
      'struct file *__vma_remove(struct files_struct *files, int mapping)',
      { file: 'mm/mmap.c', origin: 'kernel', atomic: { shared: ['files'] }, locals: ['struct file *file'] },
      [
        when('mapping < 0 || mapping >= VMAS', [ret('NULL')]),
        set('file', 'files->mapped[mapping]', 'atomic'),
        set('files->mapped[mapping]', 'NULL', 'atomic'),
        ret('file'),
      ],
    ),

    /** sendmsg(2) with SCM_RIGHTS: the message holds a reference to the file. -EAGAIN while an older one is unread. */
    systemCall(
      'int sys_send_fd(struct unix_socket *socket, unsigned int fd)',
      'net/unix/af_unix.c',
      ['struct file *file'],
      [...fileOfFd, when('!__socket_put(socket, file)', [run('fput(file)'), ...leave('-EAGAIN')]), set('result', '0')],
    ),
    /** shutdown(2) by the sender, or its exit: nothing more will come. */
    systemCall(
      'int sys_shutdown_socket(struct unix_socket *socket)',
      'net/unix/af_unix.c',
      [],
      [set('socket->ready', '1', 'atomic'), set('result', '0')],
    ),
    /**
     * recvmsg(2) with SCM_RIGHTS: waits for the message; the new fd, or -EBADF if none was sent. A file that gets no fd is
     * dropped.
     */
    systemCall(
      'int sys_receive_fd(struct unix_socket *socket)',
      'net/core/scm.c',
      ['struct file *file', 'int fd'],
      [
        awaitThat('socket->ready'),
        set('file', '__socket_take(socket)'),
        when('!file', leave('-EBADF')),
        set('fd', 'get_unused_fd_flags(O_CLOEXEC)'),
        when('fd < 0', [run('fput(file)')], [run('fd_install(fd, file)')]),
        set('result', 'fd'),
      ],
    ),
    /** The last close of the reader's end drops what nobody received. */
    systemCall(
      'int sys_close_socket(struct unix_socket *socket)',
      'net/unix/af_unix.c',
      ['struct file *file'],
      [set('file', '__socket_take(socket)'), when('file', [run('fput(file)')]), set('result', '0')],
    ),
    fn(
      'bool __socket_put(struct unix_socket *socket, struct file *file)',
      { file: 'net/unix/af_unix.c', origin: 'kernel', atomic: { shared: ['socket'] }, locals: ['struct file *unread'] },
      [
        set('unread', 'socket->file', 'atomic'),
        when('unread', [ret('false')]),
        set('socket->file', 'file', 'atomic'),
        set('socket->ready', '1', 'atomic'),
        ret('true'),
      ],
    ),
    fn(
      'struct file *__socket_take(struct unix_socket *socket)',
      { file: 'net/unix/af_unix.c', origin: 'kernel', atomic: { shared: ['socket'] }, locals: ['struct file *file'] },
      [set('file', 'socket->file', 'atomic'), set('socket->file', 'NULL', 'atomic'), ret('file')],
    ),

    /**
     * The end of a thread. The last thread of a process drops the mappings, then the fds: the kernel goes by number, and user
     * space may have given any number to any file (dup2), so any order. Then the pending releases run.
     */
    fn(
      'void exit_process(void)',
      {
        file: 'kernel/exit.c',
        origin: 'kernel',
        entry: true,
        sleeps: true,
        locals: ['struct files_struct *files', 'struct file *file', 'int i', 'int fd', 'int other'],
      },
      [
        when('current->kthread', [ret()]),
        set('files', 'current->files'),
        when('__exit_files(files)', [
          set('i', '0'),
          loop('i < VMAS', [
            set('file', '__vma_remove(files, i)'),
            when('file', [run('fput(file)')]),
            set('i', 'i + 1'),
          ]),
          set('fd', '__next_open_fd(files, 0)'),
          loop('fd >= 0', [
            set('other', '__next_open_fd(files, fd + 1)'),
            loop('other >= 0', [
              choose('next fd to close', [
                outcome('this', [set('other', '-1')]),
                outcome('a later one', [set('fd', 'other'), set('other', '__next_open_fd(files, fd + 1)')]),
              ]),
            ]),
            set('file', '__file_close_fd(files, fd)'),
            run('fput(file)'),
            set('fd', '__next_open_fd(files, 0)'),
          ]),
        ]),
        run('task_work_run()'),
      ],
    ),
    /** Whether this was the last thread. */
    fn(
      'bool __exit_files(struct files_struct *files)',
      { file: 'fs/file.c', origin: 'kernel', atomic: { shared: ['files'] }, locals: ['int threads'] },
      [set('threads', 'files->threads - 1', 'atomic'), set('files->threads', 'threads', 'atomic'), ret('!threads')],
    ),
  ];
}
