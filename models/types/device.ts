import { struct } from './structType.js';

/** The driver core's objects, char devices and modules. */
export const deviceTypes = [
  struct('kobject', 'include/linux/kobject.h, v6.12', { kref: 'struct kref', parent: 'struct kobject *' }),
  struct('device', 'include/linux/device.h, v6.12', {
    kobj: 'struct kobject',
    parent: 'struct device *',
    /** Called with the device when the last reference is dropped. */
    release: 'fn',
    /** 0, or the device number: an index + 1 into `chrdev_map`. */
    devt: 'dev_t',
    driver_data: 'void *',
    class: 'struct class *',
  }),
  struct('class', 'include/linux/device/class.h, v6.12', { name: 'int' }),
  struct('cdev', 'include/linux/cdev.h, v6.12', {
    kobj: 'struct kobject',
    owner: 'struct module *',
    ops: 'struct file_operations *',
    dev: 'dev_t',
    /** The one inode whose `i_cdev` points here: `list` in the kernel. */
    inode: 'struct inode *',
  }),
  /** `cdev_map` of fs/char_dev.c: which char device answers for a device number. */
  struct('chrdev_map', 'fs/char_dev.c, v6.12', { cdev: 'struct cdev *[CDEVS]' }),
  struct('module', 'include/linux/module.h, v6.12', { ref: 'struct module_ref' }),
];
