import { defineCommand } from '../command.js';
import { colour, flag, format, list } from '../option.js';
import { sourceOptions } from '../sourceOptions.js';

/** `interleaf lift`: what the front end made of C. */
export const lift = defineCommand({
  name: 'lift',
  summary: 'show what the front end makes of C: programs beside their lines, remarks, coverage',
  arguments: [
    { name: '[file]', description: 'a C file of the tree; without it the functions that the patch or range changes' },
  ],
  options: {
    ...sourceOptions,
    function: list('--function <name>', 'only this function; repeat it for more'),
    verbose: flag('--verbose', 'list #ifs and what is wrong with headers'),
    format,
    colour,
  },
  examples: [
    ['interleaf lift drivers/tee/tee_shm.c --tree ~/linux', 'all functions of a file'],
    ['interleaf lift drivers/tee/tee_shm.c --tree ~/linux --function tee_shm_put', 'one of them'],
    ['interleaf lift --tree ~/linux --patch v4.mbox', 'what a patch adds and changes'],
    ['interleaf lift my.c', 'a file alone: types and callees of its headers are unknown'],
  ],
  notes: 'Exit codes: 0 done, 2 bad usage or input, 3 parts of the patch could not be used.',
  run: async (args, options, context) => (await import('../run/lift.js')).runLift(args, options, context),
});
