import { getFdAfterReference } from './dmaBufShm.js';
import type { Revision } from './revision.js';
import { teeShmGetFd4_15 } from './teeShmGetFd4_15.js';

/** The same with the reference taken first. The lookup from 0, which 5.16 repairs, is still there. */
export const teeShmGetFd4_17: Revision = {
  ...teeShmGetFd4_15,
  id: 'tee-shm-get-fd-4.17',
  title: 'TEE shared memory whose fd is made after its reference, Linux 4.17',
  base: 'tee-shm-get-fd-4.15',
  source: 'drivers/tee/tee_shm.c, tee_shm_get_fd, commit bb765d1c331f (4.17); the rest as in v4.15',
  omits: [...teeShmGetFd4_15.omits, 'What 4.16 brought: registered memory and reference counts of contexts.'],
  functions: [getFdAfterReference],
  tables: [],
  types: [],
};
