import { readFileSync } from 'node:fs';
import { readCounterexample } from '../../counterexamples/format/readCounterexample.js';
import type { Counterexample } from '../../counterexamples/format/schema.js';
import { InputError } from './inputError.js';

/** Reads the file of a counterexample; `-` is standard input. */
export function readCounterexampleFile(path: string): Counterexample {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError('unreadable-file', `cannot read it: ${reason}`, {
      place: path,
      next: 'give a file that `interleaf check REVISION --output DIR` wrote',
    });
  }
  const read = readCounterexample(text);
  if (read.ok) return read.value;
  const { code, message, place, next } = read.error;
  throw new InputError(code, message, { place: place === null ? path : `${path}: ${place}`, next });
}
