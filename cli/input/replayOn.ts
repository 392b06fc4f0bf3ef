import type { SourceIdentity } from '../../checker/finding/sourceReport.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import { differenceOf } from '../../checker/tree/differenceOf.js';
import type { Counterexample } from '../../counterexamples/format/schema.js';
import { quote } from '../quote.js';
import type { SourceOptionValues } from '../sourceOptions.js';
import { InputError } from './inputError.js';
import { lookUpRevision } from './lookUp.js';
import { readRevision } from './revisionInput.js';

/** The options that say what a counterexample is replayed on. */
export interface ReplayOptionValues extends SourceOptionValues {
  readonly revision: string | undefined;
  readonly other: boolean;
}

/** What a counterexample is replayed on. */
export interface ReplayOn {
  readonly resolved: ResolvedRevision;
  /** Names it in a command line. */
  readonly words: string;
  /** Not what it was found on: that it does not fit is then an answer. */
  readonly isOther: boolean;
}

/**
 * The revision that a counterexample of the file `path` is to be replayed on: its own if nothing else is asked for. One that was read from
 * a tree has to be given again, and must be the same C.
 */
export async function replayOn(
  command: string,
  path: string,
  { revision, source }: Counterexample,
  options: ReplayOptionValues,
  stdin: NodeJS.ReadableStream,
): Promise<ReplayOn> {
  if (options.tree === undefined && options.patch.length === 0 && options.range === undefined) {
    const id = options.revision ?? revision;
    if (source && options.revision === undefined) throw needsSource(command, path, revision, source);
    return { resolved: lookUpRevision(id), words: id, isOther: id !== revision };
  }
  if (options.revision !== undefined) {
    throw new InputError('bad-option', '--revision and --tree are two revisions: give one', {
      place: '--revision',
      next: `leave one of them out`,
    });
  }
  const given = await readRevision(command, undefined, options, stdin);
  const found = given.opened!.source.identity;
  const difference = source ? differenceOf(source, found) : `it was found in the built-in revision ${revision}`;
  if (difference !== null && !options.other) {
    throw new InputError('other-source', `this is not what the counterexample was found in: ${difference}`, {
      place: path,
      next: `give ${source ? described(source) : revision}, or try the schedule all the same with --other`,
    });
  }
  return { resolved: given.resolved, words: given.words, isOther: difference !== null };
}

function needsSource(command: string, path: string, revision: string, source: SourceIdentity): InputError {
  const over = [
    ...source.patches.map((name) => `--patch ${quote(name === '<stdin>' ? 'FILE' : name)}`),
    ...(source.range === null ? [] : [`--range ${quote(source.range)}`]),
    ...(source.configuration === null ? [] : [`--config ${quote(source.configuration)}`]),
  ];
  const words = ['interleaf', command, quote(path), '--tree DIR', ...over].join(' ');
  return new InputError('needs-tree', `${revision} was read from C: ${described(source)}`, {
    place: path,
    next: words,
  });
}

/** `a tree of Linux 6.12.117 with v4.mbox`. */
function described({ treeVersion, patches, range }: SourceIdentity): string {
  const tree = `a tree of ${treeVersion === null ? 'unknown version' : `Linux ${treeVersion}`}`;
  const over = range ?? patches.join(', ');
  return over === '' ? tree : `${tree} with ${over}`;
}
