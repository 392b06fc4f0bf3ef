import type { Landmark } from '../../checker/replay/explainFinding.js';
import type { Change, Replay, ReplayFrame, ReplayOperation, ReplayStep } from '../../checker/replay/replayData.js';
import { summariseOperation } from '../../checker/replay/stepSummary.js';

/** A line of the table: what one thread did in one function, in one step or several. */
export interface StepRow {
  readonly first: number;
  readonly last: number;
  readonly thread: string;
  /** Function and place: `tee_device_put tee_core.c:104`. */
  readonly where: string;
  /** What it did, the telling operations only. */
  readonly what: readonly string[];
  readonly mark: Mark | null;
}

/** The operation that breaks the property, and the earlier one that it conflicts with. */
export type Mark = 'breaks' | 'conflicts';

/** What must be told on its own; null for none. */
export interface Landmarks {
  readonly breaks: Landmark | null;
  readonly conflicts: Landmark | null;
}

/**
 * The steps of a replay as a table of about `maxRows` rows.
 *
 * It ends with the operation that breaks the property. What a thread does in one function becomes one row, although a step may cross functions. If that is still too long, what lies
 * between the landmarks, the failures and the changes of thread is merged further: by system call, then altogether.
 */
export function stepTable(run: Replay, landmarks: Landmarks, maxRows: number): StepRow[] {
  const all = run.steps.flatMap((step) => actsOf(step, run.steps[step.number]?.thread, landmarks));
  const end = all.findIndex((act) => act.mark === 'breaks');
  const acts = end < 0 ? all : all.slice(0, end + 1);
  const isDull = (act: Act) => !act.isImportant;
  const byFunction = merge(
    acts.map((act) => [act]),
    (one, other) => one.mark === null && other.mark === null && one.function === other.function,
  );
  const byEntry = mergeFirst(
    byFunction,
    maxRows,
    (one, other) => isDull(one) && isDull(other) && one.entry === other.entry,
  );
  return mergeFirst(byEntry, maxRows, (one, other) => isDull(one) && isDull(other)).map(rowOf);
}

/** Merges as much of the beginning as it takes to come down to `wanted` groups: the end is what matters most. */
function mergeFirst(groups: readonly Act[][], wanted: number, mayJoin: (one: Act, other: Act) => boolean): Act[][] {
  for (let end = 0; end < groups.length; end += 1) {
    const merged = [...merge(groups.slice(0, end), mayJoin), ...groups.slice(end)];
    if (merged.length <= wanted) return merged;
  }
  return merge(groups, mayJoin);
}

/** An operation, or the parts of a call of the kernel API, as one phrase. */
interface Act {
  readonly step: number;
  readonly thread: string;
  readonly text: string;
  readonly function: string;
  readonly place: ReplayFrame['place'];
  /** The outermost function that is no environment: the system call. */
  readonly entry: string;
  readonly operations: readonly ReplayOperation[];
  /** Without those of local variables and of the monitor that watches system calls. */
  readonly changes: readonly Change[];
  readonly mark: Mark | null;
  /** It is told in a row of its own, or at the edge of one. */
  readonly isImportant: boolean;
}

function actsOf(step: ReplayStep, next: string | undefined, landmarks: Landmarks): Act[] {
  const markOf = (index: number): Mark | null => {
    const isAt = (landmark: Landmark | null) =>
      landmark?.step === step.number && (landmark.operation ?? step.main) === index;
    return isAt(landmarks.breaks) ? 'breaks' : isAt(landmarks.conflicts) ? 'conflicts' : null;
  };
  const isBeforeSwitch = next !== undefined && next !== step.thread;
  const acts: Act[] = [];
  for (const [index, operation] of step.operations.entries()) {
    const mark = markOf(index);
    const changes = operation.changes.filter((change) => !change.local && !change.place.endsWith('@syscall'));
    const isMain = index === step.main;
    const act = {
      step: step.number,
      thread: step.thread,
      ...summariseOperation(operation),
      entry: operation.entry,
      operations: [operation],
      changes,
      mark,
      isImportant: mark !== null || operation.fault || (isMain && isBeforeSwitch),
    };
    const last = acts.at(-1);
    const isSameCall = last?.text === act.text && last.function === act.function && last.place.line === act.place.line;
    if (last && isSameCall) acts[acts.length - 1] = join(last, act);
    else acts.push(act);
  }
  const main = step.operations[step.main];
  const isTold = (act: Act) =>
    isTelling(act) || act.mark !== null || (main !== undefined && act.operations.includes(main));
  return acts.filter(isTold);
}

function join(one: Act, other: Act): Act {
  return {
    ...one,
    operations: [...one.operations, ...other.operations],
    changes: [...one.changes, ...other.changes],
    mark: one.mark ?? other.mark,
    isImportant: one.isImportant || other.isImportant,
  };
}

/** Something changed that other threads can reach, an object came or went, or something failed. */
function isTelling(act: Act): boolean {
  const isShared = act.operations.some((operation) => operation.shared);
  if (act.changes.length > 0 && (isShared || act.changes.some(({ from }) => from === null))) return true;
  return act.operations.some((operation) => operation.failed || operation.fault);
}

/** Joins neighbours of one thread as long as every act of one may be joined with every act of the other. */
function merge(groups: readonly Act[][], mayJoin: (one: Act, other: Act) => boolean): Act[][] {
  const joined: Act[][] = [];
  for (const group of groups) {
    const last = joined.at(-1);
    const isSame = last?.[0]?.thread === group[0]?.thread;
    if (last && isSame && last.every((one) => group.every((other) => mayJoin(one, other)))) last.push(...group);
    else joined.push([...group]);
  }
  return joined;
}

