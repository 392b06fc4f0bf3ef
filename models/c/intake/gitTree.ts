import { posix } from 'node:path';
import { checkFileSize, decodeSource, type TreeOptions } from './decodeSource.js';
import { kernelVersion } from './kernelVersion.js';
import { resolveCommit, runGit } from './runGit.js';
import type { KernelTree } from './tree.js';
import { TreeError } from './treeError.js';
import { treePath } from './treePath.js';

/** An entry of a commit's tree. */
interface Entry {
  readonly mode: string;
  readonly blob: string;
}

/** A chain of symbolic links as long as this is a circle. */
const maxLinks = 10;

/**
 * The tree of a commit, read through the installed `git`; the work tree is not looked at, and files are kept once they
 * are read.
 *
 * Throws `TreeError` where git or the commit is missing, or the commit does not hold a kernel tree.
 */
export function openGitTree(directory: string, commit: string, options: TreeOptions = {}): KernelTree {
  const id = resolveCommit(directory, commit);
  const { entries, names } = listCommit(directory, id);
  const contents = new Map<string, Buffer>();

  /** The entry of a file, with symbolic links followed inside the tree. */
  function locate(path: string): Entry | null {
    let at = treePath(path);
    for (let links = 0; links < maxLinks; links++) {
      const entry = entries.get(at);
      if (entry === undefined || entry.mode === '160000') return null;
      if (entry.mode !== '120000') return entry;
      const target = blobBytes(path, entry).toString('utf8');
      const joined = posix.isAbsolute(target) ? target : posix.join(posix.dirname(at), target);
      try {
        at = treePath(joined);
      } catch {
        throw new TreeError(path, `a symbolic link leads out of the tree, to ${target}`, 'Give a tree without it.');
      }
    }
    throw new TreeError(path, 'its symbolic links form a circle', 'Give a tree without them.');
  }

  function blobBytes(path: string, { blob }: Entry): Buffer {
    let bytes = contents.get(blob);
    if (bytes === undefined) {
      bytes = runGit(directory, ['cat-file', 'blob', blob]);
      checkFileSize(path, bytes.length, options);
      contents.set(blob, bytes);
    }
    return bytes;
  }

  const tree: Omit<KernelTree, 'version'> = {
    name: commit,
    read(path) {
      const entry = locate(path);
      return entry === null ? null : decodeSource(path, blobBytes(path, entry));
    },
    blobId: (path) => locate(path)?.blob ?? null,
    list: (path) => names.get(treePath(path)) ?? [],
  };
  const version = kernelVersion(tree.read('Makefile') ?? '');
  if (version === null) {
    throw new TreeError(
      commit,
      'this commit is not of a kernel tree: it has no top Makefile with VERSION, PATCHLEVEL and SUBLEVEL',
      'Give a git tree of the kernel, and the directory of its root.',
    );
  }
  return { ...tree, version };
}

/** All files of a commit: by path, and their names by directory. */
function listCommit(directory: string, id: string) {
  const entries = new Map<string, Entry>();
  const names = new Map<string, string[]>();
  for (const line of runGit(directory, ['ls-tree', '-r', '-z', '--full-tree', id]).toString('utf8').split('\0')) {
    const match = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line);
    if (match === null) continue;
    const [, mode, blob, path] = match as unknown as [string, string, string, string];
    entries.set(path, { mode, blob });
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? '' : path.slice(0, slash);
    const siblings = names.get(folder);
    if (siblings === undefined) names.set(folder, [path.slice(slash + 1)]);
    else siblings.push(path.slice(slash + 1));
  }
  for (const siblings of names.values()) siblings.sort();
  return { entries, names };
}
