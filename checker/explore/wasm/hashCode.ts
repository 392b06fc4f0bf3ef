import type { Code } from './wasmModule.js';
import { constant, get, load, multiply, set, shiftRight, xor } from './wasmModule.js';

// The hash of a packed state, as `hashOf` in `visitedSet.ts` computes it, in a local.

export function hashStart(hash: number, width: number): Code {
  return set(hash, constant(width));
}

export function hashStep(hash: number, word: Code): Code {
  return [
    ...set(hash, multiply(xor(get(hash), word), constant(0x9e3779b1))),
    ...set(hash, xor(get(hash), shiftRight(get(hash), constant(15)))),
  ];
}

export function hashEnd(hash: number): Code {
  return [
    ...set(hash, multiply(get(hash), constant(0x85ebca6b))),
    ...set(hash, xor(get(hash), shiftRight(get(hash), constant(13)))),
  ];
}

/** The hash of the words at an address. */
export function hashOfWords(hash: number, address: Code, width: number): Code {
  const steps = Array.from({ length: width }, (_, word) => hashStep(hash, load(address, 4 * word)));
  return [...hashStart(hash, width), ...steps.flat(), ...hashEnd(hash)];
}
