import { choose, fault, fn, outcome, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import type { OpsTable } from '../types/opsTable.js';
import { kzalloc } from './slab.js';
import { copyFromUser } from './uaccess.js';

const file = 'drivers/dma-buf/dma-buf.c';
const kernel = { file, origin: 'kernel' } as const;
const sleeping = { ...kernel, sleeps: true } as const;

/**
 * `DEFINE_DMA_BUF_EXPORT_INFO(name)` for a declared local `struct dma_buf_export_info name`: everything that is not named is
 * zero (include/linux/dma-buf.h, v6.12).
 *
 * @param owner `THIS_MODULE` of the file that uses the macro, for example `&tee_module`.
 */
export function defineDmaBufExportInfo(name: string, owner: string): readonly Statement[] {
  return [
    set(`${name}.exp_name`, 'NULL'),
    set(`${name}.owner`, owner),
    set(`${name}.ops`, 'NULL'),
    set(`${name}.size`, '0'),
    set(`${name}.flags`, '0'),
    set(`${name}.resv`, 'NULL'),
    set(`${name}.priv`, 'NULL'),
  ];
}

const warnInvalid = [ret('-EINVAL')];

/**
 * dma-buf. A buffer lives as long as its file; an attachment takes no reference. Left out: fences (a wait may only be
 * interrupted), poll, vmap, sync files, names, the debugfs list.
 *
 * `lockWhenMapping`: mapping needs the reservation lock for every importer (6.2 and later), or only for dynamic ones.
 */
export function dmaBufFunctions(version: { readonly lockWhenMapping: boolean }): readonly FunctionDefinition[] {
  const assertHeld = (attach: string): Statement[] =>
    version.lockWhenMapping
      ? [run(`dma_resv_assert_held(${attach}->dmabuf->resv)`)]
      : [when(`${attach}->importer_ops`, [run(`dma_resv_assert_held(${attach}->dmabuf->resv)`)])];

  return [
    fn('void dma_resv_init(struct dma_resv *obj)', { ...kernel, file: 'drivers/dma-buf/dma-resv.c' }, [
      run('mutex_init(&obj->lock)'),
    ]),
    fn('void dma_resv_fini(struct dma_resv *obj)', { ...kernel, file: 'drivers/dma-buf/dma-resv.c' }, [
      run('mutex_destroy(&obj->lock)'),
    ]),
    fn('int dma_resv_lock(struct dma_resv *obj, void *ctx)', { ...sleeping, file: 'include/linux/dma-resv.h' }, [
      run('mutex_lock(&obj->lock)'),
      ret('0'),
    ]),
    fn(
      'int dma_resv_lock_interruptible(struct dma_resv *obj, void *ctx)',
      { ...sleeping, file: 'include/linux/dma-resv.h' },
      [ret('mutex_lock_interruptible(&obj->lock)')],
    ),
    fn('bool dma_resv_trylock(struct dma_resv *obj)', { ...kernel, file: 'include/linux/dma-resv.h' }, [
      ret('mutex_trylock(&obj->lock)'),
    ]),
    fn('bool dma_resv_is_locked(struct dma_resv *obj)', { ...kernel, file: 'include/linux/dma-resv.h' }, [
      ret('mutex_is_locked(&obj->lock)'),
    ]),
    /** What is left of the time, at least 1: fences are left out, so that there is nothing to wait for but a signal. */
    fn(
      'long dma_resv_wait_timeout(struct dma_resv *obj, int usage, bool intr, unsigned long timeout)',
      { ...sleeping, file: 'drivers/dma-buf/dma-resv.c' },
      [
        run('might_sleep()'),
        when('intr', [
          choose('dma_resv_wait_timeout', [outcome('signalled'), fault('-ERESTARTSYS', [ret('-ERESTARTSYS')])]),
        ]),
        ret('1'),
      ],
    ),
    fn('void dma_resv_unlock(struct dma_resv *obj)', { ...kernel, file: 'include/linux/dma-resv.h' }, [
      run('mutex_unlock(&obj->lock)'),
    ]),
    fn('void dma_resv_assert_held(struct dma_resv *obj)', { ...kernel, file: 'include/linux/dma-resv.h' }, [
      when('!@isHeldBy(&obj->lock)', [report('kernel-warning', 'the reservation lock is not held')]),
    ]),
    fn('bool dma_buf_is_dynamic(struct dma_buf *dmabuf)', { ...kernel, file: 'include/linux/dma-buf.h' }, [
      ret('!!dmabuf->ops->pin'),
    ]),
    fn(
      'bool dma_buf_attachment_is_dynamic(struct dma_buf_attachment *attach)',
      { ...kernel, file: 'include/linux/dma-buf.h' },
      [ret('!!attach->importer_ops')],
    ),

    /** On failure nothing is left behind and ops->release is not called: `priv` stays the exporter's. */
    fn(
      'struct dma_buf *dma_buf_export(const struct dma_buf_export_info *exp_info)',
      { ...sleeping, locals: ['struct dma_buf *dmabuf', 'struct file *file', 'struct dma_buf_ops *ops'] },
      [
        set('ops', 'exp_info->ops'),
        when(
          'WARN_ON(!exp_info->priv || !ops || !ops->map_dma_buf || !ops->unmap_dma_buf || !ops->release)',
          warnInvalid,
        ),
        when('WARN_ON(ops->cache_sgt_mapping && (ops->pin || ops->unpin))', warnInvalid),
        when('WARN_ON(!ops->pin != !ops->unpin)', warnInvalid),
        when('!try_module_get(exp_info->owner)', [ret('-ENOENT')]),
        set('file', '__alloc_file(&dma_buf_fops, NULL)'),
        when('IS_ERR(file)', [run('module_put(exp_info->owner)'), ret('file')]),
        set('file->d_release', 'dma_buf_release'),
        kzalloc('dmabuf', 'dma_buf'),
        when('!dmabuf', [run('fput(file)'), run('module_put(exp_info->owner)'), ret('-ENOMEM')]),
        set('dmabuf->priv', 'exp_info->priv'),
        set('dmabuf->ops', 'ops'),
        set('dmabuf->size', 'exp_info->size'),
        set('dmabuf->exp_name', 'exp_info->exp_name'),
        set('dmabuf->owner', 'exp_info->owner'),
        set('dmabuf->attachments', '0'),
        when(
          'exp_info->resv',
          [set('dmabuf->resv', 'exp_info->resv')],
          [set('dmabuf->resv', '&dmabuf->own_resv'), run('dma_resv_init(dmabuf->resv)')],
        ),
        choose('dma_buf_stats_setup', [
          outcome('success'),
          fault('-ENOMEM|-EINVAL', [
            when('!exp_info->resv', [run('dma_resv_fini(dmabuf->resv)')]),
            run('kfree(dmabuf)'),
            run('fput(file)'),
            run('module_put(exp_info->owner)'),
            ret('-ENOMEM'),
          ]),
        ]),
        set('file->private_data', 'dmabuf'),
        set('dmabuf->file', 'file'),
        ret('dmabuf'),
      ],
    ),
    /** Moves the caller's reference into the fd table; on failure the caller keeps it. */
    fn('int dma_buf_fd(struct dma_buf *dmabuf, int flags)', { ...kernel, locals: ['int fd'] }, [
      when('!dmabuf || !dmabuf->file', [ret('-EINVAL')]),
      set('fd', 'get_unused_fd_flags(flags)'),
      when('fd < 0', [ret('fd')]),
      run('fd_install(fd, dmabuf->file)'),
      ret('fd'),
    ]),
    fn('struct dma_buf *dma_buf_get(int fd)', { ...kernel, locals: ['struct file *file'] }, [
      set('file', 'fget(fd)'),
      when('!file', [ret('-EBADF')]),
      when('file->f_op != &dma_buf_fops', [run('fput(file)'), ret('-EINVAL')]),
      ret('file->private_data'),
    ]),
    fn('void get_dma_buf(struct dma_buf *dmabuf)', { ...kernel, file: 'include/linux/dma-buf.h' }, [
      run('get_file(dmabuf->file)'),
    ]),
    fn('void dma_buf_put(struct dma_buf *dmabuf)', kernel, [
      when('WARN_ON(!dmabuf || !dmabuf->file)', [ret()]),
      run('fput(dmabuf->file)'),
    ]),
    /** Of the dentry, when the file is gone. */
    fn('void dma_buf_release(struct dma_buf *dmabuf)', sleeping, [
      run('dmabuf->ops->release(dmabuf)'),
      when('dmabuf->resv == &dmabuf->own_resv', [run('dma_resv_fini(dmabuf->resv)')]),
      run('WARN_ON(dmabuf->attachments)'),
      run('module_put(dmabuf->owner)'),
      run('kfree(dmabuf)'),
    ]),
    /** Of the file: only the debugfs list, which is left out. */
    fn('int dma_buf_file_release(struct inode *inode, struct file *file)', kernel, [ret('0')]),

    fn('struct dma_buf_attachment *dma_buf_attach(struct dma_buf *dmabuf, struct device *dev)', sleeping, [
      ret('dma_buf_dynamic_attach(dmabuf, dev, NULL, NULL)'),
    ]),
    /** If only one side is dynamic the buffer is mapped here, and stays mapped until it is detached. */
    fn(
      'struct dma_buf_attachment *dma_buf_dynamic_attach(struct dma_buf *dmabuf, struct device *dev, const struct dma_buf_attach_ops *importer_ops, void *importer_priv)',
      { ...sleeping, locals: ['struct dma_buf_attachment *attach', 'struct sg_table *sgt', 'int ret'] },
      [
        when('WARN_ON(!dmabuf || !dev)', warnInvalid),
        when('WARN_ON(importer_ops && !importer_ops->move_notify)', warnInvalid),
        kzalloc('attach', 'dma_buf_attachment'),
        when('!attach', [ret('-ENOMEM')]),
        set('attach->dev', 'dev'),
        set('attach->dmabuf', 'dmabuf'),
        when('importer_ops', [set('attach->peer2peer', 'importer_ops->allow_peer2peer')]),
        set('attach->importer_ops', 'importer_ops'),
        set('attach->importer_priv', 'importer_priv'),
        when('dmabuf->ops->attach', [
          set('ret', 'dmabuf->ops->attach(dmabuf, attach)'),
          when('ret', [run('kfree(attach)'), ret('ret')]),
        ]),
        run('dma_resv_lock(dmabuf->resv, NULL)'),
        set('dmabuf->attachments', 'dmabuf->attachments + 1'),
        run('dma_resv_unlock(dmabuf->resv)'),
        when('dma_buf_attachment_is_dynamic(attach) != dma_buf_is_dynamic(dmabuf)', [
          run('dma_resv_lock(dmabuf->resv, NULL)'),
          when('dma_buf_is_dynamic(dmabuf)', [
            set('ret', 'dmabuf->ops->pin(attach)'),
            when('ret', [run('dma_resv_unlock(dmabuf->resv)'), run('dma_buf_detach(dmabuf, attach)'), ret('ret')]),
          ]),
          set('sgt', '__map_dma_buf(attach, DMA_BIDIRECTIONAL)'),
          when('!sgt', [set('sgt', '-ENOMEM')]),
          when('IS_ERR(sgt)', [
            when('dma_buf_is_dynamic(dmabuf)', [run('dmabuf->ops->unpin(attach)')]),
            run('dma_resv_unlock(dmabuf->resv)'),
            run('dma_buf_detach(dmabuf, attach)'),
            ret('sgt'),
          ]),
          run('dma_resv_unlock(dmabuf->resv)'),
          set('attach->sgt', 'sgt'),
          set('attach->dir', 'DMA_BIDIRECTIONAL'),
        ]),
        ret('attach'),
      ],
    ),
    fn('void dma_buf_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)', sleeping, [
      when('WARN_ON(!dmabuf || !attach || dmabuf != attach->dmabuf)', [ret()]),
      run('dma_resv_lock(dmabuf->resv, NULL)'),
      when('attach->sgt', [
        run('dmabuf->ops->unmap_dma_buf(attach, attach->sgt, attach->dir)'),
        when('dma_buf_is_dynamic(dmabuf)', [run('dmabuf->ops->unpin(attach)')]),
      ]),
      set('dmabuf->attachments', 'dmabuf->attachments - 1'),
      run('dma_resv_unlock(dmabuf->resv)'),
      when('dmabuf->ops->detach', [run('dmabuf->ops->detach(dmabuf, attach)')]),
      run('kfree(attach)'),
    ]),
    fn('int dma_buf_pin(struct dma_buf_attachment *attach)', sleeping, [
      run('WARN_ON(!dma_buf_attachment_is_dynamic(attach))'),
      run('dma_resv_assert_held(attach->dmabuf->resv)'),
      when('attach->dmabuf->ops->pin', [ret('attach->dmabuf->ops->pin(attach)')]),
      ret('0'),
    ]),
    fn('void dma_buf_unpin(struct dma_buf_attachment *attach)', sleeping, [
      run('WARN_ON(!dma_buf_attachment_is_dynamic(attach))'),
      run('dma_resv_assert_held(attach->dmabuf->resv)'),
      when('attach->dmabuf->ops->unpin', [run('attach->dmabuf->ops->unpin(attach)')]),
    ]),
    /** A static importer waits for the kernel's fences, and takes the mapping back if a signal ends the wait. */
    fn(
      'struct sg_table *__map_dma_buf(struct dma_buf_attachment *attach, enum dma_data_direction direction)',
      { ...sleeping, locals: ['struct sg_table *sg_table'] },
      [
        set('sg_table', 'attach->dmabuf->ops->map_dma_buf(attach, direction)'),
        when('IS_ERR_OR_NULL(sg_table)', [ret('sg_table')]),
        when('!dma_buf_attachment_is_dynamic(attach)', [
          choose('dma_resv_wait_timeout', [
            outcome('signalled'),
            fault('-ERESTARTSYS', [
              run('attach->dmabuf->ops->unmap_dma_buf(attach, sg_table, direction)'),
              ret('-ERESTARTSYS'),
            ]),
          ]),
        ]),
        ret('sg_table'),
      ],
    ),
    /** CONFIG_DMABUF_MOVE_NOTIFY is set: a dynamic exporter is not pinned here. */
    fn(
      'struct sg_table *dma_buf_map_attachment(struct dma_buf_attachment *attach, enum dma_data_direction direction)',
      { ...sleeping, locals: ['struct sg_table *sg_table'] },
      [
        when('WARN_ON(!attach || !attach->dmabuf)', warnInvalid),
        ...assertHeld('attach'),
        when('attach->sgt', [
          when('attach->dir != direction && attach->dir != DMA_BIDIRECTIONAL', [ret('-EBUSY')]),
          ret('attach->sgt'),
        ]),
        set('sg_table', '__map_dma_buf(attach, direction)'),
        when('!sg_table', [ret('-ENOMEM')]),
        when('!IS_ERR(sg_table) && attach->dmabuf->ops->cache_sgt_mapping', [
          set('attach->sgt', 'sg_table'),
          set('attach->dir', 'direction'),
        ]),
        ret('sg_table'),
      ],
    ),
    fn(
      'struct sg_table *dma_buf_map_attachment_unlocked(struct dma_buf_attachment *attach, enum dma_data_direction direction)',
      { ...sleeping, locals: ['struct sg_table *sg_table'] },
      [
        when('WARN_ON(!attach || !attach->dmabuf)', warnInvalid),
        run('dma_resv_lock(attach->dmabuf->resv, NULL)'),
        set('sg_table', 'dma_buf_map_attachment(attach, direction)'),
        run('dma_resv_unlock(attach->dmabuf->resv)'),
        ret('sg_table'),
      ],
    ),
    fn(
      'void dma_buf_unmap_attachment(struct dma_buf_attachment *attach, struct sg_table *sg_table, enum dma_data_direction direction)',
      sleeping,
      [
        when('WARN_ON(!attach || !attach->dmabuf || !sg_table)', [ret()]),
        ...assertHeld('attach'),
        when('attach->sgt == sg_table', [ret()]),
        run('attach->dmabuf->ops->unmap_dma_buf(attach, sg_table, direction)'),
      ],
    ),
    fn(
      'void dma_buf_unmap_attachment_unlocked(struct dma_buf_attachment *attach, struct sg_table *sg_table, enum dma_data_direction direction)',
      sleeping,
      [
        when('WARN_ON(!attach || !attach->dmabuf || !sg_table)', [ret()]),
        run('dma_resv_lock(attach->dmabuf->resv, NULL)'),
        run('dma_buf_unmap_attachment(attach, sg_table, direction)'),
        run('dma_resv_unlock(attach->dmabuf->resv)'),
      ],
    ),

    fn(
      'int dma_buf_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)',
      { ...sleeping, locals: ['int ret'] },
      [
        when('WARN_ON(!dmabuf)', warnInvalid),
        set('ret', '0'),
        when('dmabuf->ops->begin_cpu_access', [set('ret', 'dmabuf->ops->begin_cpu_access(dmabuf, direction)')]),
        when('!ret', [
          choose('dma_resv_wait_timeout', [outcome('signalled'), fault('-ERESTARTSYS', [set('ret', '-ERESTARTSYS')])]),
        ]),
        ret('ret'),
      ],
    ),
    fn('int dma_buf_end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)', sleeping, [
      run('WARN_ON(!dmabuf)'),
      when('dmabuf->ops->end_cpu_access', [ret('dmabuf->ops->end_cpu_access(dmabuf, direction)')]),
      ret('0'),
    ]),
    /** Whether the mapping fits is the user's choice. */
    fn(
      'int dma_buf_mmap_internal(struct file *file, struct vm_area_struct *vma)',
      { ...sleeping, locals: ['struct dma_buf *dmabuf'] },
      [
        set('dmabuf', 'file->private_data'),
        when('!dmabuf->ops->mmap', [ret('-EINVAL')]),
        choose('length of the mapping', [outcome('fits'), outcome('beyond the end', [ret('-EINVAL')])]),
        ret('dmabuf->ops->mmap(dmabuf, vma)'),
      ],
    ),
    fn(
      'int dma_buf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma, unsigned long pgoff)',
      { ...sleeping, locals: ['struct file *old'] },
      [
        when('WARN_ON(!dmabuf || !vma)', warnInvalid),
        when('!dmabuf->ops->mmap', [ret('-EINVAL')]),
        choose('length of the mapping', [outcome('fits'), outcome('beyond the end', [ret('-EINVAL')])]),
        set('old', 'vma->vm_file'),
        set('vma->vm_file', 'get_file(dmabuf->file)'),
        run('fput(old)'),
        set('vma->vm_pgoff', 'pgoff'),
        ret('dmabuf->ops->mmap(dmabuf, vma)'),
      ],
    ),
    fn(
      'long dma_buf_ioctl(struct file *file, unsigned int cmd, void *arg)',
      {
        ...sleeping,
        locals: ['struct dma_buf *dmabuf', 'struct dma_buf_sync *user', 'struct dma_buf_sync sync', 'int direction'],
      },
      [
        set('dmabuf', 'file->private_data'),
        when('cmd != DMA_BUF_IOCTL_SYNC', [ret('-ENOTTY')]),
        set('user', 'arg'),
        copyFromUser('sync', 'user', ['flags'], [ret('-EFAULT')]),
        when('sync.flags & ~(DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END)', [ret('-EINVAL')]),
        when('!(sync.flags & DMA_BUF_SYNC_RW)', [ret('-EINVAL')]),
        set('direction', 'DMA_BIDIRECTIONAL'),
        when('(sync.flags & DMA_BUF_SYNC_RW) == DMA_BUF_SYNC_READ', [set('direction', 'DMA_FROM_DEVICE')]),
        when('(sync.flags & DMA_BUF_SYNC_RW) == DMA_BUF_SYNC_WRITE', [set('direction', 'DMA_TO_DEVICE')]),
        when('sync.flags & DMA_BUF_SYNC_END', [ret('dma_buf_end_cpu_access(dmabuf, direction)')]),
        ret('dma_buf_begin_cpu_access(dmabuf, direction)'),
      ],
    ),
  ];
}

/** The kernel's own table; the file operations of every dma-buf. Its owner is built in. */
export const dmaBufTables: readonly OpsTable[] = [
  {
    name: 'dma_buf_fops',
    type: 'file_operations',
    file,
    fields: { release: 'dma_buf_file_release', mmap: 'dma_buf_mmap_internal', unlocked_ioctl: 'dma_buf_ioctl' },
  },
];
