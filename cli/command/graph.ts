import { defineCommand } from '../command.js';
import { defaultDrawnStates } from '../drawnStates.js';
import { choice, text, wholeNumber } from '../option.js';
import { scenarioOptions, systemOptions } from '../searchOptions.js';
import { otherOption, sourceOptions } from '../sourceOptions.js';

/** `interleaf graph`: a counterexample, a state space or a lifecycle, for drawing tools. */
export const graph = defineCommand({
  name: 'graph',
  summary: 'a counterexample, a state graph or a lifecycle for drawing tools',
  arguments: [
    { name: '[file|revision]', description: 'a counterexample file, or a revision, whose state graph is meant' },
  ],
  options: {
    to: choice('--to <format>', 'what to write', ['dot', 'graphml', 'json'], 'dot'),
    scenario: scenarioOptions.scenario,
    maxStates: wholeNumber('--max-states <n>', `states of a state graph (default: ${defaultDrawnStates})`, 1),
    lifecycle: text('--lifecycle <id>', 'the lifecycle of a kernel object; see `interleaf list lifecycles`'),
    ...systemOptions,
    ...sourceOptions,
    other: otherOption,
    output: text('--output <file>', 'write there, not to standard output'),
  },
  examples: [
    ['interleaf graph found/FINDING.json | dot -Tsvg > it.svg', 'draw a counterexample with Graphviz'],
    ['interleaf graph v4 --scenario allocate-close --to graphml', 'states and steps, for yEd or Gephi'],
    ['interleaf graph --lifecycle mutex', 'states and operations of a mutex'],
  ],
  run: async (args, options, context) => (await import('../run/graph.js')).runGraph(args, options, context),
});
