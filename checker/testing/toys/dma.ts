import { defineDmaBufExportInfo } from '../../../models/kernel/dmaBuf.js';
import { kzalloc } from '../../../models/kernel/slab.js';
import { ret, run, set, when } from '../../../models/program/build.js';
import type { FunctionDefinition } from '../../../models/program/functionDefinition.js';
import type { Statement } from '../../../models/program/statement.js';
import type { Toy } from '../toySystem.js';
import { toyFn } from '../toySystem.js';
import type { ToyPair } from './toyPair.js';

const types = {
  world: { table: 'struct sg_table', device: 'struct device', buffer: 'struct box *' },
  box: { memory: 'struct backing_memory', data: 'int' },
};

/** One thread of a process that runs `body` as the driver's function `probe`. */
const probe = (
  locals: readonly string[],
  body: readonly Statement[],
  functions: readonly FunctionDefinition[] = [],
): Toy => ({
  types,
  functions: [...functions, toyFn('int probe(void)', locals, body)],
  threads: { user: { process: 'client', body: [run('probe()')] } },
});

// ---- a pool, a scatter table ----

const pool = (body: readonly Statement[]): Toy =>
  probe(
    ['struct gen_pool *pool', 'unsigned long address'],
    [
      set('pool', 'gen_pool_create(12, -1)'),
      when('!pool', [ret('-ENOMEM')]),
      set('address', 'gen_pool_alloc(pool, PAGE_SIZE)'),
      ...body,
      ret('0'),
    ],
  );

const giveBack = when('address', [run('gen_pool_free(pool, address, PAGE_SIZE)')]);
const destroy = run('gen_pool_destroy(pool)');

const table = (mapped: readonly Statement[], end: readonly Statement[]): Toy =>
  probe(
    ['int error'],
    [
      when('sg_alloc_table(&world.table, 1, GFP_KERNEL)', [ret('-ENOMEM')]),
      set('error', 'dma_map_sgtable(&world.device, &world.table, DMA_BIDIRECTIONAL, 0)'),
      when('!error', mapped),
      ...end,
      ret('error'),
    ],
  );

const mapAgain = run('dma_map_sgtable(&world.device, &world.table, DMA_BIDIRECTIONAL, 0)');
const unmap = run('dma_unmap_sgtable(&world.device, &world.table, DMA_BIDIRECTIONAL, 0)');
const freeTable = run('sg_free_table(&world.table)');

// ---- a dma-buf of a toy exporter ----

const exporter: readonly FunctionDefinition[] = [
  toyFn(
    'struct sg_table *toy_map(struct dma_buf_attachment *attach, enum dma_data_direction direction)',
    ['int error'],
    [
      set('error', 'dma_map_sgtable(attach->dev, &world.table, direction, 0)'),
      when('error', [ret('ERR_PTR(error)')]),
      ret('&world.table'),
    ],
  ),
  toyFn(
    'void toy_unmap(struct dma_buf_attachment *attach, struct sg_table *table, enum dma_data_direction direction)',
    [],
    [run('dma_unmap_sgtable(attach->dev, table, direction, 0)')],
  ),
  toyFn(
    'void toy_release(struct dma_buf *dmabuf)',
    ['struct box *box'],
    [set('box', 'dmabuf->priv'), run('sg_free_table(&world.table)'), run('kfree(box)')],
  ),
  toyFn(
    'struct dma_buf *toy_export(void)',
    ['struct box *box', 'struct dma_buf *dmabuf', 'struct dma_buf_export_info info'],
    [
      ...defineDmaBufExportInfo('info', 'NULL'),
      kzalloc('box', 'box'),
      when('!box', [ret('ERR_PTR(-ENOMEM)')]),
      when('sg_alloc_table(&world.table, 1, GFP_KERNEL)', [run('kfree(box)'), ret('ERR_PTR(-ENOMEM)')]),
      set('info.ops', '&toy_dma_buf_ops'),
      set('info.priv', 'box'),
      set('dmabuf', 'dma_buf_export(&info)'),
      when('IS_ERR(dmabuf)', [run('sg_free_table(&world.table)'), run('kfree(box)')]),
      ret('dmabuf'),
    ],
  ),
];

