import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Rung } from './rungs.js';
import type { RunLimits } from './runProcess.js';
import { firstLine, runProcess } from './runProcess.js';

const command = fileURLToPath(new URL('../../../bin/interleaf.js', import.meta.url));

/** Kinds of models that other checkers read, and the text of one or why there is none. */
export type ModelFormat = 'promela' | 'tla';
export type Model = { readonly text: string } | { readonly failed: string };

/** A temporary folder for one rung, with its models for other checkers, each exported once. */
export class RungFolder {
  readonly path: string;
  private readonly rung: Rung;
  private readonly limits: RunLimits;
  private readonly models = new Map<ModelFormat, Promise<Model>>();

  constructor(rung: Rung, limits: RunLimits) {
    this.path = mkdtempSync(join(tmpdir(), 'interleaf-bench-'));
    this.rung = rung;
    this.limits = limits;
  }

  model(format: ModelFormat): Promise<Model> {
    const known = this.models.get(format);
    if (known) return known;
    const made = exported(this.rung, format, this.limits);
    this.models.set(format, made);
    return made;
  }

  /** A folder in it, with one file. Gives its path. */
  withFile(folder: string, name: string, text: string): string {
    const path = join(this.path, folder);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, name), text);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

async function exported({ revision, scenario, full }: Rung, format: ModelFormat, limits: RunLimits): Promise<Model> {
  // A model of a system that can be searched to its end is one of all its states.
  const all = full === null ? [] : ['--max-states', String(full[0])];
  const args = ['export', revision, '--scenario', scenario, '--to', format, ...all];
  const node = [`--max-old-space-size=${limits.megabytes}`, command, ...args];
  const { code, stdout, stderr, timedOut } = await runProcess(process.execPath, node, limits);
  if (timedOut) return { failed: `no model after ${limits.seconds} s` };
  if (code !== 0) return { failed: `no model: ${firstLine(stderr) ?? `exit code ${code}`}` };
  return { text: stdout };
}
