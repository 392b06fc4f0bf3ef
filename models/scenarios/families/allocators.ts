import { run, set, when } from '../../program/build.js';
import { anyOf } from '../parts/calls.js';
import { teeScenario } from '../parts/teeScenario.js';
import { outside } from '../parts/world.js';
import type { ScenarioFamily } from './family.js';
import { fdCapacities, memberId, threads, threadsOf } from './family.js';

/** The ioctl of the patch in as many threads as wanted, beside look-ups and the end of the context. */
export const allocators: ScenarioFamily = {
  id: 'allocators',
  title: 'threads allocate, others look ids up, one closes the TEE device',
  parameters: [
    { name: 'K', counts: 'threads that allocate', least: 1, most: 8 },
    { name: 'M', counts: 'threads that look an id up', least: 0, most: 8 },
  ],
  member: ([allocating = 0, looking = 0]) =>
    teeScenario({
      id: memberId('allocators', [allocating, looking]),
      title: `allocate in ${threads(allocating)}${looking > 0 ? ` and use an id in ${threads(looking)}` : ''}, while the TEE device is closed`,
      description: `Threads of a process share the context of its fd 0: ${threads(allocating)} of them allocate restricted memory and close the dma-buf${looking > 0 ? `, ${threads(looking)} invoke the TEE with a memory reference by any of the ids` : ''}, and one closes the TEE device. Ids, fds and the counts of context and device are shared, and the last put of the context may come from any thread.`,
      activities: [
        'allocate',
        'close-dmabuf',
        'close-device',
        ...(looking > 0 ? (['close-guessed-fd', 'look-up-id'] as const) : []),
      ],
      size: 'large',
      threads: [
        { name: 'closer', process: 'A', run: 'closer' },
        ...threadsOf('allocator', allocating, 'A'),
        ...threadsOf('user', looking, 'A'),
      ],
      opens: ['closer'],
      keepsDriver: true,
      capacities: { ...fdCapacities(allocating + 2), IDS: allocating + 2 },
      functions: [
        outside('void closer(void)', [run('sys_close(0)')]),
        outside(
          'void allocator(void)',
          [set('fd', 'user_allocate(0)'), when('fd >= 0', [run('sys_close(fd)')])],
          ['int fd'],
        ),
        ...(looking > 0
          ? [
              outside(
                'void user(void)',
                [
                  ...anyOf(
                    'id',
                    Array.from({ length: allocating }, (_, index) => index + 1),
                  ),
                  run('user_invoke(0, id)'),
                ],
                ['int id'],
              ),
            ]
          : []),
      ],
    }),
};
