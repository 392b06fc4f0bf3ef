/** Lines to compare with: as they are, and with white space evened out. */
export interface Comparable {
  readonly exact: readonly string[];
  readonly loose: readonly string[];
}

/** What is looked for where. Positions are 0-based indices of lines. */
export interface HunkSearch {
  readonly file: Comparable;
  /** The hunk's context and removed lines; there are none in an insertion without context. */
  readonly wanted: Comparable;
  readonly expected: number;
  /** The end of the hunk before: hunks do not overlap, nor change places. */
  readonly least: number;
  /**
   * Nothing but its line number says where the hunk belongs, as in a diff without context, so it is looked for there
   * only.
   */
  readonly fixed: boolean;
  /** The hunk says that it is at the start, or at the end, of the file. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

/** Where a hunk applies. */
export interface HunkLocation {
  readonly position: number;
  /** Only with white space ignored. */
  readonly whitespace: boolean;
  /** The next nearest place that matches as well, if this is not the expected one; otherwise null. */
  readonly alternative: number | null;
}

/** The place that matches best where none matches. */
export interface NearMiss {
  readonly position: number;
  readonly matching: number;
  /** Index in the hunk of the first line that differs. */
  readonly firstDifference: number;
}

/** Makes lines comparable: a run of white space equals any other, and none at the end of a line, as with `patch -l`. */
export function comparable(texts: readonly string[]): Comparable {
  return { exact: texts, loose: texts.map((text) => text.replace(/\s+/g, ' ').trimEnd()) };
}

/**
 * Finds the place of a hunk: the nearest to where it should be at which all its lines match exactly; failing that, the
 * nearest at which they match with white space ignored. On a tie the later one, as `patch` and `git apply` do. There is
 * no fuzz: a hunk of which a line differs does not apply.
 */
export function locateHunk(search: HunkSearch): HunkLocation | null {
  for (const kind of ['exact', 'loose'] as const) {
    const found = matches(search, kind);
    const first = found.next().value;
    if (first === undefined) continue;
    const alternative = first === search.expected ? null : (found.next().value ?? null);
    return { position: first, whitespace: kind === 'loose', alternative };
  }
  return null;
}

/** Positions that match, nearest first. */
function* matches(
  { file, wanted, expected, ...bounds }: HunkSearch,
  kind: keyof Comparable,
): Generator<number, undefined> {
  const [have, want] = [file[kind], wanted[kind]];
  const highest = bounds.atStart ? 0 : have.length - want.length;
  const lowest = Math.max(bounds.least, bounds.atEnd ? have.length - want.length : 0);
  const matchesAt = (position: number) =>
    position >= lowest && position <= highest && want.every((text, index) => have[position + index] === text);
  const farthest = bounds.fixed ? 0 : Math.max(highest - expected, expected - lowest);
  for (let distance = 0; distance <= farthest; distance++) {
    if (matchesAt(expected + distance)) yield expected + distance;
    if (distance > 0 && matchesAt(expected - distance)) yield expected - distance;
  }
}

/** Comparisons that the search for a near miss may cost; beyond, it looks only around the expected place. */
const nearMissEffort = 20_000_000;

/** The place at which most lines of the hunk match, white space ignored; null if none matches anywhere. */
export function nearestMiss({ file, wanted, expected }: HunkSearch): NearMiss | null {
  const [have, want] = [file.loose, wanted.loose];
  const reach = Math.ceil(nearMissEffort / want.length / 2);
  let best: NearMiss | null = null;
  const from = Math.max(0, Math.min(expected, have.length) - reach);
  for (let position = from; position < Math.min(have.length, expected + reach); position++) {
    let matching = 0;
    let firstDifference = -1;
    for (let index = 0; index < want.length; index++) {
      if (have[position + index] === want[index]) matching++;
      else if (firstDifference < 0) firstDifference = index;
    }
    const closer = best === null || Math.abs(position - expected) < Math.abs(best.position - expected);
    if (matching > 0 && (best === null || matching > best.matching || (matching === best.matching && closer))) {
      best = { position, matching, firstDifference };
    }
  }
  return best;
}
