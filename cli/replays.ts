import type { CheckResult, Finding, Witness } from '../checker/finding/finding.js';
import { replay } from '../checker/replay/replay.js';
import type { Replay } from '../checker/replay/replayData.js';
import type { ResolvedRevision } from '../checker/system/link.js';
import { link } from '../checker/system/link.js';
import type { LinkedSystem, SystemOptions } from '../checker/system/linkedSystem.js';
import { witnessToShow } from '../counterexamples/report/rootCauses.js';
import { scenarioById } from '../models/scenarios/index.js';

/** Replays the witness that a report shows of each finding; null where a finding has no schedule. */
export function replaysOf(
  result: CheckResult,
  revision: ResolvedRevision,
  options: SystemOptions,
): (finding: Finding) => Replay | null {
  const systems = new Map<string, LinkedSystem>();
  const systemOf = (witness: Witness): LinkedSystem => {
    const known = systems.get(witness.scenario);
    if (known) return known;
    // A scenario of a result is one of the registry.
    const system = link(revision, scenarioById(witness.scenario)!, options);
    systems.set(witness.scenario, system);
    return system;
  };
  return (finding) => {
    const witness = witnessToShow(finding);
    if (!witness || witness.steps === 0) return null;
    const unstable = result.scenarios.find(({ id }) => id === witness.scenario)?.unstableFields ?? [];
    const replayed = replay(systemOf(witness), witness.schedule, unstable);
    return replayed.ok ? replayed.value : null;
  };
}
