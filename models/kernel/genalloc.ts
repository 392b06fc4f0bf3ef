import { alloc, bug, choose, fault, fn, free, outcome, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const file = 'lib/genalloc.c';
const options = { file, origin: 'kernel', atomic: { shared: ['pool'] } } as const;

/** The body of the allocating functions: 0 is failure, also for size 0. */
function allocate(name: string) {
  return [
    when('!size', [ret('0')]),
    choose(name, [outcome('success', [run('@alloc(&pool->state)'), ret('GEN_POOL_ADDRESS')]), fault('0', [ret('0')])]),
  ];
}

/** Where in a chunk: any place will do, as addresses mean nothing here. */
const algorithm = (name: string) =>
  fn(
    `unsigned long ${name}(unsigned long *map, unsigned long size, unsigned long start, unsigned int nr, void *data, struct gen_pool *pool, unsigned long start_addr)`,
    { file, origin: 'kernel', atomic: { shared: [] } },
    [ret('start')],
  );

/** gen_pool. Allocation and freeing are lockless, destruction needs the caller to exclude both. */
export const genallocFunctions: readonly FunctionDefinition[] = [
  fn(
    'struct gen_pool *gen_pool_create(int min_alloc_order, int nid)',
    { file, origin: 'kernel', atomic: { shared: [] }, locals: ['struct gen_pool *pool'] },
    [
      run('might_sleep()'),
      choose('gen_pool_create', [
        outcome('success', [
          alloc('pool', 'gen_pool'),
          run('@create(&pool->state)'),
          set('pool->min_alloc_order', 'min_alloc_order'),
          ret('pool'),
        ]),
        fault('NULL', [ret('NULL')]),
      ]),
    ],
  ),
  fn('int gen_pool_add(struct gen_pool *pool, unsigned long addr, size_t size, int nid)', options, [
    run('might_sleep()'),
    choose('gen_pool_add', [
      outcome('success', [set('pool->chunks', '1', 'marked'), ret('0')]),
      fault('-ENOMEM', [ret('-ENOMEM')]),
    ]),
  ]),
  fn(
    'int gen_pool_add_virt(struct gen_pool *pool, unsigned long virt, phys_addr_t phys, size_t size, int nid)',
    options,
    [
      run('might_sleep()'),
      choose('gen_pool_add_virt', [
        outcome('success', [set('pool->chunks', '1', 'marked'), ret('0')]),
        fault('-ENOMEM', [ret('-ENOMEM')]),
      ]),
    ],
  ),
  fn('unsigned long gen_pool_alloc(struct gen_pool *pool, size_t size)', options, allocate('gen_pool_alloc')),
  fn(
    'unsigned long gen_pool_alloc_algo(struct gen_pool *pool, size_t size, fn algo, void *data)',
    options,
    allocate('gen_pool_alloc_algo'),
  ),
  algorithm('gen_pool_first_fit'),
  algorithm('gen_pool_first_fit_align'),
  algorithm('gen_pool_best_fit'),
  fn('void gen_pool_free(struct gen_pool *pool, unsigned long addr, size_t size)', options, [
    when('addr != GEN_POOL_ADDRESS', [bug('kernel-bug', 'gen_pool_free() of an address outside the pool')]),
    run('@free(&pool->state)'),
  ]),
  fn('phys_addr_t gen_pool_virt_to_phys(struct gen_pool *pool, unsigned long addr)', options, [ret('addr')]),
  fn('void gen_pool_destroy(struct gen_pool *pool)', options, [run('@destroy(&pool->state)'), free('pool')]),
];
