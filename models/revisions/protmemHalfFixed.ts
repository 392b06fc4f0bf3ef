import { run, when } from '../program/build.js';
import { getDynProtmem, protmem6_18 } from './protmem6_18.js';
import { protmemFixed, putLooksAgain } from './protmemFixed.js';
import type { Revision } from './revision.js';

/**
 * The count is read first, and counted up or started anew after that. Puts do not take the mutex while they are not the
 * last, so the count can go to 0 in between. It takes a third thread to see that.
 */
export const protmemHalfFixed: Revision = {
  ...protmemFixed,
  id: 'protmem-half-fixed',
  title: `${protmem6_18.title}, with the count read and then taken under the mutex`,
  functions: [
    getDynProtmem([
      when(
        '!refcount_read(&rp->refcount)',
        [run('refcount_set(&rp->refcount, 1)')],
        [run('refcount_inc(&rp->refcount)')],
      ),
    ]),
    putLooksAgain,
  ],
};
