import { check as checkRevision } from '../../checker/check.js';
import type { CheckResult, Finding } from '../../checker/finding/finding.js';
import type { Sample } from '../../checker/fuzz/sampleSystem.js';
import { runJobsWith } from '../../checker/parallel/runJobs.js';
import { withSource } from '../../checker/tree/withSource.js';
import { witnessToShow } from '../../counterexamples/report/rootCauses.js';
import { textReport } from '../../counterexamples/report/text.js';
import type { CommandContext } from '../command.js';
import { fileOf, writeCounterexamples } from '../counterexampleFiles.js';
import { InputError } from '../input/inputError.js';
import { readWorkers } from '../input/engineInput.js';
import { lookUpProperties, readFindingIds, selectScenarios } from '../input/lookUp.js';
import { makeOutputFolder } from '../input/outputFolder.js';
import { readRevision } from '../input/revisionInput.js';
import { readSystemOptions } from '../input/systemOptions.js';
import { minimizeShown } from '../minimizeShown.js';
import type { colour, format, ValueOf, ValuesOf } from '../option.js';
import { progressLine } from '../progress.js';
import { quote } from '../quote.js';
import { replaysOf } from '../replays.js';
import { defaultRuns, seeds } from '../sampleDefaults.js';
import type { limitOptions, scenarioOptions, systemOptions, SystemOptionValues } from '../searchOptions.js';
import { printSystemOptions } from '../searchOptions.js';
import type { sourceOptions } from '../sourceOptions.js';
import { write } from '../streams.js';
import { systemsOf } from '../systems.js';
import { wantsColour, widthOf } from '../terminal.js';

/** A sample with the scenario it is of. */
interface ScenarioSample extends Sample {
  readonly scenario: string;
}

interface FuzzOptions
  extends ValuesOf<typeof sourceOptions>, ValuesOf<typeof scenarioOptions>, ValuesOf<typeof systemOptions> {
  readonly seed: number | undefined;
  readonly runs: number | undefined;
  readonly time: number | undefined;
  readonly known: readonly string[];
  readonly path: string | undefined;
  readonly workers: ValueOf<(typeof limitOptions)['workers']>;
  readonly output: string | undefined;
  readonly format: ValueOf<typeof format>;
  readonly colour: ValueOf<typeof colour>;
}

/** Samples schedules of a revision, and reports. */
export async function runFuzz(
  [subject]: readonly (string | undefined)[],
  options: FuzzOptions,
  { streams, signal }: CommandContext,
): Promise<number> {
  const { resolved: revision, opened, words } = await readRevision('fuzz', subject, options, streams.stdin);
  const scenarios = selectScenarios(options.scenario, [revision], options.all);
  const properties = lookUpProperties(options.property);
  const system = readSystemOptions(options, [revision], scenarios);
  const known = readFindingIds(options.known);
  const path = readPath(options.path, scenarios.length, options.seed);
  if (options.output !== undefined) makeOutputFolder(options.output);

  const seed = options.seed ?? Math.floor(Math.random() * seeds);
  const workers = Math.min(readWorkers(options.workers), Math.max(1, scenarios.length));
  const samples: ScenarioSample[] = [];
  const progress = progressLine(streams.stderr, () => performance.now());
  const runJobs = runJobsWith({
    engine: {
      kind: 'sample',
      settings: {
        seed: seed | 0,
        runs: options.runs ?? (options.time === undefined ? defaultRuns : Infinity),
        path,
        known,
        properties,
      },
    },
    limits: { maxStates: Infinity, timeout: timeOfScenario(options.time, workers, scenarios.length) ?? Infinity },
    workers,
    signal,
    onProgress: (event) => {
      progress.onProgress(event);
      if (event.kind !== 'finished') return;
      samples.push(...event.result.samples.map((sample) => ({ ...sample, scenario: event.job.scenario.id })));
    },
  });
  // Nothing is attributed: what a sample of the base does not show, the base may have all the same.
  const sampled = await checkRevision({ revision, base: null, scenarios, options: system, properties, runJobs });
  const result = opened ? withSource(sampled, opened) : sampled;
  progress.clear();
  const systemOf = systemsOf(revision, system);
  const found = minimizeShown(onlyFound(result, samples), systemOf);

  if (options.output !== undefined) writeCounterexamples(options.output, found, system);
  const again = (sample: ScenarioSample) => commandFor(words, sample, options);
  if (options.format === 'json') {
    const document = {
      ...found,
      format: 'interleaf.fuzz',
      seed,
      samples: [...samples].sort(byScenario).map((sample) => sampleAsData(sample, again(sample))),
    };
    await write(streams.stdout, `${JSON.stringify(document, null, 2)}\n`);
  } else {
    const report = textReport(found, {
      replayOf: replaysOf(found, systemOf),
      replayCommand: (finding) =>
        replayCommand(finding, samples, options.output, again, opened === null ? '' : ` ${words}`),
      colour: wantsColour(options.colour, streams.stdout),
      width: widthOf(streams.stdout),
    });
    await write(streams.stdout, `${report}${seedText(seed, samples, again)}`);
  }
  return found.exitCode;
}

