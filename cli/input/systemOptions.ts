import type { ResolvedRevision } from '../../checker/system/link.js';
import type { SystemOptions } from '../../checker/system/linkedSystem.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import type { SystemOptionValues } from '../searchOptions.js';
import { readForcedOutcome } from './forcedOutcome.js';
import { readFindingIds } from './lookUp.js';

/** How failures and results are chosen: checks the names in options against the revision (or revisions) and scenarios they are about. */
export function readSystemOptions(
  values: SystemOptionValues,
  revisions: readonly ResolvedRevision[],
  scenarios: readonly Scenario[],
): SystemOptions {
  return {
    faults: values.faults ?? null,
    forcedOutcomes: values.forceOutcome.map((text) => readForcedOutcome(text, revisions, scenarios)),
    assumeFixed: readFindingIds(values.assumeFixed),
  };
}
