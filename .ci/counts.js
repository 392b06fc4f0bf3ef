// Prints the counts of vitest's JSON report as one line: `N passed, N failed, N skipped`.
// Usage: node .ci/counts.js FILE. Exits 1 when a test failed, no test ran, or there is no report.

import { readFileSync } from 'node:fs';
import process from 'node:process';

/**
 * The part of the report that is read here.
 *
 * @typedef {{ status: string, assertionResults: { status: string }[] }} FileResult
 */

/**
 * @param {string} path
 * @returns {FileResult[]} One per test file; none when the report is missing or broken, since then nothing is known.
 */
function readReport(path) {
  try {
    /** @type {{ testResults: FileResult[] }} */
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return report.testResults;
  } catch {
    return [];
  }
}

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of readReport(process.argv[2] ?? '')) {
  let failedHere = 0;
  for (const { status } of file.assertionResults) {
    if (status === 'passed') counts.passed++;
    else if (status === 'failed') failedHere++;
    else counts.skipped++; // pending, skipped, todo, disabled
  }
  // A file that could not be loaded has no failed test, but is a failure all the same.
  counts.failed += file.status === 'failed' ? Math.max(1, failedHere) : failedHere;
}

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
