import type { ResolvedRevision } from '../system/link.js';

/** Fields that say where something came from, and nothing about what it does. */
const places: ReadonlySet<string> = new Set([
  'line',
  'mailLine',
  'origin',
  'patched',
  'patchedLines',
  'approximations',
]);

/** Whether two revisions are the same programs, wherever their lines are: no scenario can tell them apart. */
export function sameProgram(one: ResolvedRevision, other: ResolvedRevision): boolean {
  return meaning(one) === meaning(other);
}

function meaning({ functions, tables, types, constants, globals, initialValues }: ResolvedRevision): string {
  const byName = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    [byName(functions), byName(tables), byName(types), constants, globals, initialValues],
    (key, value: unknown) => (places.has(key) ? undefined : value),
  );
}
