/**
 * The candidates that `word` is most likely a slip of, best first, at most three.
 *
 * A candidate is near if a third of its letters, or fewer, would have to change, or if one of the two begins with the
 * other.
 */
export function nearest(word: string, candidates: readonly string[]): string[] {
  const typed = word.toLowerCase();
  const rated = candidates.map((candidate) => {
    const name = candidate.toLowerCase();
    const isPart = typed.length > 1 && (name.startsWith(typed) || typed.startsWith(name));
    return { candidate, isPart, distance: editDistance(typed, name) };
  });
  return rated
    .filter(({ candidate, isPart, distance }) => isPart || distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment distance). */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = last[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      let best = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        best = Math.min(best, beforeLast[column - 2]! + 1);
      }
      current.push(best);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length]!;
}
