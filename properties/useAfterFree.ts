import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const useAfterFree: Property = {
  id: 'use-after-free',
  severity: 'violation',
  group: 'safety',
  title: 'no access to memory that was freed',
  why:
    'Every pointer that is used is backed by a reference, a lock or a step that waits, so the object behind it is ' +
    'alive. Freed memory may belong to somebody else already: a read gives anything, a write destroys it.',
  source: 'Documentation/dev-tools/kasan.rst; mm/slub.c, slab_free; v6.12',
  exercisedBy: [{ kind: 'node', nodes: ['free'] }, ...brokenBy('use-after-free')],
};
