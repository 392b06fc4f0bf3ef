import { run, set, when } from '../../program/build.js';
import { teeScenario } from '../parts/teeScenario.js';
import { outside } from '../parts/world.js';
import type { ScenarioFamily } from './family.js';
import { fdCapacities, memberId, threads, threadsOf } from './family.js';

/** Contexts come and go while the device goes. */
export const openers: ScenarioFamily = {
  id: 'openers',
  title: 'threads open and close the TEE device, while the driver is unbound',
  parameters: [{ name: 'K', counts: 'threads that open and close', least: 1, most: 9 }],
  member: ([opening = 0]) =>
    teeScenario({
      id: memberId('openers', [opening]),
      title: `open and close the TEE device in ${threads(opening)}, while the driver is unbound`,
      description: `As open-close, in ${threads(opening)} of one process, each with a file and a context of its own. The driver is unbound meanwhile: a device without users takes no new ones, and unregistering waits for those it has.`,
      activities: ['open-device', 'close-device', 'foreign-context', 'unregister'],
      size: 'large',
      threads: threadsOf('opener', opening, 'A'),
      capacities: fdCapacities(opening + 1),
      functions: [
        outside(
          'void opener(void)',
          [set('fd', 'sys_open_chrdev(&world.inode)'), when('fd >= 0', [run('sys_close(fd)')])],
          ['int fd'],
        ),
      ],
    }),
};
