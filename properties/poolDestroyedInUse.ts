import type { Property } from './property.js';

export const poolDestroyedInUse: Property = {
  id: 'pool-destroyed-in-use',
  severity: 'violation',
  group: 'safety',
  title: 'a memory pool is destroyed only when all its memory is back',
  why:
    'gen_pool_destroy() stops the kernel (BUG_ON) if a bit is still set. Without that check the memory would be lost, ' +
    'or given back to a pool that is gone.',
  source: 'lib/genalloc.c, gen_pool_destroy; Documentation/core-api/genalloc.rst; v6.12',
  exercisedBy: [{ kind: 'event', lifecycle: 'gen_pool', events: ['destroy'] }],
};
