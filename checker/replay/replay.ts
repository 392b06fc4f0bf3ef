import type { Result } from '../../models/base/result.js';
import { err, ok } from '../../models/base/result.js';
import { dataRaces } from '../explore/dataRaces.js';
import { endlessViolations } from '../explore/endlessRun.js';
import type { Move } from '../explore/search.js';
import { findingId } from '../finding/findingId.js';
import type { Interpreter } from '../system/interpreter.js';
import type { Violation } from '../system/step.js';
import type { LinkedSystem, StaticFinding } from '../system/linkedSystem.js';
import { UnstableField } from '../system/sharedWords.js';
import { frameOf, Recorder } from './recorder.js';
import type {
  Change,
  HeldLock,
  Replay,
  ReplayFrame,
  ReplayOperation,
  ReplayStep,
  ReplayViolation,
} from './replayData.js';
import type { ReplayError } from './scheduleRunner.js';
import { ScheduleRunner } from './scheduleRunner.js';

/**
 * Runs a schedule step by step and tells what happens.
 *
 * `cycle` are moves that the run makes for ever after the schedule; they are told once. `unstableFields` must be those of the search that made the schedule: which accesses are steps of their own depends on them.
 * The error says which step does not fit, and what was possible instead. Deterministic: the same arguments give equal data.
 */
export function replay(
  system: LinkedSystem,
  schedule: readonly Move[],
  unstableFields: readonly string[],
  cycle: readonly Move[] = [],
): Result<Replay, ReplayError> {
  let recorder!: Recorder;
  const runner = new ScheduleRunner(system, unstableFields, (interpreter) => {
    recorder = new Recorder(system, interpreter);
    interpreter.observer = recorder;
    recorder.begin(0);
  });
  const { interpreter } = runner;
  runner.start();
  const holders = recorder.holders.all(interpreter.words);
  recorder.holders.changed(interpreter.words);
  const steps: ReplayStep[] = [];
  let endless: readonly Violation[] = [];
  for (const [index, move] of [...schedule, ...cycle].entries()) {
    if (index === schedule.length) endless = endlessFrom(interpreter, cycle);
    const races = racesOf(runner, move);
    const stack = system.threads[move.thread] ? recorder.stackOf(move.thread) : [];
    recorder.begin(index + 1);
    const moved = runner.move(move);
    if (!moved.ok) return err(moved.error);
    const cut =
      moved.value === 'cut' ? (interpreter.violations.findLast((violation) => violation.ends)?.node ?? -1) : -1;
    const { operations, changes } = recorder.finish(move.thread, cut);
    const tell = (violation: Violation) => violationData(system, operations, stack, violation);
    steps.push({
      number: index + 1,
      thread: system.threads[move.thread]!.name,
      stack,
      operations,
      main: mainOperation(operations),
      changes: meaningful(changes),
      locks: heldLocks(system, interpreter),
      holders: recorder.holders.changed(interpreter.words),
      violations: [...interpreter.violations, ...races].map(tell),
      lockOrder: interpreter.lockEdges.map((edge) => tell(lockOrderViolation(edge, move.thread))),
    });
  }
  const enabled = runner.enabled();
  const isEnd = enabled.length === 0 && !runner.isOver;
  const end = isEnd
    ? interpreter.endViolations(runner.reference).map((violation) => violationData(system, [], [], violation))
    : endless.map((violation) => violationData(system, [], [], violation));
  const standing = system.threads
    .filter(({ index }) => !interpreter.isFinished(index))
    .map(({ index, name }) => ({ thread: name, stack: recorder.stackOf(index) }));
  runner.release();
  return ok({
    revision: system.revision.id,
    scenario: system.scenario.id,
    threads: system.threads.map(({ name, process }) => ({ name, process })),
    holders,
    steps,
    ...(endless.length > 0 ? { repeatsFrom: schedule.length + 1 } : {}),
    enabled: enabled.map((thread) => system.threads[thread]!.name),
    end,
    byCode: system.staticFindings.map((finding) => violationOfCode(system, finding)),
    standing,
  });
}

/** What going round the cycle for ever breaks; the state stays as it is, and nobody who watches sees it. */
function endlessFrom(interpreter: Interpreter, cycle: readonly Move[]): readonly Violation[] {
  const { observer, words } = interpreter;
  const state = words.slice();
  interpreter.observer = null;
  try {
    return endlessViolations(interpreter, cycle);
  } catch (error) {
    // On another revision than the one that was searched nobody checked what the schedule assumes.
    if (!(error instanceof UnstableField)) throw error;
    return [];
  } finally {
    words.set(state);
    interpreter.observer = observer;
  }
}

/** Whether a replay breaks the property of this finding, anywhere. */
export function showsFinding(run: Replay, id: string): boolean {
  return findViolation(run, id) !== null;
}

/** A violation and the step that makes it; null for the end of the run, and for what the code alone shows. */
export interface ShownViolation {
  readonly violation: ReplayViolation;
  readonly step: ReplayStep | null;
}

/**
 * Where a replay shows a finding: of several places the last one, because a schedule ends with what it was made for; by the way in `via`, if
 * it is given and there is such a place.
 */
