/** What README.md shows is what the program says: its transcripts are run, in order, in one empty folder. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
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

describe('README.md', () => {
  const found = transcripts(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));

  it('has transcripts', () => {
    expect(found.length).toBeGreaterThan(5);
  });

  it.each(found)('$args', ({ args, lines }) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8' });
    expect([0, 1], stderr).toContain(status);
    let at = 0;
    for (const line of lines) {
      const next = stdout.indexOf(line, at);
      expect(next, `'${line}' in\n${stdout.slice(0, 2000)}`).toBeGreaterThanOrEqual(0);
      at = next + line.length;
    }
  });
});
