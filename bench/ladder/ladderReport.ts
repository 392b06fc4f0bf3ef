import { count, seconds, table } from '../markdown.js';
import type { Measurement } from './contestant.js';
import type { LadderEntry } from './ladder.js';
import { referenceContestant } from './spin.js';

const head = [
  'rung',
  'checker',
  'states',
  'transitions',
  'per state',
  'search s',
  'states/s',
  'times SPIN',
  'bytes/state',
  'RSS MiB',
  'cold start s',
];

/** One row for each rung and contestant, as Markdown. Times SPIN: states a second against SPIN without options. */
export function ladderTable(entries: readonly LadderEntry[]): string[] {
  const rows = entries.flatMap((entry): string[][] => {
    const { rung, contestant, result } = entry;
    if ('failed' in result) return [];
    const { states, transitions, search, total, bytes, resident } = result;
    const reference = entries.find((one) => one.rung === rung && one.contestant.name === referenceContestant)?.result;
    const ratio = reference && !('failed' in reference) ? rateOf(result) / rateOf(reference) : null;
    return [
      [
        rung.scenario,
        contestant.name,
        count(states),
        count(transitions),
        (transitions / states).toFixed(2),
        seconds(search),
        count(rateOf(result)),
        ratio === null ? '' : ratio.toFixed(2),
        bytes === null ? '' : (bytes / states).toFixed(1),
        resident === null ? '' : count(resident / 2 ** 20),
        seconds(total),
      ],
    ];
  });
  return table([head, ...rows], 2);
}

/** SPIN's clock has steps of 10 ms: nothing is faster than one. */
function rateOf({ states, search }: Measurement): number {
  return states / Math.max(search, 0.01);
}

/** Who gave no numbers, and why: a Markdown list with one line for each rung and reason. */
export function failureList(entries: readonly LadderEntry[]): string[] {
  const names = new Map<string, string[]>();
  for (const { rung, contestant, result } of entries) {
    if (!('failed' in result)) continue;
    const key = `${rung.scenario}: ${result.failed}`;
    names.set(key, [...(names.get(key) ?? []), contestant.name]);
  }
  return [...names].map(([key, failed]) => `- ${key} (${failed.join('; ')})`);
}

/** The measurements as data: one object for each rung and contestant. */
export function ladderData(entries: readonly LadderEntry[]): readonly Readonly<Record<string, unknown>>[] {
  return entries.map(({ rung, contestant, result }) => ({
    revision: rung.revision,
    scenario: rung.scenario,
    checker: contestant.name,
    isFull: contestant.isFull,
    ...result,
  }));
}
