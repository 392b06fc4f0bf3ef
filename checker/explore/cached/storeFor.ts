import { CompressedStates } from './compressedStates.js';
import { ExactStates } from './exactStates.js';
import { FingerprintStates } from './fingerprintStates.js';
import type { WebAssemblyUse } from '../search.js';
import type { Layout } from './layout.js';
import type { MemoryAllowance } from './memoryAllowance.js';
import type { StoreName, VisitedStates } from './visitedStates.js';

const stores = { exact: ExactStates, fingerprints: FingerprintStates, compressed: CompressedStates } as const;

/** An empty store of a kind, which uses WebAssembly code if it has any. */
export function storeFor(
  name: StoreName,
  layout: Layout,
  allowance: MemoryAllowance,
  use: WebAssemblyUse,
): VisitedStates {
  return new stores[name](layout, allowance, use);
}
