import { choose, outcome, ret, run, set, when } from '../program/build.js';
import { anyOf } from './parts/calls.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** The patch's pool behind a driver. */
export const driverPool = teeScenario({
  id: 'driver-pool',
  title: 'a driver that takes restricted memory from a pool',
  description:
    'The driver makes a pool of its carve-out when it is bound and destroys it after the device is unregistered. A client allocates from it and closes, in any order with the TEE device. The pool must be empty when it is destroyed.',
  requires: ['tee_rstmem_gen_pool_alloc'],
  activities: ['pool', 'allocate', 'close-device', 'close-dmabuf', 'unregister'],
  driver: '_rstmem_pool',
  threads: [{ name: 'client', process: 'A', run: 'client' }],
  opens: ['client'],
  functions: [
    outside(
      'void client(void)',
      [
        set('fd', 'user_allocate(0)'),
        choose('close the device', [outcome('now', [run('sys_close(0)')]), outcome('later')]),
        when('fd >= 0', [run('sys_close(fd)')]),
      ],
      ['int fd'],
    ),
  ],
});

/** The pool on its own. */
export const poolLife = teeScenario({
  id: 'pool-life',
  title: 'create, allocate from, free to and destroy a pool',
  description:
    'A driver makes a pool of restricted memory, with each failure that may meet, takes memory of several sizes from it, gives it back and destroys the pool. Everything is given back on each path.',
  requires: ['tee_rstmem_gen_pool_alloc'],
  activities: ['pool'],
  threads: [{ name: 'owner', process: null, run: 'owner' }],
  keepsDriver: true,
  functions: [
    outside(
      'void owner(void)',
      [
        ...anyOf('paddr', [1, 'PAGE_SIZE']),
        ...anyOf('size', ['PAGE_SIZE', 'PAGE_SIZE + 1']),
        set('pool', 'tee_rstmem_gen_pool_alloc(paddr, size)'),
        when('IS_ERR(pool)', [ret()]),
        ...anyOf('size', [0, 1, 'PAGE_SIZE']),
        set('rc', 'pool->ops->alloc(pool, &shm, size, 0)'),
        when('!rc', [run('pool->ops->free(pool, &shm)')]),
        run('tee_shm_pool_free(pool)'),
      ],
      ['unsigned long paddr', 'size_t size', 'struct tee_shm_pool *pool', 'struct tee_shm shm', 'int rc'],
      { file: '<driver>' },
    ),
  ],
});
