import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { tlaModule } from '../export/tla.js';

const jar = process.env['INTERLEAF_TLC_JAR'];

/** Why a module cannot be run here, or null if it can. */
export function tlcMissing(): string | null {
  if (jar === undefined) return 'INTERLEAF_TLC_JAR is not the path of tla2tools.jar';
  return spawnSync('java', ['-version']).status === 0 ? null : 'java is not installed';
}

/** Has TLC count the distinct states of a module. Throws with what TLC printed if it does not come to its end. */
export function runTlc(tla: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'interleaf-tlc-'));
  try {
    writeFileSync(join(folder, `${tlaModule}.tla`), tla);
    writeFileSync(join(folder, `${tlaModule}.cfg`), 'SPECIFICATION Spec\n');
    // It unpacks modules of its own, and leaves them.
    const args = [
      '-XX:+UseParallelGC',
      `-Djava.io.tmpdir=${folder}`,
      '-cp',
      jar!,
      'tlc2.TLC',
      '-deadlock',
      '-nowarning',
      tlaModule,
    ];
    // A module that TLC gets lost in ends with an error, not with the test.
    const run = spawnSync('java', args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28, timeout: 300_000 });
    const found = /^[\d,]+ states generated, ([\d,]+) distinct states found, 0 states left on queue/m.exec(run.stdout);
    if (!found || run.status !== 0) throw new Error(`TLC: ${run.error?.message ?? ''}\n${run.stdout}${run.stderr}`);
    return Number(found[1]!.replaceAll(',', ''));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
