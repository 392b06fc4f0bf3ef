import { choose, fault, fn, outcome, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import { kzalloc } from './slab.js';

const file = 'drivers/base/core.c';

/**
 * Devices: the reference count of their memory, and the list of their class. What device_add() and device_del() do to sysfs and
 * the parent's children has no effect on the references a driver sees, and is left out.
 */
export const deviceFunctions: readonly FunctionDefinition[] = [
  fn('void device_initialize(struct device *dev)', { file, origin: 'kernel', atomic: { shared: ['dev'] } }, [
    run('kref_init(&dev->kobj.kref)'),
  ]),
  fn('struct device *get_device(struct device *dev)', { file, origin: 'kernel', atomic: { shared: ['dev'] } }, [
    when('dev', [run('kref_get(&dev->kobj.kref)')]),
    ret('dev'),
  ]),
  fn('void put_device(struct device *dev)', { file, origin: 'kernel', sleeps: true }, [
    when('!dev', [ret()]),
    when('refcount_dec_and_test(&dev->kobj.kref.refcount)', [run('dev->release(dev)')]),
  ]),
  /** What follows the format is read by the caller, and has no effect. */
  fn('int dev_set_name(struct device *dev, const char *fmt)', { file, origin: 'kernel', atomic: { shared: ['dev'] } }, [
    choose('dev_set_name', [
      outcome('success', [set('dev->kobj.name', 'fmt', 'atomic'), ret('0')]),
      fault('-ENOMEM', [ret('-ENOMEM')]),
    ]),
  ]),
  fn(
    'const char *dev_name(const struct device *dev)',
    { file: 'include/linux/device.h', origin: 'kernel', atomic: { shared: ['dev'] } },
    [ret('dev->kobj.name')],
  ),
  fn(
    'void dev_set_drvdata(struct device *dev, void *data)',
    { file: 'include/linux/device.h', origin: 'kernel', atomic: { shared: ['dev'] } },
    [set('dev->driver_data', 'data')],
  ),
  fn(
    'void *dev_get_drvdata(const struct device *dev)',
    { file: 'include/linux/device.h', origin: 'kernel', atomic: { shared: ['dev'] } },
    [ret('dev->driver_data')],
  ),
  /** Who searches the class finds the device from now on. */
  fn('int device_add(struct device *dev)', { file, origin: 'kernel', sleeps: true }, [
    run('might_sleep()'),
    choose('device_add', [outcome('success'), fault('-ENOMEM|-EINVAL|-EEXIST', [ret('-ENOMEM')])]),
    when('dev->class', [run('__class_add_device(dev)')]),
    ret('0'),
  ]),
  fn('void device_del(struct device *dev)', { file, origin: 'kernel', sleeps: true }, [
    run('might_sleep()'),
    when('dev->class', [run('__class_remove_device(dev)')]),
  ]),
  /** A device of a class that is nothing but its node in sysfs; it is freed with its last reference. */
  fn(
    'struct device *device_create(const struct class *class, struct device *parent, dev_t devt, void *drvdata, const char *fmt)',
    { file, origin: 'kernel', sleeps: true, locals: ['struct device *dev', 'int rc'] },
    [
      when('IS_ERR_OR_NULL(class)', [ret('ERR_PTR(-ENODEV)')]),
      kzalloc('dev', 'device'),
      when('!dev', [ret('ERR_PTR(-ENOMEM)')]),
      run('device_initialize(dev)'),
      set('dev->devt', 'devt'),
      set('dev->class', 'class'),
      set('dev->parent', 'parent'),
      set('dev->release', 'device_create_release'),
      run('dev_set_drvdata(dev, drvdata)'),
      set('rc', 'dev_set_name(dev, fmt)'),
      when('!rc', [set('rc', 'device_add(dev)')]),
      when('rc', [run('put_device(dev)'), ret('ERR_PTR(rc)')]),
      ret('dev'),
    ],
  ),
  fn('void device_create_release(struct device *dev)', { file, origin: 'kernel', atomic: { shared: ['dev'] } }, [
    run('kfree(dev)'),
  ]),
  /** The device of that number, if the class has it. */
  fn(
    'void device_destroy(const struct class *class, dev_t devt)',
    { file, origin: 'kernel', sleeps: true, locals: ['struct device *dev'] },
    [
      set('dev', 'class_find_device(class, NULL, &devt, __device_has_number)'),
      when('dev', [run('put_device(dev)'), run('device_unregister(dev)')]),
    ],
  ),
  fn('int __device_has_number(struct device *dev, const dev_t *devt)', { file, origin: 'kernel' }, [
    ret('dev->devt == *devt'),
  ]),
  fn('int device_register(struct device *dev)', { file, origin: 'kernel', sleeps: true }, [
    run('device_initialize(dev)'),
    ret('device_add(dev)'),
  ]),
  fn('void device_unregister(struct device *dev)', { file, origin: 'kernel', sleeps: true }, [
    run('device_del(dev)'),
    run('put_device(dev)'),
  ]),
];
