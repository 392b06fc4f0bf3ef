import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const idNotReserved: Property = {
  id: 'id-not-reserved',
  severity: 'violation',
  group: 'safety',
  title: 'an id is replaced or removed only while it is taken',
  why:
    'The creator of an id publishes it, and one party removes it. Once removed, an id may be given out again at once, ' +
    "so a second removal takes away somebody else's object.",
  source: 'Documentation/core-api/idr.rst; lib/idr.c, idr_replace, idr_remove; v6.12',
  exercisedBy: [...brokenBy('id-not-reserved'), { kind: 'call', functions: ['idr_replace', 'idr_remove', 'ida_free'] }],
};
