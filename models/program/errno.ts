/**
 * The errno values the models use, by kernel name (include/uapi/asm-generic/errno-base.h, errno.h and include/linux/errno.h,
 * v6.12).
 */
export const errnoValues: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  ENOSPC: 28,
  EREMOTEIO: 121,
  ENOTSUPP: 524,
};

/** `-ENOMEM` for -12, the plain number where no name is known. */
export function printErrno(value: number): string {
  for (const [name, number] of Object.entries(errnoValues)) if (number === -value) return `-${name}`;
  return String(value);
}
