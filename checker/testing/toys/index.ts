import { callToys } from './calls.js';
import { countToys } from './counts.js';
import { dmaToys } from './dma.js';
import { idToys } from './ids.js';
import { lockToys } from './locks.js';
import { memoryToys } from './memory.js';
import { raceToys } from './races.js';
import { teeToys } from './tee.js';
import type { ToyPair } from './toyPair.js';
import { waitingToys } from './waiting.js';

/** For every property at least one pair (law test in `checker/properties.test.ts`). */
export const toyPairs: readonly ToyPair[] = [
  ...memoryToys,
  ...countToys,
  ...idToys,
  ...lockToys,
  ...waitingToys,
  ...raceToys,
  ...dmaToys,
  ...callToys,
  ...teeToys,
];
