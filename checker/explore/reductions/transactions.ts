import type { TransitionCache } from '../cached/transitionCache.js';
import { endsPath, takesLock, touchesFreeable, waitsForMore } from '../cached/transitionCache.js';
import { moverLeft, moverNone, moverRight } from './movers.js';

/** A transaction before the step that commits it, after taking in it what others may wait for, and after the step that commits it. */
export const beforeCommit = 0;
const holding = 1;
const committed = 2;
/** Of a phase, the bits that say which of these it is; the others are classes on whose cells a step was put off, as a set. */
const stageBits = 2;
const stageMask = 3;

/** So many steps are made as one at most: in a loop a state is stored now and then. */
export const longestTransaction = 64;

/** A step that can be made in several ways ends a transaction that there are more ways to come to: many may lead to the same state. */
export const mostWays = 64;

/**
 * Lipton transactions: right movers, then at most one step that does not commute, then left movers, all of one thread, make one
 * transition; the states between are not stored. These rules say when a thread goes on. They end a transaction in front of
 *
 * - a step that has to wait now (the state is stored with the thread parked there, or a deadlock would be lost),
 * - a step that may have to wait for something else than a lock after one in this transaction that may have had to wait as well, for a lock
 *   or anything else: others may wait for what it took,
 * - a step that takes a lock while one was taken in this transaction, if locks are taken inside each other in both orders somewhere,
 * - a step that may make up for another one, which was put off in this transaction and cannot always be (`putOff` in `movers.ts`),
 * - an access that could race: races are seen in states in which two threads stand before them,
 * - after the commit: what is no left mover, touches memory that another thread may free, or breaks something.
 */
export class Transactions {
  private readonly cache: TransitionCache;
  /** Locks may be taken inside each other: there is no cycle in their order, so no deadlock by locks alone. */
  private readonly nestedLocks: boolean;

  constructor(cache: TransitionCache, nestedLocks: boolean) {
    this.cache = cache;
    this.nestedLocks = nestedLocks;
  }

  /** The phase after an outcome of a result, from the phase before. */
  phaseAfter(phase: number, result: number, outcome: number): number {
    const { movers, putOff, traits } = this.cache;
    const mover = movers[outcome]!;
    const stage = phase & stageMask;
    if (stage === committed || mover === moverNone || mover === moverLeft) return (phase & ~stageMask) | committed;
    const next = (traits[result]! & (takesLock | waitsForMore)) !== 0 ? holding : stage;
    return (phase & ~stageMask) | (putOff[outcome]! << stageBits) | next;
  }

  /** Whether the thread whose next step is `result` makes it in the same transaction. */
  goesOn(phase: number, result: number): boolean {
    const { cache } = this;
    if (((phase >> stageBits) & cache.makesUp[result]!) !== 0) return false;
    const stage = phase & stageMask;
    const traits = cache.traits[result]!;
    if (cache.transitions[result] === 0) return false;
    if ((cache.reads[result]! | cache.writes[result]!) !== 0) return false;
    if (stage !== committed) {
      if (stage === holding && (traits & waitsForMore) !== 0) return false;
      if (stage === holding && (traits & takesLock) !== 0 && !this.nestedLocks) return false;
      return true;
    }
    if ((traits & (touchesFreeable | endsPath | waitsForMore | takesLock)) !== 0) return false;
    const end = cache.firstOutcome[result + 1]!;
    for (let outcome = cache.firstOutcome[result]!; outcome < end; outcome += 1) {
      const mover = cache.movers[outcome]!;
      if (mover === moverRight || mover === moverNone) return false;
    }
    return true;
  }
}
