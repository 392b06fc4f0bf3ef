import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const doubleMap: Property = {
  id: 'double-map',
  severity: 'violation',
  group: 'safety',
  title: 'a scatter table is mapped for DMA once at a time',
  why:
    'A second mapping overwrites the DMA addresses of the first, which then can never be unmapped. Whoever hands one ' +
    'table to several users keeps one mapping or makes one table for each.',
  source: 'kernel/dma/mapping.c, dma_map_sgtable; Documentation/core-api/dma-api.rst; v6.12',
  exercisedBy: [...brokenBy('double-map')],
};
