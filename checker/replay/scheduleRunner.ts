import type { Result } from '../../models/base/result.js';
import { err, ok } from '../../models/base/result.js';
import type { NextAccess } from '../explore/dataRaces.js';
import type { Move } from '../explore/search.js';
import { giveInterpreter, takeInterpreter } from '../system/idleInterpreters.js';
import { Interpreter } from '../system/interpreter.js';
import type { StepStatus } from '../system/step.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { UnstableField } from '../system/sharedWords.js';
import { readableNode } from './readableNode.js';

/** Why a schedule cannot be run. */
export interface ReplayError {
  /** The step that does not fit, from 1. */
  readonly step: number;
  /** One or two sentences: what the schedule asks for, and the likely cause. */
  readonly message: string;
  /** What was possible in its place, one line each. */
  readonly available: readonly string[];
}

/** `file` of the functions that the linker makes for threads. */
export const threadFile = '<thread>';

const changedSince = 'The model has probably changed since the schedule was recorded.';

/**
 * Runs the moves of a schedule one after the other. `start()` goes back to the state after setup, which the constructor leaves
 * it in.
 *
 * `observe` is called before setup runs, so that what it installs sees setup too.
 */
export class ScheduleRunner {
  readonly system: LinkedSystem;
  readonly interpreter: Interpreter;
  /** What the end of a run is compared with. */
  readonly reference: Int32Array;
  private readonly initial: Int32Array;
  private steps = 0;
  private over = false;

  constructor(system: LinkedSystem, unstableFields: readonly string[], observe?: (interpreter: Interpreter) => void) {
    this.system = system;
    const unstable = new Set(unstableFields);
    this.interpreter = takeInterpreter(system, unstable) ?? new Interpreter(system, unstable);
    this.reference = this.interpreter.quietState();
    observe?.(this.interpreter);
    this.initial = this.interpreter.initialState();
  }

  /** Call when the runner is not needed any more, and do not use it afterwards: the next one of the system starts faster then. */
  release(): void {
    giveInterpreter(this.interpreter);
  }

  start(): void {
    this.interpreter.words.set(this.initial);
    this.steps = 0;
    this.over = false;
  }

  /** Goes back to a state that a run was in before: a copy of `interpreter.words`. Steps are counted on. */
  goTo(state: Int32Array): void {
    this.interpreter.words.set(state);
    this.over = false;
  }

  /** The path ended in undefined behaviour, at a bound, or with an error. */
  get isOver(): boolean {
    return this.over;
  }

  /** The ways in which a thread can make a step now, as decisions; none if it waits or has ended. The state stays as it is. */
  alternatives(thread: number): number[][] {
    const found: number[][] = [];
    this.tryEach(thread, (status, decisions) => {
      if (status !== 'waits') found.push(decisions);
    });
    return found;
  }

  /** The plain and marked accesses to shared memory that a thread's next step would make, whatever its choices. */
  accessesOf(thread: number): NextAccess[] {
    const found: NextAccess[] = [];
    const { interpreter } = this;
    this.tryEach(thread, () => {
      for (const access of interpreter.accesses) found.push({ ...access, thread });
    });
    return found;
  }

  /** The same for one way to decide the choices; none if that is not possible. */
  accessesOfMove(move: Move): NextAccess[] {
    const { interpreter } = this;
    const state = interpreter.words.slice();
    const isPossible = this.tryMove(move) !== null;
    const found = isPossible ? interpreter.accesses.map((access) => ({ ...access, thread: move.thread })) : [];
    interpreter.words.set(state);
    return found;
  }

  /** Makes every possible step of a thread and takes it back. */
  private tryEach(thread: number, look: (status: StepStatus | 'unstable', decisions: number[]) => void): void {
    const { interpreter } = this;
    if (this.over || !this.system.threads[thread] || interpreter.isFinished(thread)) return;
    const { observer } = interpreter;
    interpreter.observer = null;
    const state = interpreter.words.slice();
    interpreter.forceChoices([]);
    do {
      interpreter.words.set(state);
      look(this.tryStep(thread), interpreter.decisions());
    } while (interpreter.nextFork());
    interpreter.words.set(state);
    interpreter.observer = observer;
  }

