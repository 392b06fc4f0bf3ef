import { run, set, when } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** Two threads of one process, one context. */
export const twoAllocators = teeScenario({
  id: 'two-allocators',
  title: 'two threads allocate in one context',
  description:
    'Two threads of a process allocate restricted memory in the same context and close it. Ids, fds and the counts of context and device are shared.',
  activities: ['allocate', 'close-dmabuf'],
  threads: [
    { name: 'first', process: 'A', run: 'client' },
    { name: 'second', process: 'A', run: 'client' },
  ],
  opens: ['first'],
  keepsDriver: true,
  functions: [
    outside('void client(void)', [set('fd', 'user_allocate(0)'), when('fd >= 0', [run('sys_close(fd)')])], ['int fd']),
  ],
});
