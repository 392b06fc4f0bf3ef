import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** What a run of the program left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The committed entry of the program; what it starts is the build. */
export const bin = fileURLToPath(new URL('../../bin/interleaf.js', import.meta.url));

/** Runs the built program to its end, without a terminal. */
export function interleaf(...args: readonly string[]): Outcome {
  return interleafWith({}, ...args);
}

/** As `interleaf`, with more of a surrounding. */
export function interleafWith(
  surrounding: { readonly input?: string; readonly env?: NodeJS.ProcessEnv },
  ...args: readonly string[]
): Outcome {
  const { input = '', env = {} } = surrounding;
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    input,
    env: { ...process.env, ...env },
    maxBuffer: 100_000_000,
  });
  return { status, stdout, stderr };
}

/** The document of a run with `--format json`; throws if standard output is not one JSON document. */
export function documentOf<T>({ stdout }: Outcome): T {
  return JSON.parse(stdout) as T;
}

/** What an error looks like with `--format json`. */
export interface ErrorDocument {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly place: string | null;
    readonly next: string;
  };
}

/** A folder of its own, gone when `use` is done. */
export async function withFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'interleaf-e2e-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
