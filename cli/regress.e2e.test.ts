import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RegressResult } from '../checker/regress/regress.js';
import { unwrittenSize, usedDeviceMutex } from './testing/knownFindings.js';
import type { Outcome } from './testing/runProgram.js';
import { documentOf, interleaf, withFolder } from './testing/runProgram.js';

const scenarios = ['--scenario', 'allocate-close', '--scenario', 'close-context-client'];

/** Category by id. */
function categories(outcome: Outcome): Readonly<Record<string, string>> {
  const { entries } = documentOf<RegressResult>(outcome);
  return Object.fromEntries(entries.map(({ category, finding }) => [finding.id, category]));
}

describe('regress', () => {
  it('exits 1 when something comes in, and tells a new way to an old bug from a new bug', () => {
    const outcome = interleaf('regress', 'v6.12', 'v4', ...scenarios, '--format', 'json');
    expect(outcome).toMatchObject({ status: 1, stderr: '' });
    expect(documentOf<RegressResult>(outcome)).toMatchObject({ format: 'interleaf.regress', verdict: 'violated' });
    expect(categories(outcome)).toMatchObject({ [usedDeviceMutex]: 'new way', [unwrittenSize]: 'introduced' });
  });

  it('exits 0 when something is fixed and nothing comes in', () => {
    const outcome = interleaf('regress', 'v4', 'v4-pin-device', ...scenarios, '--format', 'json');
    expect(outcome.status).toBe(0);
    expect(categories(outcome)).toMatchObject({ [usedDeviceMutex]: 'fixed', [unwrittenSize]: 'still' });
  });

  it('tells what is inherited from what is still there', () => {
    const outcome = interleaf('regress', 'v4', 'v4-no-stubs', ...scenarios, '--format', 'json');
    expect(outcome.status).toBe(0);
    const found = categories(outcome);
    expect(found[unwrittenSize]).toBe('still');
    expect(found[usedDeviceMutex]).toBe('inherited');
    expect(Object.entries(found).filter(([id]) => id.startsWith('refusing-operation'))).toEqual(
      expect.arrayContaining([[expect.anything(), 'fixed']]),
    );
  });

  it('tells it to people, and keeps the counterexamples', async () => {
    await withFolder((folder) => {
      const { status, stdout, stderr } = interleaf('regress', 'v6.12', 'v4', ...scenarios, '--output', folder);
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      expect(stdout).toMatch(/^v6\.12 → v4: \d+ introduced, \d+ new way/);
      expect(stdout).toContain('Introduced: v4 has it, v6.12 has not');
      expect(existsSync(join(folder, `${usedDeviceMutex}.json`))).toBe(true);
      expect(existsSync(join(folder, 'regress.json'))).toBe(true);
    });
  });

  it('exits 3 when a search is not complete', () => {
    const { status, stdout } = interleaf('regress', 'v4', 'v4-pin-device', ...scenarios, '--max-states', '1000');
    expect(status).toBe(3);
    expect(stdout).toContain('not complete');
  });

  it.each([
    ['one revision', ['regress', 'v4'], "missing required argument 'after'"],
    ['an unknown revision', ['regress', 'v4', 'v5'], 'did you mean v4'],
  ])('refuses %s', (_, args, message) => {
    const { status, stdout, stderr } = interleaf(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
