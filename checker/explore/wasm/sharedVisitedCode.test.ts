import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { GrowableWords } from '../cached/growableWords.js';
import { hashOf } from '../cached/visitedSet.js';
import { sharedVisitedModule } from './sharedVisitedCode.js';

const width = 3;
const states = 64_000;
const numberBits = 20;
const slots = 1 << 18;
const chunk = 64;
const perCall = 64;

// Word indexes.
const [gate, hashes, input] = [0, 16, 16 + states];
const orders = [0, 1].map((party) => input + (width + party) * states);
const filled = input + (width + 2) * states;
const index = filled + 2 ** numberBits / chunk;
const known = index + slots;
const end = known + 2 * (states + chunk) * (width + 1);

/** The program of a thread: puts all states in, as soon as both are there; numbers are given out in chunks, one thread's after the other's. */
const program = `
  const { workerData } = require('node:worker_threads');
  const { bytes, memory, party, at } = workerData;
  const { insert } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  const words = new Int32Array(memory.buffer);
  Atomics.add(words, at.gate, 1);
  while (Atomics.load(words, at.gate) < 2);
  let chunk = party;
  for (let first = 0; first < at.states; first += at.perCall) {
    // In step with the other one.
    Atomics.store(words, at.gate + 1 + party, first);
    while (Atomics.load(words, at.gate + 2 - party) < first);
    const own = () => chunk * 64 + words[at.filled + chunk];
    for (let next = first; ; chunk += 2) {
      next = insert(next, first + at.perCall, 4 * at.input, 4 * at.hashes, 4 * at.orders[party], 4 * at.known, 4 * at.index,
        at.slots - 1, at.numberBits, own(), chunk * 64 + 64, 4 * (at.filled + chunk), 0);
      if (next === first + at.perCall) break;
    }
  }
`;

it.each([
  [states, 'each once'],
  [16_000, 'four times, and better each time'],
])('States that two threads put in at the same time are there once, with the least order: %i, %s', async (distinct) => {
  const shared = new GrowableWords(end);
  const { words } = shared;
  const least = new Int32Array(distinct).fill(states);
  for (let place = 0; place < states; place += 1) {
    const state = place % distinct;
    const at = input + place * width;
    words.set([state >>> 4, state & 15, ~state], at);
    words[hashes + place] = hashOf(words, at, width);
    // They go down, as each thread comes to them, so that both have something to say until the end.
    const order = states - 1 - place;
    words[orders[place & 1]! + place] = order;
    words[orders[1 - (place & 1)]! + place] = order + (place % 3);
    least[state] = order;
  }
  const at = { gate, hashes, input, orders, filled, index, known, slots, numberBits, states, perCall };
  const threads = [0, 1].map((party) => {
    const workerData = { bytes: sharedVisitedModule(width), memory: shared.memory, party, at };
    return new Worker(program, { eval: true, workerData });
  });
  try {
    const end = (thread: Worker) =>
      new Promise((resolve, reject) => void thread.on('error', reject).on('exit', resolve));
    expect(await Promise.all(threads.map(end))).toEqual([0, 0]);
  } finally {
    // One that waits for another which failed does so for ever.
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  const seen = new Uint8Array(distinct);
  for (let number = 0; number < 2 * (states + chunk); number += 1) {
    if (number % chunk >= words[filled + Math.floor(number / chunk)]!) continue;
    const from = known + number * (width + 1);
    const state = ~words[from + 2]!;
    if (words[from] !== state >>> 4 || words[from + 1] !== (state & 15)) throw new Error(`${number} is no state`);
    if (words[from + width] !== least[state]) throw new Error(`not the least order of ${state}`);
    seen[state]! += 1;
  }
  expect(seen.every((times) => times === 1)).toBe(true);
});
