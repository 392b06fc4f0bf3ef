import type { GlobalVariable } from '../declarations/declarations.js';
import type { ParseOptions } from '../syntax/parse.js';
import type { Place } from './value.js';

/** What one file offers to the lifting of one of its functions. */
export interface FileScope {
  readonly functionName: string;
  /** Whether the file defines a macro again as something else. */
  isRedefined(macro: string): boolean;
  /** Whether the file has a static function of that name: it is meant, whatever else has the name. */
  isStaticFunction(name: string): boolean;
  /** A file-scope variable, or a static local of this function; null if there is none. */
  global(name: string): Place | null;
  /** Declares a static local variable: a global with the function's name before its own. */
  staticLocal(variable: GlobalVariable): Place;
  /** The number that programs have for a residue beyond the window: the same for the same, and outside of the window too. */
  standIn(value: bigint): number;
  readonly parseOptions: ParseOptions;
}
