import { check as checkRevision } from '../../checker/check.js';
import { printGenerated } from '../../checker/codegen/generateSteps.js';
import { runJobsWith } from '../../checker/parallel/runJobs.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import { link } from '../../checker/system/link.js';
import type { SystemOptions } from '../../checker/system/linkedSystem.js';
import { withSource } from '../../checker/tree/withSource.js';
import { jsonReport } from '../../counterexamples/report/json.js';
import { textReport } from '../../counterexamples/report/text.js';
import type { CommandContext } from '../command.js';
import { writeCounterexamples } from '../counterexampleFiles.js';
import { exitCodes } from '../exitCodes.js';
import { InputError } from '../input/inputError.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { readCheckpoint, readEngine, readLimits, readWorkers } from '../input/engineInput.js';
import { lookUpProperties, selectScenarios } from '../input/lookUp.js';
import { makeOutputFolder } from '../input/outputFolder.js';
import { baseOf, readRevision } from '../input/revisionInput.js';
import { readSystemOptions } from '../input/systemOptions.js';
import { minimizeShown } from '../minimizeShown.js';
import type { colour, format, ValueOf, ValuesOf } from '../option.js';
import { progressLine } from '../progress.js';
import { replayCommand } from '../replayCommand.js';
import { replaysOf } from '../replays.js';
import type {
  checkpointOptions,
  engineOptions,
  limitOptions,
  scenarioOptions,
  systemOptions,
} from '../searchOptions.js';
import type { sourceOptions } from '../sourceOptions.js';
import { write } from '../streams.js';
import { systemsOf } from '../systems.js';
import { wantsColour, widthOf } from '../terminal.js';

/** Milliseconds: enough for nearly all built-in scenarios, before one that waits for another gets a thread of its own. */
const tryHere = 2000;

interface CheckOptions
  extends
    ValuesOf<typeof sourceOptions>,
    ValuesOf<typeof scenarioOptions>,
    ValuesOf<typeof systemOptions>,
    ValuesOf<typeof limitOptions>,
    ValuesOf<typeof engineOptions>,
    ValuesOf<typeof checkpointOptions> {
  readonly base: string | undefined;
  readonly output: string | undefined;
  readonly verbose: boolean;
  readonly printGenerated: boolean;
  readonly format: ValueOf<typeof format>;
  readonly colour: ValueOf<typeof colour>;
}

/** Searches a revision and, if there is anything to compare, its base, and reports. */
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
  if (options.printGenerated) {
    await write(streams.stdout, generatedFor(revision, scenarios, system));
    return exitCodes.ok;
  }
  const checkpoint = readCheckpoint(options, scenarios.length, base !== null);
  const settings = readEngine(options, checkpoint);
  if (options.output !== undefined) makeOutputFolder(options.output);

  const progress = progressLine(streams.stderr, () => performance.now());
  const runJobs = runJobsWith({
    limits: readLimits(options),
    engine: { kind: 'exhaustive', settings },
    workers: readWorkers(options.workers),
    signal,
    // A search that no threads can share is tried here, stopped and begun again in one: none to keep.
    tryHere: checkpoint ? 0 : tryHere,
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

/** The generated JavaScript of a scenario; of one, as each has its own. */
function generatedFor(revision: ResolvedRevision, scenarios: readonly Scenario[], options: SystemOptions): string {
  const [scenario, ...others] = scenarios;
  if (!scenario || others.length > 0)
    throw new InputError('one-scenario-only', `each scenario has its own code, and there are ${scenarios.length}`, {
      next: 'name one by --scenario',
    });
  return printGenerated(link(revision, scenario, options));
}
