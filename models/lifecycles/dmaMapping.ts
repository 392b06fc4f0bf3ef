import { assign, setup } from 'xstate';
import type { Lifecycle } from './lifecycle.js';
import { machineTypes } from './machineTypes.js';

/**
 * The DMA mapping of a scatter table for one device.
 *
 * Source: kernel/dma/mapping.c (dma_map_sgtable), include/linux/dma-mapping.h (dma_unmap_sgtable),
 * Documentation/core-api/dma-api.rst, v6.12. A second map overwrites the DMA addresses of the first, which can then never
 * be unmapped.
 *
 * Left out: failures of the mapping (outcomes of the kernel function, which leave it unmapped), direction and
 * attributes, the CPU's and the device's turns (dma_sync_*).
 */
const machine = setup({
  types: machineTypes<{ result: number }, { type: 'map' } | { type: 'unmap' } | { type: 'isMapped' }>(),
  actions: {
    return0: assign({ result: 0 }),
    return1: assign({ result: 1 }),
  },
}).createMachine({
  id: 'dma_mapping',
  context: { result: 0 },
  initial: 'unmapped',
  states: {
    unmapped: {
      description: 'The device cannot reach the memory.',
      on: {
        map: { target: 'mapped', actions: 'return0' },
        unmap: { target: 'unmappedTwice', actions: 'return0' },
        isMapped: { actions: 'return0' },
      },
    },
    mapped: {
      description: 'The device can reach the memory.',
      meta: { onFree: 'mapping-left', atEnd: 'mapping-left' },
      on: {
        map: { target: 'mappedTwice', actions: 'return0' },
        unmap: { target: 'unmapped', actions: 'return0' },
        isMapped: { actions: 'return1' },
      },
    },
    mappedTwice: {
      description: 'Mapped over a mapping: the first one is lost.',
      meta: { violates: 'double-map' },
      always: 'mapped',
    },
    unmappedTwice: {
      description: 'Unmapped without a mapping.',
      meta: { violates: 'operation-order' },
      always: 'unmapped',
    },
  },
});

/** The DMA mapping of a scatter table: unmapped, mapped. */
export const dmaMapping: Lifecycle = {
  id: 'dma_mapping',
  title: 'DMA mapping of a scatter table',
  use: 'primitive',
  cType: 'dma_mapping',
  source: 'kernel/dma/mapping.c, dma_map_sgtable; include/linux/dma-mapping.h, dma_unmap_sgtable; v6.12',
  machine,
  events: [{ type: 'map', undoneBy: 'unmap' }, { type: 'unmap' }, { type: 'isMapped' }],
};
