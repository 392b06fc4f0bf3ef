import { choose, outcome, run, set, when } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** The same with memory that the base can share. */
export const shmClose = teeScenario({
  id: 'shm-close',
  title: 'allocate or register shared memory and close, while the driver is unbound',
  description:
    'A client allocates shared memory, or registers its own, closes the TEE device and then the fd of the shared memory, which it may still have mapped. The driver is unbound meanwhile. The last put comes from the file of the shared memory, which does not pin the device.',
  activities: ['shm-alloc', 'shm-register', 'close-device', 'unregister'],
  threads: [{ name: 'client', process: 'A', run: 'client' }],
  opens: ['client'],
  functions: [
    outside(
      'void client(void)',
      [
        choose('kind of memory', [
          outcome('allocated', [set('fd', 'user_shm_alloc(0)')]),
          outcome('registered', [set('fd', 'user_shm_register(0)')]),
        ]),
        run('sys_close(0)'),
        when('fd >= 0', [
          choose('map the memory', [outcome('yes', [run('sys_mmap(fd)')]), outcome('no')]),
          run('sys_close(fd)'),
        ]),
      ],
      ['int fd'],
    ),
  ],
});
