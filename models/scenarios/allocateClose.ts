import { choose, outcome, run, set, when } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** One client, and the driver. */
export const allocateClose = teeScenario({
  id: 'allocate-close',
  title: 'allocate and close, while the driver is unbound',
  description:
    'A client allocates restricted memory and closes the dma-buf and the TEE device in either order, or leaves that to its exit. The driver is unbound meanwhile. Each error branch of the ioctl has to give back what it holds; the last put may come from the release of the dma-buf.',
  activities: ['allocate', 'close-dmabuf', 'close-device', 'unregister'],
  threads: [{ name: 'client', process: 'A', run: 'client' }],
  opens: ['client'],
  functions: [
    outside(
      'void client(void)',
      [
        set('fd', 'user_allocate(0)'),
        choose('close the device', [outcome('now', [run('sys_close(0)')]), outcome('later')]),
        when('fd >= 0', [choose('close the buffer', [outcome('now', [run('sys_close(fd)')]), outcome('later')])]),
      ],
      ['int fd'],
    ),
  ],
});
