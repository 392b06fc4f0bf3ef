import { struct } from './structType.js';

const core = 'include/linux/tee_core.h, v6.12';
const drv = 'include/linux/tee_drv.h, v6.12';
const uapi = 'include/uapi/linux/tee.h, v6.12';

/** The TEE subsystem of v6.12: core objects, driver operations, and its uAPI with the documented directions. */
export const teeTypes = [
  struct('tee_device', core, {
    /** A buffer of 32 characters in the kernel; what it says has no meaning here. */
    name: 'char[1]',
    desc: 'struct tee_desc *',
    id: 'int',
    flags: 'unsigned int',
    dev: 'struct device',
    cdev: 'struct cdev',
    num_users: 'size_t #',
    c_no_users: 'struct completion',
    mutex: 'struct mutex',
    idr: 'struct idr',
    pool: 'struct tee_shm_pool *',
  }),
  struct('tee_desc', core, {
    name: 'char *',
    ops: 'struct tee_driver_ops *',
    owner: 'struct module *',
    flags: 'u32',
  }),
  struct('tee_driver_ops', core, {
    get_version: 'fn',
    open: 'fn',
    release: 'fn',
    open_session: 'fn?',
    close_session: 'fn?',
    system_session: 'fn?',
    invoke_func: 'fn?',
    cancel_req: 'fn?',
    supp_recv: 'fn?',
    supp_send: 'fn?',
    shm_register: 'fn?',
    shm_unregister: 'fn?',
  }),
  struct('tee_context', drv, {
    teedev: 'struct tee_device *',
    data: 'void *',
    refcount: 'struct kref',
    releasing: 'bool',
    supp_nowait: 'bool',
    cap_memref_null: 'bool',
  }),
  struct('tee_shm', drv, {
    ctx: 'struct tee_context *',
    paddr: 'phys_addr_t',
    kaddr: 'void *',
    size: 'size_t',
    offset: 'unsigned int',
    pages: 'struct page **',
    num_pages: 'size_t',
    refcount: 'refcount_t',
    flags: 'u32',
    id: 'int',
    sec_world_id: 'u64',
    /** The model's own: the memory that the driver put behind the object. */
    backing: 'struct backing_memory',
  }),
  struct('tee_shm_pool', core, { ops: 'struct tee_shm_pool_ops *', private_data: 'void *' }),
  struct('tee_shm_pool_ops', core, { alloc: 'fn', free: 'fn', destroy_pool: 'fn' }),
  struct('tee_param_memref', drv, { shm_offs: 'size_t', size: 'size_t', shm: 'struct tee_shm *' }),
  struct('tee_param_value', drv, { a: 'u64', b: 'u64', c: 'u64' }),
  /** A union in the kernel: `attr` says which half is meant. */
  struct('tee_param_u', drv, { memref: 'struct tee_param_memref', value: 'struct tee_param_value' }),
  struct('tee_param', drv, { attr: 'u64', u: 'struct tee_param_u' }),

  struct('tee_ioctl_version_data', uapi, { impl_id: 'u32 [out]', impl_caps: 'u32 [out]', gen_caps: 'u32 [out]' }),
  struct('tee_ioctl_shm_alloc_data', uapi, { size: 'u64 [in/out]', flags: 'u32 [in/out]', id: 's32 [out]' }),
  struct('tee_ioctl_shm_register_data', uapi, {
    addr: 'u64 [in]',
    length: 'u64 [in/out]',
    flags: 'u32 [in/out]',
    id: 's32 [out]',
  }),
  /** `buf_ptr` is a u64 that holds the address of one of the argument structs below. */
  struct('tee_ioctl_buf_data', uapi, { buf_ptr: 'void * [in]', buf_len: 'u64 [in]' }),
  struct('tee_ioctl_param', uapi, { attr: 'u64', a: 'u64', b: 'u64', c: 'u64' }),
  /** The uuids are left out. `params` has one element, which stands for all. */
  struct('tee_ioctl_open_session_arg', uapi, {
    clnt_login: 'u32 [in]',
    cancel_id: 'u32 [in]',
    session: 'u32 [out]',
    ret: 'u32 [out]',
    ret_origin: 'u32 [out]',
    num_params: 'u32 [in]',
    params: 'struct tee_ioctl_param[1]',
  }),
  struct('tee_ioctl_invoke_arg', uapi, {
    func: 'u32 [in]',
    session: 'u32 [in]',
    cancel_id: 'u32 [in]',
    ret: 'u32 [out]',
    ret_origin: 'u32 [out]',
    num_params: 'u32 [in]',
    params: 'struct tee_ioctl_param[1]',
  }),
  struct('tee_ioctl_cancel_arg', uapi, { cancel_id: 'u32 [in]', session: 'u32 [in]' }),
  struct('tee_ioctl_close_session_arg', uapi, { session: 'u32 [in]' }),
];
