import type { SourceSpan } from '../../models/program/sourceSpan.js';
import { propertyById } from '../../properties/index.js';
import type { HeldCount, Replay, ReplayFrame, ReplayStep, ReplayViolation } from './replayData.js';
import { findViolation } from './replay.js';
import { summariseOperation, summariseStep } from './stepSummary.js';

/** Why a replay breaks a property, as sentences, and the earlier step that conflicts with the one that breaks it. */
export interface Explanation {
  readonly sentences: readonly string[];
  /** What breaks the property; null for the end of the run, and where the code alone does. */
  readonly breaks: Landmark | null;
  /** What it conflicts with: who freed the memory, who took the lock; null if there is no such thing. */
  readonly conflicts: Landmark | null;
}

/** An operation of a replay. */
export interface Landmark {
  /** Number of the step. */
  readonly step: number;
  /** Index into its operations; null if none of them stands for it. */
  readonly operation: number | null;
}

/** Null if the replay does not show the finding. Where it shows it more than once, `via` tells by which way in. */
export function explainFinding(run: Replay, id: string, via?: string): Explanation | null {
  const found = findViolation(run, id, via);
  if (!found) return null;
  const { violation, step } = found;
  const conflict = conflictOf(run, violation, step);
  const sentences = [
    `Must hold: ${propertyById(violation.property).title}.`,
    happened(run, violation, step),
    ...(conflict ? [conflict.sentence] : []),
    ...(step === null ? remaining(run, violation) : []),
    ...(violation.property === 'data-race' ? racing(run, violation) : []),
  ];
  return {
    sentences,
    breaks: step && { step: step.number, operation: breakingOperation(step, id) },
    conflicts: conflict?.landmark ?? null,
  };
}

/** `Steps 4 to 6 are repeated for ever`; such a run is fair. */
export function repeatedSteps(first: number, last: number): string {
  return first === last ? `Step ${first} is repeated for ever` : `Steps ${first} to ${last} are repeated for ever`;
}

function breakingOperation(step: ReplayStep, id: string): number | null {
  const index = step.operations.findIndex(({ breaks }) => breaks.includes(id));
  return index >= 0 ? index : step.main >= 0 ? step.main : null;
}

function happened(run: Replay, violation: ReplayViolation, step: ReplayStep | null): string {
  if (step === null && violation.location !== null && violation.thread === '')
    return `The code alone shows it: ${violation.title}.`;
  if (step === null && run.repeatsFrom !== undefined)
    return `${repeatedSteps(run.repeatsFrom, run.steps.length)}: ${violation.title}.`;
  if (step === null) return `When every thread has come as far as it can: ${violation.title}.`;
  const { caller } = violation;
  const where = caller ? ` in ${frameText(caller)}` : '';
  return `Step ${step.number}, thread ${step.thread}${where}: ${violation.title}.`;
}

interface Conflict {
  readonly sentence: string;
  readonly landmark: Landmark;
}

/** The step before the violation that made the operation an illegal one. */
function conflictOf(run: Replay, violation: ReplayViolation, at: ReplayStep | null): Conflict | null {
  const earlier = run.steps.slice(0, at?.number ?? run.steps.length);
  const { object, place, property } = violation;
  if (object === null) return null;
  switch (property) {
    case 'use-after-free':
    case 'double-free':
    case 'freed-pointer-compare':
      return lastChange(
        earlier,
        (change) => change.object === object && change.text.startsWith(`${object}: freed`),
        `${object} was freed`,
      );
    case 'freed-while-published':
      return lastChange(
        earlier,
        (change) => change.to === object && /\.slot\[\d+\]\.ptr$/.test(change.place),
        `The id of ${object} was published`,
      );
    case 'memory-leak':
      return lastChange(
        earlier,
        (change) => change.object === object && change.text === `${object}: allocated`,
        `${object} was allocated`,
      );
    case 'refcount-from-zero':
    case 'refcount-underflow':
    case 'id-not-reserved':
    case 'operation-order':
    case 'failure-after-install':
    case 'lock-not-held':
    case 'lock-recursion':
    case 'lock-held-at-return':
    case 'lock-destroyed-held':
    case 'sleep-in-atomic':
    case 'uninitialised':
    case 'pool-destroyed-in-use':
    case 'double-map':
      // These ask for a state of the cell: what put it into another one came before.
      return lastChange(
        earlier.filter((step) => step !== at),
        (change) => change.place === place && change.to !== null,
        (change) => `${(place ?? object).replace(/@.*$/, '')} had become ${change.to}`,
      );
    default:
      return null;
  }
}

