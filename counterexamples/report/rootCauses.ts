import type { CheckResult, Finding, Witness } from '../../checker/finding/finding.js';

/** Findings that one repair would take away. */
export interface RootCause {
  /** The finding that tells it. */
  readonly cause: Finding;
  /** What else is seen of it. */
  readonly others: readonly Finding[];
}

const byOrigin = ['introduced', 'new way', 'unknown', 'inherited'] as const;

/** The violations of a result by root cause: what the revision brings first, then by the length of the shortest witness. */
export function rootCausesOf(result: CheckResult): RootCause[] {
  const violations = result.findings.filter(({ severity }) => severity === 'violation');
  const causes = new Map<string, Finding[]>();
  for (const finding of violations) {
    const known = violations.some(({ id }) => id === finding.rootCause) ? finding.rootCause : finding.id;
    causes.set(known, [...(causes.get(known) ?? []), finding]);
  }
  return [...causes]
    .map(([id, findings]) => ({
      cause: findings.find((finding) => finding.id === id)!,
      others: findings.filter((finding) => finding.id !== id),
    }))
    .sort((one, other) => rank(one.cause) - rank(other.cause) || steps(one.cause) - steps(other.cause));
}

/** The witness that tells a finding best: of a new way to an old bug the new one, else the shortest. */
export function witnessToShow(finding: Finding): Witness | undefined {
  const wanted = finding.origin === 'new way' ? 'introduced' : null;
  return finding.witnesses.find(({ origin }) => wanted === null || origin === wanted) ?? finding.witnesses[0];
}

function rank({ origin }: Finding): number {
  return byOrigin.indexOf(origin);
}

function steps(finding: Finding): number {
  return witnessToShow(finding)?.steps ?? 0;
}
