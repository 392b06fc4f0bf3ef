import type { CType } from '../../models/program/cType.js';
import type { LinkedSystem, StructLayout } from './linkedSystem.js';

/** Where members and elements of linked types stand, in words. */
export interface StructWalk {
  /** From the start of what `base` is, or points to, along a path of members. */
  readonly follow: (base: CType, path: readonly string[]) => { readonly offset: number; readonly type: CType };
  readonly sizeOf: (type: CType) => number;
  readonly lengthOf: (array: CType & { kind: 'array' }) => number;
}

/** The walk over the layouts of a system. */
export function structWalk(system: LinkedSystem): StructWalk {
  const follow = (base: CType, path: readonly string[]): { offset: number; type: CType } => {
    let type: CType = base.kind === 'pointer' ? base.to : base;
    let offset = 0;
    for (const field of path) {
      const layout: StructLayout | undefined = type.kind === 'struct' ? system.layouts.get(type.tag) : undefined;
      const found = layout?.fields.get(field);
      // A field of a type that no object of the system has: the code cannot run, any offset will do.
      if (!found) return { offset, type: { kind: 'int', name: 'int' } };
      offset += found.offset;
      type = found.type;
    }
    return { offset, type };
  };

  const sizeOf = (type: CType): number => {
    if (type.kind === 'struct') return system.layouts.get(type.tag)?.size ?? 1;
    if (type.kind === 'array') return lengthOf(type) * sizeOf(type.of);
    return 1;
  };

  const lengthOf = ({ length }: CType & { kind: 'array' }): number =>
    typeof length === 'number' ? length : (system.arrayLengths.get(length) ?? 1);

  return { follow, sizeOf, lengthOf };
}
