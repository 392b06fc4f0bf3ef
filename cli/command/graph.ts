import { existsSync } from 'node:fs';
import { link } from '../../checker/system/link.js';
import type { AnyGraph } from '../../counterexamples/graph/anyGraph.js';
import { counterexampleGraph } from '../../counterexamples/graph/counterexampleGraph.js';
import { lifecycleGraph } from '../../counterexamples/graph/lifecycleGraph.js';
import { stateGraph } from '../../counterexamples/graph/stateGraph.js';
import { toDot } from '../../counterexamples/graph/toDot.js';
import { toGraphml } from '../../counterexamples/graph/toGraphml.js';
import { toJson } from '../../counterexamples/graph/toJson.js';
import { lifecycleById, lifecycles } from '../../models/lifecycles/index.js';
import { revisionById } from '../../models/revisions/index.js';
import { defineCommand } from '../command.js';
import { writeOutput } from '../counterexampleFiles.js';
import { exitCodes } from '../exitCodes.js';
import { readCounterexampleFile } from '../input/counterexampleFile.js';
import { InputError } from '../input/inputError.js';
import { lookUpRevision, selectScenarios } from '../input/lookUp.js';
import type { ReplayOptionValues } from '../input/replayOn.js';
import { otherOption, replayOn } from '../input/replayOn.js';
import type { GivenRevision } from '../input/revisionInput.js';
import { readRevision, sourceOptions } from '../input/revisionInput.js';
import { unknownName } from '../input/unknownName.js';
import { choice, text, wholeNumber } from '../option.js';
import { replayFile } from '../replayFile.js';
import { readSystemOptions, scenarioOptions, systemOptions } from '../searchOptions.js';
import { write } from '../streams.js';

/** More states than this no tool draws so that anybody can read it. */
const defaultMaxStates = 500;

const writers = { dot: toDot, graphml: toGraphml, json: toJson } as const satisfies Record<
  string,
  (graph: AnyGraph) => string
>;

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
    maxStates: wholeNumber('--max-states <n>', `states of a state graph (default: ${defaultMaxStates})`, 1),
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
  run: async ([subject], options, { streams }) => {
    const drawn =
      options.lifecycle === undefined
        ? await graphOf(subject, { ...options, revision: undefined }, streams.stdin)
        : graphOfLifecycle(options.lifecycle, subject);
    const document = writers[options.to](drawn.graph);
    if (options.output === undefined) await write(streams.stdout, document);
    else writeOutput(options.output, document);
    if (drawn.remark !== '') await write(streams.stderr, `interleaf: ${drawn.remark}\n`);
    return exitCodes.ok;
  },
});

interface Drawn {
  readonly graph: AnyGraph;
  /** What the graph leaves out; empty if it is all. */
  readonly remark: string;
}

interface GraphOptions extends ReplayOptionValues {
  readonly scenario: readonly string[];
  readonly maxStates: number | undefined;
  readonly faults: number | undefined;
  readonly forceOutcome: readonly string[];
  readonly assumeFixed: readonly string[];
}

async function graphOf(
  subject: string | undefined,
  options: GraphOptions,
  stdin: NodeJS.ReadableStream,
): Promise<Drawn> {
  if (subject === undefined && options.tree === undefined) {
    throw new InputError(
      'no-subject',
      'there is nothing to draw: name a counterexample file, a revision, --tree or --lifecycle',
      {
        next: 'interleaf graph --help',
      },
    );
  }
  if (subject === undefined || revisionById(subject))
    return graphOfStates(await readRevision('graph', subject, options, stdin), options);
  const looksLikeFile = existsSync(subject) || subject === '-' || /[/\\]|\.json$/.test(subject);
  if (!looksLikeFile) lookUpRevision(subject);
  const counterexample = readCounterexampleFile(subject);
  const run = replayFile(subject, counterexample, await replayOn('graph', subject, counterexample, options, stdin));
  return { graph: counterexampleGraph(run, counterexample.finding.id), remark: '' };
}

function graphOfStates({ resolved: revision, words }: GivenRevision, options: GraphOptions): Drawn {
  const scenarios = selectScenarios(options.scenario, [revision], false);
  const [scenario] = scenarios;
  if (scenarios.length !== 1 || !scenario) {
    const all = scenarios.map((one) => one.id).join(', ');
    throw new InputError('no-scenario', `a state graph is of one scenario; ${revision.revision.id} has ${all}`, {
      place: '--scenario',
      next: `interleaf graph ${words} --scenario ${scenario?.id ?? 'ID'}`,
    });
  }
  const maxStates = options.maxStates ?? defaultMaxStates;
  const states = stateGraph(link(revision, scenario, readSystemOptions(options, [revision], scenarios)), { maxStates });
  const isWhole = states.getAttribute('complete');
  const remark = isWhole ? '' : `only the first ${maxStates} states are drawn; --max-states draws more`;
  return { graph: states, remark };
}

function graphOfLifecycle(id: string, subject: string | undefined): Drawn {
  if (subject !== undefined) {
    throw new InputError('bad-option', `--lifecycle draws one lifecycle, and '${subject}' is another subject`, {
      next: `interleaf graph --lifecycle ${id}`,
    });
  }
  const lifecycle = lifecycleById(id);
  if (!lifecycle)
    throw unknownName(
      'lifecycle',
      id,
      lifecycles.map((one) => one.id),
      'interleaf list lifecycles',
    );
  return { graph: lifecycleGraph(lifecycle), remark: '' };
}
