import { allocateClose } from './allocateClose.js';
import { historicScenarios } from './historic.js';
import { importBuffer } from './importBuffer.js';
import { lookUpId } from './lookUpId.js';
import type { Scenario } from './scenario.js';
import { shmClose } from './shmClose.js';
import { twoAllocators } from './twoAllocators.js';

/** Every scenario. A new one is a file beside this one and a line here. */
export const scenarios = [
  allocateClose,
  shmClose,
  lookUpId,
  twoAllocators,
  importBuffer,
  ...historicScenarios,
] as const satisfies readonly Scenario[];

const byId: ReadonlyMap<string, Scenario> = new Map(scenarios.map((scenario) => [scenario.id, scenario]));

/** The scenario that users call `id`, for example `'allocate-close'`. */
export function scenarioById(id: string): Scenario | undefined {
  return byId.get(id);
}
