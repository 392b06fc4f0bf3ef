import { exitCodes } from '../exitCodes.js';

/** Something the user can put right: a name, an option, a file. Ends the command, with exit code 2 if it is not said. */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** Stable, for scripts, for example `unknown-revision`. */
  readonly code: string;
  /** Where it is: a file, a line, an option; null if the message says all. */
  readonly place: string | null;
  /** What to do next, as a sentence or a command to paste. */
  readonly next: string;
  readonly exitCode: number;

  constructor(
    code: string,
    message: string,
    details: { readonly next: string; readonly place?: string; readonly exitCode?: number },
  ) {
    super(message);
    this.code = code;
    this.place = details.place ?? null;
    this.next = details.next;
    this.exitCode = details.exitCode ?? exitCodes.usage;
  }
}
