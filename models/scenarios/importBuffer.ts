import { ret, run, set, when } from '../program/build.js';
import { teeScenario } from './parts/teeScenario.js';
import { outside } from './parts/world.js';

const threads = [
  { name: 'allocator', process: 'A', run: 'allocator' },
  { name: 'importer', process: 'A', run: 'importer' },
];
const allocator = outside('void allocator(void)', [run('user_allocate(0)'), run('sys_close(0)'), run('sys_close(1)')]);

/** Another driver. */
export const importBuffer = teeScenario({
  id: 'import',
  title: 'another driver imports the buffer while its fd is closed and the TEE driver is unbound',
  description:
    'One thread allocates restricted memory, closes the TEE device and the dma-buf; its sibling has another driver attach, map, unmap and detach it meanwhile. The attachment takes no reference of its own, and the driver may put the last one; the TEE driver is unbound meanwhile.',
  activities: ['allocate', 'close-dmabuf', 'close-device', 'import', 'unregister'],
  threads,
  opens: ['allocator'],
  functions: [allocator, outside('void importer(void)', [run('user_import(1)')])],
});

/** Another driver that can follow a buffer that moves. */
export const importDynamic = teeScenario({
  id: 'import-dynamic',
  title: 'a dynamic importer attaches to the buffer while its fd is closed',
  description:
    'As import, with a driver that can follow a buffer that moves. The exporter cannot move it, so that the buffer is mapped when it is attached, and stays mapped until it is detached; if mapping fails, attaching has to be undone.',
  activities: ['allocate', 'close-dmabuf', 'close-device', 'import'],
  threads,
  opens: ['allocator'],
  keepsDriver: true,
  tables: [
    {
      name: 'importer_attach_ops',
      type: 'dma_buf_attach_ops',
      fields: { allow_peer2peer: 1, move_notify: 'importer_move_notify' },
      file: '<importer>',
    },
  ],
  functions: [
    allocator,
    outside('void importer_move_notify(struct dma_buf_attachment *attach)', [], [], { file: '<importer>' }),
    outside(
      'void importer(void)',
      [
        run('syscall_enter()'),
        set('dmabuf', 'dma_buf_get(1)'),
        when('IS_ERR(dmabuf)', [run('task_work_run()'), run('syscall_exit(-EBADF)'), ret()]),
        set('attach', 'dma_buf_dynamic_attach(dmabuf, &importer_device, &importer_attach_ops, NULL)'),
        when('!IS_ERR(attach)', [
          set('sgt', 'dma_buf_map_attachment_unlocked(attach, DMA_TO_DEVICE)'),
          when('!IS_ERR(sgt)', [run('dma_buf_unmap_attachment_unlocked(attach, sgt, DMA_TO_DEVICE)')]),
          run('dma_buf_detach(dmabuf, attach)'),
        ]),
        run('dma_buf_put(dmabuf)'),
        run('task_work_run()'),
        run('syscall_exit(0)'),
      ],
      ['struct dma_buf *dmabuf', 'struct dma_buf_attachment *attach', 'struct sg_table *sgt'],
      { file: '<importer>' },
    ),
  ],
});
