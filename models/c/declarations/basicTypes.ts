import type { IntType } from '../../program/intType.js';
import type { SemanticType } from './semanticType.js';

/**
 * Types that are the same in every kernel configuration this tool looks at, so that nothing depends on the headers of an
 * architecture: C's own, and the typedefs of include/uapi/asm-generic/int-ll64.h, posix_types.h, include/linux/types.h and a few
 * scalar ones of other headers (v6.12, 64-bit). `char` is unsigned: the kernel is compiled with `-funsigned-char` since v6.2.
 */

/** By canonical name. `float`s have no width and `__int128` no `IntType`; both are of no interest to a checker of lifecycles. */
const BASE: Readonly<Record<string, IntType>> = {
  _Bool: 'bool',
  char: 'u8',
  'signed char': 's8',
  'unsigned char': 'u8',
  short: 's16',
  'unsigned short': 'u16',
  int: 's32',
  'unsigned int': 'u32',
  long: 's64',
  'unsigned long': 'u64',
  'long long': 's64',
  'unsigned long long': 'u64',
};

const FLOATS: ReadonlySet<string> = new Set(['float', 'double', 'long double']);

const TYPEDEFS: Readonly<Record<IntType, string>> = {
  bool: 'bool',
  s8: 's8 __s8 int8_t',
  u8: 'u8 __u8 uint8_t u_int8_t u_char unchar blk_status_t',
  s16: 's16 __s16 int16_t',
  u16: 'u16 __u16 uint16_t u_int16_t ushort u_short umode_t mode_t __le16 __be16 __sum16',
  s32: 's32 __s32 int32_t pid_t key_t clockid_t timer_t key_serial_t dma_cookie_t compat_int_t compat_long_t __kernel_pid_t',
  u32:
    'u32 __u32 uint32_t u_int32_t uint u_int __le32 __be32 __wsum gfp_t slab_flags_t fmode_t vm_fault_t __poll_t uid_t gid_t ' +
    'qid_t projid_t dev_t nlink_t errseq_t key_perm_t isolate_mode_t xa_mark_t irqreturn_t phandle compat_uint_t ' +
    'compat_ulong_t compat_uptr_t compat_size_t compat_uid_t __kernel_uid32_t __kernel_gid32_t __kernel_mode_t',
  s64:
    's64 __s64 int64_t ssize_t ptrdiff_t intptr_t loff_t off_t time64_t ktime_t clock_t compat_s64 suseconds_t ' +
    '__kernel_ssize_t __kernel_loff_t __kernel_time64_t __kernel_long_t __kernel_off_t __kernel_ptrdiff_t',
  u64:
    'u64 __u64 uint64_t u_int64_t ulong u_long size_t uintptr_t __le64 __be64 phys_addr_t dma_addr_t resource_size_t ino_t ' +
    'sector_t blkcnt_t pgoff_t vm_flags_t cycles_t async_cookie_t irq_hw_number_t compat_u64 __addrpair pteval_t pmdval_t ' +
    'pudval_t p4dval_t pgdval_t pgprotval_t __kernel_size_t __kernel_ulong_t __aligned_u64 __aligned_be64 __aligned_le64',
};

/** A record that is built in; `size` and `align` in bytes. */
export interface BasicRecord {
  readonly fields: readonly { readonly name: string; readonly type: SemanticType }[];
  readonly size: number;
  readonly align: number;
}

function scalar(int: IntType, name: string): SemanticType & { readonly kind: 'int' } {
  return { kind: 'int', int, name };
}

function record(tag: string): SemanticType {
  return { kind: 'record', record: 'struct', tag };
}

function wrapper(field: string, type: SemanticType, size: number): BasicRecord {
  return { fields: [{ name: field, type }], size, align: size };
}

function opaque(size: number): BasicRecord {
  return { fields: [], size, align: 4 };
}

/**
 * Typedefs that stand for a struct, by the name that is also their tag here. Locks have no members: what is in them depends on
 * the configuration (sizes are those without lock debugging, on x86), and nobody but their own functions may look.
 */
const RECORDS: ReadonlyMap<string, BasicRecord> = new Map([
  ['atomic_t', wrapper('counter', scalar('s32', 'int'), 4)],
  ['atomic64_t', wrapper('counter', scalar('s64', 's64'), 8)],
  ['atomic_long_t', wrapper('counter', scalar('s64', 's64'), 8)],
  ['refcount_t', wrapper('refs', record('atomic_t'), 4)],
  ['spinlock_t', opaque(4)],
  ['raw_spinlock_t', opaque(4)],
  ['arch_spinlock_t', opaque(4)],
  ['rwlock_t', opaque(8)],
  ['kuid_t', wrapper('val', scalar('u32', 'uid_t'), 4)],
  ['kgid_t', wrapper('val', scalar('u32', 'gid_t'), 4)],
  ['pgprot_t', wrapper('pgprot', scalar('u64', 'pgprotval_t'), 8)],
  ['pte_t', wrapper('pte', scalar('u64', 'pteval_t'), 8)],
]);

const NAMED: ReadonlyMap<string, SemanticType> = new Map([
  ...(Object.keys(TYPEDEFS) as IntType[]).flatMap((int) =>
    TYPEDEFS[int].split(' ').map((name): [string, SemanticType] => [name, scalar(int, name)]),
  ),
  ...[...RECORDS.keys()].map((tag): [string, SemanticType] => [tag, record(tag)]),
  ['fl_owner_t', { kind: 'pointer', to: { kind: 'void' } }],
]);

/** What a canonical arithmetic type name means. */
export function baseType(name: string): SemanticType {
  if (name === 'void') return { kind: 'void' };
  if (FLOATS.has(name)) return { kind: 'float' };
  const int = Object.hasOwn(BASE, name) ? BASE[name] : undefined;
  return int === undefined ? { kind: 'unknown', text: name } : scalar(int, name === '_Bool' ? 'bool' : name);
}

/** What a built-in typedef means; undefined if the name is none. */
export function basicTypedef(name: string): SemanticType | undefined {
  return NAMED.get(name);
}

/** A built-in record by its tag. */
export function basicRecord(tag: string): BasicRecord | undefined {
  return RECORDS.get(tag);
}
