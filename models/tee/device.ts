import { fn, goTo, label, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { OpsTable } from '../types/opsTable.js';
import { kzalloc } from '../kernel/slab.js';

const file = 'drivers/tee/tee_core.c';

/**
 * The life of a TEE device (drivers/tee/tee_core.c, v6.12).
 *
 * Two counts keep it: `num_users` says that somebody may call into the driver, and goes to 0 once; the reference count of
 * `dev` keeps the memory. Only a character device that is open holds the second one for its user.
 */
export const deviceFunctions: readonly FunctionDefinition[] = [
  fn(
    'struct tee_device *tee_device_alloc(struct tee_desc *teedesc, struct device *dev, struct tee_shm_pool *pool, void *driver_data)',
    {
      file,
      locals: ['struct tee_device *teedev', 'void *ret', 'int rc', 'int max_id', 'int offs'],
    },
    [
      set('offs', '0'),
      when(
        '!teedesc || !teedesc->name || !teedesc->ops || !teedesc->ops->get_version || !teedesc->ops->open || !teedesc->ops->release',
        [ret('ERR_PTR(-EINVAL)')],
      ),
      kzalloc('teedev', 'tee_device'),
      when('!teedev', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err')]),
      set('max_id', 'TEE_NUM_DEVICES / 2'),
      when('teedesc->flags & TEE_DESC_PRIVILEGED', [
        set('offs', 'TEE_NUM_DEVICES / 2'),
        set('max_id', 'TEE_NUM_DEVICES'),
      ]),
      run('spin_lock(&driver_lock)'),
      set('teedev->id', 'find_next_zero_bit(&dev_mask, max_id, offs)'),
      when('teedev->id < max_id', [run('set_bit(teedev->id, &dev_mask)')]),
      run('spin_unlock(&driver_lock)'),
      when('teedev->id >= max_id', [set('ret', 'ERR_PTR(-ENOMEM)'), goTo('err')]),
      set('teedev->dev.class', '&tee_class'),
      set('teedev->dev.release', 'tee_release_device'),
      set('teedev->dev.parent', 'dev'),
      set('teedev->dev.devt', 'MKDEV(MAJOR(tee_devt.value), teedev->id)'),
      set('rc', 'dev_set_name(&teedev->dev, NULL)'),
      when('rc', [set('ret', 'ERR_PTR(rc)'), goTo('err_devt')]),
      run('cdev_init(&teedev->cdev, &tee_fops)'),
      set('teedev->cdev.owner', 'teedesc->owner'),
      run('dev_set_drvdata(&teedev->dev, driver_data)'),
      run('device_initialize(&teedev->dev)'),
      set('teedev->num_users', '1'),
      run('init_completion(&teedev->c_no_users)'),
      run('mutex_init(&teedev->mutex)'),
      run('idr_init(&teedev->idr)'),
      set('teedev->desc', 'teedesc'),
      set('teedev->pool', 'pool'),
      ret('teedev'),
      label('err_devt'),
      run('unregister_chrdev_region(teedev->dev.devt, 1)'),
      label('err'),
      when('teedev && teedev->id < TEE_NUM_DEVICES', [
        run('spin_lock(&driver_lock)'),
        run('clear_bit(teedev->id, &dev_mask)'),
        run('spin_unlock(&driver_lock)'),
      ]),
      run('kfree(teedev)'),
      ret('ret'),
    ],
  ),

  fn('int tee_device_register(struct tee_device *teedev)', { file, locals: ['int rc'] }, [
    when('teedev->flags & TEE_DEVICE_FLAG_REGISTERED', [ret('-EINVAL')]),
    set('rc', 'cdev_device_add(&teedev->cdev, &teedev->dev)'),
    when('rc', [ret('rc')]),
    set('teedev->flags', 'teedev->flags | TEE_DEVICE_FLAG_REGISTERED'),
    ret('0'),
  ]),

  fn('bool tee_device_get(struct tee_device *teedev)', { file }, [
    run('mutex_lock(&teedev->mutex)'),
    when('!teedev->desc', [run('mutex_unlock(&teedev->mutex)'), ret('false')]),
    set('teedev->num_users', 'teedev->num_users + 1'),
    run('mutex_unlock(&teedev->mutex)'),
    ret('true'),
  ]),

  // The completion is made inside the mutex: who waits for it may free the mutex before it is unlocked.
  fn('void tee_device_put(struct tee_device *teedev)', { file }, [
    run('mutex_lock(&teedev->mutex)'),
    when('!WARN_ON(!teedev->desc)', [
      set('teedev->num_users', 'teedev->num_users - 1'),
      when('!teedev->num_users', [set('teedev->desc', 'NULL'), run('complete(&teedev->c_no_users)')]),
    ]),
    run('mutex_unlock(&teedev->mutex)'),
  ]),

  fn('void tee_device_unregister(struct tee_device *teedev)', { file }, [
    when('!teedev', [ret()]),
    when('teedev->flags & TEE_DEVICE_FLAG_REGISTERED', [run('cdev_device_del(&teedev->cdev, &teedev->dev)')]),
    run('tee_device_put(teedev)'),
    run('wait_for_completion(&teedev->c_no_users)'),
    set('teedev->pool', 'NULL'),
    run('put_device(&teedev->dev)'),
  ]),

  // Called by put_device() for the last reference, through dev->release.
  fn('void tee_release_device(struct device *dev)', { file, locals: ['struct tee_device *teedev'] }, [
    set('teedev', 'container_of(dev, struct tee_device, dev)'),
    run('spin_lock(&driver_lock)'),
    run('clear_bit(teedev->id, &dev_mask)'),
    run('spin_unlock(&driver_lock)'),
    run('mutex_destroy(&teedev->mutex)'),
    run('idr_destroy(&teedev->idr)'),
    run('kfree(teedev)'),
  ]),

  fn('void *tee_get_drvdata(struct tee_device *teedev)', { file }, [ret('dev_get_drvdata(&teedev->dev)')]),

  // The subsystem itself: its class, and the numbers of its devices.
  fn('int tee_init(void)', { file, locals: ['int rc'] }, [
    set('rc', 'class_register(&tee_class)'),
    when('rc', [ret('rc')]),
    set('rc', 'alloc_chrdev_region(&tee_devt, 0, TEE_NUM_DEVICES, NULL)'),
    when('rc', [goTo('out_unreg_class')]),
    set('rc', 'bus_register(&tee_bus_type)'),
    when('rc', [goTo('out_unreg_chrdev')]),
    ret('0'),
    label('out_unreg_chrdev'),
    run('unregister_chrdev_region(tee_devt.value, TEE_NUM_DEVICES)'),
    label('out_unreg_class'),
    run('class_unregister(&tee_class)'),
    ret('rc'),
  ]),
];

/** The class of the devices, and the bus of clients in trusted applications; what that matches is left out. */
export const deviceTables: readonly OpsTable[] = [
  { name: 'tee_class', type: 'class', fields: { name: 1 }, file },
  { name: 'tee_bus_type', type: 'bus_type', fields: { name: 1 }, file },
];
