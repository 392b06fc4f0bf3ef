import { alloc, choose, fault, fn, free, outcome, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'drivers/base/class.c';
const kernel = { file, origin: 'kernel' } as const;

const register = (cls: string) =>
  choose('class_register', [
    outcome('success', [run(`__class_register(&class_devices, ${cls})`)]),
    fault('-ENOMEM|-EEXIST', [ret('-ENOMEM')]),
  ]);

/**
 * Classes: the list of their devices, which has room for one class with one device. `class_devices` stands for what the kernel
 * keeps beside a class, as that may be a constant (lib/klist.c: the list keeps a reference of a device for as long as the list,
 * or somebody who walks along it, stands on it).
 *
 * `createTakesOwner`: class_create() has the module as its first argument (before 6.4).
 */
export function classFunctions(version: { readonly createTakesOwner: boolean }): readonly FunctionDefinition[] {
  return [
    fn('int class_register(const struct class *cls)', { ...kernel, sleeps: true }, [
      run('might_sleep()'),
      register('cls'),
      ret('0'),
    ]),
    fn('void class_unregister(const struct class *cls)', { ...kernel, sleeps: true }, [
      run('might_sleep()'),
      run('__class_register(&class_devices, NULL)'),
    ]),
    fn(
      version.createTakesOwner
        ? 'struct class *class_create(struct module *owner, const char *name)'
        : 'struct class *class_create(const char *name)',
      { ...kernel, sleeps: true, locals: ['struct class *cls'] },
      [
        run('might_sleep()'),
        choose('class_create', [
          outcome('success', [alloc('cls', 'class')]),
          fault('-ENOMEM', [ret('ERR_PTR(-ENOMEM)')]),
        ]),
        set('cls->name', 'name'),
        run('__class_register(&class_devices, cls)'),
        ret('cls'),
      ],
    ),
    fn('void class_destroy(const struct class *cls)', { ...kernel, sleeps: true }, [
      when('IS_ERR_OR_NULL(cls)', [ret()]),
      run('class_unregister(cls)'),
      free('cls'),
    ]),
    fn(
      'void __class_register(struct subsys_private *list, const struct class *cls)',
      { ...kernel, atomic: { shared: ['list'] }, locals: ['struct class *known'] },
      [
        set('known', 'list->class', 'atomic'),
        when('cls && known', [run('__capacity_exhausted()')]),
        set('list->class', 'cls', 'atomic'),
      ],
    ),

    fn('void __class_add_device(struct device *dev)', { ...kernel, file: 'drivers/base/core.c' }, [
      when('class_devices.class != dev->class', [ret()]),
      run('get_device(dev)'),
      run('spin_lock(&class_devices.lock)'),
      when('class_devices.device', [run('__capacity_exhausted()')]),
      set('class_devices.device', 'dev'),
      run('spin_unlock(&class_devices.lock)'),
    ]),
    fn('void __class_remove_device(struct device *dev)', { ...kernel, file: 'drivers/base/core.c', sleeps: true }, [
      when('class_devices.class != dev->class', [ret()]),
      run('spin_lock(&class_devices.lock)'),
      set('class_devices.device', 'NULL'),
      run('spin_unlock(&class_devices.lock)'),
      run('put_device(dev)'),
    ]),
    /** The reference of the walk becomes that of the result; the kernel takes the second before it drops the first. */
    fn(
      'struct device *class_find_device(const struct class *class, const struct device *start, const void *data, fn match)',
      {
        ...kernel,
        sleeps: true,
        locals: ['struct device *dev'],
        approximations: [{ direction: 'under', what: 'A class has one device.' }],
      },
      [
        when('!class', [ret('NULL')]),
        when('class_devices.class != class', [
          report('kernel-warning', 'a class is searched before it is registered'),
          ret('NULL'),
        ]),
        when('start', [ret('NULL')]),
        run('spin_lock(&class_devices.lock)'),
        set('dev', 'class_devices.device'),
        when('dev', [run('get_device(dev)')]),
        run('spin_unlock(&class_devices.lock)'),
        when('!dev', [ret('NULL')]),
        when('!match(dev, data)', [run('put_device(dev)'), ret('NULL')]),
        ret('dev'),
      ],
    ),
    fn('int bus_register(const struct bus_type *bus)', { file: 'drivers/base/bus.c', origin: 'kernel', sleeps: true }, [
      run('might_sleep()'),
      choose('bus_register', [outcome('success'), fault('-ENOMEM', [ret('-ENOMEM')])]),
      ret('0'),
    ]),
    fn(
      'void bus_unregister(const struct bus_type *bus)',
      { file: 'drivers/base/bus.c', origin: 'kernel', sleeps: true },
      [run('might_sleep()')],
    ),
  ];
}
