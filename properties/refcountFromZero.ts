import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const refcountFromZero: Property = {
  id: 'refcount-from-zero',
  severity: 'violation',
  group: 'safety',
  title: 'no reference is taken from a count of zero',
  why:
    'Who takes a reference holds one already, or a lock that keeps the count above zero, or uses an operation that ' +
    'can fail (refcount_inc_not_zero). At zero the object is being freed: the new reference would keep nothing alive.',
  source: 'Documentation/core-api/kref.rst; lib/refcount.c, refcount_warn_saturate; v6.12',
  exercisedBy: [
    ...brokenBy('refcount-from-zero'),
    { kind: 'event', lifecycle: 'refcount', events: ['incNotZero'] },
    { kind: 'event', lifecycle: 'file_count', events: ['incNotZero'] },
    { kind: 'event', lifecycle: 'module_ref', events: ['tryGet'] },
  ],
};
