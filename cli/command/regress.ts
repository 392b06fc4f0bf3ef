import { join } from 'node:path';
import { runJobsWith } from '../../checker/parallel/runJobs.js';
import { regress as compareRevisions } from '../../checker/regress/regress.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import { sameProgram } from '../../checker/tree/sameProgram.js';
import { styleFor } from '../../counterexamples/report/style.js';
import { defineCommand } from '../command.js';
import { writeCounterexamples, writeOutput } from '../counterexampleFiles.js';
import { lookUpProperties, selectScenarios } from '../input/lookUp.js';
import { makeOutputFolder } from '../input/outputFolder.js';
import type { GivenRevision } from '../input/revisionInput.js';
import { baseOf, readSide, treeOptions } from '../input/revisionInput.js';
import { minimizeShown } from '../minimizeShown.js';
import { colour, format, text } from '../option.js';
import { regressText } from '../print/regressText.js';
import { progressLine } from '../progress.js';
import { replayCommand } from '../replayCommand.js';
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

/** `interleaf regress`: what a newer revision fixed, kept and brought. */
export const regress = defineCommand({
  name: 'regress',
  summary: 'compare two revisions: what is fixed, what is still there, what came in',
  arguments: [
    { name: '<before>', description: 'the earlier revision; with --tree also a patch, a range of commits, or a tree' },
    { name: '<after>', description: 'the later revision, likewise' },
  ],
  options: {
    ...treeOptions,
    ...scenarioOptions,
    base: text(
      '--base <revision>',
      'what comes from this one is inherited; or none (default: the base of the later one)',
    ),
    ...systemOptions,
    ...limitOptions,
    output: text('--output <folder>', 'keep the counterexamples of the later revision there, and regress.json'),
    format,
    colour,
  },
  examples: [
    ['interleaf regress v4 v4-no-stubs', 'what did the review change?'],
    ['interleaf regress v6.12 v4', 'what does the patch bring?'],
    ['interleaf regress v4.mbox v5.mbox --tree ~/linux', 'what does the next version of a patch fix and break?'],
  ],
  notes: 'Exit codes: 0 nothing came in, 1 something did (introduced, or a new way in), 2 bad input, 3 inconclusive.',
  run: async ([beforeId = '', afterId = ''], options, { streams, signal }) => {
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
  },
});

/** A tree that is compared with a patch of it is also the base: no search of it is made twice. */
function baseUnder(option: string | undefined, before: GivenRevision, after: GivenRevision): ResolvedRevision | null {
  const base = baseOf(option, after);
  const isSame = base !== null && before.opened !== null && sameProgram(base, before.resolved);
  return isSame ? before.resolved : base;
}
