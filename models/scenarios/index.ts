import { allocateClose } from './allocateClose.js';
import { shmClose } from './shmClose.js';
import { openClose } from './openClose.js';
import { passingArguments } from './passingArguments.js';
import { lookUpClose, lookUpId } from './lookUpId.js';
import { minimalDriver, noRestrictedFree, noRestrictedMemory, noRestrictedMemoryKernel } from './smallDrivers.js';
import { twoAllocators } from './twoAllocators.js';
import { twoContexts } from './twoContexts.js';
import { closeGuessed } from './closeGuessed.js';
import { importBuffer, importDynamic } from './importBuffer.js';
import { passBuffer } from './passBuffer.js';
import { kernelImporter } from './kernelImporter.js';
import { twoPutters, twoShmPutters } from './twoPutters.js';
import { releaseWithMessage } from './releaseWithMessage.js';
import { driverPool, poolLife } from './pool.js';
import { kernelClient, kernelClientBesideUser, kernelClientBesideUserUnbind } from './kernelClient.js';
import { generalClient, generalClientPool, generalClientLarge } from './generalClient.js';
import { generalSiblings, generalSiblingsUnbind, generalSiblingsLarge } from './generalSiblings.js';
import { generalStrangers, generalStrangersLarge } from './generalStrangers.js';
import { historicScenarios } from './historic.js';
import { familyMember, registeredMembers } from './families/index.js';
import type { Scenario } from './scenario.js';

/** Every scenario. A new one is a file beside this one and a line here. */
export const scenarios = [
  allocateClose,
  shmClose,
  openClose,
  passingArguments,
  lookUpId,
  lookUpClose,
  twoAllocators,
  twoContexts,
  closeGuessed,
  importBuffer,
  importDynamic,
  passBuffer,
  kernelImporter,
  twoPutters,
  twoShmPutters,
  releaseWithMessage,
  driverPool,
  poolLife,
  minimalDriver,
  noRestrictedFree,
  noRestrictedMemory,
  noRestrictedMemoryKernel,
  kernelClient,
  kernelClientBesideUser,
  kernelClientBesideUserUnbind,
  generalClient,
  generalClientPool,
  generalSiblings,
  generalSiblingsUnbind,
  generalStrangers,
  generalClientLarge,
  generalSiblingsLarge,
  generalStrangersLarge,
  ...historicScenarios,
  ...registeredMembers,
] as const satisfies readonly Scenario[];

const byId: ReadonlyMap<string, Scenario> = new Map(scenarios.map((scenario) => [scenario.id, scenario]));

/** The scenario that users call `id`, for example `'allocate-close'`, or any member of a family: `'allocators-3-1'`. */
export function scenarioById(id: string): Scenario | undefined {
  const registered = byId.get(id);
  if (registered) return registered;
  const member = familyMember(id);
  return member?.ok ? member.value : undefined;
}
