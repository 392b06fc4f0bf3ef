import { defineCommand } from '../command.js';
import { colour, format, text } from '../option.js';
import { engineOptions, limitOptions, scenarioOptions, systemOptions } from '../searchOptions.js';
import { treeOptions } from '../sourceOptions.js';

/** `interleaf regress`: what a newer revision fixed, kept and brought. */
export const regress = defineCommand({
  name: 'regress',
  summary: 'compare two revisions: what is fixed, what is still there, what came in',
  arguments: [
    { name: '<before>', description: 'the earlier revision; with --tree also a patch, a range of commits, or a tree' },
    { name: '<after>', description: 'the later revision, likewise' },
  ],
  options: {
    ...treeOptions,
    ...scenarioOptions,
    base: text(
      '--base <revision>',
      'what comes from this one is inherited; or none (default: the base of the later one)',
    ),
    ...systemOptions,
    ...limitOptions,
    ...engineOptions,
    output: text('--output <folder>', 'keep the counterexamples of the later revision there, and regress.json'),
    format,
    colour,
  },
  examples: [
    ['interleaf regress v4 v4-no-stubs', 'what did the review change?'],
    ['interleaf regress v6.12 v4', 'what does the patch bring?'],
    ['interleaf regress v4.mbox v5.mbox --tree ~/linux', 'what does the next version of a patch fix and break?'],
  ],
  notes: 'Exit codes: 0 nothing came in, 1 something did (introduced, or a new way in), 2 bad input, 3 inconclusive.',
  run: async (args, options, context) => (await import('../run/regress.js')).runRegress(args, options, context),
});
