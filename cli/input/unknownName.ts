import { InputError } from './inputError.js';
import { nearest } from './nearest.js';

/** The error for a name that a registry does not have: says what is near, and which command lists all. */
export function unknownName(kind: string, name: string, known: readonly string[], listing: string): InputError {
  const near = nearest(name, known);
  const hint =
    near.length > 0 ? `; did you mean ${near.join(', ')}?` : known.length <= 6 ? `; there are ${known.join(', ')}` : '';
  return new InputError(`unknown-${kind}`, `there is no ${kind} '${name}'${hint}`, { next: `${listing}` });
}
