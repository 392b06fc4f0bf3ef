import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from './input/duration.js';
import { parseSize } from './input/size.js';

/** One option of a command as data; `T` is the type of its value. */
export interface OptionSpec<T> {
  /** As commander writes them: `--faults <n>`. */
  readonly flags: string;
  readonly description: string;
  /** `previous` is the value of an earlier use of the option, or the preset. */
  readonly parse: (text: string, previous: T) => T;
  /** The value where the option is not given. */
  readonly preset: T;
  /** For an option that is one of a few words; these and the preset are shown in the help. */
  readonly choices?: readonly string[];
}

/** The type of an option's value. */
export type ValueOf<S> = S extends OptionSpec<infer T> ? T : never;

/** The values of some options, by the names commander gives them. */
export type ValuesOf<S> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** Any text; undefined if not given. */
export function text(flags: string, description: string): OptionSpec<string | undefined> {
  return { flags, description, parse: (value) => value, preset: undefined };
}

/** May be given several times, and takes a list separated by commas. */
export function list(flags: string, description: string): OptionSpec<readonly string[]> {
  const parse = (value: string, previous: readonly string[]) => [
    ...previous,
    ...value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ];
  return { flags, description, parse, preset: [] };
}

/** Paths; may be given several times. */
export function paths(flags: string, description: string): OptionSpec<readonly string[]> {
  return { flags, description, parse: (value, previous) => [...previous, value], preset: [] };
}

/** True if given. */
export function flag(flags: string, description: string): OptionSpec<boolean> {
  return { flags, description, parse: () => true, preset: false };
}

/** One of a few words. */
export function choice<const T extends string>(
  flags: string,
  description: string,
  choices: readonly T[],
  preset: NoInfer<T>,
): OptionSpec<T> {
  const parse = (value: string): T => {
    const found = choices.find((candidate) => candidate === value);
    if (found === undefined) throw new InvalidArgumentError(`It is one of ${choices.join(', ')}.`);
    return found;
  };
  return { flags, description, parse, preset, choices };
}

/** A whole number in a range; undefined if not given. */
export function wholeNumber(
  flags: string,
  description: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): OptionSpec<number | undefined> {
  const parse = (value: string) => {
    const number = Number(value.replaceAll('_', ''));
    if (value.trim() === '' || !Number.isSafeInteger(number) || number < least || number > most) {
      const end = most === Number.MAX_SAFE_INTEGER ? ' or more' : ` to ${most}`;
      throw new InvalidArgumentError(`It is a whole number, ${least}${end}.`);
    }
    return number;
  };
  return { flags, description, parse, preset: undefined };
}

/** A duration in milliseconds; undefined if not given. */
export function duration(flags: string, description: string): OptionSpec<number | undefined> {
  const parse = (value: string) => {
    const milliseconds = parseDuration(value);
    if (milliseconds === null || milliseconds === 0) throw new InvalidArgumentError('Write it as 90s, 5m or 1h.');
    return milliseconds;
  };
  return { flags, description, parse, preset: undefined };
}

/** An amount of memory in bytes; undefined if not given. */
export function size(flags: string, description: string): OptionSpec<number | undefined> {
  const parse = (value: string) => {
    const bytes = parseSize(value);
    if (bytes === null || bytes === 0) throw new InvalidArgumentError('Write it as 512M, 4G or 1.5G.');
    return bytes;
  };
  return { flags, description, parse, preset: undefined };
}

/** First and last of some steps: `7`, `40-45`, `40-`; undefined if not given. */
export function stepRange(
  flags: string,
  description: string,
): OptionSpec<readonly [from: number, to: number] | undefined> {
  const parse = (value: string): readonly [number, number] => {
    const match = /^(\d+)(-(\d+)?)?$/.exec(value);
    const from = Number(match?.[1]);
    const to = match?.[2] === undefined ? from : Number(match[3] ?? Infinity);
    if (!match || from < 1 || to < from) throw new InvalidArgumentError('Write it as 7, 40-45 or 40-.');
    return [from, to];
  };
  return { flags, description, parse, preset: undefined };
}

/** `text` for people, `json` for programs: then standard output is one document. */
export const format = choice('--format <format>', 'how to print the result', ['text', 'json'], 'text');

/** When to use colours. */
export const colour = choice('--colour <when>', 'colour the text', ['auto', 'always', 'never'], 'auto');

/** The commander option for a spec. */
export function makeOption<T>({ flags, description, parse, preset, choices }: OptionSpec<T>): Option {
  const option = new Option(flags, description);
  if (choices) option.choices(choices).default(preset);
  // Commander knows the presets of choices only: it would print the others, and they say nothing.
  return option.argParser((value: string, previous: T | undefined) => parse(value, previous ?? preset));
}