function rowOf(group: readonly Act[]): StepRow {
  const first = group[0]!;
  const last = group.at(-1)!;
  const isOneFunction = group.every((act) => act.function === first.function);
  return {
    first: first.step,
    last: last.step,
    thread: first.thread,
    where: isOneFunction ? commonPlace(first, last) : `${last.entry} …`,
    what: isOneFunction ? actsOfFunction(group) : netEffects(group),
    mark: group.find((act) => act.mark !== null)?.mark ?? null,
  };
}

/** `tee_rstmem_alloc tee_rstmem.c:131–140`. */
function commonPlace(first: Act, last: Act): string {
  const base = first.place.file.replace(/^.*\//, '');
  const [from, to] = [first.place.line, last.place.line];
  if (from === undefined) return `${first.function} ${base}`;
  return `${first.function} ${base}:${from}${to === undefined || to <= from ? '' : `–${to}`}`;
}

/** What was done in one function: what changes nothing is told only where it matters. */
function actsOfFunction(group: readonly Act[]): string[] {
  const calls: Act[] = [];
  for (const act of group) {
    // The steps of one call: told once.
    const last = calls.at(-1);
    if (last?.text === act.text && last.place.line === act.place.line) calls[calls.length - 1] = join(last, act);
    else calls.push(act);
  }
  const telling = calls.filter((act) => isTelling(act) || act.isImportant);
  return tellAll(telling.length > 0 ? telling : calls.slice(-2));
}

/** What happens between taking and giving back a lock is told together. */
function tellAll(acts: readonly Act[]): string[] {
  const told: string[] = [];
  for (let index = 0; index < acts.length; index += 1) {
    const end = sectionEnd(acts, index);
    if (end === null) {
      told.push(tellAct(acts[index]!));
      continue;
    }
    const name = lockName(acts[index]!);
    const inner = tellAll(acts.slice(index + 1, end));
    told.push(inner.length === 0 ? `lock and unlock ${name}` : `with ${name}: ${inner.join(', ')}`);
    index = end;
  }
  return told;
}

/** Where the lock that is taken at `start` is given back; null if no lock is, or if one of the two matters for itself. */
function sectionEnd(acts: readonly Act[], start: number): number | null {
  const name = lockName(acts[start]!);
  if (name === null) return null;
  const end = acts.findIndex((act, index) => index > start && /_unlock\(&?(.*)\)$/.exec(act.text)?.[1] === name);
  return end >= 0 && [start, end].every((index) => acts[index]!.mark === null) ? end : null;
}

function lockName(act: Act): string | null {
  return /^(?:mutex|spin)_lock\(&?(.*)\)$/.exec(act.text)?.[1] ?? null;
}

function tellAct(act: Act): string {
  const [first] = act.operations;
  const failure = act.operations.find((operation) => operation.fault);
  const isAlone = act.operations.length === 1;
  if (first?.kind === 'choice' && isAlone) return first.text.replace(/: /, ' → ');
  if (first?.kind === 'alloc') return `${act.text}, ${first.changes[0]?.object ?? ''}`;
  if (first?.kind === 'free' && isAlone) return act.text.replace(/^end of \*/, 'frees ');
  const change = act.changes.find(({ from, place }) => from !== null && !place.includes('@'));
  if (first?.kind === 'store' && isAlone && change) {
    return `${act.text.replace(/ = .*$/s, '')} = ${short(change.to)} (was ${short(change.from)})`;
  }
  if (first?.kind === 'load' && isAlone && first.value !== null) {
    return `${act.text.replace(/^[\w%]+ = /, '').replace(/ \((?:marked|atomic)\)$/, '')} is ${first.value}`;
  }
  const isCount = change !== undefined && /^(?:live\(\d+\)|zero|saturated)$/.test(change.to ?? '');
  const count = isCount ? ` (${short(change.from)} → ${short(change.to)})` : '';
  return `${act.text}${count}${failure ? ` → ${failure.text.replace(/^.*: /, '')}` : ''}`;
}

/** The lasting changes of acts in several functions, the weightiest first. */
function netEffects(group: readonly Act[]): string[] {
  const failures = group.filter((act) => act.operations.some((operation) => operation.fault)).map(tellAct);
  const changes = group.flatMap((act) => act.changes);
  const whole = (pattern: RegExp) => changes.filter(({ from, text }) => from === null && pattern.test(text));
  const came = whole(/: allocated$/);
  const went = whole(/: freed by /);
  const known = new Set([...came, ...went].map(({ object }) => object));
  const published = whole(/: published/).filter(({ object }) => !known.has(object));
  const lasting = new Map<string, { readonly object: string; readonly from: string; readonly to: string | null }>();
  for (const { object, place, from, to } of changes) {
    if (from !== null && !place.includes('@'))
      lasting.set(place, { object, from: lasting.get(place)?.from ?? from, to });
  }
  const gone = new Set(went.map(({ object }) => object));
  const cells = [...lasting]
    .filter(([, { object, from, to }]) => from !== to && !gone.has(object))
    .map(([place, { from, to }]) => `${place} ${short(from)} → ${short(to)}`);
  const isCount = (cell: string) => /(?:count|users|ref) [^ ]+ → /.test(cell);
  const effects = [
    ...failures,
    ...came.filter(({ object }) => !gone.has(object)).map(({ object }) => `${object} allocated`),
    ...went.map(({ object }) => `${object} freed`),
    ...cells.filter(isCount),
    ...cells.filter((cell) => !isCount(cell)),
    ...published.map(({ object }) => `${object} published`),
  ];
  return effects.length > 0 ? effects : ['nothing that lasts'];
}

function short(value: string | null): string {
  return value === null ? '' : value === 'zero' ? '0' : value.replace(/^live\((\d+)\)$/, '$1');
}
