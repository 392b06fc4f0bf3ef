import { closeContextClient, closeContextFile } from './historicCloseContext.js';
import { protmemOneAllocator, protmemTwoAllocators } from './historicProtmem.js';
import { historicShm } from './historicShm.js';
import type { Scenario } from './scenario.js';

/** Scenarios in which bugs of the past show: small ones, made for one pair of revisions, before and after its repair. */
export const historicScenarios: readonly Scenario[] = [
  ...historicShm,
  closeContextClient,
  closeContextFile,
  protmemOneAllocator,
  protmemTwoAllocators,
];
