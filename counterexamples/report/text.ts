import type { CheckResult, Finding, ScenarioResult, Verdict } from '../../checker/finding/finding.js';
import type { Replay } from '../../checker/replay/replayData.js';
import { assumptionsText } from './assumptionsText.js';
import { causeText, noteText } from './findingText.js';
import { headline } from './headline.js';
import { columns, plural, wrap } from './layout.js';
import { rootCausesOf } from './rootCauses.js';
import type { Style } from './style.js';
import { incompleteText, sourceText } from './sourceText.js';
import { styleFor } from './style.js';

export interface TextReportOptions {
  /** The replay of `witnessToShow(finding)`; null if there is none, and then no steps are shown. */
  readonly replayOf: (finding: Finding) => Replay | null;
  /** A command that can be pasted; by default it reads the file that `check --output` writes. */
  readonly replayCommand?: (finding: Finding) => string;
  readonly colour?: boolean;
  /** Of the terminal, in characters; lines of kernel text may be longer. */
  readonly width?: number;
  /** Lists what is otherwise counted: `#if`s, remarks, problems of headers, dropped lines. */
  readonly verbose?: boolean;
}

/**
 * A result for people. The first two lines say what the revision introduces and what it has of its base; then come the verdict, what
 * was read, one line for each scenario, each root cause with its shortest counterexample, notes, and what was assumed.
 */
export function textReport(result: CheckResult, options: TextReportOptions): string {
  const style = styleFor(options.colour ?? false);
  const width = Math.max(60, options.width ?? 120);
  const { verbose = false } = options;
  const replayCommand = options.replayCommand ?? ((finding: Finding) => `interleaf replay ${finding.id}.json`);
  const causes = rootCausesOf(result);
  const notes = result.findings.filter(({ severity }) => severity === 'note');
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  return [
    ...headline(result).map(style.bold),
    `${verdictStyle(result.verdict, style)(result.verdict)}${provisoText(result)} (exit code ${result.exitCode}): ${plural(causes.length, 'root cause')} in ${plural(result.scenarios.length, 'scenario')}`,
    ...(result.source ? incompleteText(result.source, width).map(style.unsure) : []),
    ...section('Read', result.source ? sourceText(result.source, width, verbose) : []),
    ...section('Scenarios', scenarioLines(result.scenarios, width, style)),
    ...causes.flatMap((cause, index) =>
      section(
        `Root cause ${index + 1} of ${causes.length}`,
        causeText(cause, { ...options, replayCommand, style, width }),
      ),
    ),
    ...section(
      'Notes',
      notes.flatMap((note) => noteText(note, width)),
    ),
    ...section('Assumed', assumptionsText(result, width, verbose)),
    '',
  ].join('\n');
}

/** What a verdict of `holds` depends on, where a search of it is no proof. */
function provisoText({ verdict, scenarios }: CheckResult): string {
  const isNoProof = verdict === 'holds' && scenarios.some(({ proviso }) => proviso !== undefined);
  return isNoProof ? ' but for a small probability' : '';
}

/** A line for each scenario that ran; those that could not for the same reason are told together. */
function scenarioLines(all: readonly ScenarioResult[], width: number, style: Style): string[] {
  const failed = new Map<string, string[]>();
  for (const { id, states, limit } of all) {
    const reason = states > 0 ? '' : limit.replace(/^revision .*?, scenario \S+: /, '');
    if (reason !== '') failed.set(reason, [...(failed.get(reason) ?? []), id]);
  }
  const together = [...failed].filter(([, ids]) => ids.length > 1);
  const told = new Set(together.flatMap(([, ids]) => ids));
  return [
    ...ownLines(
      all.filter(({ id }) => !told.has(id)),
      width,
      style,
    ),
    ...together.flatMap(([reason, ids]) => [
      ...wrap(`  ${plural(ids.length, 'scenario')} could not run: ${ids.join(', ')}`, width, '    ').map(style.unsure),
      ...wrap(`    ${reason}`, width, '    ').map(style.dim),
    ]),
  ];
}

function ownLines(scenarios: readonly ScenarioResult[], width: number, style: Style): string[] {
  const rows = scenarios.map(({ id, verdict, states, transitions, depth, seconds }) => [
    id,
    verdict,
    plural(states, 'state'),
    plural(transitions, 'transition'),
    `depth ${depth}`,
    `${seconds.toFixed(1)} s`,
  ]);
  const lines = columns(rows, [2, 3, 4, 5]);
  return scenarios.flatMap((scenario, index) => {
    const line = `  ${lines[index]!}`.replace(scenario.verdict, verdictStyle(scenario.verdict, style));
    const cut =
      scenario.verdict === 'holds' && scenario.cutBy.length > 0 ? `holds up to ${scenario.cutBy.join(', ')}` : '';
    const proviso =
      scenario.verdict === 'holds' && scenario.proviso !== undefined ? `holds unless ${scenario.proviso}` : '';
    const remarks = [scenario.limit, cut, proviso].filter((remark) => remark !== '');
    return [line, ...remarks.flatMap((remark) => wrap(`    ${remark}`, width, '    ')).map(style.dim)];
  });
}

function verdictStyle(verdict: Verdict, style: Style): (text: string) => string {
  return verdict === 'holds' ? style.good : verdict === 'violated' ? style.bad : style.unsure;
}