  /** A step beyond what the search saw may contradict what it assumed; possible it is all the same. */
  private tryStep(thread: number): StepStatus | 'unstable' {
    try {
      return this.interpreter.step(thread);
    } catch (error) {
      if (error instanceof UnstableField) return 'unstable';
      throw error;
    }
  }

  /** Threads that can make a step, by index. */
  enabled(): number[] {
    return this.system.threads.map(({ index }) => index).filter((thread) => this.alternatives(thread).length > 0);
  }

  /**
   * Makes one step if that is possible, and says whether it was. It gives no reasons and takes nothing back, for who tries many:
   * after a step that was not possible, `start()` or `goTo()` has to follow.
   */
  canMove(move: Move): boolean {
    this.steps += 1;
    const status = this.tryMove(move);
    if (status !== 'done') this.over = true;
    return status !== null && status !== 'waits' && status !== 'unstable';
  }

  /** Makes one step. After an error, or a step that ended the path, nothing more can be done but `start()`. */
  move(move: Move): Result<StepStatus, ReplayError> {
    this.steps += 1;
    const { interpreter } = this;
    const before = interpreter.words.slice();
    let status = this.tryMove(move);
    if (status === null || status === 'waits') {
      interpreter.words.set(before);
      return this.stop(this.problemWith(move));
    }
    try {
      // Made again where somebody watches, who has not seen it, and where it contradicts an assumption, to learn which.
      if (interpreter.observer !== null || status === 'unstable') {
        interpreter.words.set(before);
        interpreter.forceChoices(move.decisions);
        status = interpreter.step(move.thread);
      }
      if (status !== 'done') this.over = true;
      return ok(status);
    } catch (error) {
      if (!(error instanceof UnstableField)) throw error;
      const message = `In step ${this.steps} ${error.message}; the schedule was recorded with an assumption that it breaks.`;
      return this.stop({ step: this.steps, message: `${message} ${changedSince}`, available: [] });
    }
  }

  private stop(problem: ReplayError): Result<StepStatus, ReplayError> {
    this.over = true;
    return err(problem);
  }

  /**
   * Makes one step as `move` does, unseen by the observer and without reasons; null if it is not possible: then the state may be
   * any, and `goTo` or `start` has to follow. A step that waits tells only how its choices would be decided.
   */
  private tryMove({ thread, decisions }: Move): StepStatus | 'unstable' | null {
    const { interpreter } = this;
    if (this.over || !this.system.threads[thread] || interpreter.isFinished(thread)) return null;
    const { observer } = interpreter;
    interpreter.observer = null;
    interpreter.forceChoices(decisions);
    const status = this.tryStep(thread);
    interpreter.observer = observer;
    return sameDecisions(interpreter.decisions(), decisions) ? status : null;
  }

  /** Why a move is not possible. */
  private problemWith(move: Move): ReplayError {
    const step = this.steps;
    const thread = this.system.threads[move.thread];
    const problem = (message: string, available: readonly string[] = []) => ({
      step,
      message: `${message} ${changedSince}`,
      available,
    });
    if (!thread) {
      return problem(
        `Step ${step} is of thread number ${move.thread}, but there are ${this.system.threads.length} threads.`,
      );
    }
    if (this.over) return problem(`Step ${step} comes after the end of the path.`);
    const ways = this.alternatives(move.thread);
    if (ways.length === 0) {
      const isFinished = this.interpreter.isFinished(move.thread);
      return problem(
        `Step ${step} is of thread ${thread.name}, which ${isFinished ? 'has ended' : `waits at ${this.standsAt(move.thread)}`}.`,
        this.enabled().map((other) => `${this.system.threads[other]!.name} at ${this.standsAt(other)}`),
      );
    }
    return problem(
      `Step ${step} of thread ${thread.name} at ${this.standsAt(move.thread)} decides its choices as ${printDecisions(move.decisions)}, which is not possible.`,
      ways.map((way) => `decisions ${printDecisions(way)}`),
    );
  }

  private standsAt(thread: number): string {
    const frame = this.interpreter.callStack(thread)[0];
    if (!frame || frame.function.definition.file === threadFile) return 'its start';
    return `${frame.function.definition.name}: ${readableNode(frame.function.program, frame.node)}`;
  }
}

function sameDecisions(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((decision, index) => decision === other[index]);
}

function printDecisions(decisions: readonly number[]): string {
  return `[${decisions.join(', ')}]`;
}
