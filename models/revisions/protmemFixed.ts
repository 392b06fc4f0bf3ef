import { run, when } from '../program/build.js';
import { getDynProtmem, protmem6_18, putDynProtmem } from './protmem6_18.js';
import type { Revision } from './revision.js';

/** The count decides under the mutex: whoever left it at 0 looks again, and who comes first starts it anew. */
export const protmemFixed: Revision = {
  ...protmem6_18,
  id: 'protmem-fixed',
  title: `${protmem6_18.title}, with the count looked at again under the mutex`,
  base: 'protmem-6.18',
  source: `${protmem6_18.source}; get_dyn_protmem() and put_dyn_protmem() changed by us`,
  functions: [
    getDynProtmem([
      when(
        '!refcount_read(&rp->refcount)',
        [run('refcount_set(&rp->refcount, 1)')],
        [run('refcount_inc(&rp->refcount)')],
      ),
    ]),
    putDynProtmem('rp->gen_pool && !refcount_read(&rp->refcount)'),
  ],
  tables: [],
  types: [],
};
