import type { LinkedSystem } from './linkedSystem.js';

/** More failures than a step can have, and fewer than a word can count. */
const unbounded = 1 << 20;

/** The same system with a word that counts failures, and no bound for them; a word more at the end of the state if there was none. */
export function countingFailures(system: LinkedSystem): LinkedSystem {
  const options = { ...system.options, faults: unbounded };
  if (system.faultCounter >= 0) return { ...system, options };
  return { ...system, options, faultCounter: system.width, width: system.width + 1 };
}
