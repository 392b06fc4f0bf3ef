import type { Scenario } from '../../models/scenarios/scenario.js';
import type { ResolvedRevision } from './link.js';
import { link } from './link.js';
import type { LinkedSystem, SystemOptions } from './linkedSystem.js';

/** A check searches a scenario on a revision and on its base. */
const mostKept = 2;

interface Linked {
  readonly revision: ResolvedRevision;
  readonly scenario: Scenario;
  readonly options: SystemOptions;
  readonly system: LinkedSystem;
}

const kept: Linked[] = [];

/**
 * The same as `link`, for whoever searches a system and for whoever shows afterwards what was found in it: the last ones linked are kept, so
 * that the second one gets what the first one had, if it asks with the same objects.
 */
export function linkOnce(revision: ResolvedRevision, scenario: Scenario, options: SystemOptions): LinkedSystem {
  const known = kept.find((one) => one.revision === revision && one.scenario === scenario && one.options === options);
  if (known) return known.system;
  const system = link(revision, scenario, options);
  kept.push({ revision, scenario, options, system });
  if (kept.length > mostKept) kept.shift();
  return system;
}
