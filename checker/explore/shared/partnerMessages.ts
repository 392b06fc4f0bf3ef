import type { Scenario } from '../../../models/scenarios/scenario.js';
import type { ResolvedRevision } from '../../system/link.js';
import type { SystemOptions } from '../../system/linkedSystem.js';
import type { SharedBuffers } from './control.js';
import type { CodeUse, PartResult } from './searchPart.js';

/** Handed to a thread that takes part in a search: plain data, of which it links the same system as the leader. */
export interface PartnerData {
  /** From 1 on; the leader is 0. */
  readonly party: number;
  readonly revision: ResolvedRevision;
  readonly scenario: Scenario;
  readonly options: SystemOptions;
  readonly buffers: SharedBuffers;
  readonly weakened: readonly string[];
  readonly transactions: boolean;
  readonly symmetry: boolean;
  readonly code: CodeUse;
}

/** To it, when the search is over: what was used by all, to be compared with what it assumed. */
export interface ToPartner {
  readonly kind: 'absorb';
  readonly used: PartResult['used'];
}

/** From it: what it found; that an assumption does not hold; or that it knows of none that does not. */
export type FromPartner =
  | { readonly kind: 'result'; readonly result: PartResult }
  | { readonly kind: 'unstable'; readonly field: string }
  | { readonly kind: 'agreed' };
