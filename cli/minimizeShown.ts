import type { CheckResult, Finding } from '../checker/finding/finding.js';
import type { LinkedSystem } from '../checker/system/linkedSystem.js';
import { minimizeWitnesses } from '../counterexamples/minimize/minimizeWitnesses.js';
import { witnessToShow } from '../counterexamples/report/rootCauses.js';

/**
 * The result, with the fewest thread switches in the one schedule of each finding that a report shows and `--output` keeps.
 * Doing it to every witness takes a good part of the time that the search took, and nobody looks at most of them.
 */
export function minimizeShown(result: CheckResult, systemOf: (scenario: string) => LinkedSystem): CheckResult {
  const shownOf = (finding: Finding) => {
    const shown = witnessToShow(finding);
    return shown ? [shown] : [];
  };
  const shown = result.findings.map((finding) => ({ ...finding, witnesses: shownOf(finding) }));
  const minimized = minimizeWitnesses({ ...result, findings: shown }, systemOf).findings;
  const findings = result.findings.map((finding, index): Finding => {
    const [before] = shown[index]!.witnesses;
    const [after] = minimized[index]!.witnesses;
    const witnesses = finding.witnesses.map((witness) => (after && witness === before ? after : witness));
    return { ...finding, witnesses };
  });
  return { ...result, findings };
}