/** A path belongs to one seed and one scenario. */
function readPath(path: string | undefined, scenarios: number, seed: number | undefined): string | null {
  if (path === undefined) return null;
  const wrong = !/^\d+(:\d+)*$/.test(path)
    ? `'${path}' is no path; paths look like 17:3:0`
    : scenarios !== 1 || seed === undefined
      ? 'a path belongs to one scenario and one seed'
      : null;
  if (wrong === null) return path;
  const next = 'take --scenario, --seed, --path and --known as `interleaf fuzz` printed them';
  throw new InputError('bad-option', wrong, { place: '--path', next });
}

/** Scenarios run beside each other in as many workers, so each gets its share of all their time. */
function timeOfScenario(time: number | undefined, workers: number, scenarios: number): number | undefined {
  return time === undefined ? undefined : Math.max(1, (time * workers) / Math.max(1, scenarios));
}

/** Notes are about code, not about schedules: a sample does not find them. */
function onlyFound(result: CheckResult, samples: readonly Sample[]): CheckResult {
  const ids = new Set(samples.map(({ id }) => id));
  return { ...result, findings: result.findings.filter(({ id }) => ids.has(id)) };
}

function seedText(seed: number, samples: readonly ScenarioSample[], again: (sample: ScenarioSample) => string): string {
  const lines = [...samples].sort(byScenario).flatMap((sample) => [`  ${sample.id}`, `    ${again(sample)}`]);
  const title = `Seed ${seed}: with --seed ${seed} the same schedules are tried again`;
  return [
    '',
    lines.length === 0 ? title : `${title}, and with these commands one run of each finding`,
    ...lines,
    '',
  ].join('\n');
}

function sampleAsData({ id, scenario, seed, path, known }: ScenarioSample, command: string) {
  return { id, scenario, seed: seed >>> 0, path, known, command };
}

/** The command that comes to a sample again. */
function commandFor(
  revision: string,
  sample: ScenarioSample,
  options: SystemOptionValues & { readonly property: readonly string[] },
): string {
  const { scenario, seed, path, known } = sample;
  const words = [
    'interleaf fuzz',
    revision,
    `--scenario ${scenario}`,
    // Inside, seeds have a sign.
    `--seed ${seed >>> 0}`,
    `--path ${path}`,
    ...(known.length === 0 ? [] : [`--known ${known.join(',')}`]),
    ...options.property.map((id) => `--property ${id}`),
    ...printSystemOptions(options),
  ];
  return words.join(' ');
}

function replayCommand(
  finding: Finding,
  samples: readonly ScenarioSample[],
  output: string | undefined,
  again: (sample: ScenarioSample) => string,
  source: string,
): string {
  if (output !== undefined) return `interleaf replay ${quote(fileOf(output, finding))}${source}`;
  const shown = witnessToShow(finding)?.scenario;
  const sample = samples.find(({ id, scenario }) => id === finding.id && scenario === shown);
  return sample ? `${again(sample)} --output found; interleaf replay found/${finding.id}.json${source}` : '';
}

function byScenario(one: ScenarioSample, other: ScenarioSample): number {
  return one.scenario < other.scenario ? -1 : one.scenario > other.scenario ? 1 : one.known.length - other.known.length;
}
