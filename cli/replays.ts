import type { CheckResult, Finding } from '../checker/finding/finding.js';
import { replay } from '../checker/replay/replay.js';
import type { Replay } from '../checker/replay/replayData.js';
import type { LinkedSystem } from '../checker/system/linkedSystem.js';
import { witnessToShow } from '../counterexamples/report/rootCauses.js';

/** Replays the witness that a report shows of each finding; null where a finding has no schedule. */
export function replaysOf(
  result: CheckResult,
  systemOf: (scenario: string) => LinkedSystem,
): (finding: Finding) => Replay | null {
  return (finding) => {
    const witness = witnessToShow(finding);
    if (!witness || (witness.steps === 0 && !witness.cycle)) return null;
    const unstable = result.scenarios.find(({ id }) => id === witness.scenario)?.unstableFields ?? [];
    const replayed = replay(systemOf(witness.scenario), witness.schedule, unstable, witness.cycle);
    return replayed.ok ? replayed.value : null;
  };
}
