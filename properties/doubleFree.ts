import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const doubleFree: Property = {
  id: 'double-free',
  severity: 'violation',
  group: 'safety',
  title: 'memory is given back once, by the pointer its allocation returned',
  why:
    'One owner frees an object, and error paths undo only what was done. A second free corrupts the free list of the ' +
    'allocator, or frees what somebody else has got meanwhile.',
  source: 'mm/slub.c, kfree, free_consistency_checks; Documentation/dev-tools/kasan.rst; v6.12',
  exercisedBy: [{ kind: 'node', nodes: ['free'] }, ...brokenBy('double-free')],
};
