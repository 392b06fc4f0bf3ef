import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, relative, sep } from 'node:path';
import { toolVersion } from '../../checker/toolVersion.js';
import type { LiftedSource } from '../../checker/tree/liftSource.js';
import { liftSource, singleFileTree } from '../../checker/tree/liftSource.js';
import { openSource, type OpenedSource } from '../../checker/tree/openSource.js';
import { readConfigFile } from '../../checker/tree/sourceInputs.js';
import { decodeSource } from '../../models/c/intake/decodeSource.js';
import type { KernelTree } from '../../models/c/intake/tree.js';
import { TreeError } from '../../models/c/intake/treeError.js';
import { configurationFromFile, defaultConfiguration } from '../../models/c/syntax/configuration.js';
import { styleFor } from '../../counterexamples/report/style.js';
import type { CommandContext } from '../command.js';
import { exitCodes } from '../exitCodes.js';
import { InputError } from '../input/inputError.js';
import { readInputs } from '../input/sourceInputs.js';
import { unknownName } from '../input/unknownName.js';
import type { colour, format, ValueOf } from '../option.js';
import { coverageOf, liftText } from '../print/liftText.js';
import { quote } from '../quote.js';
import type { SourceOptionValues } from '../sourceOptions.js';
import { write } from '../streams.js';
import { wantsColour, widthOf } from '../terminal.js';

interface LiftOptions extends SourceOptionValues {
  readonly function: readonly string[];
  readonly verbose: boolean;
  readonly format: ValueOf<typeof format>;
  readonly colour: ValueOf<typeof colour>;
}

/** Lifts C, and prints programs and remarks. */
export async function runLift(
  [file]: readonly (string | undefined)[],
  options: LiftOptions,
  { streams }: CommandContext,
): Promise<number> {
  const { source, path, degraded } = await open(file, options, streams.stdin);
  const all = liftSource({
    tree: source.patched ?? source.tree,
    base: source.patched === null ? null : source.tree,
    configuration: source.configuration,
    files: path === null ? [] : [path],
  });
  const lifted = only(all, options.function);
  const problems = [...(source.series?.problems ?? []), ...(source.patched?.problems ?? [])];
  const exitCode = problems.some(({ severity }) => severity === 'error') ? exitCodes.inconclusive : exitCodes.ok;
  if (options.format === 'json') {
    const document = {
      format: 'interleaf.lift',
      version: 1,
      tool: `interleaf ${toolVersion}`,
      source: source.id,
      degraded,
      exitCode,
      inputProblems: problems,
      coverage: coverageOf(lifted.functions),
      ...lifted,
    };
    await write(streams.stdout, `${JSON.stringify(document, null, 2)}\n`);
    return exitCode;
  }
  const style = styleFor(wantsColour(options.colour, streams.stdout));
  const head = degraded
    ? [`${file} without a tree: types, constants and callees of headers are unknown, and much is blocked for that`, '']
    : [];
  const tail = problems.map(
    ({ severity, input, line, message }) => `${severity}: ${input}${line === null ? '' : `:${line}`}: ${message}`,
  );
  const text = liftText(lifted, { style, width: widthOf(streams.stdout), verbose: options.verbose });
  await write(
    streams.stdout,
    [...head.map(style.unsure), text, ...tail.map((line) => `${style.bad(line)}\n`)].join('\n'),
  );
  return exitCode;
}

interface Opened {
  readonly source: OpenedSource;
  /** Of the file in the tree; null for the functions of a patch. */
  readonly path: string | null;
  /** There is no tree. */
  readonly degraded: boolean;
}

async function open(
  file: string | undefined,
  options: SourceOptionValues,
  stdin: NodeJS.ReadableStream,
): Promise<Opened> {
  const { tree, patch, range, config } = options;
  const hasPatch = patch.length > 0 || range !== undefined;
  if (tree === undefined) {
    if (hasPatch || file === undefined) {
      throw new InputError(
        'no-tree',
        'a patch needs a kernel tree to lie over, and without a patch there must be a file',
        {
          next: 'interleaf lift --tree DIR --patch FILE, or interleaf lift FILE.c',
        },
      );
    }
    return alone(file, config);
  }
  if (file === undefined && !hasPatch) {
    throw new InputError('missing-argument', 'there is nothing to lift: name a C file of the tree, or a patch', {
      next: `interleaf lift drivers/tee/tee_core.c --tree ${quote(tree)}`,
    });
  }
  const source = await openSource(await readInputs({ ...options, tree }, stdin));
  const path = file === undefined ? null : pathIn(tree, source.patched ?? source.tree, file);
  return { source, path, degraded: false };
}

/** A file without a tree. */
function alone(file: string, config: string | undefined): Opened {
  let text: string;
  try {
    text = decodeSource(file, readFileSync(file));
  } catch (error) {
    const reason = error instanceof TreeError ? error.reason : `cannot read it: ${(error as Error).message}`;
    const next = error instanceof TreeError ? error.next : 'check the path, or say with --tree which tree it is in';
    throw new InputError('unreadable-file', reason, { place: file, next });
  }
  const configuration =
    config === undefined ? defaultConfiguration() : configurationFromFile(readConfigFile(config).text);
  // Paths in a tree are relative to its root, and this file is all there is.
  const path = basename(file);
  const tree = singleFileTree(path, text);
  const source = { id: file, baseId: null, tree, patched: null, series: null, subjects: [], configuration };
  return { source, path, degraded: true };
}

/** The path of a file in the tree; it may be given as a path on the disk. */
function pathIn(directory: string, tree: KernelTree, file: string): string {
  const inside = existsSync(file) ? relative(realpathSync(directory), realpathSync(file)) : '';
  const candidates = [file, ...(inside === '' || inside.startsWith('..') ? [] : [inside.split(sep).join('/')])];
  for (const path of candidates) {
    try {
      if (tree.read(path) !== null) return path;
    } catch (error) {
      if (!(error instanceof TreeError)) throw error;
      if (path === candidates.at(-1)) {
        throw new InputError('unreadable-file', error.reason, { place: file, next: error.next });
      }
    }
  }
  throw new InputError('unreadable-file', 'the tree has no such file', {
    place: file,
    next: 'give its path from the root of the tree, such as drivers/tee/tee_core.c',
  });
}

/** The functions with these names; all if there are none. */
function only(lifted: LiftedSource, names: readonly string[]): LiftedSource {
  if (names.length === 0) return lifted;
  const known = lifted.functions.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name)) throw unknownName('function', name, known, 'interleaf lift without --function');
  return { ...lifted, functions: lifted.functions.filter(({ name }) => names.includes(name)) };
}
