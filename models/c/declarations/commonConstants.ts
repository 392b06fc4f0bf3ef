import type { IntType } from '../../program/intType.js';
import { convert, plainInt } from './integer.js';
import type { SemanticType } from './semanticType.js';

/**
 * Constants that C files use without including their header within two levels, or whose header belongs to an architecture
 * or to the configuration: the ABI's numbers, written down by hand. A definition in a header that was read comes first, so on
 * another version only what lies too deep to be read has these values, which are those of v6.12 on x86-64.
 */

/** One constant, with the header that defines it. */
export interface CommonConstant {
  readonly name: string;
  readonly value: bigint;
  readonly type: SemanticType & { readonly kind: 'int' };
  readonly source: string;
}

interface Group {
  readonly source: string;
  readonly int: IntType;
  readonly values: Readonly<Record<string, number | bigint>>;
}

/** `{ A: 1, B: 2 }` from `A B` and 1: errno and the like are runs of successive numbers. */
function run(first: number, names: string): Record<string, number> {
  return Object.fromEntries(names.split(' ').map((name, index) => [name, first + index]));
}

function bit(number: number): number {
  return 2 ** number;
}

/** 1, 2, 4 … by names in order. */
function powers(names: string): Record<string, number> {
  return Object.fromEntries(names.split(' ').map((name, exponent) => [name, bit(exponent)]));
}

const gfp = {
  DMA: bit(0),
  HIGHMEM: bit(1),
  DMA32: bit(2),
  MOVABLE: bit(3),
  RECLAIMABLE: bit(4),
  HIGH: bit(5),
  IO: bit(6),
  FS: bit(7),
  ZERO: bit(8),
  DIRECT_RECLAIM: bit(10),
  KSWAPD_RECLAIM: bit(11),
  WRITE: bit(12),
  NOWARN: bit(13),
  RETRY_MAYFAIL: bit(14),
  NOFAIL: bit(15),
  NORETRY: bit(16),
  MEMALLOC: bit(17),
  COMP: bit(18),
  NOMEMALLOC: bit(19),
  HARDWALL: bit(20),
  THISNODE: bit(21),
  ACCOUNT: bit(22),
  ZEROTAGS: bit(23),
  RECLAIM: bit(10) | bit(11),
};
const gfpKernel = gfp.RECLAIM | gfp.IO | gfp.FS;
const gfpUser = gfpKernel | gfp.HARDWALL;
const killable = 0x102;

