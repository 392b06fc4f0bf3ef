import type { Explanation } from '../../checker/replay/explainFinding.js';
import { explainFinding } from '../../checker/replay/explainFinding.js';
import { findViolation } from '../../checker/replay/replay.js';
import type { Replay } from '../../checker/replay/replayData.js';
import { toolVersion } from '../../checker/toolVersion.js';
import type { Counterexample } from '../../counterexamples/format/schema.js';
import { wrap } from '../../counterexamples/report/layout.js';
import { styleFor } from '../../counterexamples/report/style.js';
import type { CommandContext } from '../command.js';
import { exitCodes } from '../exitCodes.js';
import { readCounterexampleFile } from '../input/counterexampleFile.js';
import type { ReplayOptionValues } from '../input/replayOn.js';
import { replayOn } from '../input/replayOn.js';
import type { colour, format, ValueOf } from '../option.js';
import { replaySteps } from '../print/replaySteps.js';
import { replayFile } from '../replayFile.js';
import { write } from '../streams.js';
import { wantsColour, widthOf } from '../terminal.js';

interface ReplayOptions extends ReplayOptionValues {
  readonly step: readonly [from: number, to: number] | undefined;
  readonly format: ValueOf<typeof format>;
  readonly colour: ValueOf<typeof colour>;
}

/** Replays a counterexample and prints its steps. */
export async function runReplay(
  [path = '']: readonly (string | undefined)[],
  options: ReplayOptions,
  { streams }: CommandContext,
): Promise<number> {
  const counterexample = readCounterexampleFile(path);
  const on = await replayOn('replay', path, counterexample, options, streams.stdin);
  const run = replayFile(path, counterexample, on);
  const explained = explainFinding(run, counterexample.finding.id);
  const exitCode = findViolation(run, counterexample.finding.id) ? exitCodes.violated : exitCodes.inconclusive;
  if (options.format === 'json') {
    const { finding } = counterexample;
    const document = {
      format: 'interleaf.replay',
      version: 1,
      tool: `interleaf ${toolVersion}`,
      finding,
      exitCode,
      explained,
      replay: run,
    };
    await write(streams.stdout, `${JSON.stringify(document, null, 2)}\n`);
  } else {
    const style = styleFor(wantsColour(options.colour, streams.stdout));
    const width = widthOf(streams.stdout);
    const [from, to] = options.step ?? [1, Infinity];
    const lines = [
      ...head(counterexample, run).flatMap((line) => wrap(line, width, '  ')),
      ...replaySteps(run, explained, { style, width, from, to }),
      '',
      style.bold('Why'),
      ...why(explained).flatMap((line) => wrap(`  ${line}`, width, '    ')),
      '',
    ];
    await write(streams.stdout, lines.join('\n'));
  }
  return exitCode;
}

function head({ finding, via, options }: Counterexample, run: Replay): string[] {
  const threads = run.threads.map(
    ({ name, process }) => `${name} (${process === null ? 'kernel' : `process ${process}`})`,
  );
  const special = [
    ...(options.faults === null ? [] : [`at most ${options.faults} failures`]),
    ...options.forcedOutcomes.map(({ text: outcome }) => `forced: ${outcome}`),
    ...options.assumeFixed.map((id) => `assumed fixed: ${id}`),
  ];
  return [
    `${finding.id}: ${finding.title}`,
    `way in: ${via}`,
    `revision ${run.revision}, scenario ${run.scenario}, ${run.steps.length} steps; threads: ${threads.join(', ')}`,
    ...(special.length === 0 ? [] : [special.join('; ')]),
  ];
}

function why(explained: Explanation | null): readonly string[] {
  if (explained) return explained.sentences;
  return ['The schedule runs to its end and does not break the property. Other schedules may.'];
}
