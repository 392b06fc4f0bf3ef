import { run, set } from '../../program/build.js';
import { struct } from '../../types/structType.js';
import { teeScenario } from '../parts/teeScenario.js';
import { outside } from '../parts/world.js';
import type { ScenarioFamily } from './family.js';
import { fdCapacities, memberId, threads, threadsOf } from './family.js';

/** Any number of last users of a device. */
export const putters: ScenarioFamily = {
  id: 'putters',
  title: 'threads close shared memory objects, one the TEE device, while the driver is unbound',
  parameters: [{ name: 'K', counts: 'threads that close', least: 1, most: 7 }],
  member: ([closing = 0]) =>
    teeScenario({
      id: memberId('putters', [closing]),
      title: `close shared memory in ${threads(closing)} and the TEE device in another, while the driver is unbound`,
      description: `As two-shm-putters, with ${threads(closing)} for the shared memory, of which each takes the next fd off a common list and closes it; a further one closes the TEE device. Each of them may be the last user of the device, which is being unbound.`,
      activities: ['shm-alloc', 'close-device', 'unregister'],
      size: 'large',
      types: [struct('fd_list', 'model: what threads of user space share', { next: 'struct atomic_t' })],
      globals: { fd_list: 'struct fd_list' },
      threads: [{ name: 'closer', process: 'A', run: 'closer' }, ...threadsOf('putter', closing, 'A')],
      setup: [{ as: 'closer', run: 'make_shms' }],
      capacities: { ...fdCapacities(closing + 1), IDS: closing + 1, file: closing + 1, tee_shm: closing },
      functions: [
        outside('void closer(void)', [run('sys_close(0)')]),
        outside('void putter(void)', [set('fd', 'atomic_fetch_inc(&fd_list.next)'), run('sys_close(fd)')], ['int fd']),
        outside('void make_shms(void)', [
          run('sys_open_chrdev(&world.inode)'),
          ...Array.from({ length: closing }, () => run('user_shm_alloc(0)')),
          run('atomic_set(&fd_list.next, 1)'),
        ]),
      ],
    }),
};
