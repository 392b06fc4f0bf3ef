import type { Intrinsic } from '../lifting.js';
import { allocation } from './allocation.js';
import { annotations } from './annotations.js';
import { containers } from './containers.js';
import { errorPointers } from './errorPointers.js';
import { logging } from './logging.js';
import { memory } from './memory.js';
import { numbers } from './numbers.js';
import { userAccess } from './userAccess.js';

/**
 * Names that are calls in C and something else in a program: statements (an allocation, a choice of failure), operators, or nothing.
 * Everything else that is called is a function, of the models or of the source, or a macro that is expanded.
 */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map([
  ...Object.entries(allocation),
  ...Object.entries(annotations),
  ...Object.entries(containers),
  ...Object.entries(errorPointers),
  ...Object.entries(logging),
  ...Object.entries(memory),
  ...Object.entries(numbers),
  ...Object.entries(userAccess),
]);
