import type { SourceIdentity } from '../finding/sourceReport.js';

/** How many files a message names. */
const most = 3;

/**
 * In what the C of two sources differs, or null if a schedule of one is a schedule of the other: same version of the tree, same files
 * after patching. Names of patches may differ.
 */
export function differenceOf(recorded: SourceIdentity, found: SourceIdentity): string | null {
  if (recorded.treeVersion !== found.treeVersion) {
    return `the tree is of version ${found.treeVersion ?? 'unknown'}, not ${recorded.treeVersion ?? 'unknown'}`;
  }
  const now = new Map(found.files.map(({ path, blob }) => [path, blob]));
  const before = new Map(recorded.files.map(({ path, blob }) => [path, blob]));
  const differing = recorded.files.flatMap(({ path, blob }) =>
    now.get(path) === blob ? [] : [`${path} is ${named(now.get(path))} and was ${named(blob)}`],
  );
  const fresh = found.files.filter(({ path }) => !before.has(path)).map(({ path }) => `${path} was not touched`);
  const all = [...differing, ...fresh];
  if (all.length > most) return `${all.slice(0, most).join('; ')}; and ${all.length - most} more files`;
  return all.length === 0 ? null : all.join('; ');
}

function named(blob: string | null | undefined): string {
  return blob === undefined ? 'not touched' : blob === null ? 'not there' : `blob ${blob.slice(0, 12)}`;
}
