import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interleafWith, withFolder } from './testing/runProgram.js';

/**
 * What is loaded, and not in how many seconds: that depends on the machine, but most of the time between start and verdict goes into
 * loading modules, some tenths of a millisecond for each.
 */
const root = new URL('..', import.meta.url);

/** Module hooks that append the URL of everything that is loaded to a file. */
const hooks = (file: string) => `
  import { appendFileSync } from 'node:fs';
  export async function load(url, context, next) {
    appendFileSync(${JSON.stringify(file)}, url + '\\n');
    return next(url, context);
  }`;
const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

interface Loaded {
  readonly status: number | null;
  /** Paths in the build, such as `cli/main.js`. */
  readonly own: readonly string[];
  /** Names of packages. */
  readonly packages: readonly string[];
}

const loadedBy = (...args: readonly string[]): Promise<Loaded> =>
  withFolder((folder) => {
    const file = join(folder, 'loaded');
    const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks(file)))});`;
    const env = { NODE_OPTIONS: `--import ${dataUrl(register)}` };
    const { status } = interleafWith({ env }, ...args);
    const urls = readFileSync(file, 'utf8').split('\n');
    const build = new URL('dist/', root).href;
    return {
      status,
      own: urls.filter((url) => url.startsWith(build)).map((url) => url.slice(build.length)),
      packages: [...new Set(urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []))],
    };
  });

const within = (own: readonly string[], folder: string) => own.filter((path) => path.startsWith(folder));

describe('what is loaded', () => {
  it.each([['--help'], ['--version'], ['check', '--help'], ['no-such-command']])(
    'for help and mistakes: the command line alone (%s %s)',
    async (...args) => {
      const { own, packages } = await loadedBy(...args);
      expect(packages).toEqual(['commander']);
      expect(own).toContain('cli/main.js');
      expect([...within(own, 'models/'), ...within(own, 'counterexamples/'), ...within(own, 'cli/run/')]).toEqual([]);
      // The errors that `main` knows, and the version.
      expect(within(own, 'checker/').sort()).toEqual([
        'checker/system/linkError.js',
        'checker/toolVersion.js',
        'checker/tree/sourceError.js',
      ]);
    },
  );

  it('for a check of a built-in revision: no reader of C, no sampling, no graphs, no file formats, no thread', async () => {
    const { status, own, packages } = await loadedBy('check', 'v4', '--scenario', 'pool-life', '--base', 'none');
    expect(status).toBe(0);
    expect(packages.toSorted()).toEqual(['commander', 'xstate']);
    expect(within(own, 'cli/run/')).toEqual(['cli/run/check.js']);
    const unwanted = ['models/c/', 'checker/fuzz/', 'counterexamples/graph/', 'checker/parallel/worker'];
    expect(unwanted.flatMap((folder) => within(own, folder))).toEqual([]);
  });

  it('for a sample also what samples', async () => {
    const { packages } = await loadedBy('fuzz', 'v4', '--scenario', 'pool-life', '--runs', '1', '--seed', '1');
    expect(packages).toContain('fast-check');
  });
});
