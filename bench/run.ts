import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { benchDefaults } from './defaults.js';
import { climb, contestants, disagreements } from './ladder/ladder.js';
import type { LadderEntry } from './ladder/ladder.js';
import { failureList, ladderData, ladderTable } from './ladder/ladderReport.js';
import { withSection } from './ladder/resultsFile.js';
import { rungs } from './ladder/rungs.js';
import { machine, today } from './markdown.js';

const out = (line: string) => process.stdout.write(`${line}\n`);
/** `--rungs large` is what has more states than that, and has been searched to its end. */
const large = 4_000_000;

const progress = (text: string) => process.stderr.write(`${text}\n`);

interface LadderSettings {
  readonly rungs: string;
  readonly only: readonly string[];
  readonly runs: number;
  readonly seconds: number;
  readonly megabytes: number;
  readonly json: boolean;
  readonly write?: string;
}

/**
 * Climbs the ladder and prints what it saw; the section in the file is written after each rung, so that an end by force loses one.
 * Exit code 1 if two exact searches disagree about the states of a rung.
 */
async function ladder(settings: LadderSettings): Promise<void> {
  const names = settings.rungs.split(',');
  const chosenRungs = rungs.filter(
    ({ scenario, isSmall, full }) =>
      settings.rungs === 'all' ||
      (settings.rungs === 'small' && isSmall) ||
      (settings.rungs === 'large' && full !== null && full[0] > large) ||
      names.includes(scenario),
  );
  const chosen = contestantsNamed(settings.only);
  if (chosenRungs.length === 0 || chosen.length === 0) throw new Error('nothing to measure: see --help');
  const limits = { seconds: settings.seconds, megabytes: settings.megabytes };
  const entries: LadderEntry[] = [];
  for (const rung of chosenRungs) {
    entries.push(...(await climb(rung, chosen, { runs: settings.runs, limits, progress })));
    if (settings.write !== undefined) {
      const text = existsSync(settings.write) ? readFileSync(settings.write, 'utf8') : '# Results\n';
      writeFileSync(
        settings.write,
        withSection(text, `Ladder, ${settings.rungs}, ${today()}`, report(entries, settings)),
      );
    }
  }
  const wrong = disagreements(entries);
  if (settings.json)
    out(JSON.stringify({ date: today(), machine: machine(), entries: ladderData(entries), wrong }, null, 2));
  else for (const line of report(entries, settings)) out(line);
  if (wrong.length > 0) process.exitCode = 1;
}

/** All contestants, or those that are named: by the whole name, or by a part of it that is no whole name. */
function contestantsNamed(parts: readonly string[]): typeof contestants {
  if (parts.length === 0) return contestants;
  const isWhole = (part: string) => contestants.some(({ name }) => name === part);
  return contestants.filter(({ name }) => parts.some((part) => (isWhole(part) ? name === part : name.includes(part))));
}

/** What was measured, as Markdown. */
function report(entries: readonly LadderEntry[], { runs, seconds, megabytes }: LadderSettings): string[] {
  return [
    `${machine()}; median of ${runs}, at most ${seconds} s and ${megabytes} MiB each; revision ${entries[0]!.rung.revision}.`,
    '',
    ...ladderTable(entries),
    ...section('No numbers:', failureList(entries)),
    ...section(
      'Disagreements:',
      disagreements(entries).map((sentence) => `- ${sentence}`),
    ),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, '', ...lines];
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It has to be a whole number above 0.');
  return value;
}

const program = new Command('bench');
program
  .command('ladder', { isDefault: true })
  .description('Interleaf, SPIN and TLC on the same systems, in turn')
  .option('--rungs <which>', 'small, large, all, or ids of scenarios with commas between', 'small')
  .option('--only <names...>', 'checkers, by name or part of it', [])
  .option('--runs <n>', 'how often each', positive, 3)
  .option('--seconds <n>', 'time for one process', positive, 300)
  .option('--megabytes <n>', 'memory for one process', positive, 8000)
  .option('--json', 'print JSON', false)
  .option('--write <file>', 'keep the table in this file, as a section')
  .action(ladder);
program
  .command('defaults')
  .description('the default run of a revision, with several numbers of workers')
  .option('--revision <id>', 'what to check', 'v4')
  .option('--runs <n>', 'how often', positive, 3)
  .option('--workers <list>', 'numbers of workers to compare', '1,2')
  .option('--no-base', 'do not search the base as well')
  .action((options: { revision: string; runs: number; workers: string; base: boolean }) =>
    benchDefaults({ ...options, workers: options.workers.split(',').map(Number) }),
  );
await program.parseAsync();
