import { struct } from './structType.js';

/** Files, fd tables, tasks and what carries a file between them. */
export const fileTypes = [
  struct('file', 'include/linux/fs.h, v6.12', {
    f_count: 'struct file_count',
    f_op: 'struct file_operations *',
    private_data: 'void *',
    /** The char device the file pins, in the place of `f_inode->i_cdev`; NULL for other files. */
    f_cdev: 'struct cdev *',
    /** `f_path.dentry->d_op->d_release` of a file whose dentry dies with it; called with `private_data`, its `d_fsdata`. */
    d_release: 'fn',
  }),
  struct('file_operations', 'include/linux/fs.h, v6.12', {
    owner: 'struct module *',
    open: 'fn?',
    release: 'fn?',
    unlocked_ioctl: 'fn?',
    compat_ioctl: 'fn?',
    mmap: 'fn?',
    llseek: 'fn?',
  }),
  struct('fd_entry', 'include/linux/fdtable.h, v6.12', { slot: 'struct fd_slot', file: 'struct file *' }),
  /** The fd table of a process, and what else its threads share: its file mappings. The fd is the index. */
  struct('files_struct', 'include/linux/fdtable.h, v6.12', {
    fd: 'struct fd_entry[FDS]',
    /** Files of the memory mappings (`mm->mmap`, one entry a VMA); the index is what `sys_mmap` returns. */
    mapped: 'struct file *[VMAS]',
    /** Threads that have not exited; `count` in the kernel. */
    threads: 'int',
  }),
  struct('task_struct', 'include/linux/sched.h, v6.12', {
    files: 'struct files_struct *',
    /** `flags & PF_KTHREAD`. */
    kthread: 'int',
    /** `task_works`: files whose last reference this task dropped, oldest first. */
    work: 'struct file *[TASK_WORK]',
    nr_work: 'int',
  }),
  struct('delayed_fput_list', 'fs/file_table.c, v6.12', {
    /** Files waiting for the worker, oldest first; number of them is `nr`. */
    file: 'struct file *[TASK_WORK]',
    nr: 'int',
    /** What the worker has taken off the list and not yet released. */
    batch: 'struct file *[TASK_WORK]',
  }),
  struct('inode', 'include/linux/fs.h, v6.12', {
    /** Device number of a character special file, 0 for none. */
    i_rdev: 'dev_t',
    i_cdev: 'struct cdev *',
  }),
  struct('vm_area_struct', 'include/linux/mm_types.h, v6.12', {
    vm_file: 'struct file *',
    vm_pgoff: 'unsigned long',
    vm_start: 'unsigned long',
    vm_end: 'unsigned long',
    vm_page_prot: 'pgprot_t',
  }),
  /** A pair of sockets, one way, with at most one message: an fd in flight (SCM_RIGHTS). */
  struct('unix_socket', 'net/unix/af_unix.c, v6.12', {
    file: 'struct file *',
    /** A reader does not wait: a message is there, or none will come any more. */
    ready: 'int',
  }),
];
