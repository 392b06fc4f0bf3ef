import { join } from 'node:path';
import { runJobsWith } from '../../checker/parallel/runJobs.js';
import { regress as compareRevisions } from '../../checker/regress/regress.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import { sameProgram } from '../../checker/tree/sameProgram.js';
import { styleFor } from '../../counterexamples/report/style.js';
import type { CommandContext } from '../command.js';
import { writeCounterexamples, writeOutput } from '../counterexampleFiles.js';
import { readEngine, readLimits, readWorkers } from '../input/engineInput.js';
import { lookUpProperties, selectScenarios } from '../input/lookUp.js';
import { makeOutputFolder } from '../input/outputFolder.js';
import type { GivenRevision } from '../input/revisionInput.js';
import { baseOf, readSide } from '../input/revisionInput.js';
import { readSystemOptions } from '../input/systemOptions.js';
import { minimizeShown } from '../minimizeShown.js';
import type { colour, format, ValueOf, ValuesOf } from '../option.js';
import { regressText } from '../print/regressText.js';
import { progressLine } from '../progress.js';
import { replayCommand } from '../replayCommand.js';
import type { engineOptions, limitOptions, scenarioOptions, systemOptions } from '../searchOptions.js';
import type { treeOptions } from '../sourceOptions.js';
import { write } from '../streams.js';
import { systemsOf } from '../systems.js';
import { wantsColour, widthOf } from '../terminal.js';

interface RegressOptions
  extends
    ValuesOf<typeof treeOptions>,
    ValuesOf<typeof scenarioOptions>,
    ValuesOf<typeof systemOptions>,
    ValuesOf<typeof limitOptions>,
    ValuesOf<typeof engineOptions> {
  readonly base: string | undefined;
  readonly output: string | undefined;
  readonly format: ValueOf<typeof format>;
  readonly colour: ValueOf<typeof colour>;
}

/** Searches both revisions and compares what was found. */
export async function runRegress(
  [beforeId = '', afterId = '']: readonly (string | undefined)[],
  options: RegressOptions,
  { streams, signal }: CommandContext,
): Promise<number> {
  const givenBefore = await readSide('regress', beforeId, options, streams.stdin);
  const givenAfter = await readSide('regress', afterId, options, streams.stdin);
  const [before, after] = [givenBefore.resolved, givenAfter.resolved];
  const base = baseUnder(options.base, givenBefore, givenAfter);
  const opened = { before: givenBefore.opened, after: givenAfter.opened };
  const scenarios = selectScenarios(options.scenario, [before, after], options.all);
  const properties = lookUpProperties(options.property);
  const system = readSystemOptions(options, [before, after], scenarios);
  if (options.output !== undefined) makeOutputFolder(options.output);

  const progress = progressLine(streams.stderr, () => performance.now());
  const runJobs = runJobsWith({
    limits: readLimits(options),
    engine: { kind: 'exhaustive', settings: readEngine(options) },
    workers: readWorkers(options.workers),
    signal,
    onProgress: progress.onProgress,
  });
  const request = { before, after, base, scenarios, options: system, properties, runJobs, opened };
  const result = await compareRevisions(request);
  progress.clear();

  const document = `${JSON.stringify(result, null, 2)}\n`;
  if (options.output !== undefined) {
    const kept = minimizeShown(result.results.after, systemsOf(after, system));
    writeCounterexamples(options.output, kept, system);
    writeOutput(join(options.output, 'regress.json'), document);
  }
  const report =
    options.format === 'json'
      ? document
      : regressText(result, {
          style: styleFor(wantsColour(options.colour, streams.stdout)),
          width: widthOf(streams.stdout),
          replayCommand: (finding) => replayCommand(givenAfter, finding, options),
        });
  await write(streams.stdout, report);
  return result.exitCode;
}

/** A tree that is compared with a patch of it is also the base: no search of it is made twice. */
function baseUnder(option: string | undefined, before: GivenRevision, after: GivenRevision): ResolvedRevision | null {
  const base = baseOf(option, after);
  const isSame = base !== null && before.opened !== null && sameProgram(base, before.resolved);
  return isSame ? before.resolved : base;
}
