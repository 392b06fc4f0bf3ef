import type { ResolvedRevision } from '../checker/system/link.js';
import { link } from '../checker/system/link.js';
import type { LinkedSystem, SystemOptions } from '../checker/system/linkedSystem.js';
import { scenarioById } from '../models/scenarios/index.js';

/** The systems of a revision by the id of a registered scenario; each is linked once, when it is asked for. */
export function systemsOf(revision: ResolvedRevision, options: SystemOptions): (scenario: string) => LinkedSystem {
  const systems = new Map<string, LinkedSystem>();
  return (scenario) => {
    const known = systems.get(scenario);
    if (known) return known;
    const system = link(revision, scenarioById(scenario)!, options);
    systems.set(scenario, system);
    return system;
  };
}
