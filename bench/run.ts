import { availableParallelism, cpus, totalmem } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { checkRevision } from '../checker/checkRevision.js';
import type { CheckResult, ScenarioResult } from '../checker/finding/finding.js';
import { columns } from '../counterexamples/report/layout.js';
import { median } from './median.js';

/** One run of everything: its wall time and what each scenario took. */
interface Run {
  readonly seconds: number;
  readonly result: CheckResult;
}

interface Settings {
  readonly revision: string;
  readonly runs: number;
  readonly workers: readonly number[];
  readonly base: boolean;
}

const out = (line: string) => process.stdout.write(`${line}\n`);

/** Checks a revision in all its default scenarios, as often as asked, and prints the medians as Markdown tables. */
async function bench({ revision, runs, workers, base }: Settings): Promise<void> {
  out(`interleaf check ${revision}${base ? '' : ' --base none'}, median of ${runs}`);
  out(`${machine()}, ${new Date().toISOString().slice(0, 10)}\n`);
  const series: { workers: number; runs: Run[] }[] = [];
  for (const count of workers) {
    const made: Run[] = [];
    for (let run = 0; run < runs; run += 1) made.push(await once(revision, count, base));
    series.push({ workers: count, runs: made });
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

function rowOf({ id, states, transitions, bytes }: ScenarioResult, seconds: number): string[] {
  const rate = Math.round(states / Math.max(seconds, 0.001));
  return [
    id,
    number(states),
    number(transitions),
    seconds.toFixed(2),
    number(rate),
    number(Math.round(bytes / states)),
  ];
}

function totalRows(series: readonly { workers: number; runs: readonly Run[] }[]): string[][] {
  const rows = series.map(({ workers, runs }) => {
    const states = runs[0]!.result.scenarios.reduce((sum, scenario) => sum + scenario.states, 0);
    const seconds = median(runs.map((run) => run.seconds));
    return [String(workers), number(states), seconds.toFixed(2), runs[0]!.result.verdict];
  });
  return [['workers', 'states', 'wall seconds', 'verdict'], ...rows];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const right = rows[0]!.map((_, index) => index).slice(1);
  const [head = '', ...body] = columns(rows, right);
  const marked = [head, ...body].map((line) => `| ${line.replace(/ {2,}/g, ' | ')} |`);
  return [marked[0]!, `|${rows[0]!.map((_, index) => (index === 0 ? '---|' : '--:|')).join('')}`, ...marked.slice(1)];
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** The class of machine, without its name. */
function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${model}), ${memory} GiB, Node ${process.versions.node}`;
}

const options = new Command('bench')
  .option('--revision <id>', 'what to check', 'v4')
  .option('--runs <n>', 'how often', '3')
  .option('--workers <list>', 'numbers of workers to compare', '1,2')
  .option('--no-base', 'do not search the base as well')
  .parse()
  .opts<{ revision: string; runs: string; workers: string; base: boolean }>();

await bench({
  revision: options.revision,
  runs: Number(options.runs),
  workers: options.workers.split(',').map(Number),
  base: options.base,
});
