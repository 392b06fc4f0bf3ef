import { defineCommand } from '../command.js';
import { exportDefaults } from '../exportDefaults.js';
import { choice, flag, text, wholeNumber } from '../option.js';
import { scenarioOptions, systemOptions } from '../searchOptions.js';
import { sourceOptions } from '../sourceOptions.js';

/** `interleaf export`: a linked system for SPIN or TLC. */
export const exportCommand = defineCommand({
  name: 'export',
  summary: 'a scenario as a model for other checkers: SPIN (Promela) or TLC (TLA+)',
  arguments: [{ name: '[revision]', description: 'a built-in revision; or give --tree' }],
  options: {
    to: choice('--to <language>', 'what to write', ['promela', 'tla'], 'promela'),
    scenario: scenarioOptions.scenario,
    reduction: {
      ...flag('--no-reduction', 'as the full search sees the system: an export always is so'),
      preset: true,
    },
    transactions: flag(
      '--transactions',
      'steps of one thread that the search makes as one are one atomic step: for SPIN only',
    ),
    maxStates: wholeNumber(
      '--max-states <n>',
      `run so many states to see what the model needs (default: ${exportDefaults.maxStates})`,
      1,
    ),
    ...systemOptions,
    ...sourceOptions,
    output: text('--output <file>', 'write there, not to standard output'),
  },
  examples: [
    ['interleaf export v4 --scenario allocate-close > m.pml && spin -a m.pml', 'for SPIN; the file says how to go on'],
    ['interleaf export v4 --scenario allocate-close --transactions > m.pml', 'with fewer states'],
    ['interleaf export v4 --scenario allocate-close --to tla --output Model.tla', 'for TLC'],
  ],
  notes:
    'The model has a state for each state of the full search; with --transactions fewer, at least as many as with\n' +
    'check --reduce transactions. It is made while the scenario runs: what the run did not meet is an assertion in the\n' +
    'model, and there is none if it met everything.\n' +
    'Transactions need such a model.',
  run: async (args, options, context) => (await import('../run/export.js')).runExport(args, options, context),
});
