import type { ResolvedRevision } from '../checker/system/link.js';
import type { LinkedSystem, SystemOptions } from '../checker/system/linkedSystem.js';
import { linkOnce } from '../checker/system/linkOnce.js';
import { scenarioById } from '../models/scenarios/index.js';

/** The systems of a revision by the id of a registered scenario, for whom shows what was found in them; each is linked once. */
export function systemsOf(revision: ResolvedRevision, options: SystemOptions): (scenario: string) => LinkedSystem {
  const systems = new Map<string, LinkedSystem>();
  return (scenario) => {
    const known = systems.get(scenario) ?? linkOnce(revision, scenarioById(scenario)!, options);
    systems.set(scenario, known);
    return known;
  };
}
