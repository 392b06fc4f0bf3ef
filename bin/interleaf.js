#!/usr/bin/env node
// Starts the built command line. Plain JavaScript, committed and without dependencies, so that it can still explain
// itself where Node is too old or the sources have not been compiled. Keep its syntax one that old versions can parse.

import { existsSync } from 'node:fs';
import process from 'node:process';

const EXIT_USAGE = 2;
const EXIT_INTERNAL = 4;

/** Keep in step with "engines" in package.json. */
const REQUIRED_MAJOR = 20;
const REQUIRED_MINOR = 19;

const entry = new URL('../dist/cli/main.js', import.meta.url);
const { stdin, stdout, stderr } = process;

/**
 * @param {string} message
 * @param {number} exitCode
 */
function fail(message, exitCode) {
  stderr.write('interleaf: ' + message + '\n');
  process.exitCode = exitCode;
}

function isNodeSupported() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > REQUIRED_MAJOR || (major === REQUIRED_MAJOR && minor >= REQUIRED_MINOR);
}

/**
 * A reader that has seen enough, as in `interleaf list | head`, is no error: what is left to print is dropped, and the
 * exit code stays the verdict.
 *
 * @param {Error & { code?: string }} error
 */
function ignoreClosedPipe(error) {
  if (error.code !== 'EPIPE') throw error;
}

async function start() {
  // Should the program run out of work before it has a verdict, that must not look like success.
  process.exitCode = EXIT_INTERNAL;
  /** @type {typeof import('../cli/main.js')} */
  const { main } = await import(entry.href);
  // Setting the code, rather than calling process.exit(), lets pending output reach its pipe.
  process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr });
}

stdout.on('error', ignoreClosedPipe);
stderr.on('error', ignoreClosedPipe);

if (!isNodeSupported()) {
  fail(
    'Node.js ' +
      REQUIRED_MAJOR +
      '.' +
      REQUIRED_MINOR +
      ' or newer is needed, but this is ' +
      process.versions.node +
      '.\n' +
      'Install a newer one, for example from https://nodejs.org/, and try again.',
    EXIT_USAGE,
  );
} else if (!existsSync(entry)) {
  fail(
    'this copy has not been built: dist/cli/main.js is missing.\n' +
      'In its folder, run `npm ci` (installs and builds) or, if that has been done before, `npm run build`.',
    EXIT_USAGE,
  );
} else {
  start().catch((error) => {
    fail('internal error: ' + (error instanceof Error ? error.stack : String(error)), EXIT_INTERNAL);
  });
}
