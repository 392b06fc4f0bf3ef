import { Interpreter } from '../system/interpreter.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { Movers } from './reductions/movers.js';
import { ownership } from '../system/owners.js';
import { noAssumptions, UnstableField } from '../system/sharedWords.js';

/** Walks that have to pass in a row without a surprise before the exploration proper begins. */
const quietWalks = 48;
const walksFromThere = 12;
const maxWalks = 2000;
const maxSteps = 2000;

/** A walk takes another than the first way to decide the choices of a step once in so many steps. */
const failureRates = [1, 4, 16, 64];
/** A walk lets a thread go on for so many steps on average. */
const stays = [1, 3, 10, 30];

/**
 * Runs an exploration with the strongest assumptions about shared data that hold in it (see `SharedWords`), or with none.
 *
 * When the exploration contradicts one, it starts again with the weaker assumption. Random walks come first, because they find
 * nearly all contradictions for little. Deterministic: the walks have a fixed seed. `known` is what an earlier run gave up in the
 * end: it takes the place of the walks. With `transactions`, the walks also notice what `Movers` would assume wrongly; with `owns`,
 * memory that one thread is left with is private (`Owners`).
 */
export function withSharingAssumptions<T>(
  system: LinkedSystem,
  reduction: boolean,
  explore: (interpreter: Interpreter, weakened: ReadonlySet<string>) => T,
  interpreterFor = (weakened: ReadonlySet<string>) => new Interpreter(system, weakened),
  known?: readonly string[],
  transactions = false,
  owns = false,
): T {
  const weakened = new Set<string>(known ?? (reduction ? [] : [noAssumptions]));
  if (owns) weakened.add(ownership);
  // Made once: compiling the nodes takes longer than many a search.
  const interpreter = interpreterFor(weakened);
  const random = generator();
  const movers = transactions ? new Movers(interpreter, weakened, weakened) : null;
  const walkAbout = (from: Int32Array | null, quietWalks: number) => {
    for (let walks = 0, quiet = 0; walks < maxWalks && quiet < quietWalks; walks += 1) {
      quiet += 1;
      if (attempt(interpreter, weakened, () => walk(interpreter, random, movers, from)) !== true) quiet = 0;
    }
    interpreter.deferRecycling = false;
  };
  const mayWalk = (reduction || transactions) && !known;
  if (mayWalk) walkAbout(null, quietWalks);
  for (;;) {
    interpreter.assume(weakened);
    const result = attempt(interpreter, weakened, () => ({ value: explore(interpreter, weakened) }));
    if (!(result instanceof UnstableField)) return result.value;
    // Where one assumption was wrong that no walk had come to, others are: walks from there find them for little.
    if (mayWalk && result.state) walkAbout(result.state, walksFromThere);
  }
}

/** The result, or what had to be weakened. */
function attempt<T>(interpreter: Interpreter, weakened: Set<string>, run: () => T): T | UnstableField {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof UnstableField)) throw error;
    if (weakened.has(error.field)) throw new Error(`${error.field} is weakened twice`, { cause: error });
    weakened.add(error.field);
    interpreter.assume(weakened);
    return error;
  }
}

/** One random run to its end, from a state or the initial one. */
function walk(interpreter: Interpreter, random: () => number, movers: Movers | null, from: Int32Array | null): true {
  const { system } = interpreter;
  // The state after setup is remembered: what setup gave back must not be in it.
  interpreter.deferRecycling = false;
  if (from) interpreter.words.set(from);
  else interpreter.initialState();
  // Movers are told of memory that is freed before it is recycled.
  interpreter.deferRecycling = movers !== null;
  const before = new Int32Array(system.width);
  // Some walks fail often and get to every way out, some hardly ever and get far; some let a thread go on for long.
  const failsOneIn = failureRates[random() % failureRates.length]!;
  const staysFor = stays[random() % stays.length]!;
  let start = 0;
  for (let steps = 0; steps < maxSteps; steps += 1) {
    if (random() % staysFor === 0) start = random() % system.threads.length;
    let moved = false;
    for (let offset = 0; offset < system.threads.length && !moved; offset += 1) {
      const thread = (start + offset) % system.threads.length;
      before.set(interpreter.words);
      interpreter.forceChoices([]);
      let forks = random() % failsOneIn === 0 ? random() % 4 : 0;
      let status = interpreter.step(thread);
      if (status === 'waits') interpreter.words.set(before);
      while (status !== 'waits' && forks-- > 0 && interpreter.nextFork()) {
        interpreter.words.set(before);
        status = interpreter.step(thread);
      }
      if (status !== 'waits' && movers) movers.ofLastStep(before);
      if (status === 'done' && movers) interpreter.recycle();
      if (status === 'cut' || status === 'exhausted') return true;
      moved = status === 'done';
    }
    if (!moved) return true;
  }
  return true;
}

/** A 32-bit linear congruential generator (Knuth, TAOCP 2, 3.3.4) with a fixed seed; its high bits. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}
