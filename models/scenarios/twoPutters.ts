import { run } from '../program/build.js';
import { setupBuffers, setupBuffersRequires } from './parts/setupBuffers.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

const threads = [
  { name: 'first', process: 'A', run: 'close_first' },
  { name: 'second', process: 'A', run: 'close_second' },
];
const functions = [
  outside('void close_first(void)', [run('sys_close(1)')]),
  outside('void close_second(void)', [run('sys_close(2)')]),
];

/** The last two users of a device. */
export const twoPutters = teeScenario({
  id: 'two-putters',
  title: 'two threads close the last two buffers, while the driver is unbound',
  description:
    'Two dma-bufs are all that is left of a context whose TEE device is closed. Two threads close one each; the driver is unbound meanwhile. Between its unlock and the end of mutex_unlock() the first putter still touches the mutex, and the second one may complete the wait for the last user.',
  requires: setupBuffersRequires,
  activities: ['close-dmabuf', 'allocate', 'close-device', 'pool', 'unregister'],
  driver: '_rstmem_pool',
  threads,
  setup: [
    { as: 'first', run: 'make_two' },
    { as: 'first', run: 'close_device' },
  ],
  capacities: { file: 3 },
  functions: [...functions, setupBuffers('make_two', 2), outside('void close_device(void)', [run('sys_close(0)')])],
});

/** The same with memory that the base can share. */
export const twoShmPutters = teeScenario({
  id: 'two-shm-putters',
  title: 'two threads close the last two shared memory objects, while the driver is unbound',
  description:
    'As two-putters, with the fds of shared memory objects: two threads close one each, and each may be the last user of the device.',
  activities: ['shm-alloc', 'close-device', 'unregister'],
  threads,
  setup: [{ as: 'first', run: 'open_two' }],
  capacities: { file: 3 },
  functions: [
    ...functions,
    outside('void open_two(void)', [
      run('sys_open_chrdev(&world.inode)'),
      run('user_shm_alloc(0)'),
      run('user_shm_alloc(0)'),
      run('sys_close(0)'),
    ]),
  ],
});
