import type { CheckResult } from '../../checker/finding/finding.js';
import { jsonReport } from './json.js';
import type { TextReportOptions } from './text.js';
import { textReport } from './text.js';

/** A way to tell a result. */
export interface Report {
  /** What users type: `--format text`. */
  readonly id: string;
  /** One line for the help text. */
  readonly title: string;
  /** A whole document; it ends with a newline. Nothing is printed. */
  readonly render: (result: CheckResult, options: TextReportOptions) => string;
}

/** Every report. A new one is a file beside this one and a line here. */
export const reports = [
  { id: 'text', title: 'for people: what is new, the shortest counterexamples, what was assumed', render: textReport },
  { id: 'json', title: 'the result as one JSON document', render: jsonReport },
] as const satisfies readonly Report[];

/** The report that users call `id`, for example `'text'`. */
export function reportById(id: string): Report | undefined {
  return reports.find((report) => report.id === id);
}
