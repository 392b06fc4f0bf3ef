import type { Measurement, NoMeasurement } from './contestant.js';

/**
 * What SPIN's verifier printed, as numbers; null if it did not come to its statistics. Bytes are those of the states as they are
 * kept and of the hash table, not of the stack.
 *
 * Output format: pan.c of SPIN 6.5, `wrapup()` and `wrap_stats()`.
 */
export function parsePan(
  text: string,
): Pick<Measurement, 'states' | 'transitions' | 'search' | 'bytes'> | NoMeasurement | null {
  const number = (pattern: RegExp): number | null => {
    const match = pattern.exec(text);
    return match ? Number(match[1]) : null;
  };
  const states = number(/^\s*([\d.e+]+) states, stored/m);
  const transitions = number(/^\s*([\d.e+]+) transitions/m);
  if (states === null || transitions === null) return null;
  if (/max search depth too small/.test(text)) return { failed: 'its stack is too small: the search is not complete' };
  if (/Warning: Search not completed/.test(text)) return { failed: 'its search is not complete' };
  const megabytes = [
    number(/^\s*([\d.]+)\s+(?:actual )?memory usage for states/m) ??
      number(/^\s*([\d.]+)\s+equivalent memory usage for states/m),
    number(/^\s*([\d.]+)\s+memory used for hash table/m),
  ];
  return {
    states,
    transitions,
    search: number(/elapsed time ([\d.e+-]+) seconds/) ?? 0,
    bytes: megabytes.every((value) => value === null)
      ? null
      : Math.round(megabytes.reduce<number>((sum, value) => sum + (value ?? 0), 0) * 2 ** 20),
  };
}
