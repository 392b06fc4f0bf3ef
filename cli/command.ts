import { Command } from 'commander';
import type { OptionSpec } from './option.js';
import { makeOption } from './option.js';
import type { Streams } from './streams.js';

/** What a command gets beside its arguments. */
export interface CommandContext {
  readonly streams: Streams;
  /** Aborted when the user asks to stop (SIGINT): a command then ends soon, and shows what it has. */
  readonly signal: AbortSignal;
}

/** A positional argument: `<revision>` must be given, `[what]` may. */
export interface ArgumentSpec {
  readonly name: `<${string}>` | `[${string}]`;
  readonly description: string;
}

type Options = Readonly<Record<string, unknown>>;

interface Definition<O extends Options> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly arguments: readonly ArgumentSpec[];
  /** By the name commander gives them: `--max-states` is `maxStates`. */
  readonly options: { readonly [K in keyof O]: OptionSpec<O[K]> };
  /** Command lines with what they do, shown below the help. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Anything else the help should say. */
  readonly notes?: string;
  /** Does it, and returns the exit code. Optional arguments that are not given are undefined. */
  readonly run: (args: readonly (string | undefined)[], options: O, context: CommandContext) => Promise<number>;
}

/** A command of the program, ready to be added to it. */
export interface CommandDefinition {
  readonly name: string;
  /** Makes the commander command; `done` is told the exit code. */
  readonly build: (context: () => CommandContext, done: (exitCode: number) => void) => Command;
}

/** A command as data: its name, arguments and options, and the function that does it. */
export function defineCommand<O extends Options>(definition: Definition<O>): CommandDefinition {
  const build: CommandDefinition['build'] = (context, done) => {
    const command = new Command(definition.name).summary(definition.summary).description(definition.summary);
    for (const { name, description } of definition.arguments) command.argument(name, description);
    const presets: Record<string, unknown> = {};
    for (const [name, spec] of Object.entries(definition.options) as [string, OptionSpec<unknown>][]) {
      const option = makeOption(spec);
      presets[name] = spec.preset;
      if (option.attributeName() !== name)
        throw new Error(`option ${spec.flags} of ${definition.name} is not '${name}'`);
      command.addOption(option);
    }
    const width = Math.max(...definition.examples.map(([line]) => line.length));
    const examples = definition.examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`);
    const notes = definition.notes === undefined ? [] : ['', definition.notes];
    command.addHelpText('after', ['', 'Examples:', ...examples, ...notes].join('\n'));
    command.action(async () => {
      // Commander has parsed every option with the spec's own parser, so its values have the types of the specs.
      const options = { ...presets, ...command.opts<O>() };
      done(await definition.run(command.args, options, context()));
    });
    return command;
  };
  return { name: definition.name, build };
}
