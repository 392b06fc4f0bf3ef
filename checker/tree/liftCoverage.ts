import type { KernelTree, PatchedTree } from '../../models/c/intake/tree.js';
import type { LiftedFunction } from '../../models/c/lift/liftProgram.js';
import { liftProgram } from '../../models/c/lift/liftProgram.js';
import { defaultConfiguration } from '../../models/c/syntax/configuration.js';
import { teeSubsystem } from './subsystem.js';
import { vocabularyFor } from './vocabularyFor.js';

/** How much of some files has a form in programs, in functions. */
export interface LiftCoverage {
  readonly functions: number;
  /** Without a remark but notes. */
  readonly exact: number;
  /** With something in it that has no form at all. */
  readonly blocked: number;
}

/** Files of the front end's measurements, by place; directories end with `/`. */
export const measuredPlaces: Readonly<Record<string, readonly string[]>> = {
  'drivers/tee': ['drivers/tee/'],
  'drivers/tee/optee': ['drivers/tee/optee/'],
  'dma-buf.c': ['drivers/dma-buf/dma-buf.c'],
  'dma-buf heaps': ['drivers/dma-buf/dma-heap.c', 'drivers/dma-buf/udmabuf.c', 'drivers/dma-buf/heaps/system_heap.c'],
  'fastrpc.c': ['drivers/misc/fastrpc.c'],
  'drm_prime.c, drm_gem.c': ['drivers/gpu/drm/drm_prime.c', 'drivers/gpu/drm/drm_gem.c'],
};

/** The functions of files, lifted; those of headers are left out. */
export function liftedFrom(tree: KernelTree | PatchedTree, paths: readonly string[]): readonly LiftedFunction[] {
  const files = paths.flatMap((path) =>
    path.endsWith('/')
      ? tree
          .list(path.slice(0, -1))
          .filter((name) => name.endsWith('.c'))
          .map((name) => path + name)
      : [path],
  );
  const lifted = liftProgram({
    tree,
    files,
    vocabulary: vocabularyFor(teeSubsystem, tree.version ?? '6.12'),
    configuration: defaultConfiguration(),
    ...('patched' in tree ? { patched: tree.patched } : {}),
  });
  return lifted.functions.filter(({ definition }) => files.includes(definition.file));
}

export function coverageOf(functions: readonly LiftedFunction[]): LiftCoverage {
  const has = (level: string) => functions.filter(({ remarks }) => remarks.some((remark) => remark.level === level));
  const notExact = functions.filter(({ remarks }) => remarks.some((remark) => remark.level !== 'note'));
  return {
    functions: functions.length,
    exact: functions.length - notExact.length,
    blocked: has('blocked').length,
  };
}
