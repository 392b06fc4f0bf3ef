import process from 'node:process';
import type { Contestant, NoMeasurement, PreparedRun } from './contestant.js';
import { parseTlc } from './parseTlc.js';
import type { RungFolder } from './rungFolder.js';
import type { Rung } from './rungs.js';
import type { RunLimits } from './runProcess.js';
import { lastLine, runProcess } from './runProcess.js';

/** TLC, if `INTERLEAF_TLC_JAR` says where its jar is; `java` has to be in the path. */
export const tlcContestants: readonly Contestant[] = [{ name: 'TLC', isFull: true, isInexact: false, prepare }];

async function prepare(_rung: Rung, limits: RunLimits, folder: RungFolder): Promise<PreparedRun | NoMeasurement> {
  const jar = process.env['INTERLEAF_TLC_JAR'];
  if (jar === undefined) return { failed: 'INTERLEAF_TLC_JAR is not set' };
  const model = await folder.model('tla');
  if ('failed' in model) return model;
  const module = /^-+ *MODULE +(\w+) *-+/m.exec(model.text)?.[1];
  if (module === undefined) return { failed: 'the model has no module' };
  const cwd = folder.withFile('tlc', `${module}.tla`, model.text);
  folder.withFile('tlc', `${module}.cfg`, 'SPECIFICATION Spec\n');
  const java = [`-Xmx${limits.megabytes}m`, '-XX:+UseParallelGC', `-Djava.io.tmpdir=${cwd}`, '-cp', jar, 'tlc2.TLC'];
  const args = [...java, '-deadlock', '-nowarning', '-workers', '1', '-config', `${module}.cfg`, module];
  return async () => {
    const run = await runProcess('java', args, { cwd, seconds: limits.seconds });
    if (run.timedOut) return { failed: `over ${limits.seconds} s` };
    const parsed = parseTlc(run.stdout);
    if (parsed === null) return { failed: `TLC: ${lastLine(run.stdout + run.stderr) ?? `exit code ${run.code}`}` };
    return { ...parsed, search: run.seconds, total: run.seconds, bytes: null, resident: run.resident };
  };
}
