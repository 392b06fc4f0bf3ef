import { defineCommand } from '../command.js';
import { colour, duration, format, list, text, wholeNumber } from '../option.js';
import { defaultRuns, seeds } from '../sampleDefaults.js';
import { limitOptions, scenarioOptions, systemOptions } from '../searchOptions.js';
import { sourceOptions } from '../sourceOptions.js';

/** `interleaf fuzz`: random schedules and failures, where all are too many. */
export const fuzz = defineCommand({
  name: 'fuzz',
  summary: 'sample schedules and failures of a revision, where all are too many',
  arguments: [
    {
      name: '[revision]',
      description:
        'a built-in one such as v4, see `interleaf list revisions`; - is a patch on standard input, with --tree',
    },
  ],
  options: {
    ...sourceOptions,
    ...scenarioOptions,
    seed: wholeNumber('--seed <n>', 'same seed, same schedules (default: a random one)', 0, seeds - 1),
    runs: wholeNumber(
      '--runs <n>',
      `schedules to try in each scenario (default: ${defaultRuns}, or as many as --time allows)`,
      1,
    ),
    time: duration('--time <duration>', 'time for all scenarios together, such as 60s'),
    known: list('--known <id>', 'look past this finding; repeat it for more'),
    path: text('--path <path>', 'make one run again, with the seed, scenario and --known that were printed with it'),
    ...systemOptions,
    workers: limitOptions.workers,
    output: text('--output <folder>', 'keep each counterexample there, as <id>.json, and the result as result.json'),
    format,
    colour,
  },
  examples: [
    ['interleaf fuzz v4 --time 60s', 'for a minute'],
    ['interleaf fuzz v4 --scenario shm-close --seed 1', 'one scenario, the same schedules each time'],
    ['interleaf fuzz --tree ~/linux --patch v4.mbox --time 60s', 'a patch on a kernel tree'],
    ['interleaf fuzz v4 --all --time 10m --output found', 'the large scenarios as well, keeping what is found'],
  ],
  notes: 'Exit codes: 1 something was found, 3 nothing was found (which proves nothing), 2 bad usage or input.',
  run: async (args, options, context) => (await import('../run/fuzz.js')).runFuzz(args, options, context),
});
