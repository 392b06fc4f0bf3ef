import type { Property } from './property.js';

export const errPointerDereference: Property = {
  id: 'err-pointer-dereference',
  severity: 'violation',
  group: 'safety',
  title: 'no access through an error pointer',
  why:
    'A function that returns ERR_PTR() on failure is tested with IS_ERR(): a test for NULL lets the error through, ' +
    'and it lies in a page that is never mapped.',
  source: 'include/linux/err.h, ERR_PTR, IS_ERR; v6.12',
  exercisedBy: [{ kind: 'node', nodes: ['load', 'store', 'callIndirect', 'free'] }],
};
