import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it, test } from 'vitest';
import type { CheckResult } from '../checker/finding/finding.js';
import { unwrittenSize, usedDeviceMutex } from './testing/knownFindings.js';
import type { ErrorDocument, Outcome } from './testing/runProgram.js';
import { bin, documentOf, interleaf, withFolder } from './testing/runProgram.js';

// Small scenarios: what takes time here is to start the program.
const broken = ['check', 'v4', '--scenario', 'close-context-client'];
const sound = ['check', 'v4', '--scenario', 'close-context-file'];
/** More states than the search explores between two looks at the clock. */
const larger = ['check', 'v4-pin-device', '--property', 'use-after-free', '--scenario', 'look-up-id', '--base', 'none'];

/** A result without what differs from run to run. */
function timeless(outcome: Outcome) {
  const { scenarios, ...rest } = documentOf<CheckResult>(outcome);
  return { ...rest, scenarios: scenarios.map((scenario) => ({ ...scenario, seconds: 0 })) };
}

describe('the verdict is the exit code', () => {
  test('0 where everything holds', () => {
    const { status, stdout, stderr } = interleaf(...sound);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'v4 introduces no bug',
      'it inherits no bug from v6.12, its base',
      expect.stringContaining('holds (exit code 0)'),
    ]);
  });

  test('1 where something is violated', () => {
    const { status, stdout, stderr } = interleaf(...broken);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain(usedDeviceMutex);
    expect(stdout).toContain(`--output found; interleaf replay found/${usedDeviceMutex}.json`);
  });

  test('3 where the search did not get to its end', () => {
    const { status, stdout } = interleaf(...larger, '--max-states', '1000');
    expect(status).toBe(3);
    expect(stdout).toContain('inconclusive (exit code 3)');
    expect(stdout).toContain('--max-states 1000');
    expect(interleaf(...larger, '--timeout', '1ms').status).toBe(3);
  });

  test('1 for a violation that was found before the end', () => {
    const early = ['check', 'v4', '--scenario', 'allocate-close', '--base', 'none', '--max-states', '1000'];
    expect(interleaf(...early).status).toBe(1);
  });
});

describe('the JSON document', () => {
  it('has findings and scenarios, and follows the published schema', () => {
    const outcome = interleaf('check', 'v4', '--scenario', 'allocate-close', '--format', 'json');
    expect(outcome).toMatchObject({ status: 1, stderr: '' });
    const result = documentOf<CheckResult>(outcome);
    expect(result).toMatchObject({
      format: 'interleaf.result',
      version: 1,
      revision: 'v4',
      base: 'v6.12',
      exitCode: 1,
    });
    expect(result.findings.map(({ id }) => id)).toEqual(expect.arrayContaining([usedDeviceMutex, unwrittenSize]));
    const schema = fileURLToPath(new URL('../schema/result.schema.json', import.meta.url));
    const validate = new Ajv().compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
    expect(validate(result) || validate.errors).toBe(true);
  });

  it('is the same for any number of workers', () => {
    const both = [...broken, '--scenario', 'close-context-file', '--format', 'json', '--workers'];
    expect(timeless(interleaf(...both, '2'))).toEqual(timeless(interleaf(...both, '1')));
  });
});

describe('what is asked for', () => {
  const check = (...args: readonly string[]) =>
    documentOf<CheckResult>(interleaf(...broken, '--base', 'none', '--format', 'json', ...args));

  it('can be less than everything', () => {
    const { findings } = check('--property', 'lock-destroyed-held,memory-leak');
    expect(findings.map(({ property }) => property)).toEqual(['lock-destroyed-held']);
    expect(findings.map(({ origin }) => origin)).toEqual(['unknown']);
  });

  it('can be fewer failures, other outcomes, and to go on past a finding; all of that is said', () => {
    const options = ['--faults', '0', '--force-outcome', 'put_device=0', '--assume-fixed', usedDeviceMutex];
    const [scenario] = check(...options).scenarios;
    expect(scenario!.assumptions).toEqual(
      expect.arrayContaining([
        'failures: at most 0 in a run (--faults)',
        'forced outcome: put_device=0',
        `assumed fixed: ${usedDeviceMutex}`,
      ]),
    );
  });
});

