import type { IntakeProblem } from './patch.js';

/** Makes the problems of one input. */
export interface Reporter {
  error(line: number | null, message: string, next: string): IntakeProblem;
  warning(line: number | null, message: string, next: string): IntakeProblem;
}

/** A maker of problems with an input of this name. */
export function reporterFor(input: string): Reporter {
  return {
    error: (line, message, next) => ({ severity: 'error', input, line, message, next }),
    warning: (line, message, next) => ({ severity: 'warning', input, line, message, next }),
  };
}
