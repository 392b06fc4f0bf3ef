/** `['21', '25–27']` for 21, 25, 26, 27 in any order. */
export function ranges(numbers: readonly number[]): string[] {
  const sorted = [...numbers].sort((a, b) => a - b);
  const starts = sorted.filter((line, index) => sorted[index - 1] !== line - 1);
  return starts.map((start, index) => {
    const next = starts[index + 1];
    const end = next === undefined ? sorted.at(-1)! : sorted[sorted.indexOf(next) - 1]!;
    return start === end ? String(start) : `${start}–${end}`;
  });
}
