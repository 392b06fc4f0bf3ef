import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { main } from './main.js';

/** Streams that remember what was written; `write` may throw in place of it. */
function streams(write: () => void = () => {}) {
  const texts = { stdout: '', stderr: '' };
  const remember = (name: keyof typeof texts) => ({
    write(text: string, done?: () => void) {
      if (name === 'stdout') write();
      texts[name] += text;
      done?.();
      return true;
    },
  });
  // As much of a stream as the commands use.
  const stream = (name: keyof typeof texts) => remember(name) as unknown as NodeJS.WritableStream;
  return { texts, stdin: Readable.from([]), stdout: stream('stdout'), stderr: stream('stderr') };
}

const fail = () => {
  throw new TypeError('out of luck');
};

describe('main', () => {
  it('returns the exit code of the command', async () => {
    const to = streams();
    expect(await main(['list', 'properties'], to)).toBe(0);
    expect(to.texts.stdout).toContain('use-after-free');
    expect(to.texts.stderr).toBe('');
  });

  it('takes the unexpected for a bug of ours, says what to report, and shows no stack', async () => {
    const to = streams(fail);
    expect(await main(['list', 'properties'], to)).toBe(4);
    expect(to.texts.stderr).toContain('internal error: TypeError: out of luck');
    expect(to.texts.stderr).toContain('next: this is a bug in Interleaf: please report');
    expect(to.texts.stderr).not.toContain('    at ');
  });

  it('shows the stack with INTERLEAF_DEBUG', async () => {
    vi.stubEnv('INTERLEAF_DEBUG', '1');
    const to = streams(fail);
    expect(await main(['list', 'properties'], to)).toBe(4);
    expect(to.texts.stderr).toContain('    at ');
    vi.unstubAllEnvs();
  });

  it('gives an internal error as a document with --format json', async () => {
    let writes = 0;
    const to = streams(() => {
      writes += 1;
      if (writes === 1) fail();
    });
    expect(await main(['list', 'properties', '--format', 'json'], to)).toBe(4);
    expect(JSON.parse(to.texts.stdout)).toMatchObject({ error: { code: 'internal', place: null } });
  });

  it('prints its help, and exits 2, when there is no command', async () => {
    const to = streams();
    expect(await main([], to)).toBe(2);
    expect(to.texts.stderr).toContain('Usage: interleaf');
    expect(to.texts.stdout).toBe('');
  });

  it.each(['check', 'regress', 'fuzz', 'replay', 'graph', 'list'])('has help and examples for %s', async (command) => {
    const to = streams();
    expect(await main([command, '--help'], to)).toBe(0);
    expect(to.texts.stdout).toContain(`Usage: interleaf ${command}`);
    expect(to.texts.stdout).toContain(`\n  interleaf ${command} `);
  });
});
