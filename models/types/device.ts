import { struct } from './structType.js';

/** The driver core's objects, char devices and modules. */
export const deviceTypes = [
  struct('kobject', 'include/linux/kobject.h, v6.12', {
    name: 'char *',
    kref: 'struct kref',
    parent: 'struct kobject *',
  }),
  struct('device', 'include/linux/device.h, v6.12', {
    kobj: 'struct kobject',
    parent: 'struct device *',
    /** Called with the device when the last reference is dropped. */
    release: 'fn',
    /** 0, or the device number. */
    devt: 'dev_t',
    driver_data: 'void *',
    class: 'struct class *',
  }),
  struct('class', 'include/linux/device/class.h, v6.12', { name: 'char *', dev_groups: 'void *' }),
  struct('bus_type', 'include/linux/device/bus.h, v6.12', { name: 'char *', match: 'fn?', uevent: 'fn?' }),
  /** What the driver core keeps of a class: the list of its devices, with room for one (drivers/base/base.h and lib/klist.c). */
  struct('subsys_private', 'drivers/base/base.h, v6.12', {
    class: 'struct class *',
    lock: 'spinlock_t',
    device: 'struct device *',
  }),
  struct('cdev', 'include/linux/cdev.h, v6.12', {
    kobj: 'struct kobject',
    owner: 'struct module *',
    ops: 'struct file_operations *',
    dev: 'dev_t',
    count: 'unsigned int',
    /** The one inode whose `i_cdev` points here: `list` in the kernel. */
    inode: 'struct inode *',
  }),
  /** `cdev_map` of fs/char_dev.c: which char device answers for a device number. */
  struct('chrdev_map', 'fs/char_dev.c, v6.12', {
    cdev: 'struct cdev *[CDEVS]',
    /** The first number of each, and how many there are. */
    dev: 'dev_t[CDEVS]',
    count: 'unsigned int[CDEVS]',
    /** Majors that were handed out; the kernel starts with the highest. */
    majors: 'int',
  }),
  struct('module', 'include/linux/module.h, v6.12', { ref: 'struct module_ref' }),
];
