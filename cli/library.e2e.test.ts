import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { usedDeviceMutex } from './testing/knownFindings.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a module that imports the library by its name, as a user's would, and gives what it printed. */
function run(source: string) {
  const args = ['--input-type=module', '--eval', source];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
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

  it.each([
    ['first', '[sick, well]', '[well]', false],
    ['first', '[sick, well]', '[well]', true],
    ['last', '[well, well, sick]', '[well]', false],
    ['later', '[well, well]', '[well, sick]', true],
  ])(
    'leaves no thread behind where the %s job cannot be sent to one (%s, then %s if %s)',
    (_, jobs, later, isCalledFor) => {
      const outcome = run(`
      import { defaultOptions as options, resolveRevision, revisionById, runJobsWith, scenarioById } from 'interleaf';
      const revision = resolveRevision(revisionById('v4'), revisionById);
      const scenario = scenarioById('close-context-file');
      const [well, sick] = [options, { ...options, cannotBeSent: () => {} }].map((options) => ({ revision, scenario, options }));
      const runJobs = runJobsWith({ limits: { maxStates: Infinity, timeout: Infinity }, workers: 3 });
      await runJobs(${jobs}, { jobs: ${later}, isCalledForBy: () => ${isCalledFor} }).catch(({ message }) => console.log(message));
    `);
      expect(outcome).toEqual({
        status: 0,
        stdout: expect.stringContaining('could not be cloned') as string,
        stderr: '',
      });
    },
  );
});
