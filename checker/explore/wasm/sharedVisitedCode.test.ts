import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { GrowableWords } from '../cached/growableWords.js';
import { hashOf } from '../cached/visitedSet.js';
import { sharedVisitedModule } from './sharedVisitedCode.js';

const width = 3;
const states = 200_000;
const numberBits = 20;
const slots = 1 << 18;
const chunk = 64;
const perCall = 8;

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
    const own = () => chunk * 64 + words[at.filled + chunk];
    for (let next = first; ; chunk += 2) {
      next = insert(next, first + at.perCall, 4 * at.input, 4 * at.hashes, 4 * at.orders[party], 4 * at.known, 4 * at.index,
        at.slots - 1, at.numberBits, own(), chunk * 64 + 64, 4 * (at.filled + chunk), 0);
      if (next === first + at.perCall) break;
    }
  }
`;

it('States that two threads put in at the same time are there once, with the least order', async () => {
  const shared = new GrowableWords(end);
  const { words } = shared;
  for (let state = 0; state < states; state += 1) {
    const at = input + state * width;
    words.set([state >>> 4, state & 15, ~state], at);
    words[hashes + state] = hashOf(words, at, width);
    const least = (state * 7) % 1000;
    const who = state & 1;
    words[orders[who]! + state] = least;
    words[orders[1 - who]! + state] = least + 1 + (state % 3);
  }
  const at = { gate, hashes, input, orders, filled, index, known, slots, numberBits, states, perCall };
  const ends = [0, 1].map(
    (party) =>
      new Promise((resolve, reject) => {
        const workerData = { bytes: sharedVisitedModule(width), memory: shared.memory, party, at };
        new Worker(program, { eval: true, workerData }).on('error', reject).on('exit', resolve);
      }),
  );
  expect(await Promise.all(ends)).toEqual([0, 0]);
  const seen = new Uint8Array(states);
  const kept = [0, 0];
  for (let number = 0; number < 2 * (states + chunk); number += 1) {
    const place = Math.floor(number / chunk);
    if (number % chunk >= words[filled + place]!) continue;
    kept[place & 1]! += 1;
    const from = known + number * (width + 1);
    const state = ~words[from + 2]!;
    if (words[from] !== state >>> 4 || words[from + 1] !== (state & 15)) throw new Error(`${number} is no state`);
    if (words[from + width] !== (state * 7) % 1000) throw new Error(`not the least order of ${state}`);
    seen[state]! += 1;
  }
  expect(seen.every((times) => times === 1)).toBe(true);
  // Both have found something, so they were there at the same time.
  expect(Math.min(...kept)).toBeGreaterThan(0);
});
