import { setFlagsFromString } from 'node:v8';

/**
 * So much has to run of a function, in bytes of its bytecode, before V8 looks whether to optimise it; its default is 67,584.
 *
 * A search runs hundreds of generated functions some thousand times each, and comes to new ways through them until it is over: most of
 * what is optimised early is thrown away again. With this budget a check takes about half the processor time, and no longer than before where it
 * takes minutes: what runs for long is optimised some milliseconds later. More than a few millions would be too late.
 */
const interruptBudget = 500_000;

/** Makes V8 slower to optimise; for this process, worker threads included. */
export function optimiseLater(): void {
  setFlagsFromString(`--interrupt-budget=${interruptBudget}`);
}
