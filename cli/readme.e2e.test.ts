/**
 * What README.md shows is what the program says: its transcripts are run, in order, in one empty folder. Those about `~/linux` and `v4.mbox`
 * are run with the real ones, and skipped where there are none.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, seedPatch, tree612 } from '../models/c/testing/inputs.js';
import { bin } from './testing/runProgram.js';

interface Transcript {
  readonly args: readonly string[];
  /** Lines that its output has, in this order. */
  readonly lines: readonly string[];
}

function transcripts(markdown: string): Transcript[] {
  return [...markdown.matchAll(/```console\n([\s\S]*?)```/g)].flatMap((block) =>
    block[1]!
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...lines] = text.trimEnd().split('\n');
        return { args: command.replace(/^npx interleaf /, '').split(' '), lines: lines.filter((line) => line !== '') };
      }),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'interleaf-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

const found = transcripts(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));
const needsTree = ({ args }: Transcript) => args.includes('~/linux');

function runs({ args, lines }: Transcript): void {
  const real = args.map((word) => (word === '~/linux' ? tree612! : word));
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...real], { cwd: folder, encoding: 'utf8' });
  expect([0, 1], stderr).toContain(status);
  let at = 0;
  for (const line of lines) {
    const next = stdout.indexOf(line, at);
    expect(next, `'${line}' in\n${stdout.slice(0, 2000)}`).toBeGreaterThanOrEqual(0);
    at = next + line.length;
  }
}

describe('README.md', () => {
  it('has transcripts', () => {
    expect(found.length).toBeGreaterThan(8);
  });

  it.each(found.filter((transcript) => !needsTree(transcript)))('$args', runs);
});

describeWith({ INTERLEAF_TREE_6_12: tree612, INTERLEAF_SEED_PATCH: seedPatch }, 'README.md on real C', () => {
  beforeAll(() => copyFileSync(seedPatch!, join(folder, 'v4.mbox')));

  it.each(found.filter(needsTree))('$args', runs);
});
