import { defineCommand } from '../command.js';
import { colour, flag, format, text } from '../option.js';
import { checkpointOptions, engineOptions, limitOptions, scenarioOptions, systemOptions } from '../searchOptions.js';
import { sourceOptions } from '../sourceOptions.js';

/** `interleaf check`: every interleaving and every failure of a revision's scenarios; of a built-in one, or of C in a tree. */
export const check = defineCommand({
  name: 'check',
  summary: 'check every interleaving and every failure of a revision, or of a kernel tree with a patch',
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
    base: text('--base <revision>', 'attribute findings against this one, or none (default: its own base)'),
    ...systemOptions,
    ...limitOptions,
    ...engineOptions,
    ...checkpointOptions,
    printGenerated: flag(
      '--print-generated',
      'print the JavaScript that makes the steps of one scenario, and search nothing',
    ),
    output: text('--output <folder>', 'keep each counterexample there, as <id>.json, and the result as result.json'),
    verbose: flag('--verbose', 'list what is otherwise counted: #ifs, remarks, dropped lines of a mail'),
    format,
    colour,
  },
  examples: [
    ['interleaf check v4', 'all its default scenarios'],
    ['interleaf check v4 --output found', 'the same, and keep every counterexample'],
    ['interleaf check v4 --scenario allocate-close', 'one scenario'],
    ['interleaf check v4 --force-outcome idr_replace=-ENOENT', 'what if this call failed?'],
    ['interleaf check --tree ~/linux', 'a kernel tree as it is'],
    ['interleaf check --tree ~/linux --patch v4.mbox', 'what a patch does to it'],
    ['b4 am -o- MSGID | interleaf check --tree ~/linux -', 'the same for a series on a list'],
    ['interleaf check --tree ~/linux --range v6.12..topic', 'what some commits do'],
  ],
  notes: [
    'With --tree the C of the TEE subsystem is read from the tree, the patch is laid over it in memory, and findings are attributed',
    'against the tree without the patch. Parts of the input that could not be used make the answer inconclusive at best.',
    'Exit codes: 0 holds, 1 violated, 2 bad usage or input, 3 inconclusive.',
  ].join('\n'),
  run: async (args, options, context) => (await import('../run/check.js')).runCheck(args, options, context),
});
