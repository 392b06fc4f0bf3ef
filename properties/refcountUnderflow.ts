import { brokenBy } from './brokenBy.js';
import type { Property } from './property.js';

export const refcountUnderflow: Property = {
  id: 'refcount-underflow',
  severity: 'violation',
  group: 'safety',
  title: 'no reference is dropped that nobody holds',
  why:
    'Every put pairs with a get or with the creation. One put too many frees the object under somebody else; the next ' +
    'one finds the count at zero, warns and saturates it.',
  source: 'lib/refcount.c, refcount_warn_saturate; Documentation/core-api/kref.rst; v6.12',
  exercisedBy: [...brokenBy('refcount-underflow'), { kind: 'call', functions: ['put_page', 'refcount_dec'] }],
};
