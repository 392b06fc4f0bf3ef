import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedRevision } from '../../checker/system/link.js';
import type { OpenedRevision } from '../../checker/tree/openTreeRevision.js';
import { revisionById } from '../../models/revisions/index.js';
import { quote } from '../quote.js';
import type { SourceOptionValues } from '../sourceOptions.js';
import { InputError } from './inputError.js';
import { lookUpBase, lookUpRevision } from './lookUp.js';

/** A revision that a command line names, built in or read from a tree. */
export interface GivenRevision {
  readonly resolved: ResolvedRevision;
  /** What findings are attributed against if nothing else is said; null for none. */
  readonly base: ResolvedRevision | null;
  /** Null for a built-in one. */
  readonly opened: OpenedRevision | null;
  /** Names it in a command line: `v4`, `--tree linux --patch v4.mbox`. */
  readonly words: string;
}

/** How a command is typed; for messages. */
const example = '--tree ~/linux --patch v4.mbox';

/**
 * The revision of a command line: built in and named by `subject`, or read from `--tree` with what is laid over it (`subject` is then `-`
 * or absent). `command` is for messages.
 */
export async function readRevision(
  command: string,
  subject: string | undefined,
  values: SourceOptionValues,
  stdin: NodeJS.ReadableStream,
): Promise<GivenRevision> {
  const { tree, range, config } = values;
  const patch = subject === '-' && !values.patch.includes('-') ? ['-', ...values.patch] : values.patch;
  const isNamed = subject !== undefined && subject !== '-';
  if (tree === undefined) {
    if (patch.length > 0) throw await needsTree(command, patch, stdin);
    const lonely = range !== undefined ? '--range' : config !== undefined ? '--config' : null;
    if (lonely !== null) {
      const next = `interleaf ${command} --tree DIR ${lonely} ${range ?? config ?? ''}`;
      throw new InputError('no-tree', 'it needs a kernel tree', { place: lonely, next });
    }
    if (!isNamed) {
      throw new InputError('missing-argument', 'there is nothing to look at: name a revision, or give --tree', {
        next: `interleaf ${command} v4, or interleaf ${command} ${example}`,
      });
    }
    if (existsSync(subject) && !revisionById(subject)) {
      throw new InputError('no-tree', 'this is a file or directory, not a revision; a patch needs a kernel tree', {
        place: subject,
        next: `interleaf ${command} --tree DIR --patch ${quote(subject)}`,
      });
    }
    return builtIn(subject);
  }
  if (isNamed) {
    const isFile = existsSync(subject) && !revisionById(subject);
    throw new InputError('bad-option', `'${subject}' and --tree are two revisions: give one`, {
      next: isFile
        ? `interleaf ${command} --tree ${quote(tree)} --patch ${quote(subject)}`
        : `interleaf ${command} ${quote(subject)}, or interleaf ${command} --tree ${quote(tree)}`,
    });
  }
  if (range !== undefined && patch.length > 0) {
    throw new InputError('bad-option', '--patch and --range exclude each other: a range is what git says', {
      place: '--range',
      next: 'give one of them',
    });
  }
  return fromTree({ tree, config, patch, range }, stdin);
}

/**
 * One side of a comparison: a built-in revision, or with `--tree` a patch (file, directory or `-`), a range `A..B`, or the directory of
 * a tree, which then stands for itself.
 */
export async function readSide(
  command: string,
  subject: string,
  values: { readonly tree: string | undefined; readonly config: string | undefined },
  stdin: NodeJS.ReadableStream,
): Promise<GivenRevision> {
  const isPath = subject === '-' || existsSync(subject);
  if (revisionById(subject) || (!isPath && !subject.includes('..'))) return builtIn(subject);
  if (isPath && subject !== '-' && isTree(subject)) {
    return fromTree({ tree: subject, config: values.config, patch: [], range: undefined }, stdin);
  }
  if (values.tree === undefined) {
    if (isPath) throw await needsTree(command, [subject], stdin);
    throw new InputError('no-tree', 'a range of commits needs the git clone it is in', {
      place: subject,
      next: `add --tree DIR to the command`,
    });
  }
  const over = isPath ? { patch: [subject], range: undefined } : { patch: [], range: subject };
  return fromTree({ tree: values.tree, config: values.config, ...over }, stdin, isPath ? subject : undefined);
}

/** What `--base` means for a revision: a built-in one, `none`, or if it is not given the revision's own. */
export function baseOf(option: string | undefined, given: GivenRevision): ResolvedRevision | null {
  return option === undefined ? given.base : lookUpBase(option, given.resolved);
}

function builtIn(id: string): GivenRevision {
  const resolved = lookUpRevision(id);
  return { resolved, base: lookUpBase(undefined, resolved), opened: null, words: id };
}

async function fromTree(
  values: Omit<SourceOptionValues, 'tree'> & { readonly tree: string },
  stdin: NodeJS.ReadableStream,
  name?: string,
): Promise<GivenRevision> {
  // What reads C is a hundred modules, which a built-in revision does not need.
  const { readInputs } = await import('./sourceInputs.js');
  const { openTreeRevision } = await import('../../checker/tree/openTreeRevision.js');
  const inputs = await readInputs(values, stdin);
  const opened = await openTreeRevision(name === undefined || name === '-' ? inputs : { ...inputs, name });
  return { resolved: opened.revision, base: opened.base, opened, words: printSource(values) };
}

/** The options as they are typed, for a command that reads the same. */
function printSource({
  tree,
  patch,
  range,
  config,
}: Omit<SourceOptionValues, 'tree'> & { readonly tree: string }): string {
  return [
    `--tree ${quote(tree)}`,
    ...patch.map((path) => `--patch ${quote(path)}`),
    ...(range === undefined ? [] : [`--range ${quote(range)}`]),
    ...(config === undefined ? [] : [`--config ${quote(config)}`]),
  ].join(' ');
}

/** The error for a patch without a tree; it says what the patch is about, so that the right tree can be found. */
async function needsTree(command: string, patch: readonly string[], stdin: NodeJS.ReadableStream): Promise<InputError> {
  const { readPatchInputs } = await import('./sourceInputs.js');
  const { readSeries } = await import('../../checker/tree/openSource.js');
  const series = await readSeries(await readPatchInputs(patch, stdin));
  const touched = [
    ...new Set(series.patches.flatMap(({ files }) => files.map((file) => file.newPath ?? file.oldPath!))),
  ];
  const rest = touched.length > 4 ? ` and ${touched.length - 4} more` : '';
  const commit = series.baseCommit === null ? '' : `; it was made for the commit ${series.baseCommit}`;
  const name = patch.map((path) => (path === '-' ? '-' : `--patch ${quote(path)}`)).join(' ');
  return new InputError(
    'no-tree',
    `a patch needs a kernel tree to lie over; this one touches ${touched.slice(0, 4).join(', ')}${rest}${commit}`,
    {
      place: patch[0] === '-' ? '<stdin>' : patch[0]!,
      next:
        command === 'regress'
          ? 'add --tree DIR, the root of an unpacked kernel tree'
          : `interleaf ${command} --tree DIR ${name}, where DIR is the root of an unpacked kernel tree`,
    },
  );
}

/** Whether a directory is the root of a kernel tree, rather than a folder of patches. */
function isTree(path: string): boolean {
  try {
    return /^VERSION\s*=/m.test(readFileSync(join(path, 'Makefile'), 'utf8'));
  } catch {
    return false;
  }
}
