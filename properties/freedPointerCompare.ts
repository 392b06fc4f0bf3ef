import type { Property } from './property.js';

export const freedPointerCompare: Property = {
  id: 'freed-pointer-compare',
  severity: 'violation',
  group: 'safety',
  title: 'no pointer to freed memory is compared with another pointer',
  why:
    'The address may have been given out again: an old object then looks like the new one at its place, and what the ' +
    'comparison decides is a matter of luck.',
  source: 'mm/slub.c, slab_free; Documentation/RCU/rcu_dereference.rst; v6.12',
  exercisedBy: [{ kind: 'node', nodes: ['free'] }],
};
