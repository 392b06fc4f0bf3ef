import type { Interpreter } from '../system/interpreter.js';
import type { Movers } from './reductions/movers.js';

/** A walk that does not come to an end is left after so many steps. */
const maxSteps = 2000;

/** A walk decides a choice in another than the first way once in so many times. */
const failureRates = [1, 4, 16, 64];
/** A walk lets a thread go on for so many steps on average. */
const stays = [1, 3, 10, 30];
/** A choice with so many ways is no question of success or failure, but of what to do next: the first way is not the usual one. */
const menu = 4;

/**
 * Runs of a system in which chance decides who goes on, and how choices are decided: in the way that was taken least often at that place, where
 * it is not to be the first one. Deterministic: each system has the same walks. `movers` is told of each step.
 */
export class RandomWalks {
  private readonly interpreter: Interpreter;
  private readonly movers: Movers | null;
  private readonly before: Int32Array;
  /** How often each way was taken, by the node that a step begins at and the decisions in it before. */
  private readonly taken = new Map<string, Int32Array>();
  private random = 1;

  constructor(interpreter: Interpreter, movers: Movers | null) {
    this.interpreter = interpreter;
    this.movers = movers;
    this.before = new Int32Array(interpreter.system.width);
  }

  /** One run to its end, from a state or the initial one; throws what a step throws. */
  walk(from: Int32Array | null): void {
    const { interpreter } = this;
    const { threads } = interpreter.system;
    // The state after setup is remembered: what setup gave back must not be in it.
    interpreter.deferRecycling = false;
    if (from) interpreter.words.set(from);
    else interpreter.initialState();
    // Movers are told of memory that is freed before it is recycled.
    interpreter.deferRecycling = this.movers !== null;
    // Some walks fail often and get to every way out, some hardly ever and get far; some let a thread go on for long.
    const failsOneIn = failureRates[this.below(failureRates.length)]!;
    const staysFor = stays[this.below(stays.length)]!;
    let start = 0;
    for (let steps = 0; steps < maxSteps; steps += 1) {
      if (this.below(staysFor) === 0) start = this.below(threads.length);
      let moved = false;
      for (let offset = 0; offset < threads.length && !moved; offset += 1) {
        const status = this.step((start + offset) % threads.length, failsOneIn);
        if (status === 'cut' || status === 'exhausted') return;
        moved = status === 'done';
      }
      if (!moved) return;
    }
  }

  /** Makes one step of a thread; the state stays as it is if the thread waits. */
  private step(thread: number, failsOneIn: number) {
    const { interpreter, movers, before } = this;
    before.set(interpreter.words);
    const place = interpreter.positionOf(thread);
    interpreter.forceChoices([]);
    let status = interpreter.step(thread);
    for (let at = 0; status !== 'waits' && at < interpreter.choicesMade; at += 1) {
      const way = this.wayFor(place, at, failsOneIn);
      if (way === 0) continue;
      interpreter.forceChoices([...interpreter.decisions().slice(0, at), way]);
      interpreter.words.set(before);
      status = interpreter.step(thread);
    }
    if (status === 'waits') {
      interpreter.words.set(before);
      return status;
    }
    movers?.ofLastStep(before);
    if (status === 'done' && movers) interpreter.recycle();
    return status;
  }

  /** How to decide a choice of the step just made, by its position. */
  private wayFor(place: number, at: number, failsOneIn: number): number {
    const { interpreter } = this;
    const ways = interpreter.waysOf(at);
    const key = `${place} ${interpreter.decisions().slice(0, at).join()}`;
    let counts = this.taken.get(key);
    if (counts?.length !== ways) this.taken.set(key, (counts = new Int32Array(ways)));
    const way = ways >= menu || this.below(failsOneIn) === 0 ? counts.indexOf(Math.min(...counts)) : 0;
    counts[way]! += 1;
    return way;
  }

  /** A number from 0 up to this one: the high bits of a 32-bit linear congruential generator (Knuth, TAOCP 2, 3.3.4) with a fixed seed. */
  private below(limit: number): number {
    this.random = (Math.imul(this.random, 1664525) + 1013904223) >>> 0;
    return (this.random >>> 8) % limit;
  }
}
