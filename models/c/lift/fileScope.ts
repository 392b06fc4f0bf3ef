import type { ParseOptions } from '../syntax/parse.js';
import type { Place } from './value.js';

/** What one file offers to the lifting of one of its functions. */
export interface FileScope {
  readonly functionName: string;
  /** A file-scope variable, or a static local of this function; null if there is none. */
  global(name: string): Place | null;
  /** Declares a static local variable: a global with the function's name before its own. */
  staticLocal(name: string, place: { readonly type: Place['type']; readonly ctype: Place['ctype'] }): Place;
  /** A small number that stands for one beyond 29 bits; the same for the same. */
  standIn(value: bigint): number;
  readonly parseOptions: ParseOptions;
}
