import { struct } from './structType.js';

/** Reference counts and locks that wrap a cell. */
export const syncTypes = [
  struct('kref', 'include/linux/kref.h, v6.12', { refcount: 'refcount_t' }),
  /** Where threads wait; the condition they wait for is elsewhere. */
  struct('wait_queue_head', 'include/linux/wait.h, v6.12', { waiters: 'int' }),
  /** `lock` is a ww_mutex in the kernel; without an acquire context it behaves as a mutex. */
  struct('dma_resv', 'include/linux/dma-resv.h, v6.12', { lock: 'struct mutex' }),
];