type Changes = ReplayStep['changes'][number];

function lastChange(
  steps: readonly ReplayStep[],
  wanted: (change: Changes) => boolean,
  what: string | ((change: Changes) => string),
): Conflict | null {
  for (const step of steps.toReversed()) {
    const change = step.changes.findLast(wanted);
    if (!change) continue;
    const index = step.operations.findLastIndex((operation) =>
      operation.changes.some((made) => made.place === change.place && made.to === change.to),
    );
    const {
      text,
      function: name,
      place,
    } = index < 0 ? summariseStep(step) : summariseOperation(step.operations[index]!);
    const told = typeof what === 'string' ? what : what(change);
    const where = functionText(name, place);
    return {
      landmark: { step: step.number, operation: index < 0 ? null : index },
      sentence: `${told} in step ${step.number} by thread ${step.thread}: ${text} in ${where}.`,
    };
  }
  return null;
}

/** Who still waits, and who still holds references, at the end of a run. */
function remaining(run: Replay, violation: ReplayViolation): string[] {
  const sentences: string[] = [];
  if (violation.property === 'deadlock' || violation.property === 'unregister-returns') {
    for (const { thread, stack } of run.standing) {
      const frame = stack.find((candidate) => candidate.isCode) ?? stack[0];
      if (frame) sentences.push(`Thread ${thread} stands at ${frame.text} in ${frameText(frame)}.`);
    }
    for (const { thread, lock } of run.steps.at(-1)?.locks ?? []) sentences.push(`Thread ${thread} holds ${lock}.`);
  }
  for (const count of lastHolders(run)) {
    const concerns = count.count === violation.place || violation.property === 'unregister-returns';
    if (concerns && count.holders.length > 0) sentences.push(tellHolders(count));
  }
  return sentences;
}

/** Every count as it is after the last step. */
function lastHolders(run: Replay): HeldCount[] {
  const counts = new Map(run.holders.map((count) => [count.count, count]));
  for (const step of run.steps) for (const count of step.holders) counts.set(count.count, count);
  return [...counts.values()];
}

/** `tee_device#0.num_users is 2, held by: A in tee_device_get since step 7, …` */
export function tellHolders(count: HeldCount): string {
  const holders = count.holders.map(
    ({ thread, function: name, step, keptIn }) =>
      `${keptIn ?? thread} (taken by ${thread} in ${name}, ${step === 0 ? 'setup' : `step ${step}`})`,
  );
  return `${count.count} is ${count.value}, held by ${holders.join(', ')}.`;
}

function racing(run: Replay, violation: ReplayViolation): string[] {
  const other = run.standing.find(
    ({ thread, stack }) => thread !== violation.thread && violation.via.endsWith(`against ${stack[0]?.function}`),
  );
  const frame = other?.stack[0];
  if (!other || !frame) return [];
  return [
    `Thread ${other.thread} can do ${frame.text} in ${frameText(frame)} at the same moment: nothing orders the two.`,
  ];
}

function frameText({ function: name, place }: ReplayFrame): string {
  return functionText(name, place);
}

function functionText(name: string, place: SourceSpan): string {
  return `${name} (${place.file}${place.line === undefined ? '' : `:${place.line}`})`;
}
