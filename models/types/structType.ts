import { parseCType } from '../program/cType.js';
import type { CType } from '../program/cType.js';

/** How a uAPI struct's documentation marks a field. */
export type Direction = 'in' | 'out' | 'in/out';

/** One member of a struct. */
export interface StructField {
  readonly name: string;
  readonly type: CType;
  /** From the kernel-doc of a uAPI struct: fields that are output must be written on success. */
  readonly documented?: Direction;
  /** A plain integer that counts references, so that it must be back where it was at the end of a run. */
  readonly isCount?: boolean;
  /** For a field of an ops table: the subsystem works without it. */
  readonly optional?: boolean;
}

/** A struct type by its C tag. Fields that no program of a system uses are dropped by the linker. */
export interface StructType {
  readonly tag: string;
  /** Header it was read in, for example `include/linux/tee_core.h, v6.12`. */
  readonly source: string;
  readonly fields: readonly StructField[];
}

/**
 * Builds a struct type from C type texts. A trailing mark in the text documents the field: `u64 [in/out]` for uAPI
 * direction, `size_t #` for a plain integer that counts references, `fn?` for an operation a table may lack.
 *
 * @example struct('tee_shm', 'include/linux/tee_drv.h, v6.12', { ctx: 'struct tee_context *', refcount: 'refcount_t' })
 */
export function struct(tag: string, source: string, fields: Readonly<Record<string, string>>): StructType {
  return {
    tag,
    source,
    fields: Object.entries(fields).map(([name, text]): StructField => {
      const direction = /^(.*?)\s*\[(in|out|in\/out)\]$/.exec(text);
      if (direction) return { name, type: parseCType(direction[1]!), documented: direction[2] as Direction };
      if (text.endsWith('#')) return { name, type: parseCType(text.slice(0, -1)), isCount: true };
      if (text.endsWith('?')) return { name, type: parseCType(text.slice(0, -1)), optional: true };
      return { name, type: parseCType(text) };
    }),
  };
}
