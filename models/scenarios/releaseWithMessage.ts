import { run, set, when } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** Shared memory made inside ops->release. */
export const releaseWithMessage = teeScenario({
  id: 'release-with-message',
  title: 'a driver that needs shared memory to release a context, while it is unbound',
  description:
    'The driver tells its TEE of the end of each context, for which it allocates shared memory in that context while the context is being released. The count of the context is zero then and must be left alone; the device must not go away.',
  activities: ['shm-alloc', 'close-device', 'unregister'],
  driver: '_message',
  threads: [{ name: 'client', process: 'A', run: 'client' }],
  opens: ['client'],
  functions: [
    outside(
      'void client(void)',
      [set('fd', 'user_shm_alloc(0)'), run('sys_close(0)'), when('fd >= 0', [run('sys_close(fd)')])],
      ['int fd'],
    ),
  ],
});
