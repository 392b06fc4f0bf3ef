import { accessSync, constants, mkdirSync } from 'node:fs';
import { InputError } from './inputError.js';

/** Makes the folder of `--output`, before any work is done, so that no result is lost for want of a place. */
export function makeOutputFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError('cannot-write', `cannot write there: ${reason}`, {
      place: path,
      next: 'name another folder with --output',
    });
  }
}
