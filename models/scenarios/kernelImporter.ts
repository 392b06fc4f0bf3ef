import { awaitThat, run, set, when } from '../program/build.js';
import { struct } from '../types/structType.js';
import { setupBuffers, setupBuffersRequires } from './parts/setupBuffers.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

/** A kernel thread has the last reference of a dma-buf. */
export const kernelImporter = teeScenario({
  id: 'kernel-importer',
  title: 'a kernel thread uses and drops the buffer, while the driver is unbound',
  description:
    'A driver got a dma-buf through a system call and works on it in a kernel thread, while the process that allocated it exits. What a kernel thread drops last is released by a worker, which ends the context and releases the device; the TEE driver is unbound meanwhile.',
  requires: setupBuffersRequires,
  activities: ['allocate', 'close-dmabuf', 'close-device', 'import', 'pool', 'unregister'],
  driver: '_rstmem_pool',
  types: [
    struct('importer', 'model: what the importing driver keeps', {
      dmabuf: 'struct dma_buf *',
      /** Work is queued. */
      queued: 'int',
    }),
  ],
  globals: { importer: 'struct importer' },
  threads: [
    { name: 'client', process: 'A', run: 'queue' },
    { name: 'importer', process: null, run: 'use_buffer' },
    { name: 'worker', process: null, run: 'delayed_fput_worker', daemon: true },
  ],
  setup: [{ as: 'client', run: 'make_buffer' }],
  functions: [
    setupBuffers('make_buffer', 1),
    outside('void queue(void)', [set('importer.dmabuf', 'dma_buf_get(1)'), set('importer.queued', '1', 'atomic')], [], {
      file: '<importer>',
    }),
    outside(
      'void use_buffer(void)',
      [
        awaitThat('importer.queued'),
        set('dmabuf', 'importer.dmabuf'),
        set('attach', 'dma_buf_attach(dmabuf, &importer_device)'),
        when('!IS_ERR(attach)', [
          set('sgt', 'dma_buf_map_attachment_unlocked(attach, DMA_FROM_DEVICE)'),
          when('!IS_ERR(sgt)', [run('dma_buf_unmap_attachment_unlocked(attach, sgt, DMA_FROM_DEVICE)')]),
          run('dma_buf_detach(dmabuf, attach)'),
        ]),
        set('importer.dmabuf', 'NULL'),
        run('dma_buf_put(dmabuf)'),
      ],
      ['struct dma_buf *dmabuf', 'struct dma_buf_attachment *attach', 'struct sg_table *sgt'],
      { file: '<importer>' },
    ),
  ],
});
