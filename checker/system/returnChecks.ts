import type { PropertyId } from '../../models/program/propertyId.js';

/** What must be true of a function's result, as far as the program alone does not say it. */
export interface ReturnCheck {
  readonly property: PropertyId;
  /** By name, whatever the function's origin. */
  readonly function: string;
  /** If the result is a pointer to an object, this field of it … */
  readonly field: string;
  /** … equals the argument at this position, as it was passed. */
  readonly argument: number;
  /** What it means if not, one sentence. */
  readonly title: string;
}

/** Every such check. A new one is a line here. */
export const returnChecks: readonly ReturnCheck[] = [
  {
    // drivers/tee/tee_shm.c, tee_shm_get_from_id, v6.12: ids are given out per device, and used per context.
    property: 'foreign-context-lookup',
    function: 'tee_shm_get_from_id',
    field: 'ctx',
    argument: 0,
    title: 'tee_shm_get_from_id returns shared memory that belongs to another context',
  },
];
