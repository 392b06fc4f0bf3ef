import type { Property } from './property.js';

export const kernelWarning: Property = {
  id: 'kernel-warning',
  severity: 'violation',
  group: 'safety',
  title: 'no WARN_ON of the kernel fires',
  why:
    'A warning says that the code that holds it was called in a way it does not expect. With panic_on_warn, which is ' +
    'common, it stops the machine.',
  source: 'include/asm-generic/bug.h, WARN_ON; Documentation/process/deprecated.rst; v6.12',
  exercisedBy: [
    {
      kind: 'call',
      functions: [
        'WARN_ON',
        'WARN_ON_ONCE',
        'WARN',
        'WARN_ONCE',
        'dma_resv_assert_held',
        'dma_map_sgtable',
        'idr_alloc',
        'class_find_device',
      ],
    },
  ],
};
