import { Interpreter } from '../system/interpreter.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { RandomWalks } from './randomWalks.js';
import { Movers } from './reductions/movers.js';
import { ownership } from '../system/owners.js';
import { noAssumptions, UnstableField } from '../system/sharedWords.js';

/** Walks that have to pass in a row without a surprise before the exploration proper begins. */
const quietWalks = 48;
const walksFromThere = 12;
const maxWalks = 2000;

/**
 * What is assumed of a system while it is explored: the strongest assumptions about shared data (see `SharedWords`) and about steps that
 * commute (see `Movers`) that nobody has found wrong yet, or none about shared data. An exploration that contradicts one throws
 * `UnstableField`; then it begins again with the weaker assumption.
 *
 * Random walks come first, because they find nearly all contradictions for little. Deterministic: the walks of a system are always
 * the same.
 */
export class SharingAssumptions {
  readonly interpreter: Interpreter;
  /** What was given up. */
  readonly weakened: ReadonlySet<string>;
  private readonly givenUp: Set<string>;
  private readonly mayWalk: boolean;
  private readonly walks: RandomWalks;

  /**
   * `known` is what an earlier run gave up in the end: it takes the place of the walks. With `transactions`, the walks also notice what
   * `Movers` would assume wrongly; with `owns`, memory that one thread is left with is private (`Owners`).
   */
  constructor(
    system: LinkedSystem,
    reduction: boolean,
    transactions: boolean,
    interpreterFor: (weakened: ReadonlySet<string>) => Interpreter,
    known?: readonly string[],
    owns = false,
  ) {
    this.givenUp = new Set<string>(known ?? (reduction ? [] : [noAssumptions]));
    if (owns) this.givenUp.add(ownership);
    this.weakened = this.givenUp;
    // Made once: compiling the nodes takes longer than many a search.
    this.interpreter = interpreterFor(this.weakened);
    const movers = transactions ? new Movers(this.interpreter, this.weakened, this.givenUp) : null;
    this.walks = new RandomWalks(this.interpreter, movers);
    this.mayWalk = (reduction || transactions) && !known;
    if (this.mayWalk) this.walkAbout(null, quietWalks);
    this.interpreter.forgetCoverage();
  }

  /** Takes note of what an exploration contradicted, and of more, so that it can begin again. */
  giveUp(error: UnstableField): void {
    this.weaken(error);
    // Where one assumption was wrong that no walk had come to, others are: walks from there find them for little.
    if (this.mayWalk && error.state) this.walkAbout(error.state, walksFromThere);
    this.interpreter.forgetCoverage();
  }

  private walkAbout(from: Int32Array | null, quietWalks: number): void {
    for (let made = 0, quiet = 0; made < maxWalks && quiet < quietWalks; made += 1) {
      quiet += 1;
      try {
        this.walks.walk(from);
      } catch (error) {
        if (!(error instanceof UnstableField)) throw error;
        this.weaken(error);
        quiet = 0;
      }
    }
    this.interpreter.deferRecycling = false;
  }

  private weaken({ field }: UnstableField): void {
    if (this.givenUp.has(field)) throw new Error(`${field} is weakened twice`);
    this.givenUp.add(field);
    this.interpreter.giveUp(field);
  }
}

/** Runs an exploration, again and again until nothing contradicts what it assumes (see `SharingAssumptions`). */
export function withSharingAssumptions<T>(
  system: LinkedSystem,
  reduction: boolean,
  explore: (interpreter: Interpreter, weakened: ReadonlySet<string>) => T,
  interpreterFor = (weakened: ReadonlySet<string>) => new Interpreter(system, weakened),
  known?: readonly string[],
  transactions = false,
  owns = false,
): T {
  const assumptions = new SharingAssumptions(system, reduction, transactions, interpreterFor, known, owns);
  for (;;) {
    try {
      return explore(assumptions.interpreter, assumptions.weakened);
    } catch (error) {
      if (!(error instanceof UnstableField)) throw error;
      assumptions.giveUp(error);
    }
  }
}
