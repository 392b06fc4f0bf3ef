import { describe, expect, it } from 'vitest';
import { machineAsJson } from './listing/machineAsJson.js';
import { documentOf, interleaf } from './testing/runProgram.js';

describe('list', () => {
  it('shows one line for everything', () => {
    const { status, stdout, stderr } = interleaf('list');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of ['v4 ', 'allocate-close', 'use-after-free', 'mutex', 'idr_replace']) {
      expect(stdout).toContain(`\n  ${name}`);
    }
  });

  it.each(['revisions', 'scenarios', 'properties', 'lifecycles', 'kernel'])(
    'shows %s with details, and as data',
    (what) => {
      const { status, stdout } = interleaf('list', what);
      expect(status).toBe(0);
      expect(stdout.split('\n').length).toBeGreaterThan(10);
      const document = documentOf<Record<string, unknown[]>>(interleaf('list', what, '--format', 'json'));
      expect(Object.keys(document)).toEqual(['format', 'version', what]);
      expect(document[what]!.length).toBeGreaterThan(3);
    },
  );

  it('names the states and events of lifecycles', () => {
    const { stdout } = interleaf('list', 'lifecycles');
    expect(stdout).toMatch(/mutex .*\n(?: {6}.*\n)*? {6} {2}locked +Held by thread/);
    expect(stdout).toMatch(/events: .*lock\(thread\) \(may wait\)/);
    expect(stdout).toContain('[breaks use-after-free]');
  });

  it('names every outcome of kernel functions', () => {
    const { stdout } = interleaf('list', 'kernel');
    expect(stdout).toMatch(/idr_alloc +lib\/idr\.c: .*-ENOMEM/);
    expect(stdout).toMatch(/kzalloc +\(in place\): success, NULL/);
  });

  it('prints a machine as JSON', () => {
    const outcome = interleaf('list', 'lifecycles', '--machine', 'mutex');
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(documentOf(outcome)).toEqual(JSON.parse(machineAsJson('mutex')));
  });

  it.each([
    [['list', 'lifecycle'], 'did you mean lifecycles'],
    [['list', '--machine', 'mutx'], 'did you mean mutex'],
    [['list', 'scenarios', '--machine', 'mutex'], '--machine is about lifecycles'],
  ])('refuses %j', (args, message) => {
    const { status, stdout, stderr } = interleaf(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
