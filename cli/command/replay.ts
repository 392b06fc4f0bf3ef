import { defineCommand } from '../command.js';
import { colour, format, stepRange, text } from '../option.js';
import { otherOption, sourceOptions } from '../sourceOptions.js';

/** `interleaf replay`: one counterexample, step by step. */
export const replay = defineCommand({
  name: 'replay',
  summary: 'walk through a counterexample step by step',
  arguments: [{ name: '<file>', description: 'a counterexample that --output wrote; - is standard input' }],
  options: {
    step: stepRange('--step <n>', 'only this step, or these: 7, 40-45, 40-'),
    revision: text('--revision <revision>', 'try the schedule on another revision'),
    ...sourceOptions,
    other: otherOption,
    format,
    colour,
  },
  examples: [
    ['interleaf replay found/FINDING.json', 'every step'],
    ['interleaf replay found/FINDING.json --step 40-', 'from step 40 on'],
    ['interleaf replay found/FINDING.json --revision v5', 'does the schedule break the next revision, too?'],
    ['interleaf replay found/FINDING.json --tree ~/linux --patch v4.mbox', 'one that was found in a tree'],
  ],
  notes:
    'Exit codes: 1 the schedule breaks the property, 3 it does not any more (which is no proof that nothing does), 2 bad input.',
  run: async (args, options, context) => (await import('../run/replay.js')).runReplay(args, options, context),
});
