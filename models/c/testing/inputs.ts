import { existsSync } from 'node:fs';
import { describe } from 'vitest';

/**
 * Inputs that are no part of this repository, named in the environment: unpacked kernel trees, and the seed patch as it reached
 * the list. Tests that need one that is not there are skipped, and their titles say what is missing.
 */
function input(variable: string): string | null {
  const path = process.env[variable];
  return path !== undefined && path !== '' && existsSync(path) ? path : null;
}

/** Root of Debian's linux-source-6.12, unpacked. */
export const tree612 = input('INTERLEAF_TREE_6_12');
/** Root of Debian's linux-source-6.1, unpacked. */
export const tree61 = input('INTERLEAF_TREE_6_1');
/** The v4 patch, quoted in a review as a list archive shows it. */
export const seedPatch = input('INTERLEAF_SEED_PATCH');

/** `describe` for tests that need inputs; skipped, visibly, where one is missing. */
export function describeWith(inputs: Readonly<Record<string, string | null>>, title: string, body: () => void): void {
  const missing = Object.keys(inputs).filter((name) => inputs[name] === null);
  if (missing.length === 0) describe(title, body);
  else describe.skip(`${title} (needs ${missing.join(', ')})`, body);
}
