import { alloc, fn, free, ret, run, set, when } from '../program/build.js';
import { struct } from '../types/structType.js';
import type { Scenario } from './scenario.js';

const driver = { file: '<OP-TEE driver>', origin: 'environment' } as const;
const heap = { file: '<DMA heap>', origin: 'environment' } as const;

/** The last buffer of a heap goes away while others are requested, by one thread each. */
function lastFree(id: string, title: string, allocators: readonly string[]): Scenario {
  return {
    id,
    title,
    description:
      'One thread frees the only buffer of a heap of protected memory, so that the memory behind it is given back. Every other one allocates a buffer from the heap, and frees it if it got one. Either the old memory is used again or new memory is taken; in no case may the pool go away under a buffer. Who is last also ends the heap.',
    subsystem: 'protmem',
    activities: ['free protected memory', 'allocate protected memory'],
    size: 'default',
    globals: { world: 'struct protmem_world', optee: 'struct optee' },
    functions: [
      fn(
        'void setup_heap(void)',
        {
          ...driver,
          locals: [
            'struct optee_protmem_dyn_pool *rp',
            'struct tee_protmem_pool *pool',
            'struct tee_dma_heap *h',
            'struct sg_table *sgt',
            'size_t offs',
          ],
        },
        [
          set('optee.ops', '&env_optee_ops'),
          alloc('rp', 'optee_protmem_dyn_pool'),
          set('rp->pool.ops', '&protmem_pool_ops_dyn'),
          set('rp->optee', '&optee'),
          set('rp->page_count', '1'),
          run('mutex_init(&rp->mutex)'),
          alloc('h', 'tee_dma_heap'),
          set('pool', '&rp->pool'),
          set('h->pool', 'pool'),
          run('kref_init(&h->kref)'),
          alloc('sgt', 'sg_table'),
          run('pool->ops->alloc(pool, sgt, PAGE_SIZE, &offs)'),
          ...allocators.map(() => run('kref_get(&h->kref)')),
          set('world.heap', 'h'),
          set('world.buffer', 'sgt'),
        ],
      ),
      fn(
        'void heap_release(struct kref *kref)',
        { ...heap, locals: ['struct tee_dma_heap *h', 'struct tee_protmem_pool *pool'] },
        [
          set('h', 'container_of(kref, struct tee_dma_heap, kref)'),
          set('pool', 'h->pool'),
          run('pool->ops->destroy_pool(pool)'),
          free('h'),
        ],
      ),
      fn(
        'void free_buffer(void)',
        { ...heap, locals: ['struct tee_dma_heap *h', 'struct tee_protmem_pool *pool', 'struct sg_table *sgt'] },
        [
          set('h', 'world.heap'),
          set('pool', 'h->pool'),
          set('sgt', 'world.buffer'),
          run('pool->ops->free(pool, sgt)'),
          free('sgt'),
          run('kref_put(&h->kref, heap_release)'),
        ],
      ),
      fn(
        'void use_buffer(void)',
        {
          ...heap,
          locals: [
            'struct tee_dma_heap *h',
            'struct tee_protmem_pool *pool',
            'struct sg_table table',
            'size_t offs',
            'int rc',
          ],
        },
        [
          set('h', 'world.heap'),
          set('pool', 'h->pool'),
          set('rc', 'pool->ops->alloc(pool, &table, PAGE_SIZE, &offs)'),
          when('!rc', [run('pool->ops->free(pool, &table)')]),
          run('kref_put(&h->kref, heap_release)'),
          ret(),
        ],
      ),
    ],
    tables: [],
    types: [
      struct('tee_dma_heap', 'drivers/tee/tee_heap.c, v6.18', {
        kref: 'struct kref',
        pool: 'struct tee_protmem_pool *',
      }),
      struct('protmem_world', 'model: what the scenario keeps between its steps', {
        heap: 'struct tee_dma_heap *',
        buffer: 'struct sg_table *',
      }),
    ],
    processes: [],
    threads: [
      { name: 'freeing', process: null, run: 'free_buffer' },
      ...allocators.map((name) => ({ name, process: null, run: 'use_buffer' })),
    ],
    setup: [{ as: 'freeing', run: 'setup_heap' }],
    capacities: { sg_table: 3, tee_shm: 2, gen_pool: 2, tee_dma_heap: 1, optee_protmem_dyn_pool: 1 },
  };
}

/** What shows that the count is taken from 0. */
export const protmemOneAllocator = lastFree(
  'protmem-last-free-alloc',
  'the last buffer is freed while another one is allocated',
  ['allocating'],
);

/** With one more, which can find the memory taken anew by the other. */
export const protmemTwoAllocators = lastFree(
  'protmem-last-free-two-alloc',
  'the last buffer is freed while two others are allocated',
  ['allocating', 'allocating too'],
);
