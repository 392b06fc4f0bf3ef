// Runs every check of the repository, one after the other, and says at the end which ones failed.
// A failure does not stop the rest: one run shows everything there is to repair.

import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** In the order in which they are quick to run and likely to fail; the tests come after the build they need. */
const checks = ['check:format', 'check:types', 'check:lint', 'check:deps', 'check:unused', 'build', 'test:unit'];

const root = new URL('..', import.meta.url);
const failed = [];

for (const check of checks) {
  console.log(`\n=== ${check} ===\n`);
  const start = performance.now();
  const { status, signal, error } = spawnSync('npm', ['run', '--silent', check], { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (status !== 0) failed.push(check);
  const outcome = status === 0 ? 'ok' : `FAILED (${error?.message ?? signal ?? `exit code ${status}`})`;
  console.log(`\n--- ${check}: ${outcome}, ${seconds} s`);
}

if (failed.length === 0) {
  console.log(`\nAll ${checks.length} checks passed.`);
} else {
  console.log(`\n${failed.length} of ${checks.length} checks failed:`);
  for (const check of failed) console.log(`  npm run ${check}`);
  process.exitCode = 1;
}
