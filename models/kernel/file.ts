import {
  alloc,
  bug,
  choose,
  fault,
  fn,
  free,
  loop,
  awaitThat,
  outcome,
  ret,
  run,
  set,
  when,
} from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const table = { file: 'fs/file.c', origin: 'kernel' } as const;
const count = { file: 'fs/file_table.c', origin: 'kernel' } as const;

/**
 * Files and fd tables. An fd is the index of its slot, the lowest unused one is taken first. Functions whose names start with
 * `__` and take the table are what runs under `files->file_lock` or RCU: one step each.
 */
export const fileFunctions: readonly FunctionDefinition[] = [
  fn('int get_unused_fd_flags(unsigned int flags)', table, [ret('__alloc_fd(current->files)')]),
  fn('int __alloc_fd(struct files_struct *files)', { ...table, atomic: { shared: ['files'] }, locals: ['int fd'] }, [
    choose('get_unused_fd_flags', [outcome('success'), fault('-EMFILE|-ENFILE|-ENOMEM', [ret('-EMFILE')])]),
    set('fd', '0'),
    loop('fd < FDS', [
      when('@isUnused(&files->fd[fd].slot)', [run('@reserve(&files->fd[fd].slot)'), ret('fd')]),
      set('fd', 'fd + 1'),
    ]),
    run('__capacity_exhausted()'),
    ret('-EMFILE'),
  ]),
  fn('void put_unused_fd(unsigned int fd)', table, [run('__put_unused_fd(current->files, fd)')]),
  fn('void __put_unused_fd(struct files_struct *files, unsigned int fd)', { ...table, atomic: { shared: ['files'] } }, [
    when('fd < 0 || fd >= FDS', [bug('kernel-bug', 'put_unused_fd() of a number that is no fd')]),
    run('@putUnused(&files->fd[fd].slot)'),
  ]),
  fn('void fd_install(unsigned int fd, struct file *file)', table, [run('__fd_install(current->files, fd, file)')]),
  fn(
    'void __fd_install(struct files_struct *files, unsigned int fd, struct file *file)',
    { ...table, atomic: { shared: ['files'] } },
    [
      when('fd < 0 || fd >= FDS', [bug('kernel-bug', 'fd_install() of a number that is no fd')]),
      run('@install(&files->fd[fd].slot)'),
      set('files->fd[fd].file', 'file', 'atomic'),
    ],
  ),
  fn('struct file *fget(unsigned int fd)', { ...table, locals: ['struct file *seen'] }, [
    when('fd < 0 || fd >= FDS', [ret('NULL')]),
    set('seen', 'current->files->fd[fd].file', 'marked'),
    when('!seen', [ret('NULL')]),
    ret('__fget(current->files, fd, seen)'),
  ]),
  /**
   * Lookup and increment are one step: the kernel looks again after the increment and starts anew if the slot changed. `seen` only
   * says which file the step may touch: in a process with one thread the slot cannot have changed.
   */
  fn(
    'struct file *__fget(struct files_struct *files, unsigned int fd, struct file *seen)',
    { ...table, atomic: { shared: ['files', 'seen'] }, locals: ['struct file *file'] },
    [
      set('file', 'files->fd[fd].file', 'atomic'),
      when('!file', [ret('NULL')]),
      when('!@incNotZero(&file->f_count)', [ret('NULL')]),
      ret('file'),
    ],
  ),
  /** Takes the file out of the table; NULL for an fd that is unused or only reserved. */
  fn(
    'struct file *__file_close_fd(struct files_struct *files, unsigned int fd)',
    { ...table, atomic: { shared: ['files'] }, locals: ['struct file *file'] },
    [
      when('fd < 0 || fd >= FDS', [ret('NULL')]),
      set('file', 'files->fd[fd].file', 'atomic'),
      when('!file', [ret('NULL')]),
      set('files->fd[fd].file', 'NULL', 'atomic'),
      run('@close(&files->fd[fd].slot)'),
      ret('file'),
    ],
  ),
  /** The lowest fd from `fd` on that has a file, or -1. */
  fn(
    'int __next_open_fd(struct files_struct *files, int fd)',
    { ...table, atomic: { shared: ['files'] }, locals: ['struct file *file'] },
    [
      loop('fd < FDS', [set('file', 'files->fd[fd].file', 'atomic'), when('file', [ret('fd')]), set('fd', 'fd + 1')]),
      ret('-1'),
    ],
  ),
  fn(
    'struct file *get_file(struct file *f)',
    { file: 'include/linux/fs.h', origin: 'kernel', atomic: { shared: ['f'] } },
    [run('@inc(&f->f_count)'), ret('f')],
  ),
  /** A file nobody else knows yet, count 1: alloc_file_pseudo() with its dentry, or alloc_empty_file(). */
  fn(
    'struct file *__alloc_file(const struct file_operations *fops, void *private_data)',
    { ...count, atomic: { shared: [] }, locals: ['struct file *file'] },
    [
      run('might_sleep()'),
      choose('alloc_file', [
        outcome('success', [
          alloc('file', 'file'),
          run('@init(&file->f_count)'),
          set('file->f_op', 'fops'),
          set('file->private_data', 'private_data'),
          ret('file'),
        ]),
        fault('-ENFILE|-ENOMEM', [ret('-ENFILE')]),
      ]),
    ],
  ),
  /** In a user's task the release waits until return to user mode, in a kernel thread it goes to a worker. */
  fn('void fput(struct file *file)', count, [
    when('!@decAndTest(&file->f_count)', [ret()]),
    when('current->kthread', [run('__delayed_fput_add(&delayed_fput_list, file)'), ret()]),
    when('current->nr_work >= TASK_WORK', [run('__capacity_exhausted()')]),
    set('current->work[current->nr_work]', 'file'),
    set('current->nr_work', 'current->nr_work + 1'),
  ]),
  fn('void __fput_sync(struct file *file)', { ...count, sleeps: true }, [
    when('@decAndTest(&file->f_count)', [run('__fput(file)')]),
  ]),
  fn(
    'void __fput(struct file *file)',
    { ...count, entry: true, sleeps: true, locals: ['struct file_operations *fops'] },
    [
      set('fops', 'file->f_op'),
      when('fops->release', [run('fops->release(NULL, file)')]),
      when('file->f_cdev', [run('cdev_put(file->f_cdev)')]),
      run('module_put(fops->owner)'),
      when('file->d_release && file->private_data', [run('file->d_release(file->private_data)')]),
      free('file'),
    ],
  ),
  fn(
    'void __delayed_fput_add(struct delayed_fput_list *list, struct file *file)',
    { ...count, atomic: { shared: ['list'] }, locals: ['int nr'] },
    [
      set('nr', 'list->nr', 'atomic'),
      when('nr >= TASK_WORK', [run('__capacity_exhausted()')]),
      set('list->file[nr]', 'file', 'atomic'),
      set('list->nr', 'nr + 1', 'atomic'),
    ],
  ),
  /** Takes the whole list, as llist_del_all(): its length. */
  fn(
    'int __delayed_fput_take(struct delayed_fput_list *list)',
    { ...count, atomic: { shared: ['list'] }, locals: ['int nr', 'int i', 'struct file *file'] },
    [
      set('nr', 'list->nr', 'atomic'),
      set('i', '0'),
      loop('i < nr', [
        set('file', 'list->file[i]', 'atomic'),
        set('list->batch[i]', 'file', 'atomic'),
        set('list->file[i]', 'NULL', 'atomic'),
        set('i', 'i + 1'),
      ]),
      set('list->nr', '0', 'atomic'),
      ret('nr'),
    ],
  ),
  /** The worker that releases what kernel threads dropped, newest first; the body of a daemon thread. */
  fn(
    'void delayed_fput_worker(void)',
    { ...count, entry: true, sleeps: true, locals: ['int i', 'struct file *file'] },
    [
      loop('true', [
        awaitThat('delayed_fput_list.nr'),
        set('i', '__delayed_fput_take(&delayed_fput_list)'),
        loop('i > 0', [
          set('i', 'i - 1'),
          set('file', 'delayed_fput_list.batch[i]', 'atomic'),
          set('delayed_fput_list.batch[i]', 'NULL', 'atomic'),
          run('__fput(file)'),
        ]),
      ]),
    ],
  ),
  /** On return to user mode: what is pending as a batch, newest first; then what that added. */
  fn(
    'void task_work_run(void)',
    {
      file: 'kernel/task_work.c',
      origin: 'kernel',
      entry: true,
      sleeps: true,
      locals: ['int done', 'int end', 'int i', 'struct file *file'],
    },
    [
      set('done', '0'),
      loop('done < current->nr_work', [
        set('end', 'current->nr_work'),
        set('i', 'end'),
        loop('i > done', [
          set('i', 'i - 1'),
          set('file', 'current->work[i]'),
          set('current->work[i]', 'NULL'),
          run('__fput(file)'),
        ]),
        set('done', 'end'),
      ]),
      set('current->nr_work', '0'),
    ],
  ),
  /** close(2) by code of the kernel: the table's reference goes. */
  fn('int close_fd(unsigned int fd)', { ...table, locals: ['struct file *file'] }, [
    set('file', '__file_close_fd(current->files, fd)'),
    when('!file', [ret('-EBADF')]),
    run('fput(file)'),
    ret('0'),
  ]),
  /** A file without an fd, which the caller installs or drops. */
  fn(
    'struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv, int flags)',
    { file: 'fs/anon_inodes.c', origin: 'kernel', sleeps: true, locals: ['struct file *file'] },
    [
      when('!try_module_get(fops->owner)', [ret('ERR_PTR(-ENOENT)')]),
      set('file', '__alloc_file(fops, priv)'),
      when('IS_ERR(file)', [run('module_put(fops->owner)')]),
      ret('file'),
    ],
  ),
  fn(
    'int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)',
    { file: 'fs/anon_inodes.c', origin: 'kernel', sleeps: true, locals: ['int fd', 'struct file *file'] },
    [
      set('fd', 'get_unused_fd_flags(flags)'),
      when('fd < 0', [ret('fd')]),
      when('!try_module_get(fops->owner)', [run('put_unused_fd(fd)'), ret('-ENOENT')]),
      set('file', '__alloc_file(fops, priv)'),
      when('IS_ERR(file)', [run('module_put(fops->owner)'), run('put_unused_fd(fd)'), ret('PTR_ERR(file)')]),
      run('fd_install(fd, file)'),
      ret('fd'),
    ],
  ),
];
