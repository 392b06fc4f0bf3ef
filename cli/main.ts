import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';

/** Where a command reads and writes; given by the caller, so that tests can look. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

const EXIT_OK = 0;
const EXIT_USAGE = 2;

/**
 * Runs one command line and returns its exit code.
 *
 * `argv` holds the arguments alone, without the paths of Node and the program. Usage errors are printed and returned as
 * exit code 2; anything thrown is a bug.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  const program = new Command('interleaf')
    .description('A model checker for the lifecycles of Linux kernel objects.')
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .action(() => program.help({ error: true }));

  try {
    await program.parseAsync(argv, { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    throw error;
  }
}

/** The package finds itself by name, which works from the sources and from the build alike. */
function readVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('interleaf/package.json') as { version: string }).version;
}
