import { choose, outcome, run } from '../program/build.js';
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
