import { choose, outcome, run } from '../program/build.js';
import { anyOf } from './parts/calls.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** An fd does not belong to the thread that made it. */
export const closeGuessed = teeScenario({
  id: 'close-guessed',
  title: 'a sibling closes fds that it guesses, while the driver is unbound',
  description:
    'One thread allocates restricted or shared memory; its sibling closes any two fds at any time: the TEE device under the ioctl, the dma-buf at the instant it is installed, one that is only reserved. From its installation on, nobody may use the buffer through the reference that was moved into the fd.',
  activities: ['allocate', 'shm-alloc', 'close-guessed-fd', 'close-dmabuf', 'close-device', 'unregister'],
  threads: [
    { name: 'allocator', process: 'A', run: 'allocator' },
    { name: 'closer', process: 'A', run: 'closer' },
  ],
  opens: ['allocator'],
  functions: [
    outside('void allocator(void)', [
      choose('kind of memory', [
        outcome('restricted', [run('user_allocate(0)')]),
        outcome('shared', [run('user_shm_alloc(0)')]),
      ]),
    ]),
    outside(
      'void closer(void)',
      [...anyOf('fd', [0, 1]), run('sys_close(fd)'), ...anyOf('fd', [0, 1]), run('sys_close(fd)')],
      ['int fd'],
    ),
  ],
});
