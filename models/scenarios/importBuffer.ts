import { run } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** Another driver. */
export const importBuffer = teeScenario({
  id: 'import',
  title: 'another driver imports the buffer while its fd is closed',
  description:
    'One thread allocates restricted memory and closes the dma-buf; its sibling has another driver attach, map, unmap and detach it meanwhile. The attachment takes no reference of its own.',
  activities: ['allocate', 'close-dmabuf', 'import'],
  threads: [
    { name: 'allocator', process: 'A', run: 'allocator' },
    { name: 'importer', process: 'A', run: 'importer' },
  ],
  opens: ['allocator'],
  keepsDriver: true,
  functions: [
    outside('void allocator(void)', [run('user_allocate(0)'), run('sys_close(1)')]),
    outside('void importer(void)', [run('user_import(1)')]),
  ],
});
