/**
 * Named integers. Values are those of v6.12 where a program could compute with them, small stand-ins where it cannot.
 *
 * Not here: errno names of `models/program/errno.ts` and NULL, true, false (the expression parser knows them); `THIS_MODULE`,
 * which is the address of a global that a scenario declares, such as `&tee_module`; names of capacities (`FDS`, `IDS`, …),
 * which expressions use as integers too.
 */
export const kernelConstants: Readonly<Record<string, number>> = {
  /** errno values that only the kernel models use (include/uapi/asm-generic/errno-base.h, include/linux/errno.h). */
  ENXIO: 6,
  ERESTARTSYS: 512,
  ENOIOCTLCMD: 515,

  /** Small stand-in: sizes are counted in half pages, so that a size can grow when it is aligned to a page. */
  PAGE_SIZE: 2,
  PAGE_SHIFT: 1,

  /** Stand-ins: a word of a state holds 30 bits. */
  INT_MAX: 2 ** 29 - 1,
  LONG_MAX: 2 ** 29 - 1,

  /** include/linux/uio.h. */
  ITER_DEST: 0,
  ITER_SOURCE: 1,

  /** include/linux/gfp_types.h. */
  GFP_KERNEL: 0xcc0,
  GFP_ATOMIC: 0x820,
  __GFP_ZERO: 0x100,
  __GFP_DIRECT_RECLAIM: 0x400,
  /** include/linux/xarray.h, without the mark of free entries. */
  XA_FLAGS_ZERO_BUSY: 8,
  XA_FLAGS_ALLOC: 4,
  XA_FLAGS_ALLOC1: 12,
  /** How this model packs the two ends of a range into one number: more indexes than a system can have. */
  XA_LIMIT_BASE: 2 ** 14,
  /** include/linux/poison.h, without the offset that an architecture adds: addresses of nothing. */
  LIST_POISON1: 0x100,
  LIST_POISON2: 0x122,
  /** include/linux/mm_types.h. */
  FOLL_WRITE: 1,

  /** include/linux/kdev_t.h and fs/char_dev.c. */
  MINORBITS: 20,
  MINORMASK: 2 ** 20 - 1,
  CHRDEV_MAJOR_DYN_FIRST: 254,
  O_RDONLY: 0,
  O_RDWR: 2,
  O_CLOEXEC: 0o2000000,

  /** enum dma_data_direction. */
  DMA_BIDIRECTIONAL: 0,
  DMA_TO_DEVICE: 1,
  DMA_FROM_DEVICE: 2,
  DMA_NONE: 3,
  DMA_ATTR_SKIP_CPU_SYNC: 32,

  /** include/uapi/linux/dma-buf.h; the command is a stand-in for the encoded ioctl number. */
  DMA_BUF_IOCTL_SYNC: 0x6200,
  DMA_BUF_SYNC_READ: 1,
  DMA_BUF_SYNC_WRITE: 2,
  DMA_BUF_SYNC_RW: 3,
  DMA_BUF_SYNC_START: 0,
  DMA_BUF_SYNC_END: 4,

  /** What `gen_pool_alloc` returns on success: any address that is not 0. */
  GEN_POOL_ADDRESS: 0x10000,
};

/** Objects of the kernel's own that exist once; always live. */
export const kernelGlobals: Readonly<Record<string, string>> = {
  delayed_fput_list: 'struct delayed_fput_list',
  cdev_map: 'struct chrdev_map',
  class_devices: 'struct subsys_private',
  /** Every page of kernel memory. */
  kernel_page: 'struct page',
};

/** Lengths of the kernel's arrays where a scenario does not say. */
export const kernelCapacities: Readonly<Record<string, number>> = {
  /** Slots of an fd table. */
  FDS: 4,
  /** Ids of an IDR, id 0 included. */
  IDS: 4,
  /** Files whose release is pending in one task, or in the worker. */
  TASK_WORK: 4,
  /** File mappings of a process. */
  VMAS: 1,
  /** Char devices. */
  CDEVS: 1,
  /** Elements of an array of pages. */
  PAGES: 2,
};
