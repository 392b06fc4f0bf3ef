import { choose, outcome, run } from '../program/build.js';
import { setupBuffers, setupBuffersRequires } from './parts/setupBuffers.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** An id used while it comes and goes. */
export const lookUpId = teeScenario({
  id: 'look-up-id',
  title: 'a sibling uses the id while the buffer is made and closed',
  description:
    'One thread allocates restricted memory and closes the dma-buf; its sibling invokes the TEE with a memory reference whose id it guesses: reserved, published, gone. A lookup must find objects with references only.',
  activities: ['allocate', 'close-dmabuf', 'look-up-id'],
  threads: [
    { name: 'allocator', process: 'A', run: 'allocator' },
    { name: 'user', process: 'A', run: 'user' },
  ],
  opens: ['allocator'],
  keepsDriver: true,
  functions: [
    outside('void allocator(void)', [run('user_allocate(0)'), run('sys_close(1)')]),
    outside('void user(void)', [
      choose('id', [outcome('first', [run('user_invoke(0, 1)')]), outcome('another', [run('user_invoke(0, 2)')])]),
    ]),
  ],
});

/** An id used while everything goes. */
export const lookUpClose = teeScenario({
  id: 'look-up-close',
  title: 'a sibling uses the id while device and buffer are closed and the driver is unbound',
  description:
    'A buffer is there. One thread invokes the TEE with a memory reference to it; its sibling closes the TEE device and the dma-buf in either order; the driver is unbound meanwhile. Whoever drops a reference that is not the last one still has to leave the mutex behind before the device may go.',
  requires: setupBuffersRequires,
  activities: ['allocate', 'close-dmabuf', 'close-device', 'close-guessed-fd', 'look-up-id', 'pool', 'unregister'],
  driver: '_rstmem_pool',
  threads: [
    { name: 'user', process: 'A', run: 'user' },
    { name: 'closer', process: 'A', run: 'closer' },
  ],
  setup: [{ as: 'user', run: 'make_buffer' }],
  functions: [
    setupBuffers('make_buffer', 1),
    outside('void user(void)', [run('user_invoke(0, 1)')]),
    outside('void closer(void)', [
      choose('order', [
        outcome('device first', [run('sys_close(0)'), run('sys_close(1)')]),
        outcome('buffer first', [run('sys_close(1)'), run('sys_close(0)')]),
      ]),
    ]),
  ],
});
