import { check as checkRevision } from '../../checker/check.js';
import { runJobsWith } from '../../checker/parallel/runJobs.js';
import { withSource } from '../../checker/tree/withSource.js';
import { jsonReport } from '../../counterexamples/report/json.js';
import { textReport } from '../../counterexamples/report/text.js';
import { defineCommand } from '../command.js';
import { writeCounterexamples } from '../counterexampleFiles.js';
import { lookUpProperties, selectScenarios } from '../input/lookUp.js';
import { makeOutputFolder } from '../input/outputFolder.js';
import { baseOf, readRevision, sourceOptions } from '../input/revisionInput.js';
import { minimizeShown } from '../minimizeShown.js';
import { colour, flag, format, text } from '../option.js';
import { progressLine } from '../progress.js';
import { replayCommand } from '../replayCommand.js';
import { replaysOf } from '../replays.js';
import {
  limitOptions,
  readLimits,
  readSystemOptions,
  readWorkers,
  scenarioOptions,
  systemOptions,
} from '../searchOptions.js';
import { write } from '../streams.js';
import { systemsOf } from '../systems.js';
import { wantsColour, widthOf } from '../terminal.js';

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
  run: async ([subject], options, { streams, signal }) => {
    const given = await readRevision('check', subject, options, streams.stdin);
    const { resolved: revision, opened } = given;
    const base = baseOf(options.base, given);
    const isPointless = opened?.exercised === false && options.scenario.length === 0;
    const scenarios = isPointless ? [] : selectScenarios(options.scenario, [revision], options.all);
    const properties = lookUpProperties(options.property);
    const system = readSystemOptions(options, [revision], scenarios);
    if (options.output !== undefined) makeOutputFolder(options.output);

    const progress = progressLine(streams.stderr, () => performance.now());
    const runJobs = runJobsWith({
      limits: readLimits(options),
      workers: readWorkers(options.workers),
      signal,
      onProgress: progress.onProgress,
    });
    const searched = await checkRevision({ revision, base, scenarios, options: system, properties, runJobs });
    progress.clear();
    const systemOf = systemsOf(revision, system);
    const result = minimizeShown(opened ? withSource(searched, opened) : searched, systemOf);

    if (options.output !== undefined) writeCounterexamples(options.output, result, system);
    const report =
      options.format === 'json'
        ? jsonReport(result)
        : textReport(result, {
            replayOf: replaysOf(result, systemOf),
            replayCommand: (finding) => replayCommand(given, finding, options),
            verbose: options.verbose,
            colour: wantsColour(options.colour, streams.stdout),
            width: widthOf(streams.stdout),
          });
    await write(streams.stdout, report);
    return result.exitCode;
  },
});
