import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { LinkError } from '../checker/system/linkError.js';
import { toolVersion } from '../checker/toolVersion.js';
import { SourceError } from '../checker/tree/sourceError.js';
import type { CommandDefinition } from './command.js';
import { check } from './command/check.js';
import { exportCommand } from './command/export.js';
import { fuzz } from './command/fuzz.js';
import { graph } from './command/graph.js';
import { lift } from './command/lift.js';
import { list } from './command/list.js';
import { regress } from './command/regress.js';
import { replay } from './command/replay.js';
import { optimiseLater } from './compilerFlags.js';
import { exitCodes } from './exitCodes.js';
import { InputError } from './input/inputError.js';
import { onInterrupt } from './interrupt.js';
import type { Streams } from './streams.js';
import { write } from './streams.js';

/** In the order of the help text. A new command is a file in `command/` and a line here. */
const commands: readonly CommandDefinition[] = [check, regress, fuzz, replay, graph, exportCommand, lift, list];

/**
 * Runs one command line and returns its exit code.
 *
 * `argv` holds the arguments alone, without the paths of Node and the program. Errors are printed, or with
 * `--format json` given out as a document, and returned as an exit code.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  optimiseLater();
  const asJson = asksForJson(argv);
  const interrupt = onInterrupt();
  let exitCode: number = exitCodes.ok;
  const program = makeProgram(streams, asJson);
  for (const { build } of commands) {
    const command = build(
      () => ({ streams, signal: interrupt.signal }),
      (code) => (exitCode = code),
    );
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(argv.map(spellColour), { from: 'user' });
    return exitCode;
  } catch (error) {
    const failure = describe(error);
    if (failure === null) return exitCodes.ok;
    if (asJson) await write(streams.stdout, `${JSON.stringify({ error: failure.error }, null, 2)}\n`);
    else await write(streams.stderr, printFailure(failure));
    return failure.exitCode;
  } finally {
    interrupt.stop();
  }
}

function makeProgram(streams: Streams, asJson: boolean): Command {
  return new Command('interleaf')
    .description('A model checker for the lifecycles of Linux kernel objects.')
    .version(toolVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      // Help that nobody asked for. With --format json an error is a document, made in `main`.
      writeErr: (text) => asJson || streams.stderr.write(text),
      // Errors are printed in `main`.
      outputError: () => {},
    })
    .addHelpText(
      'after',
      [
        '',
        'Exit codes: 0 holds, 1 violated, 2 bad usage or input, 3 inconclusive, 4 internal error.',
        '',
        'Examples:',
        '  interleaf check v4                             check a built-in revision in all its scenarios',
        '  interleaf check v4 --output found              the same, and keep every counterexample',
        '  interleaf check --tree ~/linux --patch v4.mbox  check what a patch does to a kernel tree',
        '  interleaf replay found/FINDING.json            walk through a counterexample',
        '  interleaf list                                 what there is to check, and with what',
      ].join('\n'),
    );
}

/** An error as users see it. */
interface Failure {
  readonly exitCode: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly place: string | null;
    readonly next: string;
  };
}

/** Null for what is no error: help and version asked for. */
function describe(error: unknown): Failure | null {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return null;
    const code = error.code.replace('commander.', '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const message = error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)/, '; did you mean $1?');
    // Without a command commander has printed its help, and that is all there is to say.
    if (code === 'help')
      return { exitCode: exitCodes.usage, error: { code: 'no-command', message: '', place: null, next: '' } };
    const next = 'interleaf --help, or --help after a command';
    return { exitCode: exitCodes.usage, error: { code, message, place: null, next } };
  }
  if (error instanceof InputError) {
    const { code, message, place, next, exitCode } = error;
    return { exitCode, error: { code, message, place, next } };
  }
  if (error instanceof SourceError) {
    const { code, reason, place, next } = error;
    return { exitCode: exitCodes.usage, error: { code, message: reason, place, next } };
  }
  if (error instanceof LinkError) {
    const { message, next } = error;
    return { exitCode: exitCodes.usage, error: { code: 'does-not-fit', message, place: null, next } };
  }
  const debug = Boolean(process.env['INTERLEAF_DEBUG']);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = debug && error instanceof Error ? `\n${error.stack}` : '';
  const next =
    `this is a bug in Interleaf: please report this message, the command line, interleaf ${toolVersion} and Node ` +
    `${process.versions.node}${debug ? '' : '; with INTERLEAF_DEBUG=1 in the environment the message says where'}`;
  return {
    exitCode: exitCodes.internal,
    error: { code: 'internal', message: `internal error: ${text}${stack}`, place: null, next },
  };
}

function printFailure({ error }: Failure): string {
  if (error.message === '') return '';
  const place = error.place === null ? '' : `${error.place}: `;
  return `interleaf: ${place}${error.message}\n  next: ${error.next}\n`;
}

/** Whether errors are wanted as a document; asked before the command line is parsed, as parsing may fail. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some((word, index) => word === '--format=json' || (word === '--format' && argv[index + 1] === 'json'));
}

/** Both spellings of the option work. */
function spellColour(word: string): string {
  return word === '--color' || word.startsWith('--color=') ? word.replace('--color', '--colour') : word;
}
