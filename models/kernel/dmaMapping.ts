import { choose, fault, fn, outcome, report, ret, run, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

/** Mapping a scatter table for a device. */
export const dmaMappingFunctions: readonly FunctionDefinition[] = [
  /** A table without entries gives no mapping, which the core warns of (__dma_map_sg_attrs). */
  fn(
    'int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir, unsigned long attrs)',
    { file: 'kernel/dma/mapping.c', origin: 'kernel', atomic: { shared: ['sgt'] } },
    [
      when('!sgt->orig_nents', [report('kernel-warning', 'a scatter table without entries is mapped'), ret('-EIO')]),
      choose('dma_map_sgtable', [
        outcome('success', [run('@map(&sgt->map)'), set('sgt->nents', 'sgt->orig_nents'), ret('0')]),
        fault('-ENOMEM|-EINVAL|-EIO|-EREMOTEIO', [ret('-ENOMEM')]),
      ]),
    ],
  ),
  fn(
    'void dma_unmap_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir, unsigned long attrs)',
    { file: 'include/linux/dma-mapping.h', origin: 'kernel', atomic: { shared: ['sgt'] } },
    [run('@unmap(&sgt->map)')],
  ),
];
