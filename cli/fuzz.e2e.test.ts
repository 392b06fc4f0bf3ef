import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../checker/finding/finding.js';
import { usedDeviceMutex } from './testing/knownFindings.js';
import { documentOf, interleaf, withFolder } from './testing/runProgram.js';

const some = [
  ...['fuzz', 'v4', '--scenario', 'close-context-client', '--property', 'use-after-free'],
  ...['--seed', '7', '--runs', '600'],
];
const sound = ['fuzz', 'v4', '--scenario', 'close-context-file'];

type FuzzDocument = Omit<CheckResult, 'format'> & {
  readonly format: 'interleaf.fuzz';
  readonly seed: number;
  readonly samples: readonly { readonly id: string; readonly path: string; readonly command: string }[];
};

/** A document without what differs from run to run. */
function timeless(document: FuzzDocument) {
  return { ...document, scenarios: document.scenarios.map((scenario) => ({ ...scenario, seconds: 0 })) };
}

describe('fuzz', () => {
  it('finds what check finds, by the same id, and the same again with the same seed', () => {
    const [first, second] = [interleaf(...some, '--format', 'json'), interleaf(...some, '--format', 'json')];
    expect(first).toMatchObject({ status: 1, stderr: '' });
    const document = documentOf<FuzzDocument>(first);
    expect(document).toMatchObject({ format: 'interleaf.fuzz', verdict: 'violated', seed: 7 });
    expect(document.findings.map(({ id }) => id)).toContain(usedDeviceMutex);
    expect(document.findings.every(({ origin }) => origin === 'unknown')).toBe(true);
    expect(timeless(documentOf<FuzzDocument>(second))).toEqual(timeless(document));
  });

  it('prints for each finding a command that comes to it again, and a file that replays', async () => {
    const { samples } = documentOf<FuzzDocument>(interleaf(...some, '--format', 'json'));
    const sample = samples.find(({ id }) => id === usedDeviceMutex)!;
    await withFolder((folder) => {
      const words = sample.command.split(' ').slice(1);
      const again = interleaf(...words, '--output', folder, '--format', 'json');
      expect(again.status).toBe(1);
      expect(documentOf<FuzzDocument>(again).samples).toEqual([sample]);
      expect(interleaf('replay', join(folder, `${usedDeviceMutex}.json`)).status).toBe(1);
    });
  });

  it('never says that something holds', () => {
    const { status, stdout } = interleaf(
      'fuzz',
      'v4-pin-device',
      '--scenario',
      'shm-close',
      '--runs',
      '50',
      '--seed',
      '1',
    );
    expect(status).toBe(3);
    expect(stdout).toContain('inconclusive (exit code 3)');
    expect(stdout).toContain('sampled 50 schedules with seed 1, which proves nothing about the others');
  });

  it('picks a seed, and says which', () => {
    const { stdout } = interleaf(...sound, '--runs', '5');
    expect(stdout).toMatch(/Seed \d+: with --seed \d+ the same schedules are tried again/);
  });

  it('keeps to its time', () => {
    const start = performance.now();
    expect(interleaf(...sound, '--time', '1s').status).toBe(3);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it.each([
    ['an unknown revision', ['fuzz', 'v5'], 'did you mean v4'],
    ['a path without its seed', ['fuzz', 'v4', '--path', '1:2'], 'one scenario and one seed'],
    ['a malformed path', ['fuzz', 'v4', '--path', 'up'], 'paths look like 17:3:0'],
    ['a malformed id', ['fuzz', 'v4', '--known', 'H1'], 'use-after-free-0a1b2c3d'],
    ['a seed that is too large', ['fuzz', 'v4', '--seed', '4294967296'], '0 to 4294967295'],
  ])('refuses %s', (_, args, message) => {
    const { status, stdout, stderr } = interleaf(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
