import type { NextAccess } from '../explore/dataRaces.js';
import { dataRaces } from '../explore/dataRaces.js';
import type { Discovery, Move } from '../explore/search.js';
import { Interpreter } from '../system/interpreter.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { noAssumptions } from '../system/sharedWords.js';
import type { StepStatus, Violation } from '../system/step.js';

/** An access of the step that a thread would make next, with how that step is decided. */
interface AccessToCome extends NextAccess {
  readonly decisions: readonly number[];
}

/** One run of a system along one schedule. */
export interface Walk {
  readonly moves: readonly Move[];
  /** Each with the moves that lead to it; the last one breaks the property. */
  readonly violations: readonly Discovery[];
  /** Why the run says less than it could: a capacity of the model, or the bound on its length; empty if it ended. */
  readonly limit: string;
}

/**
 * Runs a system along schedules that are given as numbers, one for each step.
 *
 * With `T` threads enabled, number `n` picks thread `n mod T`, counted from the one that ran last, and the fork
 * `⌊n / T⌋ mod F` of its `F` forks, in the interpreter's order, failures last. So 0 means "go on without a failure", which
 * is also what is done when the numbers run out: a shorter list of smaller numbers is a simpler schedule, and that is what
 * fast-check shrinks to.
 *
 * A search merges steps that other threads cannot notice, and knows in the end which ones. A sample cannot know, so it takes
 * every access to shared memory for a step: what a schedule means depends on nothing else.
 */
export class Walker {
  readonly system: LinkedSystem;
  /** What a replay of a walk has to know beside its moves. */
  readonly unstableFields: readonly string[];
  private readonly interpreter: Interpreter;
  private readonly initial: Int32Array;
  /** What the end of a run is compared with. */
  private readonly reference: Int32Array;

  constructor(system: LinkedSystem) {
    this.system = system;
    this.unstableFields = [noAssumptions];
    this.interpreter = new Interpreter(system, new Set(this.unstableFields));
    this.reference = this.interpreter.quietState();
    this.initial = this.interpreter.initialState();
  }

  /** Control-flow edges that walks went along, by edge number. */
  get coverage(): Uint8Array {
    return this.interpreter.coverage;
  }

  /** What walks met that the model does not represent, though they went on. */
  get limits(): ReadonlySet<string> {
    return this.interpreter.limits;
  }

  /** One run, to its end, to the first cut, or to `maxMoves`; `visit` is shown every state on the way. */
  walk(numbers: readonly number[], maxMoves: number, visit: (words: Int32Array) => void = () => {}): Walk {
    const { interpreter, system } = this;
    const current = this.initial.slice();
    const moves: Move[] = [];
    const violations: Discovery[] = [];
    const note = (violation: Violation) => violations.push({ violation, schedule: moves.slice() });
    let last = 0;
    while (moves.length < maxMoves) {
      visit(current);
      const { enabled, accesses } = this.look(current, last);
      for (const { writer, violation } of dataRaces(system, accesses)) {
        const { thread, decisions } = writer;
        violations.push({ violation, schedule: [...moves, { thread, decisions }] });
      }
      if (enabled.length === 0) {
        interpreter.words.set(current);
        interpreter.endViolations(this.reference).forEach(note);
        return { moves, violations, limit: '' };
      }
      const number = numbers[moves.length] ?? 0;
      const thread = enabled[number % enabled.length]!;
      const status = this.move(current, thread, Math.floor(number / enabled.length));
      moves.push({ thread, decisions: interpreter.decisions() });
      interpreter.violations.forEach(note);
      if (status === 'exhausted') return { moves, violations, limit: interpreter.limit };
      if (status === 'cut') return { moves, violations, limit: '' };
      current.set(interpreter.words);
      last = thread;
    }
    return { moves, violations, limit: `stopped after ${maxMoves} steps` };
  }

  /** Threads that can make a step, `last` first and the others in turn, and the accesses of their next steps. */
  private look(current: Int32Array, last: number): { enabled: number[]; accesses: AccessToCome[] } {
    const { interpreter, system } = this;
    const enabled: number[] = [];
    const accesses: AccessToCome[] = [];
    const count = system.threads.length;
    for (let turn = 0; turn < count; turn += 1) {
      const thread = (last + turn) % count;
      interpreter.words.set(current);
      if (interpreter.isFinished(thread)) continue;
      interpreter.forceChoices([]);
      if (interpreter.step(thread) !== 'waits') enabled.push(thread);
      const decisions = interpreter.decisions();
      for (const access of interpreter.accesses) accesses.push({ ...access, thread, decisions });
    }
    return { enabled, accesses };
  }

  /** Takes fork number `pick` modulo the number of forks; leaves the new state and the decisions in the interpreter. */
  private move(current: Int32Array, thread: number, pick: number): StepStatus {
    const { interpreter } = this;
    const forks: number[][] = [];
    interpreter.forceChoices([]);
    do {
      interpreter.words.set(current);
      if (interpreter.step(thread) !== 'waits') forks.push(interpreter.decisions());
    } while (interpreter.nextFork());
    interpreter.words.set(current);
    interpreter.forceChoices(forks[pick % forks.length]!);
    return interpreter.step(thread);
  }
}
