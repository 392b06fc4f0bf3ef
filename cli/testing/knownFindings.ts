import { findingId } from '../../checker/finding/findingId.js';

/** The last putter of a TEE device unlocks its mutex after the waiter has freed it; in the base and in v4. */
export const usedDeviceMutex = findingId({
  property: 'use-after-free',
  tag: 'tee_device',
  cell: 'mutex',
  operation: 'mutex_unlock',
  conflict: 'kfree',
});

/** v4 documents `size` as output and never writes it. */
export const unwrittenSize = findingId({
  property: 'output-not-written',
  tag: 'tee_ioctl_rstmem_alloc_data',
  cell: 'size',
  operation: 'ioctl',
  conflict: '',
});
