import { teeFunctions, teeTables, teeTypes } from '../tee/index.js';
import type { Revision } from './revision.js';

/** The base: the TEE subsystem of v6.12. */
export const v6_12: Revision = {
  id: 'v6.12',
  title: 'TEE subsystem of Linux 6.12',
  base: null,
  kernel: '6.12.117',
  source: 'drivers/tee/tee_core.c, tee_shm.c, tee_shm_pool.c; Debian linux-source-6.12, 6.12.117',
  omits: [
    "The supplicant's commands (SUPPL_RECV, SUPPL_SEND): tee_ioctl answers them as unknown ones.",
    'tee_dyn_shm_alloc_helper and tee_dyn_shm_free_helper, which drivers call from their own pools.',
    'tee_shm_get_va, client UUIDs, sysfs attributes and the bus for TEE client devices.',
    'Numbers of character devices: alloc_chrdev_region and unregister_chrdev_region.',
  ],
  functions: teeFunctions,
  tables: teeTables,
  types: teeTypes,
  subsystem: 'tee',
};
