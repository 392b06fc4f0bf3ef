import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usedDeviceMutex } from './testing/knownFindings.js';

/**
 * What README.md promises, done as a reader would: clone, install, check; with a home and an npm cache of its own. It takes
 * the last commit, not the files as they are.
 *
 * `npm test` is promised too. It is tried where INTERLEAF_TEST_FRESH_CLONE is `full`, as it takes as long as all other tests
 * together; in the clone this file then has nothing to do, or it would go on for ever.
 */
const wish = process.env['INTERLEAF_TEST_FRESH_CLONE'] ?? 'check';
const repository = fileURLToPath(new URL('..', import.meta.url));
const isRepository = () => spawnSync('git', ['rev-parse', '--git-dir'], { cwd: repository }).status === 0;

describe.runIf(wish !== 'never' && isRepository())('a fresh clone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'interleaf-clone-'));
  const clone = join(folder, 'interleaf');
  const home = join(folder, 'home');
  // What an npm around this test has set is not the reader's, but for the registry, which is the machine's.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_registry$)|VITEST)/.test(name));
  const environment = {
    ...Object.fromEntries(inherited),
    HOME: home,
    npm_config_cache: join(folder, 'cache'),
    INTERLEAF_TEST_FRESH_CLONE: 'never',
  };
  const shell = (command: string) =>
    spawnSync('sh', ['-c', command], { cwd: clone, env: environment, encoding: 'utf8', maxBuffer: 100_000_000 });

  beforeAll(() => {
    mkdirSync(home);
    execFileSync('git', ['clone', '--quiet', repository, clone]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('checks v4 with two commands', { timeout: 600_000 }, () => {
    const { status, stdout, stderr } = shell('npm ci && npx interleaf check v4 --scenario close-context-client');
    expect(status, stderr).toBe(1);
    expect(stdout).toContain(usedDeviceMutex);
  });

  it.runIf(wish === 'full')('passes its tests with two commands', { timeout: 3_600_000 }, () => {
    const { status, stdout } = shell('npm ci && npm test');
    expect(status, stdout.slice(-5000)).toBe(0);
  });
});
