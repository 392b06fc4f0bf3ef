import type { FunctionDefinition } from '../../program/functionDefinition.js';
import type { StructType } from '../../types/structType.js';

/**
 * What the lifter is told of the models that lifted code will run with. It decides what a callee means: a kernel API model
 * comes before any source, because it is what the kernel function does to lifecycles; the source of such a function works on
 * memory that the models do not have.
 */
export interface Vocabulary {
  /** Kernel API models by name. */
  readonly kernel: ReadonlyMap<string, FunctionDefinition>;
  /** Functions of the environment that code may call by name although no source defines them. */
  readonly environment: ReadonlyMap<string, FunctionDefinition>;
  /** Struct types of the models by tag: their fields have the models' types, C adds fields they lack. */
  structType(tag: string): StructType | undefined;
  /** Named integers of the models; some are stand-ins that are smaller than the kernel's numbers. */
  readonly constants: Readonly<Record<string, number>>;
  /** Global variables that the models' scenarios have, with their struct types. */
  readonly globals: Readonly<Record<string, string>>;
  /** Global that `THIS_MODULE` points to. */
  readonly thisModule: string;
}

/** C tags of kernel types that the models know by the name of a typedef. */
export const modelTags: Readonly<Record<string, string>> = {
  refcount_struct: 'refcount_t',
  spinlock: 'spinlock_t',
  raw_spinlock: 'spinlock_t',
};

/**
 * Struct types whose inside belongs to the kernel API models: code that reaches into them is not what the models describe.
 */
export const closedTags: ReadonlySet<string> = new Set([
  'idr',
  'xarray',
  'ida',
  'completion',
  'mutex',
  'spinlock_t',
  'refcount_t',
  'gen_pool',
  'files_struct',
  'task_struct',
]);
