import { choose, fault, fn, loop, outcome, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'fs/char_dev.c';
const map = { file: 'drivers/base/map.c', origin: 'kernel', atomic: { shared: ['map'] } } as const;
const numbers = { file: 'include/linux/kdev_t.h', origin: 'kernel', atomic: { shared: [] } } as const;

/**
 * Char devices. A cdev's kobject is pinned by every open file; its parent, the device it is embedded in, by the kobject.
 * Deleting a cdev ends lookups by number, but an inode that was opened before keeps finding it until the last file is gone.
 * One inode per device is supported.
 */
export const charDeviceFunctions: readonly FunctionDefinition[] = [
  fn('dev_t MKDEV(unsigned int ma, unsigned int mi)', numbers, [ret('ma << MINORBITS | mi')]),
  fn('unsigned int MAJOR(dev_t dev)', numbers, [ret('dev >> MINORBITS')]),
  fn('unsigned int MINOR(dev_t dev)', numbers, [ret('dev & MINORMASK')]),
  fn(
    'int alloc_chrdev_region(dev_t *dev, unsigned baseminor, unsigned count, const char *name)',
    { file, origin: 'kernel', sleeps: true },
    [
      run('might_sleep()'),
      choose('alloc_chrdev_region', [outcome('success'), fault('-ENOMEM|-EBUSY', [ret('-ENOMEM')])]),
      set('*dev', 'MKDEV(__new_major(&cdev_map), baseminor)'),
      ret('0'),
    ],
  ),
  fn('unsigned int __new_major(struct chrdev_map *map)', { ...map, file, locals: ['int majors'] }, [
    set('majors', 'map->majors', 'atomic'),
    set('map->majors', 'majors + 1', 'atomic'),
    ret('CHRDEV_MAJOR_DYN_FIRST - majors'),
  ]),
  fn(
    'int register_chrdev_region(dev_t from, unsigned count, const char *name)',
    { file, origin: 'kernel', sleeps: true },
    [
      run('might_sleep()'),
      choose('register_chrdev_region', [outcome('success'), fault('-ENOMEM|-EBUSY', [ret('-ENOMEM')])]),
      ret('0'),
    ],
  ),
  /** Numbers that nobody registered are none of its business. A region says nothing about who may open what. */
  fn('void unregister_chrdev_region(dev_t from, unsigned count)', { file, origin: 'kernel', sleeps: true }, [
    run('might_sleep()'),
  ]),
  fn(
    'void cdev_init(struct cdev *cdev, const struct file_operations *fops)',
    { file, origin: 'kernel', atomic: { shared: ['cdev'] } },
    [
      run('kref_init(&cdev->kobj.kref)'),
      set('cdev->kobj.parent', 'NULL'),
      set('cdev->owner', 'NULL'),
      set('cdev->dev', '0'),
      set('cdev->inode', 'NULL'),
      set('cdev->ops', 'fops'),
    ],
  ),
  fn(
    'int cdev_add(struct cdev *p, dev_t dev, unsigned count)',
    { file, origin: 'kernel', locals: ['struct kobject *parent'] },
    [
      set('p->dev', 'dev'),
      set('p->count', 'count'),
      choose('cdev_add', [
        outcome('success', [run('__cdev_map(&cdev_map, dev, count, p)')]),
        fault('-ENOMEM', [ret('-ENOMEM')]),
      ]),
      set('parent', 'p->kobj.parent'),
      when('parent', [run('kref_get(&parent->kref)')]),
      ret('0'),
    ],
  ),
  fn('void cdev_del(struct cdev *p)', { file, origin: 'kernel', sleeps: true }, [
    run('__cdev_unmap(&cdev_map, p->dev)'),
    run('__cdev_kobject_put(p)'),
  ]),
  /** User space may open the device from cdev_add() on, also if device_add() fails then. */
  fn(
    'int cdev_device_add(struct cdev *cdev, struct device *dev)',
    { file, origin: 'kernel', sleeps: true, locals: ['int rc'] },
    [
      when('dev->devt', [
        set('cdev->kobj.parent', '&dev->kobj'),
        set('rc', 'cdev_add(cdev, dev->devt, 1)'),
        when('rc', [ret('rc')]),
      ]),
      set('rc', 'device_add(dev)'),
      when('rc && dev->devt', [run('cdev_del(cdev)')]),
      ret('rc'),
    ],
  ),
  fn('void cdev_device_del(struct cdev *cdev, struct device *dev)', { file, origin: 'kernel', sleeps: true }, [
    run('device_del(dev)'),
    when('dev->devt', [run('cdev_del(cdev)')]),
  ]),
  /** The module, then the kobject unless it is already dying. */
  fn('int cdev_get(struct cdev *p)', { file, origin: 'kernel', atomic: { shared: ['p'] } }, [
    when('!try_module_get(p->owner)', [ret('0')]),
    when('!kref_get_unless_zero(&p->kobj.kref)', [run('module_put(p->owner)'), ret('0')]),
    ret('1'),
  ]),
  fn('void cdev_put(struct cdev *p)', { file, origin: 'kernel', sleeps: true, locals: ['struct module *owner'] }, [
    when('!p', [ret()]),
    set('owner', 'p->owner'),
    run('__cdev_kobject_put(p)'),
    run('module_put(owner)'),
  ]),
  /** kobject_put() of a cdev: cdev_default_release() forgets the inodes and drops the parent, which may free the cdev. */
  fn(
    'void __cdev_kobject_put(struct cdev *p)',
    { file, origin: 'kernel', sleeps: true, locals: ['struct kobject *parent'] },
    [
      when('!refcount_dec_and_test(&p->kobj.kref.refcount)', [ret()]),
      set('parent', 'p->kobj.parent'),
      run('__cdev_purge(p)'),
      when('parent', [run('put_device(container_of(parent, struct device, kobj))')]),
    ],
  ),
  fn(
    'void __cdev_purge(struct cdev *p)',
    { file, origin: 'kernel', atomic: { shared: ['p'] }, locals: ['struct inode *inode'] },
    [
      set('inode', 'p->inode', 'atomic'),
      when('inode', [set('inode->i_cdev', 'NULL', 'atomic'), set('p->inode', 'NULL', 'atomic')]),
    ],
  ),
  fn(
    'void __cdev_map(struct chrdev_map *map, dev_t dev, unsigned int count, struct cdev *p)',
    { ...map, locals: ['int i', 'struct cdev *known'] },
    [
      set('i', '0'),
      loop('i < CDEVS', [
        set('known', 'map->cdev[i]', 'atomic'),
        when('!known', [
          set('map->dev[i]', 'dev', 'atomic'),
          set('map->count[i]', 'count', 'atomic'),
          set('map->cdev[i]', 'p', 'atomic'),
          ret(),
        ]),
        set('i', 'i + 1'),
      ]),
      run('__capacity_exhausted()'),
    ],
  ),
  fn('void __cdev_unmap(struct chrdev_map *map, dev_t dev)', { ...map, locals: ['int i', 'dev_t first'] }, [
    set('i', '0'),
    loop('i < CDEVS', [
      set('first', 'map->dev[i]', 'atomic'),
      when('first == dev', [set('map->cdev[i]', 'NULL', 'atomic')]),
      set('i', 'i + 1'),
    ]),
  ]),
  fn(
    'struct cdev *__cdev_of_number(struct chrdev_map *map, dev_t dev)',
    { ...map, locals: ['int i', 'dev_t first', 'int count'] },
    [
      set('i', '0'),
      loop('i < CDEVS', [
        set('first', 'map->dev[i]', 'atomic'),
        set('count', 'map->count[i]', 'atomic'),
        when('dev >= first && dev < first + count', [ret('map->cdev[i]')]),
        set('i', 'i + 1'),
      ]),
      ret('NULL'),
    ],
  ),
  /** What chrdev_open() does under cdev_lock and the map's mutex: the cdev of an inode, with a reference, or NULL. */
  fn(
    'struct cdev *__chrdev_lookup(struct inode *inode, struct chrdev_map *map)',
    { file, origin: 'kernel', atomic: { shared: ['inode', 'map'] }, locals: ['struct cdev *p', 'struct inode *known'] },
    [
      set('p', 'inode->i_cdev', 'atomic'),
      when('p', [when('!cdev_get(p)', [ret('NULL')]), ret('p')]),
      when('!inode->i_rdev', [ret('NULL')]),
      set('p', '__cdev_of_number(map, inode->i_rdev)'),
      when('!p', [ret('NULL')]),
      when('!cdev_get(p)', [ret('NULL')]),
      set('known', 'p->inode', 'atomic'),
      when('known && known != inode', [run('__capacity_exhausted()')]),
      set('inode->i_cdev', 'p', 'atomic'),
      set('p->inode', 'inode', 'atomic'),
      ret('p'),
    ],
  ),
  fn(
    'int chrdev_open(struct inode *inode, struct file *filp)',
    { file, origin: 'kernel', sleeps: true, locals: ['struct cdev *p', 'struct file_operations *fops', 'int ret'] },
    [
      set('p', '__chrdev_lookup(inode, &cdev_map)'),
      when('!p', [ret('-ENXIO')]),
      set('fops', 'p->ops'),
      when('!try_module_get(fops->owner)', [run('cdev_put(p)'), ret('-ENXIO')]),
      set('filp->f_op', 'fops'),
      when('fops->open', [set('ret', 'fops->open(inode, filp)'), when('ret', [run('cdev_put(p)'), ret('ret')])]),
      set('filp->f_cdev', 'p'),
      ret('0'),
    ],
  ),
];
