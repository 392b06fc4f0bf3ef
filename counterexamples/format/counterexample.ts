import type { Move } from '../../checker/explore/search.js';
import type { CheckResult, Finding, Witness } from '../../checker/finding/finding.js';
import type { SourceIdentity } from '../../checker/finding/sourceReport.js';
import type { SystemOptions } from '../../checker/system/linkedSystem.js';
import { toolVersion } from '../../checker/toolVersion.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import type { Counterexample } from './schema.js';

/** What the file of one witness of a finding says. `options` are those of the check. */
export function counterexampleOf(
  result: CheckResult,
  finding: Finding,
  witness: Witness,
  scenario: Scenario,
  options: SystemOptions,
): Counterexample {
  const { id, property, title, object, operation, conflict, origin, location } = finding;
  const searched = result.scenarios.find((candidate) => candidate.id === witness.scenario);
  return {
    format: 'interleaf.counterexample',
    version: 1,
    tool: `interleaf ${toolVersion}`,
    revision: result.revision,
    base: result.base,
    scenario: witness.scenario,
    ...(result.source ? { source: mutable(result.source.identity) } : {}),
    options: {
      faults: options.faults,
      forcedOutcomes: options.forcedOutcomes.map((outcome) => ({ ...outcome })),
      assumeFixed: [...options.assumeFixed],
    },
    unstableFields: [...(searched?.unstableFields ?? [])],
    finding: { id, property, title, object, operation, conflict, origin, location },
    via: witness.via,
    schedule: witness.schedule.map((move) => named(move, scenario)),
    ...(witness.cycle ? { cycle: witness.cycle.map((move) => named(move, scenario)) } : {}),
  };
}

function named({ thread, decisions }: Move, scenario: Scenario): Counterexample['schedule'][number] {
  return { thread: scenario.threads[thread]!.name, decisions: [...decisions] };
}

/** The schema's types have no readonly arrays. */
function mutable(identity: SourceIdentity): NonNullable<Counterexample['source']> {
  const { patches, files, ...rest } = identity;
  return { ...rest, patches: [...patches], files: files.map((file) => ({ ...file })) };
}