const dmaBuf = (locals: readonly string[], body: readonly Statement[]): Toy => ({
  ...probe(
    ['struct dma_buf *dmabuf', ...locals],
    [set('dmabuf', 'toy_export()'), when('IS_ERR(dmabuf)', [ret('PTR_ERR(dmabuf)')]), ...body, ret('0')],
    exporter,
  ),
  tables: [
    {
      name: 'toy_dma_buf_ops',
      type: 'dma_buf_ops',
      fields: { map_dma_buf: 'toy_map', unmap_dma_buf: 'toy_unmap', release: 'toy_release' },
    },
  ],
});

/** Attaches a device and does `body` with the attachment, then puts the buffer. */
const attached = (body: readonly Statement[]): Toy =>
  dmaBuf(
    ['struct dma_buf_attachment *attach', 'struct sg_table *sgt'],
    [set('attach', 'dma_buf_attach(dmabuf, &world.device)'), when('!IS_ERR(attach)', body), run('dma_buf_put(dmabuf)')],
  );

const mapAttachment = set('sgt', 'dma_buf_map_attachment_unlocked(attach, DMA_BIDIRECTIONAL)');
const unmapAttachment = run('dma_buf_unmap_attachment_unlocked(attach, sgt, DMA_BIDIRECTIONAL)');
const detach = run('dma_buf_detach(dmabuf, attach)');

// ---- memory of a backend ----

const backend: readonly FunctionDefinition[] = [
  { ...toyFn('void backend_take(struct box *box)', [], [run('@take(&box->memory)')]), origin: 'environment' },
  { ...toyFn('void backend_give(struct box *box)', [], [run('@give(&box->memory)')]), origin: 'environment' },
];

const backed = (body: readonly Statement[]): Toy =>
  probe(
    ['struct box *box'],
    [
      kzalloc('box', 'box'),
      when('!box', [ret('-ENOMEM')]),
      run('backend_take(box)'),
      ...body,
      run('kfree(box)'),
      ret('0'),
    ],
    backend,
  );

