import { check as checkRevision } from '../../checker/check.js';
import { runJobsWith } from '../../checker/parallel/runJobs.js';
import { withSource } from '../../checker/tree/withSource.js';
import { jsonReport } from '../../counterexamples/report/json.js';
import { textReport } from '../../counterexamples/report/text.js';
import type { CommandContext } from '../command.js';
import { writeCounterexamples } from '../counterexampleFiles.js';
import { lookUpProperties, selectScenarios } from '../input/lookUp.js';
import { makeOutputFolder } from '../input/outputFolder.js';
import { baseOf, readRevision } from '../input/revisionInput.js';
import { readSystemOptions } from '../input/systemOptions.js';
import { minimizeShown } from '../minimizeShown.js';
import type { colour, format, ValueOf, ValuesOf } from '../option.js';
import { progressLine } from '../progress.js';
import { replayCommand } from '../replayCommand.js';
import { replaysOf } from '../replays.js';
import type { limitOptions, scenarioOptions, systemOptions } from '../searchOptions.js';
import { readLimits, readWorkers } from '../searchOptions.js';
import type { sourceOptions } from '../sourceOptions.js';
import { write } from '../streams.js';
import { systemsOf } from '../systems.js';
import { wantsColour, widthOf } from '../terminal.js';

/** Milliseconds: as long as a worker thread takes to begin, and not so long that somebody who interrupts has to wait. */
const tryHere = 300;

interface CheckOptions
  extends
    ValuesOf<typeof sourceOptions>,
    ValuesOf<typeof scenarioOptions>,
    ValuesOf<typeof systemOptions>,
    ValuesOf<typeof limitOptions> {
  readonly base: string | undefined;
  readonly output: string | undefined;
  readonly verbose: boolean;
  readonly format: ValueOf<typeof format>;
  readonly colour: ValueOf<typeof colour>;
}

/** Searches a revision and its base, and reports. */
export async function runCheck(
  [subject]: readonly (string | undefined)[],
  options: CheckOptions,
  { streams, signal }: CommandContext,
): Promise<number> {
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
    tryHere,
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
}
