/**
 * What threads of a scenario of the TEE subsystem do. Every pair of activities meets in some default scenario.
 *
 * An activity is there if a thread does it, whatever the answer: a client of a driver without restricted memory that asks for
 * some allocates, and is refused.
 */
export const activities = [
  /** TEE_IOC_RSTMEM_ALLOC. */
  'allocate',
  /** close(2) of the fd of a dma-buf. */
  'close-dmabuf',
  /** Work in a context of one's own on a device that somebody else uses too. */
  'foreign-context',
  /** A memory reference by id: of one's own buffer, a guessed one, one that is gone. */
  'look-up-id',
  /** close(2) of an fd that is somebody else's, or guessed. */
  'close-guessed-fd',
  'open-device',
  'close-device',
  /** Another driver: get, attach, map, unmap, detach, put. */
  'import',
  /** An fd is sent: its file lives on in a socket, or in another process. */
  'pass-fd',
  /** The TEE driver is unbound. */
  'unregister',
  /** The patch's own pool: create, allocate, free, destroy. */
  'pool',
  /** A driver that has no restricted memory. */
  'no-rstmem',
  /** A context opened by the kernel itself. */
  'kernel-client',
  /** TEE_IOC_SHM_ALLOC. */
  'shm-alloc',
  /** TEE_IOC_SHM_REGISTER. */
  'shm-register',
  /** DMA_BUF_IOCTL_SYNC and mmap(2) of the dma-buf. */
  'cpu-access',
] as const;

export type Activity = (typeof activities)[number];
