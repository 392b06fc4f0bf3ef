import { run, when } from '../program/build.js';
import { getDynProtmem, protmem6_18, putDynProtmem } from './protmem6_18.js';
import type { Revision } from './revision.js';

/** Whoever left the count at 0 looks again once it has the mutex. */
export const putLooksAgain = putDynProtmem('rp->gen_pool && !refcount_read(&rp->refcount)');

/** The count decides under the mutex: it goes up from what it is, or starts anew. */
export const protmemFixed: Revision = {
  ...protmem6_18,
  id: 'protmem-fixed',
  title: `${protmem6_18.title}, with the count looked at again under the mutex`,
  base: 'protmem-6.18',
  source: `${protmem6_18.source}; get_dyn_protmem() and put_dyn_protmem() changed by us`,
  functions: [
    getDynProtmem([when('!refcount_inc_not_zero(&rp->refcount)', [run('refcount_set(&rp->refcount, 1)')])]),
    putLooksAgain,
  ],
  tables: [],
  types: [],
};
