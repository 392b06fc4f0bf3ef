import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PatchInput } from '../../models/c/intake/readPatches.js';
import { SourceError } from './sourceError.js';

/** What a revision is read from: a kernel tree, and what is to be laid over it. */
export interface SourceInputs {
  /** What reports call it; by default the name of the first patch, the range, or the version of the tree. */
  readonly name?: string;
  /** Directory of the tree; with a range, of a git clone. */
  readonly tree: string;
  /** Mails, mailboxes or diffs, in order: one series. */
  readonly patches?: readonly PatchInput[];
  /** `A..B`: what git says it changes, in place of patches. */
  readonly range?: string;
  /** A `.config`; without it the policy of `defaultConfiguration` decides. */
  readonly configuration?: { readonly name: string; readonly text: string };
}

/** Files that a directory of patches may hold beside them. */
const noPatch = /^\.|\.(?:c|h|o|md|json|html|orig|rej)$|~$/i;

/**
 * Reads files of patches. A directory stands for the files in it, in the order of their names (for a maildir, those in `cur` and
 * `new`). Throws `SourceError`.
 */
export function readPatchFiles(paths: readonly string[]): PatchInput[] {
  return paths.flatMap((path) => {
    const files = attempt(path, () => (statSync(path).isDirectory() ? filesOf(path) : [path]));
    if (files.length === 0) {
      throw new SourceError('no-patch', path, 'the directory holds no patch', 'Give a directory of git format-patch.');
    }
    return files.map((file) => ({ name: file, bytes: attempt(file, () => readFileSync(file)) }));
  });
}

/** Reads a `.config`. Throws `SourceError`. */
export function readConfigFile(path: string): { name: string; text: string } {
  const text = attempt(path, () => readFileSync(path, 'utf8'));
  if (!/^(?:CONFIG_\w+=|# CONFIG_\w+ is not set)/m.test(text)) {
    const next = 'Give the .config of a kernel build, with lines such as CONFIG_TEE=y.';
    throw new SourceError('bad-config', path, 'this is no .config: no line sets a CONFIG_ symbol', next);
  }
  return { name: basename(path), text };
}

function filesOf(directory: string): string[] {
  const names = readdirSync(directory).sort();
  const mails = ['cur', 'new'].filter((name) => names.includes(name)).map((name) => join(directory, name));
  if (mails.length > 0) return mails.flatMap(filesOf);
  return names
    .filter((name) => !noPatch.test(name))
    .map((name) => join(directory, name))
    .filter((path) => lstatSync(path).isFile());
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file or directory' : `cannot read it: ${message}`;
    throw new SourceError('unreadable-file', path, reason, 'Check the path.');
  }
}
