import type { Property } from './property.js';

export const mappingLeft: Property = {
  id: 'mapping-left',
  severity: 'violation',
  group: 'end of run',
  title: 'every DMA mapping is undone, before its table is freed',
  why: 'A mapping uses space of the IOMMU, and lets the device write to memory that belongs to somebody else by then.',
  source: 'kernel/dma/debug.c, dma_debug_device_change; Documentation/core-api/dma-api.rst; v6.12',
  exercisedBy: [{ kind: 'event', lifecycle: 'dma_mapping', events: ['map'] }],
};
