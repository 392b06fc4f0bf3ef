import { run, set, when } from '../program/build.js';
import { anyOf } from './parts/calls.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** Ids are the device's, objects the context's. */
export const twoContexts = teeScenario({
  id: 'two-contexts',
  title: 'two processes work in contexts of their own',
  description:
    'Two processes have the TEE device open. One allocates restricted memory and closes it; the other guesses the id, which is valid on the device but not in its context, and allocates shared memory, for which ids are given out anew.',
  activities: ['allocate', 'close-dmabuf', 'foreign-context', 'look-up-id', 'shm-alloc'],
  threads: [
    { name: 'allocator', process: 'A', run: 'allocator' },
    { name: 'stranger', process: 'B', run: 'stranger' },
  ],
  opens: ['allocator', 'stranger'],
  keepsDriver: true,
  functions: [
    outside(
      'void allocator(void)',
      [set('fd', 'user_allocate(0)'), when('fd >= 0', [run('sys_close(fd)')])],
      ['int fd'],
    ),
    outside(
      'void stranger(void)',
      [run('user_shm_alloc(0)'), ...anyOf('id', [1, 2]), run('user_invoke(0, id)')],
      ['int id'],
    ),
  ],
});
