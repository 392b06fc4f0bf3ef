import { createHash } from 'node:crypto';
import type { Move } from '../../checker/explore/search.js';
import { findingId } from '../../checker/finding/findingId.js';
import { lockOrderViolation, racesOf } from '../../checker/replay/replay.js';
import { ScheduleRunner } from '../../checker/replay/scheduleRunner.js';
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
 * Iterative deepening over the number of switches (R. E. Korf, Depth-first iterative-deepening, 1985); positions reached before in
 * the same state with no more switches are not entered again. Deterministic. Limits: schedules in which a thread does something else
 * are not tried, although one of the same length may have fewer switches; and at most `maxSteps` steps are made in all.
 */
export function minimizeSwitches(system: LinkedSystem, shown: ShownFinding, maxSteps = defaultMaxSteps): Minimized {
  const runner = new ScheduleRunner(system, shown.unstableFields);
  const best = new SwitchSearch(runner, shown, maxSteps).best();
  runner.release();
  return best;
}

class SwitchSearch {
  private readonly shown: ShownFinding;
  private readonly runner: ScheduleRunner;
  /** The moves of each thread, in order. */
  private readonly moves: readonly (readonly Move[])[];
  private readonly positions: number[];
  private readonly path: Move[] = [];
  /** Fewest switches with which a position was entered in a state, in this round. */
  private readonly entered = new Map<string, number>();
  private stepsLeft: number;

  constructor(runner: ScheduleRunner, shown: ShownFinding, maxSteps: number) {
    this.shown = shown;
    this.runner = runner;
    this.moves = runner.system.threads.map(({ index }) => shown.schedule.filter(({ thread }) => thread === index));
    this.positions = this.moves.map(() => 0);
    this.stepsLeft = maxSteps;
  }

  best(): Minimized {
    const { schedule } = this.shown;
    const worst = countSwitches(schedule);
    for (let bound = this.fewest(); bound < worst; bound += 1) {
      const found = this.within(bound);
      if (found) return { schedule: found, switches: countSwitches(found), complete: true };
      if (this.isExhausted) return { schedule, switches: worst, complete: false };
    }
    return { schedule, switches: worst, complete: true };
  }

  private get isExhausted(): boolean {
    return this.stepsLeft <= 0;
  }

  /** A lower bound: every thread that moves is entered once. */
  private fewest(): number {
    return Math.max(0, this.moves.filter(({ length }) => length > 0).length - 1);
  }

  /** A schedule with at most that many switches, or null. */
  private within(bound: number): Move[] | null {
    this.entered.clear();
    this.positions.fill(0);
    this.path.length = 0;
    this.runner.start();
    return this.go(-1, 0, bound) ? [...this.path] : null;
  }

  private go(last: number, switches: number, bound: number): boolean {
    if (!this.enter(last, switches, bound)) return false;
    const { words } = this.runner.interpreter;
    const state = words.slice();
    for (const thread of this.inOrder(last)) {
      const move = this.moves[thread]![this.positions[thread]!];
      if (!move || this.isExhausted) continue;
      const cost = switches + (last >= 0 && last !== thread ? 1 : 0);
      if (cost > bound) continue;
      this.runner.goTo(state);
      this.path.push(move);
      this.positions[thread]! += 1;
      if (this.make(move) || (!this.runner.isOver && this.go(thread, cost, bound))) return true;
      this.positions[thread]! -= 1;
      this.path.pop();
    }
    return false;
  }

  /** Whether it is worth going on from here. */
  private enter(last: number, switches: number, bound: number): boolean {
    const waiting = this.moves.filter(
      (moves, thread) => thread !== last && this.positions[thread]! < moves.length,
    ).length;
    if (switches + (last < 0 ? waiting - 1 : waiting) > bound) return false;
    const { words } = this.runner.interpreter;
    const digest = createHash('sha1')
      .update(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
      .digest('base64');
    const key = `${last} ${this.positions.join()} ${digest}`;
    if ((this.entered.get(key) ?? Infinity) <= switches) return false;
    this.entered.set(key, switches);
    return true;
  }

  /** The thread that runs first, then the others by number. */
  private inOrder(last: number): number[] {
    const threads = this.moves.map((_, thread) => thread);
    return last < 0 ? threads : [last, ...threads.filter((thread) => thread !== last)];
  }

  /** Makes a move; true if it shows the finding. After a move that is not possible the runner is over. */
  private make(move: Move): boolean {
    const { runner, shown } = this;
    this.stepsLeft -= 1;
    const isRace = shown.id.startsWith('data-race-');
    const races = isRace ? racesOf(runner, move) : [];
    if (!runner.canMove(move)) return false;
    const { violations, lockEdges } = runner.interpreter;
    const order = lockEdges.map((edge) => lockOrderViolation(edge, move.thread));
    if ([...violations, ...races, ...order].some((violation) => this.isWanted(violation))) return true;
    const isLast = this.positions.every((position, thread) => position === this.moves[thread]!.length);
    if (!isLast || runner.isOver || runner.enabled().length > 0) return false;
    return runner.interpreter.endViolations(runner.reference).some((violation) => this.isWanted(violation));
  }

  private isWanted(violation: Violation): boolean {
    const { id, via } = this.shown;
    return findingId(violation) === id && (via === null || via === violation.via);
  }
}
