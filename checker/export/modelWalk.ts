import type { ModelRun } from './modelRun.js';

const maxWalkSteps = 5000;
/** States kept to begin random runs at. */
const maxFirsts = 500;

/**
 * Random runs, each to its end: some change threads often and some seldom, some fail often and some seldom. Half of them begin
 * where something was met for the first time, as a fuzzer guided by coverage does.
 */
export function walk(run: ModelRun, walks: number): void {
  const { words, initial, threads } = run;
  const random = generator();
  const before = new Int32Array(words.length);
  const firsts: Int32Array[] = [];
  let found = 0;
  for (let count = 0; count < walks; count += 1) {
    const begin = random() % 2 === 0 ? undefined : firsts[random() % firsts.length];
    words.set(begin ?? initial);
    const changesOneIn = 4 ** (count % 4);
    const failsOneIn = 4 ** ((count >> 2) % 3);
    const decide = (alternatives: number) => (random() % failsOneIn === 0 ? random() % alternatives : 0);
    let start = random();
    for (let steps = 0; steps < maxWalkSteps; steps += 1) {
      before.set(words);
      if (random() % changesOneIn === 0) start = random() % threads;
      let status = 'waits';
      for (let offset = 0; offset < threads && status === 'waits'; offset += 1) {
        words.set(before);
        run.choices.length = 0;
        status = run.step((start + offset) % threads, decide);
      }
      if (status !== 'done') break;
      // The latest count most: what is met late is met seldom.
      if (run.isFirst) firsts[found++ % maxFirsts] = words.slice();
    }
  }
}

/** A counter with its bits mixed (Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, 2014), from a fixed seed. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}
