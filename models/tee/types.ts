import { struct } from '../types/structType.js';
import type { StructType } from '../types/structType.js';

/**
 * The argument of the command that the restricted-memory series adds, as of v4. Here, so that clients can be written for a base
 * that answers it as an unknown command; a revision's own definition replaces it.
 */
export const rstmemAllocData = struct('tee_ioctl_rstmem_alloc_data', 'include/uapi/linux/tee.h, v4', {
  size: 'u64 [in/out]',
  flags: 'u32 [in/out]',
  use_case: 'u32 [in]',
  id: 's32 [out]',
});

/** Types of the models of the TEE subsystem and of the driver; those of the kernel's headers are in models/types. */
export const teeTypes: readonly StructType[] = [
  struct('tee_world', 'model: what a scenario keeps between its steps', {
    teedev: 'struct tee_device *',
    inode: 'struct inode',
    ctx: 'struct tee_context *',
  }),
  struct('match_dev_data', 'drivers/tee/tee_core.c, v6.12', {
    vers: 'struct tee_ioctl_version_data *',
    data: 'void *',
    match: 'fn',
  }),
  struct('driver_data', 'model: what the driver keeps per device', {
    pool: 'struct tee_shm_pool *',
    rstmem_pool: 'struct tee_shm_pool *',
  }),
  struct('driver_context', 'model: what the driver keeps per context', { session: 'int' }),
  rstmemAllocData,
];

/** Globals of the subsystem that every scenario needs, beside its own world. */
export const teeGlobals: Readonly<Record<string, string>> = {
  driver_lock: 'spinlock_t',
  dev_mask: 'struct bitmap',
  tee_devt: 'dev_t',
  /** `THIS_MODULE` of the subsystem. */
  tee_module: 'struct module',
};
