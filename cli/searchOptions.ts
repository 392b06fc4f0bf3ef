import type { ValuesOf } from './option.js';
import { choice, duration, flag, list, size, text, wholeNumber } from './option.js';
import { quote } from './quote.js';

/** States of one search, unless the user says otherwise: about a minute's work. */
export const defaultMaxStates = 50_000_000;

/** Milliseconds between two checkpoints, unless the user says otherwise. */
export const defaultInterval = 300_000;

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
  memory: size('--memory <size>', 'memory for one scenario, such as 4G (default: what the machine can spare)'),
  workers: wholeNumber(
    '--workers <n>',
    'threads: one scenario each, and spare ones share a large check (default: one for each core, 4 at most)',
    1,
  ),
};

/** How to search. Shared by all commands that search everything. */
export const engineOptions = {
  engine: choice('--engine <name>', 'who makes the steps', ['webassembly', 'javascript', 'interpreter'], 'webassembly'),
  search: choice(
    '--search <order>',
    'in which order; breadth gives shortest paths, failures and switches those with fewest',
    ['breadth', 'depth', 'failures', 'switches'],
    'breadth',
  ),
  store: choice(
    '--store <form>',
    'how states are kept: fingerprints are no proof, compressed takes time',
    ['exact', 'fingerprints', 'compressed'],
    'exact',
  ),
  reduce: list(
    '--reduce <list>',
    'what to leave out: accesses, ownership, transactions, symmetry; none, all (default: all)',
  ),
};

/** How a long search is kept and gone on with. */
export const checkpointOptions = {
  checkpoint: text('--checkpoint <file>', 'keep the search there, now and then and when it is stopped; one scenario'),
  checkpointEvery: duration('--checkpoint-every <duration>', 'time between two checkpoints (default: 5m)'),
  resume: text('--resume <file>', 'go on with the search kept there, and keep it there'),
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