export const dmaToys: readonly ToyPair[] = [
  {
    property: 'pool-destroyed-in-use',
    reports: 'a pool that is destroyed with memory out',
    broken: pool([destroy]),
    findings: ['pool-destroyed-in-use gen_pool.state: gen_pool_destroy'],
    spares: 'one whose memory is back',
    fixed: pool([giveBack, destroy]),
  },
  {
    property: 'kernel-bug',
    reports: 'memory that is given back to its pool twice',
    broken: pool([giveBack, giveBack, destroy]),
    findings: ['kernel-bug gen_pool.state: gen_pool_free'],
    spares: 'memory that is given back once',
    fixed: pool([giveBack, destroy]),
  },
  {
    property: 'use-after-free',
    reports: 'memory that is given back to a pool that is gone',
    broken: pool([when('address', [giveBack]), destroy, run('gen_pool_free(pool, GEN_POOL_ADDRESS, PAGE_SIZE)')]),
    findings: ['use-after-free gen_pool.state: gen_pool_free, after gen_pool_destroy'],
    spares: 'memory that is given back before',
    fixed: pool([giveBack, destroy]),
  },
  {
    property: 'memory-leak',
    reports: 'a pool that an error path forgets',
    broken: pool([when('!address', [ret('-ENOMEM')]), giveBack, destroy]),
    findings: ['memory-leak gen_pool: leak'],
    spares: 'one that is destroyed on every path',
    fixed: pool([giveBack, destroy]),
  },
  {
    property: 'double-map',
    reports: 'a scatter table that is mapped twice',
    broken: table([mapAgain, unmap], [freeTable]),
    findings: ['double-map world.table.map: dma_map_sgtable'],
    spares: 'one that is mapped again after it was unmapped',
    fixed: table(
      [unmap, when('!dma_map_sgtable(&world.device, &world.table, DMA_BIDIRECTIONAL, 0)', [unmap])],
      [freeTable],
    ),
  },
  {
    property: 'mapping-left',
    reports: 'a mapping that is never undone',
    broken: table([], [freeTable]),
    findings: ['mapping-left world.table.map: end of run'],
    spares: 'one that is',
    fixed: table([unmap], [freeTable]),
  },
  {
    property: 'operation-order',
    reports: 'a scatter table that is unmapped although the mapping failed',
    broken: table([], [unmap, freeTable]),
    findings: ['operation-order world.table.map: dma_unmap_sgtable'],
    spares: 'one that is unmapped only if the mapping succeeded',
    fixed: table([unmap], [freeTable]),
  },
  {
    property: 'memory-leak',
    reports: 'the entries of a scatter table that nobody frees',
    broken: table([unmap], []),
    findings: ['memory-leak world.table.state: end of run'],
    spares: 'entries that are freed',
    fixed: table([unmap], [freeTable]),
  },
  {
    property: 'kernel-warning',
    reports: 'a scatter table that is mapped without entries',
    broken: probe([], [ret('dma_map_sgtable(&world.device, &world.table, DMA_BIDIRECTIONAL, 0)')]),
    findings: ['kernel-warning: dma_map_sgtable'],
    spares: 'one with entries',
    fixed: table([unmap], [freeTable]),
  },
  {
    property: 'operation-order',
    reports: 'a dma-buf that is put after its reference was moved into an fd',
    broken: dmaBuf(['int fd'], [set('fd', 'dma_buf_fd(dmabuf, O_CLOEXEC)'), run('dma_buf_put(dmabuf)')]),
    findings: ['operation-order dma_buf.@dma_buf: dma_buf_put', 'refcount-underflow file.f_count: fput'],
    spares: 'one that is put only if it got no fd',
    fixed: dmaBuf(
      ['int fd'],
      [set('fd', 'dma_buf_fd(dmabuf, O_CLOEXEC)'), when('fd < 0', [run('dma_buf_put(dmabuf)')])],
    ),
  },
  {
    property: 'operation-order',
    reports: 'an attachment that is mapped without dma_buf_attach()',
    broken: dmaBuf(
      ['struct dma_buf_attachment *attach', 'struct sg_table *sgt'],
      [
        kzalloc('attach', 'dma_buf_attachment'),
        when('attach', [
          set('attach->dmabuf', 'dmabuf'),
          set('attach->dev', '&world.device'),
          mapAttachment,
          when('!IS_ERR(sgt)', [unmapAttachment]),
          run('kfree(attach)'),
        ]),
        run('dma_buf_put(dmabuf)'),
      ],
    ),
    findings: ['operation-order dma_buf_attachment.@dma_buf_attachment: dma_buf_map_attachment'],
    spares: 'one that is mapped between attach and detach',
    fixed: attached([mapAttachment, when('!IS_ERR(sgt)', [unmapAttachment]), detach]),
  },
  {
    property: 'operation-order',
    reports: 'an attachment that is detached while it is mapped',
    broken: attached([mapAttachment, detach]),
    findings: [
      'mapping-left world.table.map: end of run',
      'operation-order dma_buf_attachment.@dma_buf_attachment: dma_buf_detach',
    ],
    spares: 'one that is unmapped first, if the mapping succeeded',
    fixed: attached([mapAttachment, when('!IS_ERR(sgt)', [unmapAttachment]), detach]),
  },
  {
    property: 'kernel-warning',
    reports: 'a buffer that goes while a device is attached',
    broken: attached([]),
    findings: ['kernel-warning: WARN_ON', 'memory-leak dma_buf_attachment: leak'],
    spares: 'one that is detached before',
    fixed: attached([detach]),
  },
  {
    property: 'double-free',
    reports: 'memory that is given back to its backend twice',
    broken: backed([run('backend_give(box)'), run('backend_give(box)')]),
    findings: ['double-free box.memory: give'],
    spares: 'memory that is given back once',
    fixed: backed([run('backend_give(box)')]),
  },
  {
    property: 'memory-leak',
    reports: 'an object that is freed while its backend still has memory out for it',
    broken: backed([]),
    findings: ['memory-leak box.memory: kfree'],
    spares: 'one whose memory was given back',
    fixed: backed([run('backend_give(box)')]),
  },
];
