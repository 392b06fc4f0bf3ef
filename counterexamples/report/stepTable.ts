import type { Change, Replay, ReplayFrame, ReplayOperation, ReplayStep } from '../../checker/replay/replayData.js';
import { summariseOperation, summariseStep } from '../../checker/replay/stepSummary.js';

/** A line of the table: one step, or several consecutive ones of one thread. */
export interface StepRow {
  readonly first: number;
  readonly last: number;
  readonly thread: string;
  /** Function and place: `tee_device_put tee_core.c:104`. */
  readonly where: string;
  /** What it did, the telling operations only. */
  readonly what: readonly string[];
  readonly mark: 'breaks' | 'conflicts' | null;
}

/** Steps that must be told on their own: where the property breaks, and the step that conflicts with it; null for none. */
export interface Landmarks {
  readonly breaks: number | null;
  readonly conflicts: number | null;
}

/**
 * The steps of a replay as a table of at most about `maxRows` rows.
 *
 * Steps of one thread in one function become one row. If that is still too long, what lies between the landmarks, the failures and
 * the changes of thread is merged further: by system call, then altogether.
 */
export function stepTable(run: Replay, landmarks: Landmarks, maxRows: number): StepRow[] {
  const steps = run.steps.map((step) => describe(step, run.steps[step.number]?.thread, landmarks));
  let groups = merge(
    steps.map((step) => [step]),
    (one, other) => one.mark === null && other.mark === null && one.function === other.function,
  );
  const isDull = (step: Described) => !step.isImportant;
  if (groups.length > maxRows)
    groups = merge(groups, (one, other) => isDull(one) && isDull(other) && one.entry === other.entry);
  if (groups.length > maxRows) groups = merge(groups, (one, other) => isDull(one) && isDull(other));
  return groups.map(rowOf);
}

/** An operation as one phrase, with what is needed to choose among them. */
interface Act {
  readonly text: string;
  readonly operations: readonly ReplayOperation[];
  readonly changes: readonly Change[];
}

interface Described {
  readonly step: ReplayStep;
  readonly function: string;
  readonly where: string;
  /** The outermost function that is no environment: the system call. */
  readonly entry: string;
  readonly acts: readonly Act[];
  readonly mark: StepRow['mark'];
  readonly isImportant: boolean;
}

function describe(step: ReplayStep, next: string | undefined, landmarks: Landmarks): Described {
  const { function: name, place } = summariseStep(step);
  const mark = step.number === landmarks.breaks ? 'breaks' : step.number === landmarks.conflicts ? 'conflicts' : null;
  const hasFailure = step.operations.some((operation) => operation.fault);
  return {
    step,
    function: name,
    where: whereOf(name, place),
    entry: entryOf(step.stack)?.function ?? name,
    acts: actsOf(step.operations),
    mark,
    isImportant: mark !== null || hasFailure || (next !== undefined && next !== step.thread),
  };
}

