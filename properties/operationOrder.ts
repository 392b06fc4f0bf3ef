import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const operationOrder: Property = {
  id: 'operation-order',
  severity: 'violation',
  group: 'safety',
  title: 'operations on an object come in the order its lifecycle allows',
  why:
    'Release comes once and last; a reference that was moved into an fd is no longer put; what is attached is ' +
    'detached, and what is mapped unmapped, before it goes. Code that breaks the order has not crashed yet, but it ' +
    'gives back what it does not own.',
  source:
    'drivers/dma-buf/dma-buf.c, dma_buf_fd, dma_buf_detach; drivers/tee/tee_core.c, tee_device_unregister; drivers/tee/tee_shm.c, tee_shm_release; v6.12',
  exercisedBy: [...brokenBy('operation-order')],
};
