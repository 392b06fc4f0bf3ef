import type { Move } from '../../checker/explore/search.js';
import { StateStore } from '../../checker/explore/stateStore.js';
import { findingId } from '../../checker/finding/findingId.js';
import { lockOrderViolation, racesOf } from '../../checker/replay/replay.js';
import { ScheduleRunner } from '../../checker/replay/scheduleRunner.js';
import { segmentsOf } from '../../checker/system/segments.js';
import type { Violation } from '../../checker/system/step.js';
import type { LinkedSystem } from '../../checker/system/linkedSystem.js';

/** A schedule and what it shows. */
export interface ShownFinding {
  readonly schedule: readonly Move[];
  readonly unstableFields: readonly string[];
  /** Id of the finding. */
  readonly id: string;
  /** The way in, which stays the same; null for any. */
  readonly via: string | null;
}

/** The best schedule found. */
export interface Minimized {
  readonly schedule: readonly Move[];
  readonly switches: number;
  /** False if the search stopped at its limit: there may be a schedule with fewer switches. */
  readonly complete: boolean;
}

const defaultMaxSteps = 30_000;

/** How often a schedule changes threads. */
export function countSwitches(schedule: readonly Move[]): number {
  return schedule.filter((move, index) => index > 0 && schedule[index - 1]!.thread !== move.thread).length;
}

/**
 * The interleaving with the fewest thread switches in which every thread makes the moves that it makes in the given schedule, and
 * which shows the same finding by the same way in. It is never longer.
 *
 * A search by cost, which is 0 for another move of the same thread and 1 for a switch (R. B. Dial, Shortest-path forest with topological
 * ordering, 1969): a position that was reached in the same state before is not entered again. Deterministic. Limits: schedules in which a thread
 * does something else are not tried, although one of the same length may have fewer switches; and at most `maxSteps` steps are made in all.
 */
export function minimizeSwitches(system: LinkedSystem, shown: ShownFinding, maxSteps = defaultMaxSteps): Minimized {
  const runner = new ScheduleRunner(system, shown.unstableFields);
  const best = new SwitchSearch(runner, shown, maxSteps).best();
  runner.release();
  return best;
}

/** Where a run stands that makes the moves of the schedule in another order. */
interface Position {
  /** Number of the state. */
  readonly state: number;
  /** By thread, how many moves it has made. */
  readonly made: readonly number[];
  /** The last of them all, and where it was made; null at the start. */
  readonly before: Position | null;
  readonly move: Move | null;
}

/** The next move of a thread at a position. */
interface Task {
  readonly position: Position;
  readonly thread: number;
  /** How many it has taken, that to this thread among them. */
  readonly switches: number;
}

class SwitchSearch {
  private readonly shown: ShownFinding;
  private readonly runner: ScheduleRunner;
  private readonly store: StateStore;
  /** The state loaded last. */
  private readonly current: Int32Array;
  /** The moves of each thread, in order. */
  private readonly moves: readonly (readonly Move[])[];
  private readonly entered = new Set<string>();
  /** By the fewest switches with which they may come to the end, what is to be tried. */
  private readonly tasks: Task[][] = [];
  private stepsLeft: number;

  constructor(runner: ScheduleRunner, shown: ShownFinding, maxSteps: number) {
    this.shown = shown;
    this.runner = runner;
    const { system, interpreter } = runner;
    this.moves = system.threads.map(({ index }) => shown.schedule.filter(({ thread }) => thread === index));
    this.stepsLeft = maxSteps;
    this.store = new StateStore(segmentsOf(system));
    this.current = new Int32Array(system.width);
    runner.start();
    this.store.insert(interpreter.words, interpreter.changed, 0);
  }

  best(): Minimized {
    const { schedule } = this.shown;
    const worst = countSwitches(schedule);
    const start: Position = { state: 0, made: this.moves.map(() => 0), before: null, move: null };
    for (const { index } of this.runner.system.threads) this.plan({ position: start, thread: index, switches: 0 });
    for (let least = 0; least < worst; least += 1) {
      for (let task = this.tasks[least]?.pop(); task; task = this.tasks[least]!.pop()) {
        const found = this.run(task, worst - 1);
        if (found) return { schedule: found, switches: least, complete: true };
        if (this.stepsLeft <= 0) return { schedule, switches: worst, complete: false };
      }
    }
    return { schedule, switches: worst, complete: true };
  }

  /** Puts a task beside those that take as many switches at the least: one for each other thread that has moves left. */
  private plan(task: Task): void {
    const { made } = task.position;
    const left = this.moves.filter((all, other) => other !== task.thread && made[other]! < all.length).length;
    (this.tasks[task.switches + left] ??= []).push(task);
  }

  /** Runs a thread on as far as it comes; the moves that show the finding, or null. What other threads could do on the way is left for later. */
  private run({ position, thread, switches }: Task, most: number): Move[] | null {
    const { runner, store, moves } = this;
    const { interpreter } = runner;
    let at = position;
    while (this.enter(at, thread)) {
      const move = moves[thread]![at.made[thread]!];
      if (!move || this.stepsLeft <= 0) break;
      store.load(at.state, this.current);
      runner.goTo(this.current);
      const made = at.made.map((count, other) => (other === thread ? count + 1 : count));
      const isLast = made.every((count, other) => count === moves[other]!.length);
      const outcome = this.make(move, isLast);
      if (outcome === 'shown') return movesTo({ state: -1, made, before: at, move });
      if (outcome === 'over' || isLast) break;
      const number = store.insert(interpreter.words, interpreter.changed, interpreter.changes);
      at = { state: number < 0 ? -1 - number : number, made, before: at, move };
      // A thread that runs on for longer is tried first, being planned last.
      for (let other = 0; other < moves.length; other += 1)
        if (other !== thread && made[other]! < moves[other]!.length && switches < most)
          this.plan({ position: at, thread: other, switches: switches + 1 });
    }
    return null;
  }

  /** Whether a thread has not gone on from a position yet. Who comes first has come with the fewest switches. */
  private enter({ state, made }: Position, thread: number): boolean {
    const key = `${state} ${thread} ${made.join()}`;
    if (this.entered.has(key)) return false;
    this.entered.add(key);
    return true;
  }

  /** Makes a move: whether it shows the finding, and whether the run can go on behind it. */
  private make(move: Move, isLast: boolean): 'shown' | 'over' | 'done' {
    const { runner, shown } = this;
    this.stepsLeft -= 1;
    const isRace = shown.id.startsWith('data-race-');
    const races = isRace ? racesOf(runner, move) : [];
    if (!runner.canMove(move)) return 'over';
    const { violations, lockEdges } = runner.interpreter;
    const order = lockEdges.map((edge) => lockOrderViolation(edge, move.thread));
    if ([...violations, ...races, ...order].some((violation) => this.isWanted(violation))) return 'shown';
    if (runner.isOver) return 'over';
    if (!isLast || runner.enabled().length > 0) return 'done';
    const left = runner.interpreter.endViolations(runner.reference);
    return left.some((violation) => this.isWanted(violation)) ? 'shown' : 'done';
  }

  private isWanted(violation: Violation): boolean {
    const { id, via } = this.shown;
    return findingId(violation) === id && (via === null || via === violation.via);
  }
}

function movesTo(position: Position): Move[] {
  const moves: Move[] = [];
  for (let at: Position | null = position; at?.move; at = at.before) moves.push(at.move);
  return moves.reverse();
}
