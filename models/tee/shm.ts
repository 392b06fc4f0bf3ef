import { fn, goTo, label, loop, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';
import { kcalloc, kzalloc } from '../kernel/slab.js';

const file = 'drivers/tee/tee_shm.c';

/** An id that nothing is published under yet, or the errno, in the local `id`. */
const reserveId: readonly Statement[] = [
  run('mutex_lock(&teedev->mutex)'),
  set('id', 'idr_alloc(&teedev->idr, NULL, 1, 0, GFP_KERNEL)'),
  run('mutex_unlock(&teedev->mutex)'),
  when('id < 0', [ret('ERR_PTR(id)')]),
];

/** What both ways to make an object for user space do with the object, or the error, in the local `shm`. */
const publishOrUndo: readonly Statement[] = [
  when('IS_ERR(shm)', [
    run('mutex_lock(&teedev->mutex)'),
    run('idr_remove(&teedev->idr, id)'),
    run('mutex_unlock(&teedev->mutex)'),
    ret('shm'),
  ]),
  run('mutex_lock(&teedev->mutex)'),
  set('ret', 'idr_replace(&teedev->idr, shm, id)'),
  run('mutex_unlock(&teedev->mutex)'),
  when('IS_ERR(ret)', [run('tee_shm_free(shm)'), ret('ret')]),
  ret('shm'),
];

/**
 * Shared memory objects (drivers/tee/tee_shm.c, v6.12).
 *
 * Each owns one user of the device, one reference of its context and its backing memory; if it has an id, also that. The
 * last put takes the count to 0 and the id away in one section of the device's mutex, so that a lookup never finds an
 * object without references.
 */
export const shmFunctions: readonly FunctionDefinition[] = [
  fn('void shm_put_kernel_pages(struct page **pages, size_t page_count)', { file, locals: ['size_t n'] }, [
    set('n', '0'),
    loop('n < page_count', [run('put_page(pages[n])'), set('n', 'n + 1')]),
  ]),

  fn('void shm_get_kernel_pages(struct page **pages, size_t page_count)', { file, locals: ['size_t n'] }, [
    set('n', '0'),
    loop('n < page_count', [run('get_page(pages[n])'), set('n', 'n + 1')]),
  ]),

  fn('void release_registered_pages(struct tee_shm *shm)', { file }, [
    when('shm->pages', [
      when(
        'shm->flags & TEE_SHM_USER_MAPPED',
        [run('unpin_user_pages(shm->pages, shm->num_pages)')],
        [run('shm_put_kernel_pages(shm->pages, shm->num_pages)')],
      ),
      run('kfree(shm->pages)'),
    ]),
  ]),

  fn('void tee_shm_release(struct tee_device *teedev, struct tee_shm *shm)', { file, locals: ['int rc'] }, [
    when(
      'shm->flags & TEE_SHM_POOL',
      [run('teedev->pool->ops->free(teedev->pool, shm)')],
      [
        when('shm->flags & TEE_SHM_DYNAMIC', [
          set('rc', 'teedev->desc->ops->shm_unregister(shm->ctx, shm)'),
          // The error is only printed, with the name of the parent.
          when('rc', [run('teedev->dev.parent')]),
          run('release_registered_pages(shm)'),
        ]),
      ],
    ),
    run('teedev_ctx_put(shm->ctx)'),
    run('kfree(shm)'),
    run('tee_device_put(teedev)'),
  ]),

  fn(
    'struct tee_shm *shm_alloc_helper(struct tee_context *ctx, size_t size, size_t align, u32 flags, int id)',
    { file, locals: ['struct tee_device *teedev', 'struct tee_shm *shm', 'void *ret', 'int rc'] },
    [
      set('teedev', 'ctx->teedev'),
      when('!tee_device_get(teedev)', [ret('ERR_PTR(-EINVAL)')]),
      when('!teedev->pool', [set('ret', 'ERR_PTR(-EINVAL)'), goTo('err_dev_put')]),
      kzalloc('shm', 'tee_shm'),
      when('!shm', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err_dev_put')]),
      run('refcount_set(&shm->refcount, 1)'),
      set('shm->flags', 'flags'),
      set('shm->id', 'id'),
      set('shm->ctx', 'ctx'),
      set('rc', 'teedev->pool->ops->alloc(teedev->pool, shm, size, align)'),
      when('rc', [set('ret', 'ERR_PTR(rc)'), goTo('err_kfree')]),
      run('teedev_ctx_get(ctx)'),
      ret('shm'),
      label('err_kfree'),
      run('kfree(shm)'),
      label('err_dev_put'),
      run('tee_device_put(teedev)'),
      ret('ret'),
    ],
  ),

  fn(
    'struct tee_shm *tee_shm_alloc_user_buf(struct tee_context *ctx, size_t size)',
    { file, locals: ['u32 flags', 'struct tee_device *teedev', 'struct tee_shm *shm', 'void *ret', 'int id'] },
    [
      set('flags', 'TEE_SHM_DYNAMIC | TEE_SHM_POOL'),
      set('teedev', 'ctx->teedev'),
      ...reserveId,
      set('shm', 'shm_alloc_helper(ctx, size, PAGE_SIZE, flags, id)'),
      ...publishOrUndo,
    ],
  ),

  fn('struct tee_shm *tee_shm_alloc_kernel_buf(struct tee_context *ctx, size_t size)', { file }, [
    ret('shm_alloc_helper(ctx, size, PAGE_SIZE, TEE_SHM_DYNAMIC | TEE_SHM_POOL, -1)'),
  ]),

  fn('struct tee_shm *tee_shm_alloc_priv_buf(struct tee_context *ctx, size_t size)', { file }, [
    ret('shm_alloc_helper(ctx, size, 1, TEE_SHM_PRIV | TEE_SHM_POOL, -1)'),
  ]),

  fn(
    'struct tee_shm *register_shm_helper(struct tee_context *ctx, struct iov_iter *iter, u32 flags, int id)',
    {
      file,
      locals: [
        'struct tee_device *teedev',
        'struct tee_shm *shm',
        'unsigned long start',
        'unsigned long addr',
        'size_t num_pages',
        'size_t off',
        'ssize_t len',
        'void *ret',
        'int rc',
      ],
    },
    [
      set('teedev', 'ctx->teedev'),
      when('!tee_device_get(teedev)', [ret('ERR_PTR(-EINVAL)')]),
      when('!teedev->desc->ops->shm_register || !teedev->desc->ops->shm_unregister', [
        set('ret', 'ERR_PTR(-ENOTSUPP)'),
        goTo('err_dev_put'),
      ]),
      run('teedev_ctx_get(ctx)'),
      kzalloc('shm', 'tee_shm'),
      when('!shm', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err_ctx_put')]),
      run('refcount_set(&shm->refcount, 1)'),
      set('shm->flags', 'flags'),
      set('shm->ctx', 'ctx'),
      set('shm->id', 'id'),
      set('addr', 'untagged_addr(iter_iov_addr(iter))'),
      set('start', 'rounddown(addr, PAGE_SIZE)'),
      set('num_pages', 'iov_iter_npages(iter, INT_MAX)'),
      when('!num_pages', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err_free_shm')]),
      kcalloc('shm->pages', 'page_array'),
      when('!shm->pages', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err_free_shm')]),
      set('len', 'iov_iter_extract_pages(iter, &shm->pages, LONG_MAX, num_pages, 0, &off)'),
      when('len <= 0', [
        when('len', [set('ret', 'ERR_PTR(len)')], [set('ret', 'ERR_PTR(-ENOMEM)')]),
        goTo('err_free_shm_pages'),
      ]),
      when('DIV_ROUND_UP(len + off, PAGE_SIZE) != num_pages', [
        set('shm->num_pages', 'len / PAGE_SIZE'),
        set('ret', 'ERR_PTR(-ENOMEM)'),
        goTo('err_put_shm_pages'),
      ]),
      when('iov_iter_is_kvec(iter)', [run('shm_get_kernel_pages(shm->pages, num_pages)')]),
      set('shm->offset', 'off'),
      set('shm->size', 'len'),
      set('shm->num_pages', 'num_pages'),
      set('rc', 'teedev->desc->ops->shm_register(ctx, shm, shm->pages, shm->num_pages, start)'),
      when('rc', [set('ret', 'ERR_PTR(rc)'), goTo('err_put_shm_pages')]),
      ret('shm'),
      label('err_put_shm_pages'),
      when(
        '!iov_iter_is_kvec(iter)',
        [run('unpin_user_pages(shm->pages, shm->num_pages)')],
        [run('shm_put_kernel_pages(shm->pages, shm->num_pages)')],
      ),
      label('err_free_shm_pages'),
      run('kfree(shm->pages)'),
      label('err_free_shm'),
      run('kfree(shm)'),
      label('err_ctx_put'),
      run('teedev_ctx_put(ctx)'),
      label('err_dev_put'),
      run('tee_device_put(teedev)'),
      ret('ret'),
    ],
  ),

  fn(
    'struct tee_shm *tee_shm_register_user_buf(struct tee_context *ctx, unsigned long addr, size_t length)',
    {
      file,
      locals: [
        'u32 flags',
        'struct tee_device *teedev',
        'struct tee_shm *shm',
        'struct iov_iter iter',
        'void *ret',
        'int id',
      ],
    },
    [
      set('flags', 'TEE_SHM_USER_MAPPED | TEE_SHM_DYNAMIC'),
      set('teedev', 'ctx->teedev'),
      when('!access_ok(addr, length)', [ret('ERR_PTR(-EFAULT)')]),
      ...reserveId,
      run('iov_iter_ubuf(&iter, ITER_DEST, addr, length)'),
      set('shm', 'register_shm_helper(ctx, &iter, flags, id)'),
      ...publishOrUndo,
    ],
  ),

  fn(
    'struct tee_shm *tee_shm_register_kernel_buf(struct tee_context *ctx, void *addr, size_t length)',
    { file, locals: ['struct kvec kvec', 'struct iov_iter iter'] },
    [
      set('kvec.iov_base', 'addr'),
      set('kvec.iov_len', 'length'),
      run('iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, length)'),
      ret('register_shm_helper(ctx, &iter, TEE_SHM_DYNAMIC, -1)'),
    ],
  ),

  fn('int tee_shm_fop_release(struct inode *inode, struct file *filp)', { file }, [
    run('tee_shm_put(filp->private_data)'),
    ret('0'),
  ]),

  fn(
    'int tee_shm_fop_mmap(struct file *filp, struct vm_area_struct *vma)',
    { file, locals: ['struct tee_shm *shm', 'size_t size'] },
    [
      set('shm', 'filp->private_data'),
      set('size', 'vma->vm_end - vma->vm_start'),
      when('shm->flags & TEE_SHM_USER_MAPPED', [ret('-EINVAL')]),
      when('vma->vm_pgoff + vma_pages(vma) > (shm->size >> PAGE_SHIFT)', [ret('-EINVAL')]),
      ret('remap_pfn_range(vma, vma->vm_start, shm->paddr >> PAGE_SHIFT, size, vma->vm_page_prot)'),
    ],
  ),

  // The increment needs no lock: the caller has a reference.
  fn('int tee_shm_get_fd(struct tee_shm *shm)', { file, locals: ['int fd'] }, [
    when('shm->id < 0', [ret('-EINVAL')]),
    run('refcount_inc(&shm->refcount)'),
    set('fd', 'anon_inode_getfd(0, &tee_shm_fops, shm, O_RDWR)'),
    when('fd < 0', [run('tee_shm_put(shm)')]),
    ret('fd'),
  ]),

  fn('void tee_shm_free(struct tee_shm *shm)', { file }, [run('tee_shm_put(shm)')]),

  fn('int tee_shm_get_pa(struct tee_shm *shm, size_t offs, phys_addr_t *pa)', { file }, [
    when('offs >= shm->size', [ret('-EINVAL')]),
    when('pa', [set('*pa', 'shm->paddr + offs')]),
    ret('0'),
  ]),

  fn(
    'struct tee_shm *tee_shm_get_from_id(struct tee_context *ctx, int id)',
    { file, locals: ['struct tee_device *teedev', 'struct tee_shm *shm'] },
    [
      when('!ctx', [ret('ERR_PTR(-EINVAL)')]),
      set('teedev', 'ctx->teedev'),
      run('mutex_lock(&teedev->mutex)'),
      set('shm', 'idr_find(&teedev->idr, id)'),
      when('!shm || shm->ctx != ctx', [set('shm', 'ERR_PTR(-EINVAL)')], [run('refcount_inc(&shm->refcount)')]),
      run('mutex_unlock(&teedev->mutex)'),
      ret('shm'),
    ],
  ),

  fn('void tee_shm_put(struct tee_shm *shm)', { file, locals: ['struct tee_device *teedev', 'bool do_release'] }, [
    set('do_release', 'false'),
    when('!shm || !shm->ctx || !shm->ctx->teedev', [ret()]),
    set('teedev', 'shm->ctx->teedev'),
    run('mutex_lock(&teedev->mutex)'),
    when('refcount_dec_and_test(&shm->refcount)', [
      when('shm->id >= 0', [run('idr_remove(&teedev->idr, shm->id)')]),
      set('do_release', 'true'),
    ]),
    run('mutex_unlock(&teedev->mutex)'),
    when('do_release', [run('tee_shm_release(teedev, shm)')]),
  ]),
];
