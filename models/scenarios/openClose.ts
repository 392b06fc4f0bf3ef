import { run } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** The device node against the driver. */
export const openClose = teeScenario({
  id: 'open-close',
  title: 'open and close the TEE device, while the driver is unbound',
  description:
    'Two processes open and close the TEE device. The driver is unbound meanwhile: an inode that was opened before leads to the device for as long as any file of it is open, and a device without users takes no new ones.',
  activities: ['open-device', 'close-device', 'foreign-context', 'unregister'],
  threads: [
    { name: 'holder', process: 'A', run: 'holder' },
    { name: 'opener', process: 'B', run: 'opener' },
  ],
  opens: ['holder'],
  functions: [
    outside('void holder(void)', [run('sys_close(0)')]),
    outside('void opener(void)', [run('sys_open_chrdev(&world.inode)'), run('sys_close(0)')]),
  ],
});
