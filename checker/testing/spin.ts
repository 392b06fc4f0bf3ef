import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why a model cannot be run here, or null if it can. */
export function spinMissing(): string | null {
  for (const [program, option] of [
    ['spin', '-V'],
    ['gcc', '--version'],
  ] as const)
    if (spawnSync(program, [option]).status !== 0) return `${program} is not installed`;
  return null;
}

/** What SPIN says of a model. */
export interface SpinRun {
  readonly states: number;
  /** SPIN counts the initial state as one. */
  readonly transitions: number;
  readonly errors: number;
}

/** Lets SPIN search a model completely, without partial order reduction. `defines` are given to its preprocessor. */
export function runSpin(promela: string, defines: readonly string[] = []): SpinRun {
  const folder = mkdtempSync(join(tmpdir(), 'interleaf-spin-'));
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  try {
    writeFileSync(join(folder, 'model.pml'), promela);
    const messages = run('spin', ...defines.map((name) => `-D${name}`), '-a', 'model.pml').trim();
    if (messages !== '') throw new Error(`spin: ${messages}`);
    run('gcc', '-O0', '-DSAFETY', '-DNOREDUCE', '-DNOBOUNDCHECK', '-DMEMLIM=20000', '-w', '-o', 'pan', 'pan.c');
    const report = run('./pan', '-n', '-m1000000', '-w20', '-c0');
    const numberBefore = (text: string) => Number(new RegExp(`(\\S+) ${text}`).exec(report)?.[1]);
    return {
      states: numberBefore('states, stored'),
      transitions: numberBefore('transitions'),
      errors: Number(/errors: (\d+)/.exec(report)?.[1]),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