export function findViolation(run: Replay, id: string, via?: string): ShownViolation | null {
  const all: ShownViolation[] = [
    ...[...run.end, ...run.byCode].map((violation) => ({ violation, step: null })),
    ...run.steps
      .toReversed()
      .flatMap((step) => [...step.violations, ...step.lockOrder].map((violation) => ({ violation, step }))),
  ];
  const shown = all.filter(({ violation }) => violation.id === id);
  return shown.find(({ violation }) => violation.via === via) ?? shown[0] ?? null;
}

/** The violations that the next move makes together with a step that another thread could make at the same time. */
export function racesOf(runner: ScheduleRunner, move: Move): Violation[] {
  const own = runner.accessesOfMove(move);
  // The other threads' next steps are worth trying only if there is something that they could race with.
  if (!own.some(({ writes }) => writes)) return [];
  const accesses = runner.system.threads.flatMap(({ index }) =>
    index === move.thread ? own : runner.accessesOf(index),
  );
  return dataRaces(runner.system, accesses)
    .filter(({ writer }) => writer.thread === move.thread)
    .map(({ violation }) => violation);
}

function violationOfCode(system: LinkedSystem, finding: StaticFinding): ReplayViolation {
  const { property, tag, cell, title } = finding;
  const key = { property, tag, cell, operation: 'refuse', conflict: '' };
  const index = system.functionIndex.get(finding.function);
  const entry = index === undefined ? undefined : system.nodes[system.functions[index]!.entry];
  return {
    id: findingId(key),
    property,
    title,
    place: null,
    object: null,
    operation: key.operation,
    conflict: '',
    thread: '',
    via: `${tag}.${cell}`,
    location: entry?.node.span ?? null,
    caller: entry ? frameOf(entry, undefined) : null,
    ends: false,
  };
}

/** A lock taken inside another, as the violation that it is if some other run takes them the other way round. */
export function lockOrderViolation(edge: Interpreter['lockEdges'][number], thread: number): Violation {
  const [tag = '', ...path] = edge.held.split('.');
  return {
    property: 'lock-order',
    tag,
    cell: path.join('.'),
    operation: 'lock',
    conflict: edge.taken,
    thread,
    node: edge.node,
    via: '',
    ends: false,
    title: `${edge.taken} is taken while ${edge.held} is held`,
    object: -1,
  };
}

function violationData(
  system: LinkedSystem,
  operations: readonly ReplayOperation[],
  stack: readonly ReplayFrame[],
  violation: Violation,
): ReplayViolation {
  const { property, title, operation, conflict, via, ends, cell } = violation;
  const object = system.objects[violation.object]?.name ?? null;
  const place =
    object === null || cell === '' ? object : cell.startsWith('@') ? `${object}${cell}` : `${object}.${cell}`;
  return {
    id: findingId(violation),
    property,
    title,
    place,
    object,
    operation,
    conflict,
    thread: system.threads[violation.thread]!.name,
    via,
    location: system.nodes[violation.node]?.node.span ?? null,
    caller: callerOf(system, operations, stack, violation),
    ends,
  };
}

/** Where the code that is no kernel API stood: in the operation that broke the property, or before the step. */
function callerOf(
  system: LinkedSystem,
  operations: readonly ReplayOperation[],
  stack: readonly ReplayFrame[],
  violation: Violation,
): ReplayFrame | null {
  const node = system.nodes[violation.node];
  if (!node) return null;
  const id = findingId(violation);
  const operation = operations.find(({ breaks }) => breaks.includes(id));
  if (operation?.within) return operation.within;
  const own = frameOf(node, undefined);
  return operation || own.isCode ? own : (stack.find((frame) => frame.isCode) ?? own);
}

/** A step makes its visible operation after all others on shared memory. Where it makes none: the last that changed something. */
export function mainOperation(operations: readonly ReplayOperation[]): number {
  const failed = operations.findIndex((operation) => operation.failed);
  if (failed >= 0) return failed;
  const shared = operations.findLastIndex((operation) => operation.shared);
  if (shared >= 0) return shared;
  const changing = operations.findLastIndex((operation) => operation.changes.length > 0);
  return changing >= 0 ? changing : operations.length - 1;
}

function heldLocks(system: LinkedSystem, interpreter: Interpreter): HeldLock[] {
  return system.threads.flatMap(({ index, name }) =>
    interpreter.heldLocks(index).map((lock) => ({ thread: name, lock })),
  );
}

/** One word may change several times in a step: a change and its undoing are not told. */
function meaningful(changes: readonly Change[]): Change[] {
  const result: Change[] = [];
  for (const change of changes) {
    const index =
      change.from === null
        ? -1
        : result.findIndex((earlier) => earlier.place === change.place && earlier.from !== null);
    if (index < 0) {
      result.push(change);
      continue;
    }
    const from = result[index]!.from;
    if (from === change.to) result.splice(index, 1);
    else result[index] = { ...change, from, text: `${change.place}: ${from} → ${change.to}` };
  }
  return result;
}
