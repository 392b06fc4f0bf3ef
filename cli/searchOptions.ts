import { availableParallelism } from 'node:os';
import type { SearchLimits } from '../checker/parallel/jobMessages.js';
import type { ValuesOf } from './option.js';
import { duration, flag, list, wholeNumber } from './option.js';
import { quote } from './quote.js';

/** States of one search, unless the user says otherwise: memory for more is not everywhere. */
const defaultMaxStates = 5_000_000;

/** More threads than this need more memory than a usual machine has. */
const mostWorkers = 4;

/** What may be checked. Shared by all commands that run scenarios. */
export const scenarioOptions = {
  scenario: list('--scenario <id>', 'only this scenario; repeat it for more (default: all of the default size)'),
  all: flag('--all', 'also the large scenarios'),
  property: list('--property <id>', 'only this property; repeat it for more (default: all)'),
};

/** How failures and results are chosen. Shared by all commands that run scenarios. */
export const systemOptions = {
  faults: wholeNumber('--faults <n>', 'at most this many failures in a run (default: any number)', 0),
  forceOutcome: list(
    '--force-outcome <[caller/]callee=value>',
    'let a call always return this: -ENOENT, 3, NULL, true',
  ),
  assumeFixed: list('--assume-fixed <id>', 'go on past a finding that ends its paths; repeat it for more'),
};

/** How far to search. Shared by all commands that search. */
export const limitOptions = {
  maxStates: wholeNumber('--max-states <n>', `states of one scenario (default: ${defaultMaxStates})`, 1),
  timeout: duration('--timeout <duration>', 'time for one scenario, such as 90s or 5m (default: none)'),
  workers: wholeNumber('--workers <n>', 'scenarios to search at a time (default: one for each core, 4 at most)', 1),
};

/** The values of `systemOptions`. */
export type SystemOptionValues = ValuesOf<typeof systemOptions>;

/** The options as they are typed, for a command that makes the same run. */
export function printSystemOptions({ faults, forceOutcome, assumeFixed }: SystemOptionValues): string[] {
  return [
    ...(faults === undefined ? [] : [`--faults ${faults}`]),
    ...forceOutcome.map((outcome) => `--force-outcome ${quote(outcome)}`),
    ...assumeFixed.map((id) => `--assume-fixed ${id}`),
  ];
}

/** The limits of one search. */
export function readLimits(values: {
  readonly maxStates: number | undefined;
  readonly timeout: number | undefined;
}): SearchLimits {
  return { maxStates: values.maxStates ?? defaultMaxStates, timeout: values.timeout ?? Infinity };
}

/** How many searches to make at a time. */
export function readWorkers(workers: number | undefined): number {
  return workers ?? Math.min(availableParallelism(), mostWorkers);
}
