import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runSpin, spinMissing } from '../checker/testing/spin.js';
import { countStates } from '../checker/testing/tlaModule.js';
import { interleaf, withFolder } from './testing/runProgram.js';

const scenario = ['export', 'v6.12', '--scenario', 'close-context-client'];

describe('export', () => {
  it('writes a model to standard output and nothing else, the same with --no-reduction', () => {
    const outcome = interleaf(...scenario);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).toContain('active proctype');
    expect(interleaf(...scenario, '--to', 'promela', '--no-reduction').stdout).toBe(outcome.stdout);
  });

  it.skipIf(spinMissing() !== null)('writes a model that SPIN takes', () => {
    expect(runSpin(interleaf(...scenario).stdout)).toMatchObject({ states: 527, errors: 0 });
    const failing = ['export', 'v6.12', '--scenario', 'look-up-id'];
    expect(runSpin(interleaf(...failing).stdout).transitions).toBe(564);
    expect(runSpin(interleaf(...failing, '--faults', '0').stdout).transitions).toBeLessThan(564);
    expect(runSpin(interleaf(...failing, '--transactions').stdout).states).toBeLessThan(291);
  });

  it('writes TLA+, into the file that is named after the module', async () => {
    await withFolder((folder) => {
      const file = join(folder, 'Model.tla');
      expect(interleaf(...scenario, '--to', 'tla', '--output', file)).toMatchObject({ status: 0, stdout: '' });
      expect(countStates(readFileSync(file, 'utf8')).states).toBe(527);
    });
  });

  it('writes it into a file', async () => {
    await withFolder((folder) => {
      const file = join(folder, 'model.pml');
      expect(interleaf(...scenario, '--output', file)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(readFileSync(file, 'utf8')).toContain('active proctype');
    });
  });

  it('says when the model may be too small, and how to get a larger one', () => {
    const { status, stderr } = interleaf(...scenario, '--max-states', '10');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^interleaf: more than 10 states: .*--max-states runs more\n$/);
  });

  it('explains itself', () => {
    const { status, stdout } = interleaf('export', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--to <language>');
  });

  it.each([
    [['export', 'v6.12', '--scenario', 'no-such'], "'no-such'"],
    [['export', 'v6.12'], 'a model is of one scenario'],
    [['export', 'no-such'], "'no-such'"],
    [['export', 'v6.12', '--scenario', 'shm-close', '--to', 'murphi'], 'promela'],
    [['export', 'v6.12', '--scenario', 'shm-close', '--to', 'tla', '--transactions'], '--transactions'],
    [['export', 'v6.12', '--scenario', 'shm-close', '--transactions', '--max-states', '10'], 'more than 10 states'],
    [['export', 'v4', '--scenario', 'allocate-close', '--assume-fixed', 'use-after-free-0a1b2c3d'], '--assume-fixed'],
  ])('refuses %s', (words, says) => {
    const { status, stdout, stderr } = interleaf(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).toContain('next: ');
  });
});
