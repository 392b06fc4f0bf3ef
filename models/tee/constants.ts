/**
 * Named constants of the TEE subsystem: include/linux/tee_core.h and include/uapi/linux/tee.h, v6.12.
 *
 * Numbers are the kernel's unless the comment says otherwise; words of a state are narrower than the kernel's.
 */
export const teeConstants: Readonly<Record<string, number>> = {
  TEE_SHM_DYNAMIC: 1 << 0,
  TEE_SHM_USER_MAPPED: 1 << 1,
  TEE_SHM_POOL: 1 << 2,
  TEE_SHM_PRIV: 1 << 3,
  /** From v4 on. */
  TEE_SHM_RESTRICTED: 1 << 4,

  TEE_DEVICE_FLAG_REGISTERED: 1,
  TEE_DESC_PRIVILEGED: 1,
  TEE_GEN_CAP_PRIVILEGED: 1 << 1,
  /** 32 in the kernel; half of them are for unprivileged devices. */
  TEE_NUM_DEVICES: 4,

  // Commands: the offset to TEE_IOC_BASE stands for the ioctl number.
  TEE_IOC_VERSION: 0,
  TEE_IOC_SHM_ALLOC: 1,
  TEE_IOC_OPEN_SESSION: 2,
  TEE_IOC_INVOKE: 3,
  TEE_IOC_CANCEL: 4,
  TEE_IOC_CLOSE_SESSION: 5,
  TEE_IOC_SUPPL_RECV: 6,
  TEE_IOC_SUPPL_SEND: 7,
  TEE_IOC_SHM_REGISTER: 9,
  /** From v4 on; before that an unknown command. */
  TEE_IOC_RSTMEM_ALLOC: 10,

  TEE_IOC_UC_RESERVED: 0,
  TEE_IOC_UC_SECURE_VIDEO_PLAY: 1,
  TEE_IOC_UC_TRUSTED_UI: 2,
  TEE_IOC_UC_SECURE_VIDEO_RECORD: 3,

  TEE_IOCTL_PARAM_ATTR_TYPE_NONE: 0,
  TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT: 1,
  TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT: 2,
  TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT: 3,
  TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT: 5,
  TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT: 6,
  TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT: 7,
  TEE_IOCTL_PARAM_ATTR_TYPE_MASK: 0xff,
  TEE_IOCTL_PARAM_ATTR_MASK: 0x1ff,
  TEE_MEMREF_NULL: -1,

  TEE_IOCTL_LOGIN_PUBLIC: 0,
  /** 0x80000000 and 0xBFFFFFFF in the kernel. */
  TEE_IOCTL_LOGIN_REE_KERNEL_MIN: 0x80,
  TEE_IOCTL_LOGIN_REE_KERNEL_MAX: 0xbf,

  TEE_MAX_ARG_SIZE: 1024,
  SIZEOF_TEE_IOCTL_OPEN_SESSION_ARG: 56,
  SIZEOF_TEE_IOCTL_INVOKE_ARG: 24,
  SIZEOF_TEE_PARAM: 32,
};
