import { choose, outcome, run } from '../../program/build.js';
import { setupBuffers, setupBuffersRequires } from '../parts/setupBuffers.js';
import { teeScenario } from '../parts/teeScenario.js';
import { outside } from '../parts/world.js';
import type { ScenarioFamily } from './family.js';
import { memberId, threads, threadsOf } from './family.js';

/** One buffer in the hands of several other drivers. */
export const importers: ScenarioFamily = {
  id: 'importers',
  title: 'threads have another driver attach and map a buffer, one closes it, and the TEE driver is unbound',
  parameters: [{ name: 'K', counts: 'threads that import', least: 1, most: 7 }],
  member: ([importing = 0]) =>
    teeScenario({
      id: memberId('importers', [importing]),
      title: `import a buffer in ${threads(importing)}, while it is closed and the TEE driver is unbound`,
      description: `A dma-buf is there. In ${threads(importing)} another driver gets, attaches, maps, unmaps, detaches and puts it; their sibling closes the TEE device and the dma-buf in either order; the TEE driver is unbound meanwhile. Whichever thread puts last ends the context and releases the device.`,
      requires: setupBuffersRequires,
      activities: ['allocate', 'close-dmabuf', 'close-device', 'close-guessed-fd', 'import', 'pool', 'unregister'],
      size: 'large',
      driver: '_rstmem_pool',
      threads: [{ name: 'closer', process: 'A', run: 'closer' }, ...threadsOf('importer', importing, 'A')],
      setup: [{ as: 'closer', run: 'make_buffer' }],
      functions: [
        setupBuffers('make_buffer', 1),
        outside('void importer(void)', [run('user_import(1)')]),
        outside('void closer(void)', [
          choose('order', [
            outcome('device first', [run('sys_close(0)'), run('sys_close(1)')]),
            outcome('buffer first', [run('sys_close(1)'), run('sys_close(0)')]),
          ]),
        ]),
      ],
    }),
};
