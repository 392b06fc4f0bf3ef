import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Contestant, PreparedRun } from './contestant.js';
import { measuredEngines } from './engines.js';
import { firstLine, lastLine, runProcess } from './runProcess.js';

const oneSearch = fileURLToPath(new URL('../oneSearch.js', import.meta.url));
const command = fileURLToPath(new URL('../../../bin/interleaf.js', import.meta.url));

/** Nothing has to be prepared. */
const ready = (run: PreparedRun) => Promise.resolve(run);

/** Each engine of Interleaf in a Node process of its own. */
export const interleafEngines: readonly Contestant[] = measuredEngines.map(({ name, isFull }) => ({
  name: `Interleaf: ${name}`,
  isFull,
  isInexact: false,
  prepare: ({ revision, scenario }, { seconds, megabytes }) =>
    ready(async () => {
      const args = [`--max-old-space-size=${megabytes}`, oneSearch, revision, scenario, name];
      const { code, stdout, stderr, timedOut, seconds: total } = await runProcess(process.execPath, args, { seconds });
      if (timedOut) return { failed: `over ${seconds} s` };
      if (code !== 0) return { failed: lastLine(stderr) ?? `exit code ${code}` };
      const { limits, ...result } = JSON.parse(stdout) as {
        states: number;
        transitions: number;
        bytes: number;
        limits: string[];
        search: number;
        resident: number;
      };
      return limits.length > 0 ? { failed: limits.join('; ') } : { ...result, total };
    }),
}));

/** What a user runs: from the start of the process to the verdict, with everything that is on by default. */
export const interleafCommand: Contestant = {
  name: 'interleaf check',
  isFull: false,
  isInexact: false,
  prepare: ({ revision, scenario }, { seconds, megabytes }) =>
    ready(async () => {
      const args = ['check', revision, '--base', 'none', '--scenario', scenario, '--format', 'json'];
      const node = [`--max-old-space-size=${megabytes}`, command, ...args];
      const { code, stdout, stderr, resident, timedOut, ...run } = await runProcess(process.execPath, node, {
        seconds,
      });
      if (timedOut) return { failed: `over ${seconds} s` };
      if (code === null || code === 2 || code > 3) return { failed: firstLine(stderr) ?? `exit code ${code}` };
      const { scenarios } = JSON.parse(stdout) as {
        scenarios: readonly { states: number; transitions: number; seconds: number; bytes: number; limit: string }[];
      };
      const { states, transitions, seconds: search, bytes, limit } = scenarios[0]!;
      if (limit !== '') return { failed: limit };
      return { states, transitions, search, total: run.seconds, bytes, resident };
    }),
};
