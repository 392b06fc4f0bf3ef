import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../bin/interleaf.js', import.meta.url));

function run(file: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('bin/interleaf.js with the built program', () => {
  test('prints the version', () => {
    const { status, stdout, stderr } = run(bin, '--version');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('prints its usage on request', () => {
    const { status, stdout, stderr } = run(bin, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Usage: interleaf');
  });

  test('exits 2 and says why when the option is unknown', () => {
    const { status, stdout, stderr } = run(bin, '--no-such-option');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('--no-such-option');
  });
});

describe('bin/interleaf.js with another program behind it', () => {
  let folder: string;
  let copy: string;

  /** Puts `source` where the built program would be. */
  function install(source: string) {
    mkdirSync(join(folder, 'dist/cli'), { recursive: true });
    writeFileSync(join(folder, 'dist/cli/main.js'), source);
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'interleaf-bin-'));
    copy = join(folder, 'bin/interleaf.js');
    mkdirSync(join(folder, 'bin'));
    copyFileSync(bin, copy);
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('says how to build when there is no build', () => {
    const { status, stdout, stderr } = run(copy, 'check', 'v4');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('`npm ci`');
    expect(stderr).toContain('`npm run build`');
  });

  test('says which Node it needs when this one is too old', () => {
    const pretend = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.18.9' })`;
    const result = spawnSync(process.execPath, ['--import', pretend, copy], { encoding: 'utf8' });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('20.19 or newer is needed, but this is 20.18.9');
  });

  test('hands over the arguments and exits with what main returns', () => {
    install(`export async function main(argv, { stdout }) { stdout.write(argv.join()); return 3; }`);
    expect(run(copy, 'check', '--patch', '-')).toEqual({ status: 3, stdout: 'check,--patch,-', stderr: '' });
  });

  test('exits 4 when main throws', () => {
    install(`export async function main() { throw new Error('out of luck'); }`);
    const { status, stderr } = run(copy);
    expect(status).toBe(4);
    expect(stderr).toContain('internal error: Error: out of luck');
  });

  test('exits 4 when main never finishes, instead of seeming to hold', () => {
    install(`export function main() { return new Promise(() => {}); }`);
    expect(run(copy).status).toBe(4);
  });

  test('loses no output on a pipe', () => {
    install(`export async function main(argv, { stdout }) { stdout.write('x'.repeat(5_000_000)); return 1; }`);
    const result = spawnSync(process.execPath, [copy], { encoding: 'utf8', maxBuffer: 10_000_000 });
    expect(result.status).toBe(1);
    expect(result.stdout).toHaveLength(5_000_000);
  });

  test('keeps quiet, and keeps its exit code, when the reader goes away', async () => {
    install(`export async function main(argv, { stdout }) {
      for (let line = 0; line < 1000; line++) {
        stdout.write('x'.repeat(1000) + '\\n');
        if (line % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return 1;
    }`);
    const child = spawn(process.execPath, [copy], { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, complaints }).toEqual({ code: 1, complaints: '' });
  });
});