const groups: readonly Group[] = [
  {
    source: 'include/uapi/asm-generic/errno-base.h',
    int: 's32',
    values: run(
      1,
      'EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ' +
        'ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE',
    ),
  },
  {
    source: 'include/uapi/asm-generic/errno.h',
    int: 's32',
    values: {
      ...run(35, 'EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP'),
      EWOULDBLOCK: 11,
      ...run(
        42,
        'ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC',
      ),
      EBADSLT: 57,
      EDEADLOCK: 35,
      ...run(
        59,
        'EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG ' +
          'EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ' +
          'ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT ' +
          'EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ' +
          'ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE ' +
          'EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED ' +
          'EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON',
      ),
    },
  },
  {
    source: 'include/linux/errno.h',
    int: 's32',
    values: {
      ...run(
        512,
        'ERESTARTSYS ERESTARTNOINTR ERESTARTNOHAND ENOIOCTLCMD ERESTART_RESTARTBLOCK EPROBE_DEFER EOPENSTALE ENOPARAM',
      ),
      ...run(
        521,
        'EBADHANDLE ENOTSYNC EBADCOOKIE ENOTSUPP ETOOSMALL ESERVERFAULT EBADTYPE EJUKEBOX EIOCBQUEUED ERECALLCONFLICT ENOGRACE',
      ),
    },
  },
  { source: 'include/linux/err.h', int: 's32', values: { MAX_ERRNO: 4095 } },
  {
    source: 'include/linux/gfp_types.h',
    int: 'u32',
    values: {
      ...Object.fromEntries(Object.entries(gfp).map(([name, value]) => [`__GFP_${name}`, value])),
      GFP_ATOMIC: gfp.HIGH | gfp.KSWAPD_RECLAIM,
      GFP_KERNEL: gfpKernel,
      GFP_KERNEL_ACCOUNT: gfpKernel | gfp.ACCOUNT,
      GFP_NOWAIT: gfp.KSWAPD_RECLAIM | gfp.NOWARN,
      GFP_NOIO: gfp.RECLAIM,
      GFP_NOFS: gfp.RECLAIM | gfp.IO,
      GFP_USER: gfpUser,
      GFP_DMA: gfp.DMA,
      GFP_DMA32: gfp.DMA32,
      GFP_HIGHUSER: gfpUser | gfp.HIGHMEM,
      GFP_HIGHUSER_MOVABLE: gfpUser | gfp.HIGHMEM | gfp.MOVABLE,
      GFP_TRANSHUGE_LIGHT:
        (gfpUser | gfp.HIGHMEM | gfp.MOVABLE | gfp.COMP | gfp.NOMEMALLOC | gfp.NOWARN) & ~gfp.RECLAIM,
    },
  },
  {
    source: 'include/uapi/asm-generic/fcntl.h',
    int: 's32',
    values: {
      O_ACCMODE: 0o3,
      O_RDONLY: 0,
      O_WRONLY: 0o1,
      O_RDWR: 0o2,
      O_CREAT: 0o100,
      O_EXCL: 0o200,
      O_NOCTTY: 0o400,
      O_TRUNC: 0o1000,
      O_APPEND: 0o2000,
      O_NONBLOCK: 0o4000,
      O_NDELAY: 0o4000,
      O_DSYNC: 0o10000,
      FASYNC: 0o20000,
      O_DIRECT: 0o40000,
      O_LARGEFILE: 0o100000,
      O_DIRECTORY: 0o200000,
      O_NOFOLLOW: 0o400000,
      O_NOATIME: 0o1000000,
      O_CLOEXEC: 0o2000000,
      O_SYNC: 0o4010000,
      O_PATH: 0o10000000,
      O_TMPFILE: 0o20200000,
      FD_CLOEXEC: 1,
      ...run(0, 'F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW F_SETOWN F_GETOWN F_SETSIG F_GETSIG'),
    },
  },
  {
    source: 'include/uapi/linux/stat.h',
    int: 's32',
    values: {
      S_IFMT: 0o170000,
      S_IFSOCK: 0o140000,
      S_IFLNK: 0o120000,
      S_IFREG: 0o100000,
      S_IFBLK: 0o60000,
      S_IFDIR: 0o40000,
      S_IFCHR: 0o20000,
      S_IFIFO: 0o10000,
      S_ISUID: 0o4000,
      S_ISGID: 0o2000,
      S_ISVTX: 0o1000,
      S_IRWXU: 0o700,
      S_IRUSR: 0o400,
      S_IWUSR: 0o200,
      S_IXUSR: 0o100,
      S_IRWXG: 0o70,
      S_IRGRP: 0o40,
      S_IWGRP: 0o20,
      S_IXGRP: 0o10,
      S_IRWXO: 0o7,
      S_IROTH: 0o4,
      S_IWOTH: 0o2,
      S_IXOTH: 0o1,
    },
  },
  {
    source: 'include/linux/stat.h',
    int: 's32',
    values: { S_IRWXUGO: 0o777, S_IALLUGO: 0o7777, S_IRUGO: 0o444, S_IWUGO: 0o222, S_IXUGO: 0o111 },
  },
  { source: 'include/uapi/linux/fs.h', int: 's32', values: run(0, 'SEEK_SET SEEK_CUR SEEK_END SEEK_DATA SEEK_HOLE') },
  {
    source: 'include/linux/fs.h',
    int: 'u32',
    values: { FMODE_READ: 1, FMODE_WRITE: 2, FMODE_LSEEK: 4, FMODE_PREAD: 8, FMODE_PWRITE: 0x10, FMODE_EXEC: 0x20 },
  },
  { source: 'include/uapi/linux/limits.h', int: 's32', values: { NAME_MAX: 255, PATH_MAX: 4096, PIPE_BUF: 4096 } },
  { source: 'include/linux/limits.h', int: 'u8', values: { U8_MAX: 0xff } },
  { source: 'include/linux/limits.h', int: 's8', values: { S8_MAX: 0x7f, S8_MIN: -0x80 } },
  { source: 'include/linux/limits.h', int: 'u16', values: { U16_MAX: 0xffff } },
  { source: 'include/linux/limits.h', int: 's16', values: { S16_MAX: 0x7fff, S16_MIN: -0x8000 } },
  { source: 'include/linux/limits.h', int: 'u32', values: { U32_MAX: 0xffff_ffff, U32_MIN: 0 } },
  { source: 'include/linux/limits.h', int: 's32', values: { S32_MAX: 0x7fff_ffff, S32_MIN: -0x8000_0000 } },
  {
    source: 'include/linux/limits.h',
    int: 'u64',
    values: {
      U64_MAX: 2n ** 64n - 1n,
      SIZE_MAX: 2n ** 64n - 1n,
      PHYS_ADDR_MAX: 2n ** 64n - 1n,
      RESOURCE_SIZE_MAX: 2n ** 64n - 1n,
    },
  },
  {
    source: 'include/linux/limits.h',
    int: 's64',
    values: { S64_MAX: 2n ** 63n - 1n, S64_MIN: -(2n ** 63n), SSIZE_MAX: 2n ** 63n - 1n },
  },
  { source: 'include/vdso/limits.h', int: 'u16', values: { USHRT_MAX: 0xffff } },
  { source: 'include/vdso/limits.h', int: 's16', values: { SHRT_MAX: 0x7fff, SHRT_MIN: -0x8000 } },
  { source: 'include/vdso/limits.h', int: 's32', values: { INT_MAX: 0x7fff_ffff, INT_MIN: -0x8000_0000 } },
  { source: 'include/vdso/limits.h', int: 'u32', values: { UINT_MAX: 0xffff_ffff } },
  {
    source: 'include/vdso/limits.h',
    int: 's64',
    values: { LONG_MAX: 2n ** 63n - 1n, LONG_MIN: -(2n ** 63n), LLONG_MAX: 2n ** 63n - 1n, LLONG_MIN: -(2n ** 63n) },
  },
  {
    source: 'include/vdso/limits.h',
    int: 'u64',
    values: { ULONG_MAX: 2n ** 64n - 1n, ULLONG_MAX: 2n ** 64n - 1n, UINTPTR_MAX: 2n ** 64n - 1n },
  },
  { source: 'include/asm-generic/bitsperlong.h', int: 's32', values: { BITS_PER_LONG: 64, BITS_PER_LONG_LONG: 64 } },
  { source: 'include/linux/bits.h', int: 's32', values: { BITS_PER_BYTE: 8 } },
  {
    source: 'include/uapi/asm-generic/ioctl.h',
    int: 's32',
    values: {
      _IOC_NRBITS: 8,
      _IOC_TYPEBITS: 8,
      _IOC_SIZEBITS: 14,
      _IOC_DIRBITS: 2,
      _IOC_NRMASK: 0xff,
      _IOC_TYPEMASK: 0xff,
      _IOC_SIZEMASK: 0x3fff,
      _IOC_DIRMASK: 3,
      _IOC_NRSHIFT: 0,
      _IOC_TYPESHIFT: 8,
      _IOC_SIZESHIFT: 16,
      _IOC_DIRSHIFT: 30,
    },
  },
  {
    source: 'include/uapi/asm-generic/ioctl.h',
    int: 'u32',
    values: { _IOC_NONE: 0, _IOC_WRITE: 1, _IOC_READ: 2, IOC_IN: 0x4000_0000, IOC_OUT: 0x8000_0000 },
  },
  {
    source: 'include/linux/dma-direction.h',
    int: 's32',
    values: run(0, 'DMA_BIDIRECTIONAL DMA_TO_DEVICE DMA_FROM_DEVICE DMA_NONE'),
  },
  {
    source: 'include/linux/dma-mapping.h',
    int: 'u64',
    values: {
      DMA_ATTR_WEAK_ORDERING: bit(1),
      DMA_ATTR_WRITE_COMBINE: bit(2),
      DMA_ATTR_NO_KERNEL_MAPPING: bit(4),
      DMA_ATTR_SKIP_CPU_SYNC: bit(5),
      DMA_ATTR_FORCE_CONTIGUOUS: bit(6),
      DMA_ATTR_ALLOC_SINGLE_PAGES: bit(7),
      DMA_ATTR_NO_WARN: bit(8),
      DMA_ATTR_PRIVILEGED: bit(9),
      DMA_MAPPING_ERROR: 2n ** 64n - 1n,
    },
  },
  {
    source: 'include/linux/interrupt.h',
    int: 's32',
    values: {
      IRQF_TRIGGER_NONE: 0,
      IRQF_TRIGGER_RISING: 1,
      IRQF_TRIGGER_FALLING: 2,
      IRQF_TRIGGER_HIGH: 4,
      IRQF_TRIGGER_LOW: 8,
      IRQF_SHARED: 0x80,
      IRQF_PROBE_SHARED: 0x100,
      IRQF_PERCPU: 0x400,
      IRQF_NOBALANCING: 0x800,
      IRQF_IRQPOLL: 0x1000,
      IRQF_ONESHOT: 0x2000,
      IRQF_NO_SUSPEND: 0x4000,
      IRQF_FORCE_RESUME: 0x8000,
      IRQF_NO_THREAD: 0x1_0000,
      IRQF_EARLY_RESUME: 0x2_0000,
      IRQF_COND_SUSPEND: 0x4_0000,
      IRQF_NO_AUTOEN: 0x8_0000,
    },
  },
  { source: 'include/linux/irqreturn.h', int: 's32', values: run(0, 'IRQ_NONE IRQ_HANDLED IRQ_WAKE_THREAD') },
  { source: 'include/linux/numa.h', int: 's32', values: { NUMA_NO_NODE: -1 } },
  {
    source: 'include/linux/sched.h',
    int: 's32',
    values: {
      TASK_RUNNING: 0,
      TASK_INTERRUPTIBLE: 1,
      TASK_UNINTERRUPTIBLE: 2,
      TASK_PARKED: 0x40,
      TASK_DEAD: 0x80,
      TASK_WAKEKILL: 0x100,
      TASK_NOLOAD: 0x400,
      TASK_NEW: 0x800,
      TASK_KILLABLE: killable,
      TASK_IDLE: 0x402,
      TASK_NORMAL: 3,
      TASK_COMM_LEN: 16,
      PF_EXITING: 4,
      PF_MEMALLOC: 0x800,
      PF_KTHREAD: 0x20_0000,
    },
  },
  {
    source: 'include/linux/mm.h',
    int: 's32',
    values: {
      VM_READ: 1,
      VM_WRITE: 2,
      VM_EXEC: 4,
      VM_SHARED: 8,
      VM_MAYREAD: 0x10,
      VM_MAYWRITE: 0x20,
      VM_MAYEXEC: 0x40,
      VM_MAYSHARE: 0x80,
      VM_PFNMAP: 0x400,
      VM_LOCKED: 0x2000,
      VM_IO: 0x4000,
      VM_DONTCOPY: 0x2_0000,
      VM_DONTEXPAND: 0x4_0000,
      VM_NORESERVE: 0x20_0000,
      VM_DONTDUMP: 0x400_0000,
      VM_MIXEDMAP: 0x1000_0000,
    },
  },
  {
    source: 'include/linux/mm_types.h',
    int: 's32',
    values: { FOLL_WRITE: bit(0), FOLL_GET: bit(1), FOLL_FORCE: bit(3), FOLL_NOWAIT: bit(4), FOLL_LONGTERM: bit(8) },
  },
  { source: 'include/linux/miscdevice.h', int: 's32', values: { MISC_DYNAMIC_MINOR: 255 } },
  { source: 'include/linux/kdev_t.h', int: 's32', values: { MINORBITS: 20 } },
  { source: 'include/linux/kdev_t.h', int: 'u32', values: { MINORMASK: 0xf_ffff } },
  {
    source: 'include/linux/ioport.h',
    int: 's32',
    values: { IORESOURCE_IO: 0x100, IORESOURCE_MEM: 0x200, IORESOURCE_IRQ: 0x400, IORESOURCE_DMA: 0x800 },
  },
  { source: 'include/linux/uuid.h', int: 's32', values: { UUID_SIZE: 16, UUID_STRING_LEN: 36 } },
  {
    source: 'include/vdso/time64.h',
    int: 's64',
    values: {
      MSEC_PER_SEC: 1000,
      USEC_PER_MSEC: 1000,
      NSEC_PER_USEC: 1000,
      NSEC_PER_MSEC: 1_000_000,
      USEC_PER_SEC: 1_000_000,
      NSEC_PER_SEC: 1_000_000_000,
    },
  },
  { source: 'include/linux/stddef.h', int: 's32', values: { false: 0, true: 1 } },
  {
    source: 'include/linux/sizes.h',
    int: 's32',
    values: Object.fromEntries(
      [
        '1 2 4 8 16 32 64 128 256 512',
        '1K 2K 4K 8K 16K 32K 64K 128K 256K 512K',
        '1M 2M 4M 8M 16M 32M 64M 128M 256M 512M',
        '1G',
      ]
        .flatMap((names) => names.split(' '))
        .map((name, exponent) => [`SZ_${name}`, bit(exponent)]),
    ),
  },
  { source: 'include/linux/sizes.h', int: 'u32', values: { SZ_2G: bit(31) } },
  {
    source: 'include/linux/sizes.h',
    int: 'u64',
    values: { SZ_4G: bit(32), SZ_8G: bit(33), SZ_16G: bit(34), SZ_32G: bit(35) },
  },
  {
    source: 'include/uapi/linux/fcntl.h',
    int: 's32',
    values: {
      F_ADD_SEALS: 1033,
      F_GET_SEALS: 1034,
      ...powers('F_SEAL_SEAL F_SEAL_SHRINK F_SEAL_GROW F_SEAL_WRITE F_SEAL_FUTURE_WRITE'),
    },
  },
  {
    source: 'include/uapi/asm-generic/signal.h',
    int: 's32',
    values: {
      ...run(
        1,
        'SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM',
      ),
      ...run(17, 'SIGCHLD SIGCONT SIGSTOP'),
      SIGIO: 29,
    },
  },
  {
    source: 'include/uapi/linux/eventpoll.h',
    int: 'u32',
    values: {
      ...powers(
        'EPOLLIN EPOLLPRI EPOLLOUT EPOLLERR EPOLLHUP EPOLLNVAL EPOLLRDNORM EPOLLRDBAND EPOLLWRNORM EPOLLWRBAND',
      ),
      EPOLLRDHUP: 0x2000,
    },
  },
  {
    source: 'include/uapi/linux/capability.h',
    int: 's32',
    values: {
      CAP_NET_ADMIN: 12,
      CAP_NET_RAW: 13,
      CAP_IPC_LOCK: 14,
      CAP_SYS_RAWIO: 17,
      CAP_SYS_ADMIN: 21,
      CAP_SYS_NICE: 23,
      CAP_SYS_RESOURCE: 24,
    },
  },
  {
    source: 'include/uapi/asm-generic/mman-common.h',
    int: 's32',
    values: { PROT_NONE: 0, ...powers('PROT_READ PROT_WRITE PROT_EXEC') },
  },
  { source: 'include/uapi/linux/mman.h', int: 's32', values: powers('MAP_SHARED MAP_PRIVATE') },
  { source: 'include/linux/sched.h', int: 's64', values: { MAX_SCHEDULE_TIMEOUT: 2n ** 63n - 1n } },
  // Of the architecture and the configuration: 4 KiB pages, and the tick that most distributions choose.
  { source: 'arch/x86/include/asm/page_types.h', int: 's32', values: { PAGE_SHIFT: 12 } },
  {
    source: 'arch/x86/include/asm/page_types.h',
    int: 'u64',
    values: { PAGE_SIZE: 4096, PAGE_MASK: 2n ** 64n - 4096n },
  },
  { source: 'kernel/Kconfig.hz', int: 's32', values: { HZ: 250, CONFIG_HZ: 250 } },
];

/** By name. */
export const commonConstants: ReadonlyMap<string, CommonConstant> = new Map(
  groups.flatMap(({ source, int, values }) =>
    Object.entries(values).map(([name, value]): [string, CommonConstant] => [
      name,
      { name, value: convert(BigInt(value), int).value, type: plainInt(int), source },
    ]),
  ),
);