describe('--output', () => {
  it('keeps each counterexample in a file that replays', async () => {
    await withFolder((folder) => {
      const { status, stdout } = interleaf(...broken, '--output', folder);
      expect(status).toBe(1);
      const files = readdirSync(folder);
      expect(files).toEqual(expect.arrayContaining([`${usedDeviceMutex}.json`, 'result.json']));
      for (const file of files.filter((name) => name !== 'result.json')) {
        expect(interleaf('replay', join(folder, file)).status).toBe(1);
      }
      expect(stdout).toContain(`interleaf replay ${join(folder, usedDeviceMutex)}.json`);
    });
  });

  it('is made sure of before the search begins', async () => {
    await withFolder((folder) => {
      const file = join(folder, 'file');
      writeFileSync(file, '');
      const { status, stdout, stderr } = interleaf(...broken, '--output', join(file, 'folder'));
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('cannot write there');
    });
  });
});

describe('an interruption', () => {
  it('gives the results so far', async () => {
    // All default scenarios together run long enough to be interrupted.
    const child = spawn(process.execPath, [bin, 'check', 'v4', '--format', 'json', '--workers', '1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    const result = JSON.parse(stdout) as CheckResult;
    expect([1, 3]).toContain(code);
    expect(result.scenarios.some(({ limit }) => limit.includes('interrupted'))).toBe(true);
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [string, readonly string[], code: string, message: string])[] = [
    ['an unknown revision', ['check', 'v5'], 'unknown-revision', 'did you mean v4'],
    ['an unknown base', ['check', 'v4', '--base', 'v6.13'], 'unknown-revision', 'did you mean v6.12'],
    [
      'an unknown scenario',
      ['check', 'v4', '--scenario', 'alocate-close'],
      'unknown-scenario',
      'did you mean allocate-close',
    ],
    [
      'a scenario of another subsystem',
      ['check', 'v4', '--scenario', 'protmem-last-free-alloc'],
      'scenario-does-not-apply',
      'does not apply to v4',
    ],
    ['an unknown property', ['check', 'v4', '--property', 'leak'], 'unknown-property', "no property 'leak'"],
    [
      'an unknown function',
      ['check', 'v4', '--force-outcome', 'idr_replac=0'],
      'unknown-function',
      'did you mean idr_replace',
    ],
    [
      'an unknown errno',
      ['check', 'v4', '--force-outcome', 'idr_replace=-ENOET'],
      'bad-option',
      'did you mean -ENOENT',
    ],
    ['a malformed outcome', ['check', 'v4', '--force-outcome', 'idr_replace'], 'bad-option', '[CALLER/]CALLEE=VALUE'],
    ['a malformed id', ['check', 'v4', '--assume-fixed', 'H1'], 'bad-finding-id', 'use-after-free-0a1b2c3d'],
    ['a negative number', ['check', 'v4', '--faults', '-1'], 'invalid-argument', '0 or more'],
    ['a malformed duration', ['check', 'v4', '--timeout', 'soon'], 'invalid-argument', '90s, 5m or 1h'],
    ['an unknown option', ['check', 'v4', '--fault', '1'], 'unknown-option', 'did you mean --faults'],
    ['an unknown command', ['chek', 'v4'], 'unknown-command', 'did you mean check'],
    ['no revision', ['check'], 'missing-argument', 'revision'],
    ['too many revisions', ['check', 'v4', 'v4-no-stubs'], 'excess-arguments', 'too many arguments'],
  ];

  it.each(cases)('%s is a document on standard output with --format json', (_, args, code, message) => {
    const outcome = interleaf(...args, '--format', 'json');
    expect(outcome).toMatchObject({ status: 2, stderr: '' });
    const { error } = documentOf<ErrorDocument>(outcome);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect(error.next).not.toBe('');
  });

  it.each(cases.slice(0, 1))(
    '%s is told on standard error without it, with what to do next',
    (_, args, _code, message) => {
      const { status, stdout, stderr } = interleaf(...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^interleaf: .*\n {2}next: interleaf list revisions\n$/);
      expect(stderr).toContain(message);
    },
  );
});

test('colours come when they are asked for, by either spelling', () => {
  const escape = '\u001b[';
  expect(interleaf(...sound).stdout).not.toContain(escape);
  expect(interleaf(...sound, '--colour', 'always').stdout).toContain(escape);
  expect(interleaf(...sound, '--color=always').stdout).toContain(escape);
});
