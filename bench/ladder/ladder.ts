import { median } from '../median.js';
import type { Contestant, Measurement, NoMeasurement, PreparedRun } from './contestant.js';
import { interleafCommand, interleafEngines } from './interleaf.js';
import { RungFolder } from './rungFolder.js';
import type { Rung } from './rungs.js';
import type { RunLimits } from './runProcess.js';
import { spinContestants } from './spin.js';
import { tlcContestants } from './tlc.js';

/** All that can be measured, in the order in which they take turns. */
export const contestants: readonly Contestant[] = [
  ...interleafEngines,
  interleafCommand,
  ...spinContestants,
  ...tlcContestants,
];

/** What a contestant did on a rung: medians, or why there are none. */
export interface LadderEntry {
  readonly rung: Rung;
  readonly contestant: Contestant;
  readonly result: Measurement | NoMeasurement;
}

/** How often, how long, and whom to tell. */
export interface LadderOptions {
  readonly runs: number;
  readonly limits: RunLimits;
  readonly progress: (text: string) => void;
}

/**
 * Measures a rung: all contestants are prepared, then take turns, so that a busy minute of the machine hits them alike. Who fails
 * once is left out from then on.
 */
export async function climb(
  rung: Rung,
  chosen: readonly Contestant[],
  { runs, limits, progress }: LadderOptions,
): Promise<readonly LadderEntry[]> {
  const folder = new RungFolder(rung, limits);
  try {
    const prepared: (PreparedRun | NoMeasurement)[] = [];
    for (const contestant of chosen) {
      progress(`${rung.scenario}: preparing ${contestant.name}`);
      prepared.push(await contestant.prepare(rung, limits, folder));
    }
    const made = chosen.map((): Measurement[] => []);
    const failed: (NoMeasurement | null)[] = prepared.map((run) => (typeof run === 'function' ? null : run));
    for (let turn = 1; turn <= runs; turn += 1) {
      for (const [index, run] of prepared.entries()) {
        if (typeof run !== 'function' || failed[index]) continue;
        progress(`${rung.scenario}: ${chosen[index]!.name}, run ${turn} of ${runs}`);
        const result = await run();
        if ('failed' in result) failed[index] = result;
        else made[index]!.push(result);
      }
    }
    return chosen.map((contestant, index) => ({
      rung,
      contestant,
      result: failed[index] ?? medians(made[index]!),
    }));
  } finally {
    folder.remove();
  }
}

function medians(runs: readonly Measurement[]): Measurement {
  const of = (value: (run: Measurement) => number) => median(runs.map(value));
  const known = (value: (run: Measurement) => number | null) => {
    const values = runs.map(value).filter((one) => one !== null);
    return values.length === runs.length ? median(values) : null;
  };
  return {
    states: of((run) => run.states),
    transitions: of((run) => run.transitions),
    search: of((run) => run.search),
    total: of((run) => run.total),
    bytes: known((run) => run.bytes),
    resident: known((run) => run.resident),
  };
}

/** Full and exact searches of one rung that disagree about its states, one sentence each. */
export function disagreements(entries: readonly LadderEntry[]): readonly string[] {
  const sentences: string[] = [];
  for (const { rung, contestant, result } of entries) {
    if ('failed' in result || !contestant.isFull || contestant.isInexact) continue;
    const other = entries.find(
      (entry) =>
        entry.rung === rung && entry.contestant.isFull && !entry.contestant.isInexact && !('failed' in entry.result),
    )!;
    const expected = rung.full?.[0] ?? (other.result as Measurement).states;
    if (result.states !== expected)
      sentences.push(`${rung.scenario}: ${contestant.name} has ${result.states} states, not ${expected}`);
  }
  return sentences;
}
