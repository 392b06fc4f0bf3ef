import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../checker/replay/explainFinding.js';
import type { Replay } from '../checker/replay/replayData.js';
import { usedDeviceMutex } from './testing/knownFindings.js';
import type { ErrorDocument } from './testing/runProgram.js';
import { documentOf, interleaf, interleafWith } from './testing/runProgram.js';

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleaf-replay-'));
  file = join(folder, `${usedDeviceMutex}.json`);
  expect(
    interleaf('check', 'v4', '--scenario', 'close-context-client', '--base', 'none', '--output', folder).status,
  ).toBe(1);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('replay', () => {
  it('walks through every step, and says why the property is false', () => {
    const { status, stdout, stderr } = interleaf('replay', file);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const count = Number(/(\d+) steps; threads: client \(kernel\), driver \(kernel\)/.exec(stdout)?.[1]);
    expect(stdout.match(/^Step \d+ of /gm)).toHaveLength(count);
    for (const part of ['called by', 'does', 'changes', 'locks', 'holders']) expect(stdout).toContain(`\n  ${part}`);
    expect(stdout).toContain('client holds tee_device#driver.mutex');
    expect(stdout).toContain(`breaks    ${usedDeviceMutex}`);
    expect(stdout).toMatch(/\nWhy\n {2}Must hold: no access to memory that was freed/);
  });

  it('shows only the steps asked for', () => {
    const steps = (range: string) => interleaf('replay', file, '--step', range).stdout.match(/^Step \d+/gm);
    expect(steps('7')).toEqual(['Step 7']);
    expect(steps('7-9')).toEqual(['Step 7', 'Step 8', 'Step 9']);
    expect(steps('9-')?.[0]).toBe('Step 9');
    expect(interleaf('replay', file, '--step', '9-7').status).toBe(2);
  });

  it('reads standard input', () => {
    expect(interleafWith({ input: readFileSync(file, 'utf8') }, 'replay', '-').status).toBe(1);
  });

  it('gives the same as data', () => {
    const outcome = interleaf('replay', file, '--format', 'json');
    expect(outcome).toMatchObject({ status: 1, stderr: '' });
    const { explained, replay } = documentOf<{ explained: Explanation; replay: Replay }>(outcome);
    expect(explained.sentences.length).toBeGreaterThan(1);
    expect(replay.steps.at(-1)?.violations.map(({ id }) => id)).toContain(usedDeviceMutex);
  });

  it('tries the schedule on another revision, and does not take that for a proof', () => {
    expect(interleaf('replay', file, '--revision', 'v6.12').status).toBe(1);
    const { status, stdout, stderr } = interleaf('replay', file, '--revision', 'v4-pin-device');
    expect(status).toBe(3);
    expect(stdout + stderr).toMatch(/does not break the property|assumption|has ended|is not possible|waits/);
  });
});

describe('a file that is no counterexample', () => {
  const damaged = (text: string) => {
    const path = join(folder, 'damaged.json');
    writeFileSync(path, text);
    return documentOf<ErrorDocument>(interleaf('replay', path, '--format', 'json')).error;
  };
  const withField = (name: string, value: unknown) =>
    JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), [name]: value });

  it('is named, with the place and what to do', () => {
    const { status, stdout, stderr } = interleaf('replay', join(folder, 'missing.json'));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('missing.json: cannot read it');
    expect(damaged('{"format": ')).toMatchObject({
      code: 'not-json',
      place: expect.stringContaining('damaged.json: line 1') as string,
    });
    expect(damaged('{"format": "interleaf.result", "version": 1}').code).toBe('wrong-format');
    expect(damaged(withField('version', 99)).code).toBe('newer-version');
    expect(damaged(withField('schedule', [{ thread: 'client' }]))).toMatchObject({
      code: 'invalid',
      place: expect.stringContaining('schedule[0].decisions') as string,
    });
  });

  it('may name what is not registered', () => {
    expect(damaged(withField('revision', 'v3')).code).toBe('unknown-revision');
    expect(damaged(withField('scenario', 'close-context-clint'))).toMatchObject({
      code: 'unknown-scenario',
      message: expect.stringContaining('close-context-client') as string,
    });
  });

  it('may have a schedule that does not fit', () => {
    const error = damaged(withField('schedule', [{ thread: 'nobody', decisions: [] }]));
    expect(error).toMatchObject({
      code: 'schedule-does-not-fit',
      message: expect.stringContaining('nobody') as string,
    });
    expect(damaged(withField('schedule', [{ thread: 'client', decisions: [9] }])).code).toBe('schedule-does-not-fit');
  });
});
