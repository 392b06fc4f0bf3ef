import type { CheckResult } from '../../checker/finding/finding.js';

/** The result itself, as one JSON document: `schema/result.schema.json` describes it. */
export function jsonReport(result: CheckResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
