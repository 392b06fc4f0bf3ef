import type { Finding } from '../../checker/finding/finding.js';
import type { Category, RegressEntry } from '../../checker/regress/compare.js';
import { categories } from '../../checker/regress/compare.js';
import type { RegressResult } from '../../checker/regress/regress.js';
import { plural, wrap } from '../../counterexamples/report/layout.js';
import type { Style } from '../../counterexamples/report/style.js';
import { printSpan } from '../../models/program/sourceSpan.js';

/** What each category means, with the names of the revisions put in. */
const titles: Readonly<Record<Category, (before: string, after: string) => string>> = {
  introduced: (before, after) => `Introduced: ${after} has it, ${before} has not`,
  'new way': (before, after) => `New way: both have it, and ${after} has a way in that ${before} lacks`,
  'newly reachable': (before) => `Newly reachable: ${before} has it too, behind something that is fixed now`,
  still: (before, after) => `Still there: ${before} and ${after} have it`,
  inherited: (_before, after) => `Inherited: it comes from the base of ${after}`,
  fixed: (before, after) => `Fixed: ${before} has it, ${after} has not`,
};

/** What somebody will want to look at now. */
const cameIn: readonly Category[] = ['introduced', 'new way', 'newly reachable'];

export interface RegressTextOptions {
  readonly style: Style;
  readonly width: number;
  /** A command that can be pasted. */
  readonly replayCommand: (finding: Finding) => string;
}

/** A comparison for people: first what came in, last what went away. */
export function regressText(result: RegressResult, options: RegressTextOptions): string {
  const { style, width } = options;
  const { before, after, entries, verdict, exitCode } = result;
  const violations = entries.filter(({ finding }) => finding.severity === 'violation');
  const count = (category: Category) => violations.filter((entry) => entry.category === category).length;
  const colour = verdict === 'holds' ? style.good : verdict === 'violated' ? style.bad : style.unsure;
  const meaning = {
    holds: 'nothing came in',
    violated: 'something came in',
    inconclusive: 'not all was read and searched',
  };
  return [
    style.bold(`${before} → ${after}: ${categories.map((category) => `${count(category)} ${category}`).join(', ')}`),
    `${colour(verdict)} (exit code ${exitCode}): ${meaning[verdict]}`,
    ...categories.flatMap((category) => categoryLines(category, result, options)),
    ...limitLines(result, style, width),
    '',
  ].join('\n');
}

function categoryLines(category: Category, { before, after, entries }: RegressResult, options: RegressTextOptions) {
  const { style } = options;
  const own = entries.filter((entry) => entry.category === category);
  if (own.length === 0) return [];
  return ['', style.bold(titles[category](before, after)), ...own.flatMap((entry) => entryLines(entry, options))];
}

function entryLines(entry: RegressEntry, { width, replayCommand }: RegressTextOptions): string[] {
  const { category, finding, ways, remark, certain } = entry;
  const note = finding.severity === 'note' ? ' (note)' : '';
  const place = finding.location ? printSpan(finding.location) : 'the end of the run';
  const scenarios = [...new Set(finding.witnesses.map(({ scenario }) => scenario))];
  return [
    `  ${finding.id}${note}${certain ? '' : ' (not certain)'}`,
    ...wrap(`    ${finding.title}`, width, '    '),
    ...wrap(`    ${place}; by ${ways.join(', ')}; in ${scenarios.join(', ')}`, width, '      '),
    ...(remark === '' ? [] : wrap(`    ${remark}`, width, '      ')),
    ...(cameIn.includes(category) && finding.witnesses.some(({ steps }) => steps > 0)
      ? [`    replay  ${replayCommand(finding)}`]
      : []),
  ];
}

/** Searches that were not complete, and what could not be read. */
function limitLines({ results }: RegressResult, style: Style, width: number): string[] {
  const limited = [results.before, results.after].flatMap(({ revision, scenarios }) =>
    scenarios.filter(({ limit }) => limit !== '').map(({ id, limit }) => `${id} on ${revision}: ${limit}`),
  );
  const unread = [results.before, results.after].flatMap(({ revision, source }) =>
    (source?.incomplete ?? []).flatMap((reason) => wrap(`  ${revision} is not complete: ${reason}`, width, '    ')),
  );
  const searched = plural(results.before.scenarios.length + results.after.scenarios.length, 'search', 'searches');
  if (limited.length === 0) return ['', `${searched}, all complete`, ...unread];
  const title = `${searched}, not complete:`;
  return ['', style.unsure(title), ...limited.flatMap((line) => wrap(`  ${line}`, width, '    ')), ...unread];
}
