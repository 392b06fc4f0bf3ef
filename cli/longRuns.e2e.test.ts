import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it, test } from 'vitest';
import type { CheckResult } from '../checker/finding/finding.js';
import type { ErrorDocument } from './testing/runProgram.js';
import { bin, documentOf, interleaf, withFolder } from './testing/runProgram.js';

const one = ['check', 'v4', '--scenario', 'allocate-close', '--base', 'none', '--format', 'json'];
/** Long enough to be killed in the middle. */
const long = ['check', 'v4', '--scenario', 'general-siblings', '--base', 'none', '--workers', '1', '--format', 'json'];

/** A result without what differs from run to run. */
function essence({ scenarios, ...rest }: CheckResult) {
  return { ...rest, scenarios: scenarios.map(({ seconds: _seconds, bytes: _bytes, ...scenario }) => scenario) };
}

describe('a search that was killed', () => {
  it('goes on from its last checkpoint, whenever that was, and gives the same result', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'search');
      const whole = essence(documentOf<CheckResult>(interleaf(...long)));
      for (const [turn, patience] of [2500, 1800, 3100].entries()) {
        const keep = existsSync(file) ? ['--resume', file] : ['--checkpoint', file];
        const child = spawn(process.execPath, [bin, ...long, ...keep, '--checkpoint-every', '1ms'], {
          stdio: 'ignore',
        });
        const closed = once(child, 'close');
        // Not before there is something to go on with.
        while (child.exitCode === null && !existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
        await new Promise((resolve) => setTimeout(resolve, patience / (turn + 1)));
        child.kill('SIGKILL');
        await closed;
      }
      const outcome = interleaf(...long, '--resume', file);
      expect(outcome.stderr).toBe('');
      expect(essence(documentOf<CheckResult>(outcome))).toEqual(whole);
    });
  }, 120_000);

  it('is kept at an interruption as well', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'search');
      const child = spawn(process.execPath, [bin, ...long, '--checkpoint', file, '--checkpoint-every', '50ms'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      const closed = once(child, 'close');
      while (child.exitCode === null && !existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill('SIGINT');
      await closed;
      const { scenarios } = JSON.parse(stdout) as CheckResult;
      expect(scenarios[0]!.limit).toBe(`interrupted; --resume ${file} goes on`);
    });
  }, 60_000);
});

describe('bounds', () => {
  test('of memory end inconclusive, with the numbers', () => {
    const { status, stdout } = interleaf(
      ...one.slice(0, -2),
      '--reduce',
      'none',
      '--property',
      'deadlock',
      '--memory',
      '1500k',
    );
    expect(status).toBe(3);
    expect(stdout).toMatch(/stopped after \d+ states: they need more than the 1\.\d MB that it may use \(--memory\)/);
  });

  test('that leave no room at all say so', () => {
    const { status, stdout } = interleaf(...one.slice(0, -2), '--memory', '10k');
    expect(status).toBe(3);
    expect(stdout).toContain('it needs more than the 10 kB that it may use (--memory)');
  });
});

describe('engines, orders and stores', () => {
  const findings = (...options: readonly string[]) =>
    documentOf<CheckResult>(interleaf(...one, ...options)).findings.map(({ id }) => id);
  const usual = findings();

  it.each([
    [['--engine', 'interpreter']],
    [['--engine', 'javascript']],
    [['--search', 'depth']],
    [['--store', 'fingerprints']],
    [['--store', 'compressed']],
    [['--reduce', 'none']],
    [['--reduce', 'accesses,transactions']],
    [['--reduce', 'all']],
  ])('find the same: %j', (options) => {
    expect(findings(...options).sort()).toEqual([...usual].sort());
  });

  it('say that a verdict is no proof where states are told apart by fingerprints', () => {
    const sound = ['check', 'v4', '--scenario', 'close-context-file', '--base', 'none', '--store', 'fingerprints'];
    const { status, stdout } = interleaf(...sound);
    expect(status).toBe(0);
    expect(stdout).toContain('holds but for a small probability (exit code 0)');
    expect(stdout).toMatch(/holds unless two different states had the same 64-bit fingerprint .*: probability\s+below/);
  });

  it('print the code that makes the steps', () => {
    const { status, stdout } = interleaf('check', 'v4', '--scenario', 'allocate-close', '--print-generated');
    expect(status).toBe(0);
    expect(stdout).toContain('switch');
    expect(stdout.split('\n').length).toBeGreaterThan(1000);
  });
});

describe('options that do not go together', () => {
  it('are refused, with what to do', async () => {
    await withFolder((folder) => {
      const there = join(folder, 'there');
      writeFileSync(there, 'something else');
      const cases: readonly (readonly [readonly string[], code: string, next: string])[] = [
        [['--engine', 'interpreter', '--store', 'compressed'], 'options-conflict', '--store'],
        [['--engine', 'interpreter', '--reduce', 'transactions'], 'options-conflict', '--reduce accesses'],
        [['--search', 'depth', '--store', 'fingerprints'], 'options-conflict', '--search'],
        [['--reduce', 'acesses'], 'unknown-reduction', '--reduce'],
        [['--checkpoint-every', '5m'], 'options-conflict', '--checkpoint FILE'],
        [['--checkpoint', there], 'file-exists', `--resume ${there}`],
        [['--resume', join(folder, 'none')], 'no-such-file', '--checkpoint'],
        [['--checkpoint', join(folder, 'new'), '--scenario', 'shm-close'], 'one-search-only', '--scenario'],
        [['--print-generated', '--scenario', 'shm-close'], 'one-scenario-only', '--scenario'],
      ];
      for (const [options, code, next] of cases) {
        const outcome = interleaf(...one, ...options);
        expect(outcome.status, options.join(' ')).toBe(2);
        const { error } = documentOf<ErrorDocument>(outcome);
        expect([error.code, error.next]).toEqual([code, expect.stringContaining(next)]);
      }
      const based = interleaf('check', 'v4', '--scenario', 'allocate-close', '--checkpoint', join(folder, 'new'));
      expect(based.stderr).toContain('next: --base none');
      const damaged = interleaf(...one, '--resume', there);
      expect(damaged.status).toBe(3);
      expect(documentOf<CheckResult>(damaged).scenarios[0]!.limit).toContain('is no checkpoint');
      expect(readFileSync(there, 'utf8')).toBe('something else');
    });
  });
});
