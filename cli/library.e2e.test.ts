import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { usedDeviceMutex } from './testing/knownFindings.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a module that imports the library by its name, as a user's would, and gives what it printed. */
function run(source: string) {
  const args = ['--input-type=module', '--eval', source];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { status, stdout: stdout.trim(), stderr };
}

describe('the library, imported by name', () => {
  it('checks a revision and asserts that it holds', () => {
    const outcome = run(`
      import { assertHolds, check } from 'interleaf';
      const result = await check('v4', { scenarios: ['close-context-file'] });
      assertHolds(result);
      console.log(result.verdict, result.exitCode);
    `);
    expect(outcome).toEqual({ status: 0, stdout: 'holds 0', stderr: '' });
  });

  it('replays what it found', () => {
    const outcome = run(`
      import { check, defaultOptions, link, replay, resolveRevision, revisionById, scenarioById } from 'interleaf';
      const { findings, scenarios } = await check('v4', { scenarios: ['close-context-client'], workers: 0 });
      const { witnesses } = findings.find(({ id }) => id === '${usedDeviceMutex}');
      const revision = resolveRevision(revisionById('v4'), revisionById);
      const system = link(revision, scenarioById('close-context-client'), defaultOptions);
      const run = replay(system, witnesses[0].schedule, scenarios[0].unstableFields);
      console.log(run.ok && run.value.steps.at(-1).violations.map(({ id }) => id).join());
    `);
    expect(outcome).toEqual({ status: 0, stdout: usedDeviceMutex, stderr: '' });
  });
});
