import process from 'node:process';
import { checkRevision } from '../checker/checkRevision.js';
import type { CheckResult, ScenarioResult } from '../checker/finding/finding.js';
import { count, machine, seconds, table, today } from './markdown.js';
import { median } from './median.js';

/** One run of everything: its wall time and what each scenario took. */
interface Run {
  readonly seconds: number;
  readonly result: CheckResult;
}

/** What `npm run bench -- defaults` was asked for. */
export interface DefaultsSettings {
  readonly revision: string;
  readonly runs: number;
  readonly workers: readonly number[];
  readonly base: boolean;
}

const out = (line: string) => process.stdout.write(`${line}\n`);

/** Checks a revision in all its default scenarios, as often as asked, and prints the medians as Markdown tables. */
export async function benchDefaults({ revision, runs, workers, base }: DefaultsSettings): Promise<void> {
  out(`interleaf check ${revision}${base ? '' : ' --base none'}, median of ${runs}`);
  out(`${machine()}, ${today()}\n`);
  const series: { workers: number; runs: Run[] }[] = [];
  for (const number of workers) {
    const made: Run[] = [];
    for (let run = 0; run < runs; run += 1) made.push(await once(revision, number, base));
    series.push({ workers: number, runs: made });
  }
  // One worker is not disturbed by another one: the figures of single scenarios are taken from the first series.
  for (const line of table(scenarioRows(series[0]!.runs))) out(line);
  out('');
  for (const line of table(totalRows(series))) out(line);
}

async function once(revision: string, workers: number, base: boolean): Promise<Run> {
  const start = performance.now();
  const result = await checkRevision(revision, { workers, ...(base ? {} : { base: null }) });
  return { seconds: (performance.now() - start) / 1000, result };
}

function scenarioRows(runs: readonly Run[]): string[][] {
  const rows = runs[0]!.result.scenarios.map((scenario) => {
    const all = runs.map(({ result }) => result.scenarios.find(({ id }) => id === scenario.id)!);
    return rowOf(scenario, median(all.map(({ seconds }) => seconds)));
  });
  return [['scenario', 'states', 'transitions', 'seconds', 'states/s', 'bytes/state'], ...rows];
}

function rowOf({ id, states, transitions, bytes }: ScenarioResult, time: number): string[] {
  const rate = states / Math.max(time, 0.001);
  return [id, count(states), count(transitions), seconds(time), count(rate), count(bytes / states)];
}

function totalRows(series: readonly { workers: number; runs: readonly Run[] }[]): string[][] {
  const rows = series.map(({ workers, runs }) => {
    const states = runs[0]!.result.scenarios.reduce((sum, scenario) => sum + scenario.states, 0);
    const time = median(runs.map((run) => run.seconds));
    return [String(workers), count(states), seconds(time), runs[0]!.result.verdict];
  });
  return [['workers', 'states', 'wall seconds', 'verdict'], ...rows];
}
