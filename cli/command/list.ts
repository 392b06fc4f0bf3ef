import { defineCommand } from '../command.js';
import { sectionNames } from '../listing/sectionNames.js';
import { format, text } from '../option.js';

/** `interleaf list`: what there is to check, and with what. */
export const list = defineCommand({
  name: 'list',
  summary: 'list revisions, scenarios, properties, lifecycles or kernel functions',
  arguments: [{ name: '[what]', description: `one of ${sectionNames.join(', ')}, with details` }],
  options: {
    machine: text('--machine <id>', "print the XState machine of a lifecycle as JSON, for XState's own tools"),
    format,
  },
  examples: [
    ['interleaf list', 'everything, one line each'],
    ['interleaf list lifecycles', 'states and events of every lifecycle'],
    ['interleaf list lifecycles --machine mutex', 'the machine, for createMachine() or the Stately editor'],
  ],
  run: async (args, options, context) => (await import('../run/list.js')).runList(args, options, context),
});
