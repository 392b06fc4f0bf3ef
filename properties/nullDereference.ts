import type { Property } from './property.js';

export const nullDereference: Property = {
  id: 'null-dereference',
  severity: 'violation',
  group: 'safety',
  title: 'no access and no call through NULL',
  why:
    'A pointer that can be NULL (a failed allocation, an absent operation, an id that is not there) is tested before ' +
    'it is used. Otherwise the kernel oopses, in whatever context and with whatever locks it is.',
  source: 'Documentation/admin-guide/bug-hunting.rst; lib/idr.c, idr_find; v6.12',
  exercisedBy: [{ kind: 'node', nodes: ['load', 'store', 'callIndirect'] }],
};
