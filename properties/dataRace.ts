import type { Property } from './property.js';

export const dataRace: Property = {
  id: 'data-race',
  severity: 'violation',
  group: 'safety',
  title: 'no two threads access the same memory at once, one of them writing and one of them unmarked',
  why:
    "A plain access is the compiler's to tear, merge and repeat, so shared data is protected by a lock, or its " +
    'accesses are marked (READ_ONCE, WRITE_ONCE) or atomic.',
  source: 'Documentation/dev-tools/kcsan.rst; Documentation/memory-barriers.txt; v6.12',
  exercisedBy: [{ kind: 'node', nodes: ['load', 'store'] }],
};
