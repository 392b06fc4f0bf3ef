import type { SourceSpan } from '../../models/program/sourceSpan.js';
import { printSpan } from '../../models/program/sourceSpan.js';
import { propertyById } from '../../properties/index.js';
import type { Finding } from '../../checker/finding/finding.js';
import { explainFinding } from '../../checker/replay/explainFinding.js';
import { findViolation } from '../../checker/replay/replay.js';
import type { Replay } from '../../checker/replay/replayData.js';
import { columns, plural, wrap } from './layout.js';
import type { RootCause } from './rootCauses.js';
import { witnessToShow } from './rootCauses.js';
import type { StepRow } from './stepTable.js';
import { stepTable } from './stepTable.js';
import type { Style } from './style.js';

/** What telling a finding needs beside the finding. */
export interface FindingTextOptions {
  /** The replay of `witnessToShow(finding)`; null if there is none, and then no steps are shown. */
  readonly replayOf: (finding: Finding) => Replay | null;
  readonly replayCommand: (finding: Finding) => string;
  readonly style: Style;
  readonly width: number;
}

const maxRows = 20;
const maxWays = 4;

/** A root cause with its shortest counterexample, in at most about forty lines. */
export function causeText({ cause, others }: RootCause, options: FindingTextOptions): string[] {
  const { style, width } = options;
  const run = options.replayOf(cause);
  const lines = [
    `${style.bold(cause.id)}  ${style.bad(originText(cause))}`,
    ...wrap(`  ${cause.title}`, width, '  '),
    ...facts(cause, run, width),
    ...others.flatMap((other) => wrap(`  seen also as ${other.id}: ${other.title}`, width, '    ')),
  ];
  if (run) lines.push('', ...stepsText(run, cause, options));
  lines.push('', `  replay  ${options.replayCommand(cause)}`);
  return lines;
}

/** The steps of a replay as a table, and why the property is false. */
function stepsText(run: Replay, finding: Finding, { style, width }: FindingTextOptions): string[] {
  const explained = explainFinding(run, finding.id, witnessToShow(finding)?.via);
  const rows = stepTable(run, { breaks: explained?.breaks ?? null, conflicts: explained?.conflicts ?? null }, maxRows);
  const why = (explained?.sentences ?? []).flatMap((sentence) => wrap(`  ${sentence}`, width, '    '));
  const again =
    run.repeatsFrom === undefined ? [] : [`    then for ever: ${stepsAgain(run.repeatsFrom, run.steps.length)} again`];
  return [...tableText(rows, width, style), ...again, ...(why.length > 0 ? ['', ...why] : [])];
}

function stepsAgain(first: number, last: number): string {
  return first === last ? `step ${first}` : `steps ${first}–${last}`;
}

function originText(finding: Finding): string {
  switch (finding.origin) {
    case 'introduced':
      return 'introduced by this revision';
    case 'inherited':
      return 'inherited from the base';
    case 'new way':
      return 'a new way to a bug of the base';
    default:
      return 'not attributed';
  }
}

function facts(finding: Finding, run: Replay | null, width: number): string[] {
  const rows = [
    ['property', `${finding.property}: ${propertyById(finding.property).title}`],
    ['object', finding.object === '' ? 'none' : finding.object.replace(/\.@.*$/, ', its lifecycle')],
    ['place', placeOf(finding, run)],
    ['ways in', waysIn(finding)],
  ];
  return rows.flatMap(([name, value]) => wrap(`  ${name!.padEnd(8)}  ${value}`, width, ' '.repeat(12)));
}

/** The code that is no kernel API function, where there is some: that is what a repair would change. */
function placeOf(finding: Finding, run: Replay | null): string {
  const caller = run ? findViolation(run, finding.id, witnessToShow(finding)?.via)?.violation.caller : null;
  const span = caller?.place ?? finding.location;
  return span ? spanText(span) : 'the end of the run';
}

/** The place, with the line of the mail where one brought it. */
function spanText(span: SourceSpan): string {
  return span.mailLine === undefined ? printSpan(span) : `${printSpan(span)}, line ${span.mailLine} of the mail`;
}

function waysIn(finding: Finding): string {
  const ways = finding.witnesses.map(({ via, scenario, steps, origin, possible }) => {
    const isNew = origin === 'introduced' && finding.origin === 'new way' ? 'new, ' : '';
    return `${via} (${isNew}${possible ? 'possible, ' : ''}scenario ${scenario}, ${steps === 0 ? 'by its code alone' : plural(steps, 'step')})`;
  });
  const rest = ways.length - maxWays;
  return `${ways.slice(0, maxWays).join('; ')}${rest > 0 ? `; ${rest} more` : ''}`;
}

function tableText(rows: readonly StepRow[], width: number, style: Style): string[] {
  const heads = columns(
    rows.map((row) => [row.first === row.last ? String(row.first) : `${row.first}–${row.last}`, row.thread, row.where]),
    [0],
  );
  const widest = Math.max(0, ...heads.map((head) => head.length));
  const room = Math.max(30, width - widest - 6);
  return rows.flatMap((row, index) => {
    const told = wrap(row.what.join('; '), room);
    // A short table has room for more, and what comes before a change of thread is often the point of it.
    const most = rows.length <= 12 || rows[index + 1]?.thread !== row.thread ? 3 : 2;
    const shown = row.mark === null && told.length > most ? [...told.slice(0, most - 1), `${told[most - 1]} …`] : told;
    const mark = row.mark === 'breaks' ? '✗' : row.mark === 'conflicts' ? '•' : ' ';
    const lines = shown.map((line, at) =>
      at === 0 ? `  ${mark} ${heads[index]!.padEnd(widest)}  ${line}`.trimEnd() : `${' '.repeat(widest + 6)}${line}`,
    );
    return row.mark === 'breaks' ? lines.map(style.bad) : row.mark === 'conflicts' ? lines.map(style.unsure) : lines;
  });
}

/** A note: told in one or two lines, without steps. */
export function noteText(finding: Finding, width: number): string[] {
  const place = finding.location ? ` (${spanText(finding.location)})` : '';
  return wrap(`  ${finding.id}  ${finding.title}${place}`, width, '    ');
}
