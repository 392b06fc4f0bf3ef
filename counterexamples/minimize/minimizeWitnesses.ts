import type { CheckResult, Finding, Witness } from '../../checker/finding/finding.js';
import type { LinkedSystem } from '../../checker/system/linkedSystem.js';
import { minimizeSwitches } from './minimizeSwitches.js';

/**
 * A result in which every schedule has as few thread switches as `minimizeSwitches` can give it. `systemOf` gives the system of a scenario
 * of the result, by id. The order of witnesses may change: shortest first, then fewest switches.
 */
export function minimizeWitnesses(result: CheckResult, systemOf: (scenario: string) => LinkedSystem): CheckResult {
  const unstableOf = new Map(result.scenarios.map(({ id, unstableFields }) => [id, unstableFields]));
  const minimize = (finding: Finding, witness: Witness): Witness => {
    // A run without an end ends nowhere: other orders would have to come to the same cycle.
    if (witness.switches === 0 || witness.cycle) return witness;
    const via = finding.property === 'lock-order' ? null : witness.via;
    const unstableFields = unstableOf.get(witness.scenario) ?? [];
    const shown = { schedule: witness.schedule, unstableFields, id: finding.id, via };
    const { schedule, switches } = minimizeSwitches(systemOf(witness.scenario), shown);
    return { ...witness, schedule, switches, steps: schedule.length };
  };
  const findings = result.findings.map((finding): Finding => {
    const witnesses = finding.witnesses.map((witness) => minimize(finding, witness));
    return {
      ...finding,
      witnesses: witnesses.sort((one, other) => one.steps - other.steps || one.switches - other.switches),
    };
  });
  return { ...result, findings };
}
