import { check as checkRevision } from '../../checker/check.js';
import { runJobsWith } from '../../checker/parallel/runJobs.js';
import { jsonReport } from '../../counterexamples/report/json.js';
import { textReport } from '../../counterexamples/report/text.js';
import { defineCommand } from '../command.js';
import { writeCounterexamples } from '../counterexampleFiles.js';
import { lookUpBase, lookUpProperties, lookUpRevision, selectScenarios } from '../input/lookUp.js';
import { makeOutputFolder } from '../input/outputFolder.js';
import { minimizeShown } from '../minimizeShown.js';
import { colour, format, text } from '../option.js';
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

/** `interleaf check`: every interleaving and every failure of a revision's scenarios. */
export const check = defineCommand({
  name: 'check',
  summary: 'check every interleaving and every failure of a revision',
  arguments: [{ name: '<revision>', description: 'such as v4; see `interleaf list revisions`' }],
  options: {
    ...scenarioOptions,
    base: text('--base <revision>', 'attribute findings against this one, or none (default: its own base)'),
    ...systemOptions,
    ...limitOptions,
    output: text('--output <folder>', 'keep each counterexample there, as <id>.json, and the result as result.json'),
    format,
    colour,
  },
  examples: [
    ['interleaf check v4', 'all its default scenarios'],
    ['interleaf check v4 --output found', 'the same, and keep every counterexample'],
    ['interleaf check v4 --scenario allocate-close', 'one scenario'],
    ['interleaf check v4 --force-outcome idr_replace=-ENOENT', 'what if this call failed?'],
  ],
  notes: 'Exit codes: 0 holds, 1 violated, 2 bad usage or input, 3 inconclusive.',
  run: async ([id = ''], options, { streams, signal }) => {
    const revision = lookUpRevision(id);
    const base = lookUpBase(options.base, revision);
    const scenarios = selectScenarios(options.scenario, [revision], options.all);
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
    const result = minimizeShown(searched, systemOf);

    if (options.output !== undefined) writeCounterexamples(options.output, result, system);
    const report =
      options.format === 'json'
        ? jsonReport(result)
        : textReport(result, {
            replayOf: replaysOf(result, systemOf),
            replayCommand: (finding) => replayCommand(id, finding, options),
            colour: wantsColour(options.colour, streams.stdout),
            width: widthOf(streams.stdout),
          });
    await write(streams.stdout, report);
    return result.exitCode;
  },
});
