import type { Explanation } from '../../checker/replay/explainFinding.js';
import { repeatedSteps, tellHolders } from '../../checker/replay/explainFinding.js';
import type { Replay, ReplayOperation, ReplayStep } from '../../checker/replay/replayData.js';
import { threadFile } from '../../checker/replay/scheduleRunner.js';
import { wrap } from '../../counterexamples/report/layout.js';
import type { Style } from '../../counterexamples/report/style.js';
import { printSpan } from '../../models/program/sourceSpan.js';

export interface ReplayTextOptions {
  readonly style: Style;
  readonly width: number;
  /** First and last step to show, from 1. */
  readonly from: number;
  readonly to: number;
}

/** Every step of a replay in full: who, where, what it did, what changed, who holds what, and what broke. */
export function replaySteps(run: Replay, explained: Explanation | null, options: ReplayTextOptions): string[] {
  const { style, width } = options;
  const shown = run.steps.filter(({ number }) => number >= options.from && number <= options.to);
  const isWhole = shown.length === run.steps.length;
  const start = isWhole
    ? section('After setup', run.holders.map(tellHolders), 'nobody holds a reference', style, width)
    : [];
  const end = isWhole || options.to >= run.steps.length ? endOf(run, options) : [];
  return [...start, ...shown.flatMap((step) => ['', ...stepLines(step, run.steps.length, explained, options)]), ...end];
}

function section(title: string, items: readonly string[], none: string, style: Style, width: number): string[] {
  const lines = items.length === 0 ? [none] : items;
  return ['', style.bold(title), ...lines.flatMap((line) => wrap(`  ${line}`, width, '    '))];
}

function stepLines(
  step: ReplayStep,
  count: number,
  explained: Explanation | null,
  { style, width }: ReplayTextOptions,
): string[] {
  const mark = explained?.breaks?.step === step.number ? ' ✗' : explained?.conflicts?.step === step.number ? ' •' : '';
  const rows: [string, string][] = [
    ...labelled(
      'at',
      step.stack.slice(0, 1).map(({ place }) => printSpan(place)),
    ),
    ...labelled('called by', callersOf(step)),
    ...labelled('does', operationsOf(step).map(tellOperation)),
    ...labelled(
      'changes',
      step.changes.filter(({ local }) => !local).map(({ text }) => text),
    ),
    ...labelled('locks', locksOf(step)),
    ...labelled('holders', step.holders.map(tellHolders)),
  ];
  const broken = step.violations.map(({ id, title }) => `${id}: ${title}`);
  return [
    style.bold(`Step ${step.number} of ${count}: ${step.thread}${mark}`),
    ...rows.flatMap(([label, text]) => wrap(`  ${label.padEnd(9)} ${text}`, width, ' '.repeat(14))),
    ...broken.flatMap((text) => wrap(`  ${'breaks'.padEnd(9)} ${text}`, width, ' '.repeat(14))).map(style.bad),
  ];
}

/** The label stands in front of the first line only. */
function labelled(label: string, texts: readonly string[]): [string, string][] {
  return texts.map((text, index) => [index === 0 ? label : '', text]);
}

/** The frames around the innermost one, in one line: `tee_rstmem_alloc:135 ← tee_ioctl_rstmem_alloc:834 ← …`. */
function callersOf(step: ReplayStep): string[] {
  const callers = step.stack
    .slice(1)
    .filter(({ place }) => place.file !== threadFile)
    .map(({ function: name, place }) => (place.line === undefined ? name : `${name}:${place.line}`));
  return callers.length === 0 ? [] : [callers.join(' ← ')];
}

/** Steps of one kernel call are told as that call once; what neither changed nor decided anything is left out. */
function operationsOf(step: ReplayStep): ReplayOperation[] {
  const told = step.operations.filter(
    ({ changes, fault, failed, kind, breaks }, index) =>
      index === step.main ||
      changes.some(({ local }) => !local) ||
      fault ||
      failed ||
      kind === 'choice' ||
      breaks.length > 0,
  );
  return told.filter((operation, index) => {
    const last = told[index - 1];
    return !(operation.within && last?.within?.text === operation.within.text && operation.kind !== 'choice');
  });
}

function tellOperation(operation: ReplayOperation): string {
  const { within, kind, text, place, value } = operation;
  const what = within && kind !== 'choice' ? within.text : text;
  const where = printSpan(within && kind !== 'choice' ? within.place : place);
  const gave = kind === 'load' && value !== null ? ` is ${value}` : '';
  return `${what}${gave}   (${where})${operation.fault ? '  — a failure' : ''}`;
}

function locksOf(step: ReplayStep): string[] {
  const byThread = new Map<string, string[]>();
  for (const { thread, lock } of step.locks) byThread.set(thread, [...(byThread.get(thread) ?? []), lock]);
  return [...byThread].map(([thread, locks]) => `${thread} holds ${locks.join(', ')}`);
}

/** Where everybody stands after the last step. */
function endOf(run: Replay, { style, width }: ReplayTextOptions): string[] {
  const standing = run.standing.map(({ thread, stack }) => {
    const [frame] = stack;
    return frame ? `${thread} stands at ${frame.text} (${printSpan(frame.place)})` : `${thread} has ended`;
  });
  const broken = run.end.map(({ id, title }) => `${id}: ${title}`);
  const enabled = run.enabled.length === 0 ? [] : [`could go on: ${run.enabled.join(', ')}`];
  const again = run.repeatsFrom === undefined ? [] : [repeatedSteps(run.repeatsFrom, run.steps.length)];
  const lines = [...again, ...standing, ...enabled].flatMap((line) => wrap(`  ${line}`, width, '    '));
  const bad = broken.flatMap((line) => wrap(`  breaks ${line}`, width, '    ')).map(style.bad);
  return ['', style.bold('After the last step'), ...lines, ...bad];
}