function whereOf(name: string, place: ReplayFrame['place']): string {
  const base = place.file.replace(/^.*\//, '');
  return `${name} ${base}${place.line === undefined ? '' : `:${place.line}`}`;
}

function entryOf(stack: readonly ReplayFrame[]): ReplayFrame | undefined {
  return stack.findLast((frame) => frame.origin !== 'environment');
}

/** Joins neighbours of one thread as long as the last step of one and the first of the next may be joined. */
function merge(groups: readonly Described[][], mayJoin: (one: Described, other: Described) => boolean): Described[][] {
  const joined: Described[][] = [];
  for (const group of groups) {
    const last = joined.at(-1);
    const isSame = last?.[0]?.step.thread === group[0]?.step.thread;
    if (last && isSame && last.every((one) => group.every((other) => mayJoin(one, other)))) last.push(...group);
    else joined.push([...group]);
  }
  return joined;
}

function actsOf(operations: readonly ReplayOperation[]): Act[] {
  const acts: { key: string; act: Act }[] = [];
  for (const operation of operations) {
    const { text, function: name, place } = summariseOperation(operation);
    const isPart = operation.within !== null && operation.within.origin !== 'environment';
    const key = isPart || operation.kind === 'call' ? `${name} ${place.line ?? ''} ${text}` : '';
    const changes = operation.changes.filter((change) => !change.local);
    const last = acts.at(-1);
    if (last && key !== '' && last.key === key) {
      last.act = { text, operations: [...last.act.operations, operation], changes: [...last.act.changes, ...changes] };
    } else {
      acts.push({ key, act: { text, operations: [operation], changes } });
    }
  }
  return acts.map(({ act }) => act);
}

function rowOf(group: readonly Described[]): StepRow {
  const [first] = group;
  const last = group.at(-1)!;
  const functions = new Set(group.map((step) => step.function));
  return {
    first: first!.step.number,
    last: last.step.number,
    thread: first!.step.thread,
    where: functions.size === 1 ? commonPlace(group) : `${last.entry} …`,
    what: functions.size === 1 ? actsOfRow(group) : netEffects(group),
    mark: group.find((step) => step.mark !== null)?.mark ?? null,
  };
}

/** `tee_rstmem_alloc tee_rstmem.c:131–140`. */
function commonPlace(group: readonly Described[]): string {
  const [from, to] = [group[0]!.where, group.at(-1)!.where];
  const line = /:(\d+)$/.exec(to)?.[1];
  return from === to || line === undefined || !/:\d+$/.test(from) ? from : `${from}–${line}`;
}

/** What the steps of one function did: what changes nothing is told only if nothing else is. */
function actsOfRow(group: readonly Described[]): string[] {
  const acts = group.flatMap((step) => step.acts);
  const telling = acts.filter(isTelling);
  const main = group.map((step) => step.step.operations[step.step.main]).filter((operation) => operation !== undefined);
  if (telling.length === 0) return main.slice(-2).map(tellRead);
  const { inside, rest } = sectionsOf(telling);
  const told = rest.map(tellAct);
  const last = main.at(-1)!;
  // A read before a change of thread is often the point of it.
  if (group.at(-1)!.isImportant && last.changes.length === 0 && !rest.some((act) => act.operations.includes(last)))
    told.push(tellRead(last));
  if (inside === null) return told;
  return told.length === 0 ? [`lock and unlock ${inside}`] : [`with ${inside}: ${told[0]}`, ...told.slice(1)];
}

function isTelling(act: Act): boolean {
  return act.changes.length > 0 || act.operations.some((operation) => operation.failed || operation.fault);
}

/** Takes out a lock that is taken and given back between other acts: it is told in front of them. */
function sectionsOf(acts: readonly Act[]): { readonly inside: string | null; readonly rest: readonly Act[] } {
  const lock = acts.find((act) => /^(?:mutex|spin)_lock\(/.test(act.text));
  const name = lock === undefined ? undefined : /\(&?(.*)\)$/.exec(lock.text)?.[1];
  const unlock = acts.find((act) => name !== undefined && new RegExp(`_unlock\\(&?${escape(name)}\\)$`).test(act.text));
  if (!lock || !unlock || name === undefined || unlock.operations.some((operation) => operation.failed))
    return { inside: null, rest: acts };
  if (acts.indexOf(unlock) < acts.indexOf(lock)) return { inside: null, rest: acts };
  return { inside: name, rest: acts.filter((act) => act !== lock && act !== unlock) };
}

function tellAct(act: Act): string {
  const failure = act.operations.find((operation) => operation.fault);
  const choice = failure ? ` → ${failure.text.replace(/^.*: /, '')}` : '';
  const [first] = act.operations;
  if (first?.kind === 'choice' && act.operations.length === 1) return first.text.replace(/: /, ' → ');
  const change = act.changes.find(({ from, place }) => from !== null && !place.includes('@'));
  if (first?.kind === 'store' && act.operations.length === 1 && change) {
    return `${act.text.replace(/ = .*$/s, '')}: ${short(change.from)} → ${short(change.to)}`;
  }
  if (first?.kind === 'alloc') return `${act.text}, ${first.changes[0]?.object ?? ''}`;
  const isCount = change !== undefined && /^(?:live\(\d+\)|zero|saturated)$/.test(change.to ?? '');
  return `${act.text}${isCount ? ` (${short(change.from)} → ${short(change.to)})` : ''}${choice}`;
}

function tellRead(operation: ReplayOperation): string {
  const { text } = summariseOperation(operation);
  return operation.kind === 'load' && operation.value !== null
    ? `${text.replace(/ \((?:marked|atomic)\)$/, '')} is ${operation.value}`
    : text;
}

/** The lasting changes of steps in several functions, the weightiest first. */
function netEffects(group: readonly Described[]): string[] {
  const failures = group.flatMap((step) =>
    step.acts.filter((act) => act.operations.some((operation) => operation.fault)).map(tellAct),
  );
  const changes = group.flatMap((step) => step.acts.flatMap((act) => act.changes));
  const objects = changes.filter(
    ({ from, text }) => from === null && / (?:allocated|freed by .*|published, .*)$/.test(text),
  );
  const lasting = new Map<string, { from: string | null; to: string | null }>();
  for (const { place, from, to } of changes) {
    if (from === null || place.includes('@')) continue;
    lasting.set(place, { from: lasting.has(place) ? lasting.get(place)!.from : from, to });
  }
  const gone = new Set(objects.filter(({ text }) => text.includes(': freed')).map(({ object }) => object));
  const isTold = (place: string) => ![...gone].some((object) => place.startsWith(`${object}.`));
  const cells = [...lasting]
    .filter(
      ([place, { from, to }]) => from !== to && isTold(place) && !/\.(?:flags|size|use_case|paddr|id)$/.test(place),
    )
    .map(([place, { from, to }]) => `${place} ${short(from)} → ${short(to)}`);
  const told = objects.map(({ object, text }) => `${object} ${text.replace(/^.*: /, '').replace(/, other.*$/, '')}`);
  const effects = [...failures, ...told, ...cells];
  return effects.length > 0 ? effects : ['nothing that lasts'];
}

function short(value: string | null): string {
  return value === null ? '' : value === 'zero' ? '0' : value.replace(/^live\((\d+)\)$/, '$1');
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
