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
import type { CommandContext } from '../command.js';
import { defaultDrawnStates } from '../drawnStates.js';
import { writeOutput } from '../counterexampleFiles.js';
import { exitCodes } from '../exitCodes.js';
import { readCounterexampleFile } from '../input/counterexampleFile.js';
import { InputError } from '../input/inputError.js';
import { lookUpRevision, selectScenarios } from '../input/lookUp.js';
import type { ReplayOptionValues } from '../input/replayOn.js';
import { replayOn } from '../input/replayOn.js';
import type { GivenRevision } from '../input/revisionInput.js';
import { readRevision } from '../input/revisionInput.js';
import { readSystemOptions } from '../input/systemOptions.js';
import { unknownName } from '../input/unknownName.js';
import { replayFile } from '../replayFile.js';
import type { SystemOptionValues } from '../searchOptions.js';
import { write } from '../streams.js';

const writers = { dot: toDot, graphml: toGraphml, json: toJson } as const satisfies Record<
  string,
  (graph: AnyGraph) => string
>;

interface GraphOptions extends Omit<StateOptions, 'revision'> {
  readonly to: keyof typeof writers;
  readonly lifecycle: string | undefined;
  readonly output: string | undefined;
}

/** Writes a graph for drawing tools. */
export async function runGraph(
  [subject]: readonly (string | undefined)[],
  options: GraphOptions,
  { streams }: CommandContext,
): Promise<number> {
  const drawn =
    options.lifecycle === undefined
      ? await graphOf(subject, { ...options, revision: undefined }, streams.stdin)
      : graphOfLifecycle(options.lifecycle, subject);
  const document = writers[options.to](drawn.graph);
  if (options.output === undefined) await write(streams.stdout, document);
  else writeOutput(options.output, document);
  if (drawn.remark !== '') await write(streams.stderr, `interleaf: ${drawn.remark}\n`);
  return exitCodes.ok;
}

interface Drawn {
  readonly graph: AnyGraph;
  /** What the graph leaves out; empty if it is all. */
  readonly remark: string;
}

interface StateOptions extends ReplayOptionValues, SystemOptionValues {
  readonly scenario: readonly string[];
  readonly maxStates: number | undefined;
}

async function graphOf(
  subject: string | undefined,
  options: StateOptions,
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

function graphOfStates({ resolved: revision, words }: GivenRevision, options: StateOptions): Drawn {
  const scenarios = selectScenarios(options.scenario, [revision], false);
  const [scenario] = scenarios;
  if (scenarios.length !== 1 || !scenario) {
    const all = scenarios.map((one) => one.id).join(', ');
    throw new InputError('no-scenario', `a state graph is of one scenario; ${revision.revision.id} has ${all}`, {
      place: '--scenario',
      next: `interleaf graph ${words} --scenario ${scenario?.id ?? 'ID'}`,
    });
  }
  const maxStates = options.maxStates ?? defaultDrawnStates;
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
